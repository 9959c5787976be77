"""What docks around the graph, most of it in a folder of its own. Imports gui/{plots,session,style,text,widgets}."""
