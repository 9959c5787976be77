"""What colors the graph: values, scales, groups, text. Imports model/graph."""
