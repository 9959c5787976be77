"""What the window knows, in plain Python. Imports protocol and numpy; never Qt, torch, layout, gui or engine."""
