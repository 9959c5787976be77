"""The actions of menus, tool bar and palette, and when they are enabled. Imports gui/{session,style}."""
