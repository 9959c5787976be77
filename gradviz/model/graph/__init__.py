"""The graph of an iteration: nodes, edges, modules, folding, search. Imports protocol."""
