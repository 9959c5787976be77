"""A label for words that are not ours, such as an error's: it wraps inside of those that are longer than a line."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

_LONG = re.compile(r"\S{32}(?=\S)")
_LONGEST = 4_000
"""Letters; a label lays out all of its text at once."""
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
        """As it was set; of a long text the beginning."""
        return super().text().replace(_BREAK, "")

    def setText(self, text: str) -> None:
        text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
        super().setText(_LONG.sub(lambda found: found[0] + _BREAK, text))
        self.setAccessibleName(text)
