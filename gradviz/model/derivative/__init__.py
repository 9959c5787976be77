"""The derivative rule of each autograd node, and the terms of a gradient. Imports model/graph."""
