"""Widgets that know nothing of gradviz beyond its style. Imports gui/style."""
