"""The main window and its menus. The top of gui: imports all of it."""
