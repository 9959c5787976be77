"""How a graph looks in the window and in exported pictures, without Qt: colors, text styles, boxes. Imports layout."""
