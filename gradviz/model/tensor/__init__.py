"""The tensors and slices that a client can request. Imports model/{derivative,graph,stepping}."""
