"""What the network's code printed: standard output, standard error and tracebacks, as they came."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QGuiApplication, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from gradviz.gui import fonts, icons, palette
from gradviz.gui.views.empty_state import EmptyState

LINES_KEPT = 10_000
_SHOW_EVERY = 50
"""Milliseconds between two refreshes: code that prints in a loop must not hold up the window."""
_LARGEST_WAIT = 400_000
"""Characters that wait to be shown; of more only the end is kept, with a word about it."""


class Console(QWidget):
    """A read-only log; `corner` holds its buttons for the dock's strip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = QPlainTextEdit(readOnly=True)
        self._text.setMaximumBlockCount(LINES_KEPT)
        self._text.setFont(fonts.mono(12))
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setAccessibleName(self.tr("Console"))
        self._text.document().setDocumentMargin(12)
        self._empty = EmptyState(
            "terminal-window", self.tr("Nothing was printed"), self.tr("What the network's code prints appears here.")
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._text)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self._waiting: list[tuple[str, str]] = []
        self._waiting_size = 0
        self._timer = QTimer(self, singleShot=True, interval=_SHOW_EVERY)
        self._timer.timeout.connect(self.flush)
        self.corner = QWidget()
        row = QHBoxLayout(self.corner)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addStretch()
        self._copy = self._button("copy", self.tr("Copy everything"), self.copy)
        self._clear = self._button("trash", self.tr("Clear the console"), self.clear)
        row.addWidget(self._copy)
        row.addWidget(self._clear)
        self._show()

    @property
    def text(self) -> str:
        """Everything shown."""
        self.flush()
        return self._text.toPlainText()

    def write(self, stream: str, text: str) -> None:
        """Add `text` of `stdout`, `stderr` or `note` (of gradviz itself)."""
        self._waiting.append((stream, text))
        self._waiting_size += len(text)
        while self._waiting_size > _LARGEST_WAIT and len(self._waiting) > 1:
            self._waiting_size -= len(self._waiting.pop(0)[1])
        if not self._timer.isActive():
            self._timer.start()

    def flush(self) -> None:
        """Show what waits, now."""
        if not self._waiting:
            return
        bar = self._text.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 2
        cursor = QTextCursor(self._text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        for stream, text in self._waiting:
            cursor.insertText(text[-_LARGEST_WAIT:], self._format(stream))
        self._waiting.clear()
        self._waiting_size = 0
        if at_end:
            bar.setValue(bar.maximum())
        self._show()

    def clear(self) -> None:
        """Forget everything."""
        self._waiting.clear()
        self._waiting_size = 0
        self._text.clear()
        self._show()

    def copy(self) -> None:
        """Put everything on the clipboard."""
        QGuiApplication.clipboard().setText(self.text)

    def _show(self) -> None:
        filled = not self._text.document().isEmpty()
        self._stack.setCurrentWidget(self._text if filled else self._empty)
        for button in (self._copy, self._clear):
            button.setEnabled(filled)

    @staticmethod
    def _format(stream: str) -> QTextCharFormat:
        colors = palette.current()
        shade = {"stderr": colors.error, "note": colors.text3}.get(stream, colors.text)
        style = QTextCharFormat()
        style.setForeground(palette.color(shade))
        return style

    @staticmethod
    def _button(icon: str, tip: str, handler: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setIcon(icons.icon(icon, 16))
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(handler)
        return button

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_timer"):
            # The colours of what was written belong to the other palette; plain text is readable in both.
            cursor = QTextCursor(self._text.document())
            cursor.select(QTextCursor.SelectionType.Document)
            cursor.setCharFormat(self._format("stdout"))
        super().changeEvent(event)
