"""The panels of modules, nodes and gradient reach. Imports gui/{session,style,text,widgets}."""
