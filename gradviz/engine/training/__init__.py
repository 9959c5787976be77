"""Run the iterations of a network, stepped, measured or free. Imports the rest of engine but scripts and serving."""
