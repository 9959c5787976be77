"""Sizes, curves, labels and placements as plain data. Imports model/graph."""
