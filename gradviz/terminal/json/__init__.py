"""`gradviz debug --json`: requests and events as JSON lines. Imports client, model and terminal/text."""
