"""The command line: one file a command. Any part of gradviz may be imported, inside the function that needs it."""
