"""The built-in networks, one readable file each. Imports torch, numpy and `experiment`; never Qt or the engine."""
