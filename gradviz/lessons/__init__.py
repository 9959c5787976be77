"""The lessons of the networks, and the tour: texts, and steps that know when they are done. Never imports Qt."""
