"""Run the user's own training script and find its iterations. Imports the rest of engine but serving."""
