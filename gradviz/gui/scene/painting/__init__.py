"""Paint the graph. Imports gui/scene/data and gui/{style,text}."""
