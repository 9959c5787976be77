"""Read, summarize and keep tensors without touching them. Imports engine/{capture,frames,graph}."""
