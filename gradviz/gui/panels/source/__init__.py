"""The panel that shows the source file. Imports gui/{processes,style,widgets}."""
