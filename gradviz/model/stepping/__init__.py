"""Breakpoints and the timeline of steps. Imports model/graph."""
