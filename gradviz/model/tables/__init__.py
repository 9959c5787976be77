"""The rows of the node, module and reach tables. Imports model/{graph,overlay}."""
