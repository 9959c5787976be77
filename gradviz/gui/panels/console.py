"""What the network's code printed, by network and run: standard output, standard error, and the user's tracebacks."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QGuiApplication, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from gradviz.client.user_frames import trim_traceback
from gradviz.gui.panels.console_log import ConsoleLog, find_link
from gradviz.gui.style import icons
from gradviz.gui.style import qt_colors as palette
from gradviz.gui.widgets.dock_heights import LOW
from gradviz.gui.widgets.empty_state import EmptyState

LINES_KEPT = 10_000
_SHOW_EVERY = 50
"""Milliseconds between two refreshes: code that prints in a loop must not hold up the window."""
_LARGEST_WAIT = 400_000
"""Characters that wait to be shown; of more only the end is kept, with a word about it."""
_PIECE = 40_000
"""Characters that are shown at once."""
LONGEST_LINE = 4_000
"""Characters of a line; the rest of it is left out, since the layout of one line is done at once."""
LARGEST = 4_000_000
"""Characters kept; the oldest lines go first."""
_ENDS = re.compile(r"([\n\r\u2029]+)")
"""Where the text widget begins another line."""


class Console(QWidget):
    """A read-only log; `corner` holds its buttons for the dock's strip."""

    line_requested = Signal(str, int)
    """A link was followed: file and line from 1."""
    needed_height_changed = Signal()

    def __init__(self, section: Callable[[], str] = str, parent: QWidget | None = None) -> None:
        """`section` returns the heading that what is written now belongs to: the network and its run."""
        super().__init__(parent)
        self._section = section
        self._filled = False
        self._headed = ""
        """The heading that was written last."""
        self._traceback = ""
        """The last one: a run that stops at an error and then ends by it has one error."""
        self._text = ConsoleLog()
        self._text.line_requested.connect(self.line_requested)
        self._text.setMaximumBlockCount(LINES_KEPT)
        self._text.setAccessibleName(self.tr("Console"))
        self._empty = EmptyState(
            "terminal-window", self.tr("Nothing was printed"), self.tr("What the network's code prints appears here.")
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._text)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self._waiting: deque[tuple[str, str]] = deque()
        self._waiting_size = 0
        self._left_out = 0
        """Characters that were dropped before what waits."""
        self._column = 0
        """How long the last line is, with what was left out of it."""
        self._timer = QTimer(self, singleShot=True, interval=_SHOW_EVERY)
        self._timer.timeout.connect(self._show_next)
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
        """Add `text` of `stdout`, `stderr` or `note` (of gradviz itself), below a heading if another run began."""
        if text and (head := self._section()) != self._headed:
            self._headed, self._traceback = head, ""
            self._waiting.append(("head", head))
            self._waiting_size += len(head)
        self._waiting.append((stream, text))
        self._waiting_size += len(text)
        while (surplus := self._waiting_size - _LARGEST_WAIT) > 0:
            first, oldest = self._waiting.popleft()
            if len(oldest) > surplus:
                self._waiting.appendleft((first, oldest[surplus:]))
            self._waiting_size -= min(len(oldest), surplus)
            self._left_out += min(len(oldest), surplus)
        if not self._timer.isActive():
            self._timer.start()

    def write_traceback(self, text: str, said: str) -> None:
        """Add a traceback from the user's own frame on; `said` is its end, the error without its frames."""
        self.flush()
        if text != self._traceback or self._section() != self._headed:
            self.write("stderr", ("\n" if self._column else "") + trim_traceback(text, said) + "\n")
            self._traceback = text

    def flush(self) -> None:
        """Show everything that waits, now."""
        while self._waiting:
            self._show_next()

    def _show_next(self) -> None:
        """Show the next piece of what waits."""
        bar = self._text.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 2
        cursor = QTextCursor(self._text.document())
        cursor.beginEditBlock()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if self._left_out:
            words = self.tr("… {0} characters are left out …").format(f"{self._left_out:,}")
            self._insert(cursor, "note", f"\n{words}\n" if self._column else f"{words}\n")
            self._left_out = 0
        room = _PIECE
        while self._waiting and room > 0:
            stream, text = self._waiting.popleft()
            self._insert(cursor, stream, text[:room])
            if text[room:]:
                self._waiting.appendleft((stream, text[room:]))
            self._waiting_size -= min(len(text), room)
            room -= len(text)
        self._forget_oldest()
        cursor.endEditBlock()
        if at_end:
            bar.setValue(bar.maximum())
        if self._waiting:
            self._timer.start()
        self._show()

    def _insert(self, cursor: QTextCursor, stream: str, text: str) -> None:
        """Add `text`, of each line no more than its beginning."""
        if stream == "head":
            self._insert_heading(cursor, text)
            return
        kept = []
        for place, piece in enumerate(_ENDS.split(text)):
            if place % 2:
                self._column = 0
                kept.append(piece)
            elif self._column <= LONGEST_LINE:
                room = LONGEST_LINE - self._column
                kept.append(piece if len(piece) <= room else f"{piece[:room]} …")
                self._column += len(piece)
        plain: list[str] = []
        for piece in kept:
            link = find_link(piece)
            if link is None:
                plain.append(piece)
                continue
            cursor.insertText("".join([*plain, piece[: link[0]]]), self._format(stream))
            cursor.insertText(piece[link[0] : link[1]], self._format("link"))
            plain = [piece[link[1] :]]
        cursor.insertText("".join(plain), self._format(stream))

    def _insert_heading(self, cursor: QTextCursor, title: str) -> None:
        if cursor.document().isEmpty():
            cursor.setBlockFormat(self._band())
        else:
            cursor.insertBlock(self._band())
        cursor.insertText(title, self._format("head"))
        cursor.insertBlock(QTextBlockFormat(), self._format("stdout"))
        self._column = 0

    def _forget_oldest(self) -> None:
        document = self._text.document()
        surplus = document.characterCount() - LARGEST
        if surplus > 0:
            oldest = QTextCursor(document)
            oldest.setPosition(surplus, QTextCursor.MoveMode.KeepAnchor)
            oldest.movePosition(QTextCursor.MoveOperation.NextBlock, QTextCursor.MoveMode.KeepAnchor)
            oldest.removeSelectedText()

    def clear(self) -> None:
        """Forget everything."""
        self._waiting.clear()
        self._waiting_size = self._left_out = self._column = 0
        self._headed = self._traceback = ""
        self._text.clear()
        QTextCursor(self._text.document()).setBlockFormat(QTextBlockFormat())
        self._show()

    def copy(self) -> None:
        """Put everything on the clipboard."""
        QGuiApplication.clipboard().setText(self.text)

    def needed_height(self) -> int:
        """Return little while nothing was written."""
        return 0 if self._filled else LOW

    def _show(self) -> None:
        filled = not self._text.document().isEmpty()
        if filled != self._filled:
            self._filled = filled
            self.needed_height_changed.emit()
        self._stack.setCurrentWidget(self._text if filled else self._empty)
        for button in (self._copy, self._clear):
            button.setEnabled(filled)

    @staticmethod
    def _format(stream: str) -> QTextCharFormat:
        colors = palette.current()
        shade = {"stderr": colors.error, "note": colors.text3, "head": colors.text2, "link": colors.accent}.get(
            stream, colors.text
        )
        style = QTextCharFormat()
        style.setForeground(palette.color(shade))
        style.setFontUnderline(stream == "link")
        style.setFontWeight(QFont.Weight.DemiBold if stream == "head" else QFont.Weight.Normal)
        return style

    @staticmethod
    def _band() -> QTextBlockFormat:
        """Return the ground of a heading."""
        style = QTextBlockFormat()
        style.setBackground(palette.color(palette.current().raised))
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
        """Follow a change of theme."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_timer"):
            # The colors of what was written belong to the other palette; plain text is readable in both.
            plain = QTextCharFormat()
            plain.setForeground(palette.color(palette.current().text))
            cursor = QTextCursor(self._text.document())
            cursor.select(QTextCursor.SelectionType.Document)
            cursor.mergeCharFormat(plain)
            block = self._text.document().begin()
            while block.isValid():
                if block.blockFormat().background().style() != Qt.BrushStyle.NoBrush:
                    QTextCursor(block).setBlockFormat(self._band())
                block = block.next()
        super().changeEvent(event)
