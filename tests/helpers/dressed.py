"""The application in a theme for the time of one test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import QApplication

from gradviz.gui.style.theme import Choice, Theme


@contextmanager
def dressed(app: QApplication, choice: Choice = "dark") -> Iterator[Theme]:
    """Apply a theme and take it off again: its style sheet names files that live no longer than the theme."""
    app.setStyleSheet("")
    theme = Theme()
    theme.apply(app, choice)
    yield theme
    app.setStyleSheet("")
