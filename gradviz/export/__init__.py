"""Pictures of graphs in files: DOT, SVG, PDF, PNG. Imports layout and model."""
