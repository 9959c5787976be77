"""Measure time, memory, FLOPs and values per op and node. Imports engine/{capture,gate,graph,tensors}."""
