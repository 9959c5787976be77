"""Process, state and set-up of an engine, without Qt and torch. Imports files, targets, protocol and model."""
