"""Curves; the only place that imports pyqtgraph."""
