"""Record the ops of a forward and the autograd nodes they create. Imports engine/frames."""
