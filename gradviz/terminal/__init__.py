"""The debugger without a window: a prompt for people, and JSON lines for scripts."""
