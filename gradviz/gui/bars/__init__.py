"""Tool bar and status bar. Imports gui/{actions,session,style,text}."""
