"""Route edges around boxes. Imports layout/geometry."""
