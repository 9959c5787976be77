"""Which tensor and which slice of it a client asks for. Imports model/{derivative,graph}."""
