"""Build optimizers and explain their updates. Imports engine/loading."""
