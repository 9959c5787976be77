"""The prompt of `gradviz debug`. Imports client, export, model and terminal/text."""
