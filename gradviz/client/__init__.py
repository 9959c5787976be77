"""What every client of an engine needs, without Qt and torch. Imports files, targets, protocol and model."""
