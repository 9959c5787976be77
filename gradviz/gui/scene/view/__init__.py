"""The graph widget: pan, zoom, keyboard, minimap, cards. Imports gui/scene/{data,painting} and gui/style."""
