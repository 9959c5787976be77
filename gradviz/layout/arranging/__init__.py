"""Place the boxes of one level. Imports layout/geometry."""
