"""The state of what the window shows, and its signals. Imports client, gui/{processes,style}."""
