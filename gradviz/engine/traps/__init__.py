"""Notice in a free iteration that something is wrong, by its loss, gradients and update. Imports engine/tensors."""
