"""The command line: arguments, and what each command does. Imports any part, inside the function that needs it."""
