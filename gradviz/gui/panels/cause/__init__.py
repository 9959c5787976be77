"""The panel of causes: where a NaN or Inf comes from. Imports gui/{session,style,text,widgets}."""
