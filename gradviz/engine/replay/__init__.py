"""Run an iteration again, exactly: `iteration_start` is the door. Imports engine/tensors."""
