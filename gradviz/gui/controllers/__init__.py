"""Connect the session to panels, scene, dialogs and actions. Imports all of gui but window."""
