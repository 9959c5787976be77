"""Read and write files with care: regular files alone, private to their user. Imports the standard library alone."""
