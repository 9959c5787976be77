"""The panel that describes the selected node. Imports gui/panels/{graph,tensors}, gui/{session,text,widgets}."""
