"""The user's Python frames: lines, tracebacks, warnings, code objects and compiled code. Imports protocol alone."""
