"""The text of the console: headings, and files with their lines as links that a click or Enter follows."""

from __future__ import annotations

import re

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from gradviz.gui.style import fonts

_PLACES = re.compile(
    r'^ *File "(?P<file>[^"<>]+)", line (?P<line>\d+)|^(?P<file2>(?:/|[A-Za-z]:[\\/])[^:"<>]+\.py):(?P<line2>\d+)'
)
"""A frame of a traceback, and the head of a warning."""


class ConsoleLog(QPlainTextEdit):
    """Read-only text without wrapping. Its links are found in the text of a line, so that copied text stays plain."""

    line_requested = Signal(str, int)
    """File and line, from 1."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFont(fonts.mono(12))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.document().setDocumentMargin(12)
        self.setUndoRedoEnabled(False)
        self.setMouseTracking(True)

    def place_at(self, position: QPoint) -> tuple[str, int] | None:
        """Return the file and line of the link at a point of the viewport; None beside every link."""
        cursor = self.cursorForPosition(position)
        link = find_link(cursor.block().text())
        return link[2:] if link is not None and link[0] <= cursor.positionInBlock() < link[1] else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show a hand over a link."""
        super().mouseMoveEvent(event)
        over = self.place_at(event.position().toPoint()) is not None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.IBeamCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Follow a link, unless text was selected."""
        super().mouseReleaseEvent(event)
        place = self.place_at(event.position().toPoint())
        if place is not None and event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            self.line_requested.emit(*place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Follow the link of the cursor's line by Enter."""
        link = find_link(self.textCursor().block().text())
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and link is not None:
            self.line_requested.emit(*link[2:])
        else:
            super().keyPressEvent(event)


def find_link(text: str) -> tuple[int, int, str, int] | None:
    """Return start, end, file and line of the link that a line begins with."""
    found = _PLACES.match(text)
    if found is None:
        return None
    return (
        text.index(found[0].lstrip()),
        found.end(),
        found["file"] or found["file2"],
        int(found["line"] or found["line2"]),
    )
