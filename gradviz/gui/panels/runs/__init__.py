"""The panel of recorded runs. Imports session, widgets, style, plots' names and the room `runs`."""
