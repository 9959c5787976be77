"""Text for terminals: stops, tensors, graphs, failures. Imports client and model."""
