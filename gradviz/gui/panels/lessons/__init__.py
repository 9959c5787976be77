"""The panel of the lessons: the lesson of the open network, or the tour."""
