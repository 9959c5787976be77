"""Find where a NaN or Inf comes from, over the values of one iteration. Imports engine/{capture,gate,tensors}."""
