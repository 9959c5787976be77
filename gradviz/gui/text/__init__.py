"""Words for users: node kinds, overlays, steps, options. Imports gui/session."""
