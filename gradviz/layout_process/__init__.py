"""The process that computes layouts and pictures for a window. Imports layout and export."""
