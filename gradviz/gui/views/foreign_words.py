"""A label for words that are not ours, such as an error's: it wraps inside of those that are longer than a line."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

_LONG = re.compile(r"\S{32}(?=\S)")
_BREAK = "\u200b"
"""A space without width, where a line may end."""


class ForeignWords(QLabel):
    """Plain text. Without breaks in its words, a label is as wide as the longest, and its window with it."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def text(self) -> str:
        """As it was set."""
        return super().text().replace(_BREAK, "")

    def setText(self, text: str) -> None:
        super().setText(_LONG.sub(lambda found: found[0] + _BREAK, text))
        self.setAccessibleName(text)
