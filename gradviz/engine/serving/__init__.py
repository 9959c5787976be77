"""Answer the commands of a client over a socket. The top of the engine: imports all of it."""
