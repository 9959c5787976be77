"""Processes and threads that the window uses: engine, layout, background work. Imports client and layout_process."""
