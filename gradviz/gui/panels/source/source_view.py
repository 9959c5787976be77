"""Read-only source code with line numbers and colors: the line of the stop, or of the selected node, is tinted."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import (
    QMouseEvent,
)
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from gradviz.gui.panels.source.code_text import LINE, CodeText, Mark
from gradviz.gui.panels.source.source_text import MOST_LINES, Excerpt, colors_of, read_excerpt
from gradviz.gui.processes.background_thread import BackgroundWork, Stopped
from gradviz.gui.style import fonts
from gradviz.gui.widgets.empty_state import EmptyState


class SourceView(QWidget):
    """Shows one file. `corner` names it in the dock's strip."""

    line_activated = Signal(str, int)
    """A double click on a line: file and line from 1."""
    breakpoint_toggled = Signal(str, int)
    """A click in the margin: file and line from 1."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file = ""
        self._stop: tuple[str, int, Mark] | None = None
        self._breakpoints: dict[tuple[str, int], bool] = {}
        self._notes: Mapping[tuple[str, int], str] = {}
        self._reading, self._coloring = BackgroundWork(self), BackgroundWork(self)
        self._excerpt = Excerpt("", 1, 0, 0, 1)
        self._code = CodeText()
        self._code.pressed.connect(self._toggle)
        self._code.setAccessibleName(self.tr("Source"))
        self._code.viewport().installEventFilter(self)
        self._empty = EmptyState("file-code", self.tr("No source"), "")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._code)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.addWidget(self._stack)
        self.corner = QLabel(alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.corner.setProperty("role", "caption")
        self._code.colors.set_palette()

    @property
    def file(self) -> str:
        """Return the path shown; empty for none."""
        return self._file

    @property
    def line(self) -> int:
        """Return the tinted line, from 1; 0 for none."""
        return self._code.line

    def show_file(self, file: str, line: int = 0) -> None:
        """Show `file`, at first from its first function or class; tint `line` and scroll to it."""
        stopped_here = self._stop is not None and self._stop[:2] == (file, line)
        self._code.mark(line, self._stop[2] if self._stop is not None and stopped_here else None)
        if file != self._file or not self._excerpt.has(line):
            self._load(file)
        elif line and not self._reading.busy:
            self._code.reveal(line)

    def reload(self) -> None:
        """Read the file again, because it was opened again, and show it from the same line."""
        if self._file:
            top = self._code.top
            self._reading.run(partial(_read, self._file, top), partial(self._show, top))

    def show_stop(self, file: str, line: int, phase: Mark) -> None:
        """Show the line at which the engine is stopped, in the color of the phase, or which raised."""
        self._stop = file, line, phase
        self.show_file(file, line)

    def clear_stop(self) -> None:
        """Clear the line of the stop."""
        if self._stop is not None:
            self._stop = None
            self._code.mark(0)

    def set_breakpoints(self, breakpoints: dict[tuple[str, int], bool]) -> None:
        """Show breakpoints, by (file, line) whether each is enabled."""
        self._breakpoints = breakpoints
        self._code.set_breakpoints({line: on for (file, line), on in breakpoints.items() if file == self._file})

    def set_notes(self, notes: Mapping[tuple[str, int], str]) -> None:
        """Write what happened at lines of code beside them, by (file, line)."""
        self._notes = notes
        self._code.set_notes({line: text for (file, line), text in notes.items() if file == self._file})

    def _toggle(self, line: int) -> None:
        if self._file and line:
            self.breakpoint_toggled.emit(self._file, line)

    def set_compact(self, compact: bool) -> None:
        """Use smaller letters, for a small window."""
        self._code.setFont(fonts.mono(11 if compact else 12))

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(400, 300)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Emit the line of a double click."""
        if event.type() == QEvent.Type.MouseButtonDblClick and isinstance(event, QMouseEvent) and self._file:
            line = (round(event.position().y()) + self._code.verticalScrollBar().value()) // LINE + self._code.first
            self.line_activated.emit(self._file, line)
        return False

    def _load(self, file: str) -> None:
        self._file = file
        self._excerpt = Excerpt("", 1, MOST_LINES, 0, 1)
        self._reading.run(partial(_read, file, self._code.line), partial(self._show, 0))
        if self._reading.busy:
            self._say(self.tr("Reading {0}").format(Path(file).name), "")

    def _show(self, top: int, read: Excerpt | str) -> None:
        """Show an excerpt from line `top` or from the marked line; or why the file was not read."""
        name, code = Path(self._file).name, self._code
        if isinstance(read, str):
            self._say(self.tr("No source"), self.tr("%s cannot be read: %s.") % (name, read))
            return
        if not top and not read.has(code.line) and code.line <= read.total:
            self._load(self._file)  # another line was requested meanwhile
            return
        same = (read.text, read.first) == (code.text, code.first)
        self._excerpt = read
        self._name(read)
        self._stack.setCurrentWidget(code)
        if not same:
            code.read(read.text, read.first)
            # The first text is shown without its colors: to import the lexer takes longer than `run` would wait.
            known = "pygments" in sys.modules
            self._coloring.run(partial(colors_of, read.text), code.colors.set_colors, wait=known)
            code.mark(code.line, code.phase)
        self.set_breakpoints(self._breakpoints)
        self.set_notes(self._notes)
        if not top and code.line:
            code.reveal(code.line)
        elif not same:
            code.scroll_to(top or read.head)

    def _say(self, title: str, text: str) -> None:
        self._empty.show_text(title, text)
        self._stack.setCurrentWidget(self._empty)
        self._name(None)

    def _name(self, read: Excerpt | None) -> None:
        name, tip = Path(self._file).name, self._file
        if read is not None and read.count < read.total:
            last = read.first + read.count - 1
            name = f"{name}  {read.first:,}–{last:,}"
            tip += "\n" + self.tr("lines {0} to {1} of {2}").format(f"{read.first:,}", f"{last:,}", f"{read.total:,}")
        self.corner.setText(name)
        self.corner.setToolTip(tip)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self._code.colors.set_palette()
            self._code.mark(self._code.line, self._code.phase)
        super().changeEvent(event)


def _read(file: str, line: int, _stopped: Stopped) -> Excerpt | str:
    """Return the excerpt of a file, or why it cannot be read."""
    try:
        return read_excerpt(file, line)
    except OSError as error:
        return str(error.strerror or error)
