"""Loss curves: growing series, min-max pyramid, smoothing. Imports protocol."""
