"""Show the values of a tensor. Imports gui/{session,style,widgets}."""
