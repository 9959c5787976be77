"""Everything Qt: a client with a window. Never imports torch or the engine."""
