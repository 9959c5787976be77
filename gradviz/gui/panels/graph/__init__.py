"""The panel around the graph: cards, banners, captions and folding. Imports gui/{scene,session,style,text,widgets}."""
