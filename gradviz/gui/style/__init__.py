"""Colors, fonts, icons and style sheets. Imports Qt alone."""
