"""The panel of a race, and the dialog that asks for one. Imports session, dialogs, widgets, style, the room `race`."""
