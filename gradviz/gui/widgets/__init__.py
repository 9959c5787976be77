"""Widgets that know nothing of gradviz beyond its appearance. Imports appearance, files, model and gui/style."""
