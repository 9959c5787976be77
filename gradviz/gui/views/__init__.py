"""The panels around the graph; each shows the session and asks it, none knows another."""
