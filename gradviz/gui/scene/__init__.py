"""The graph drawn: one painter over NumPy arrays, real items only for the hovered and selected few."""
