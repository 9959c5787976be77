"""Where things go. Imports model, errors, graphviz and pygraphviz; never Qt or torch."""
