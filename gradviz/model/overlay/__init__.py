"""What colors the graph: the table of overlays, values, scales, groups. Imports model/graph."""
