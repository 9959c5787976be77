"""Turn what was captured into the graph that clients draw. Imports engine/{capture,frames}."""
