"""The debugger without a window: a prompt for users, and JSON lines for scripts."""
