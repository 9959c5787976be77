"""The panel that chooses and configures a network. Imports gui/{actions,session,style,text,widgets}."""
