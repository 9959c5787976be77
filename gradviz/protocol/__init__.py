"""Messages between engine and clients. Imports the standard library, msgspec and `errors`; never Qt or torch."""

# Any change to a record, command or event changes this number; both sides must name the same one.
PROTOCOL_VERSION = 1
ENGINE_FAILED = 70
"""Exit status of an engine that met an error of its own."""
