"""The panel that describes the selected node. Imports gui/panels/tensors, gui/{session,style,text,widgets}."""
