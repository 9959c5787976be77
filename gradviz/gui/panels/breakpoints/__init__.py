"""The panel that lists breakpoints. Imports gui/{dialogs,style}."""
