"""Find, execute and check the user's targets, weights and devices. Imports engine/{capture,frames} and networks."""
