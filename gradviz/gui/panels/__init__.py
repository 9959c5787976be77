"""What docks around the graph, a folder for each panel. Imports gui/{plots,session,style,text,widgets}."""
