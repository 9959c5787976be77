"""The panel of the steps of an iteration. Imports gui/{style,text}."""
