"""`gradviz debug --json`: commands and events as JSON lines. Imports client, model and terminal/text."""
