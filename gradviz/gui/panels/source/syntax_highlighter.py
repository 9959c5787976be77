"""Colours the lines of source code that are in sight."""

from __future__ import annotations

from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextLayout
from PySide6.QtWidgets import QTextEdit

from gradviz.gui.panels.source.source_text import Colors
from gradviz.gui.style import palette

_AROUND = 40
"""Lines above and below those in sight that are coloured with them."""


class SourceColors:
    """Colours the lines in sight. A `QSyntaxHighlighter` would lay out the rest of the document anew for each line."""

    def __init__(self, code: QTextEdit, height: int) -> None:
        """`height` of a line."""
        self._code, self._height = code, height
        self._table: Colors = {}
        self._formats: dict[str, QTextCharFormat] = {}
        self._done: set[int] = set()

    def read(self, table: Colors) -> None:
        """Take the words of another text."""
        self._table = table
        self._done.clear()
        self.show()

    def dress(self) -> None:
        """Use the colours of the palette that is in force."""
        colors = palette.current()
        shades = {
            "keyword": colors.accent,
            "function": colors.forward.text,
            "string": colors.update.text,
            "number": colors.backward.text,
            "comment": colors.text3,
        }
        self._formats = {}
        for role, shade in shades.items():
            style = QTextCharFormat()
            style.setForeground(palette.color(shade))
            self._formats[role] = style
        self._done.clear()
        self.show()

    def show(self) -> None:
        """Colour what is in sight and is not coloured yet."""
        first = self._code.verticalScrollBar().value() // self._height
        last = first + self._code.viewport().height() // self._height
        lines = range(max(0, first - _AROUND), last + _AROUND + 1)
        wanted = [line for line in lines if line in self._table and line not in self._done]
        if not wanted:
            return
        document = self._code.document()
        every = QTextCursor(document)
        every.beginEditBlock()  # one layout for all of them
        for line in wanted:
            block = document.findBlockByNumber(line)
            if block.isValid():
                block.layout().setFormats([self._range(*word) for word in self._table[line]])
        every.endEditBlock()
        self._done.update(wanted)

    def _range(self, start: int, length: int, role: str) -> QTextLayout.FormatRange:
        found = QTextLayout.FormatRange()
        found.start, found.length, found.format = start, length, self._formats[role]
        return found
