"""Stop the training thread at an op or node; remember what passed. Imports engine/{capture,loading,tensors,traps}."""
