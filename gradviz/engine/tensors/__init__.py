"""Read, summarize and store tensors without changing them. Imports engine/{capture,frames,graph}."""
