"""Read-only source code with line numbers and colors: the line of the stop, or of the selected node, is tinted."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextBlockFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QLabel, QStackedWidget, QTextEdit, QVBoxLayout, QWidget

from gradviz.gui.panels.source.source_text import MOST_LINES, Excerpt, SourceColors, colors_of, read_excerpt
from gradviz.gui.processes.background_thread import BackgroundWork, Stopped
from gradviz.gui.style import fonts
from gradviz.gui.style import qt_colors as palette
from gradviz.gui.widgets.empty_state import EmptyState
from gradviz.protocol.records import Phase

Mark = Phase | Literal["error"]
"""Why a line is marked: the phase of the stop there, or that it raised."""
LINE = 20
"""Height of a line of code."""
_DROP = 2
"""Qt draws letters at the lower end of a line of fixed height; numbers and tint follow them."""


class _Numbers(QWidget):
    """The margin with breakpoints, the arrow of the stop, and line numbers."""

    pressed = Signal(int)

    def __init__(self, code: _Code) -> None:
        super().__init__(code)
        self._code = code
        self.hovered = 0
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(self.tr("Click to set or remove a breakpoint"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint numbers, breakpoints and the arrow of the stop."""
        self._code.paint_numbers(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Emit the line that was clicked."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(self._code.line_at(event.position().y()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the hovered line."""
        self._hover(self._code.line_at(event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:
        """Unmark the hovered line."""
        self._hover(0)

    def _hover(self, line: int) -> None:
        if line != self.hovered:
            self.hovered = line
            self.update()


def tint_of(mark: Mark) -> tuple[str, str]:
    """Return the colors of a marked line and of its sign."""
    colors = palette.current()
    return (colors.error_tint, colors.error) if mark == "error" else (colors.phase(mark).tint, colors.phase(mark).fill)


class _Code(QTextEdit):
    """Every line is `LINE` high, so that line n is at (n - 1) × LINE."""

    def __init__(self) -> None:
        super().__init__(readOnly=True)
        self.setLineWrapMode(QTextEdit.LineWrapMode.NoWrap)
        self.setFont(fonts.mono(12))
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.document().setDocumentMargin(0)
        self.document().setUndoRedoEnabled(False)
        self.colors = SourceColors(self, LINE)
        self.text = ""
        """The text that is shown."""
        self.first = 1
        """Number of the first line that is shown."""
        self.line = 0
        self.phase: Mark | None = None
        """The phase of the stop at `line`; None for a line that is only selected."""
        self.breakpoints: dict[int, bool] = {}
        self._numbers = _Numbers(self)
        self.pressed = self._numbers.pressed
        self._top = 0
        """Where to scroll to as soon as the layout of the text has got there."""
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._on_scroll)
        bar.rangeChanged.connect(self._scroll)
        bar.actionTriggered.connect(self._stay)

    def read(self, text: str, first: int = 1) -> None:
        """Show `text`, which begins with line `first` of its file."""
        self.text, self.first, self._top = text, first, 0
        self.colors.set_colors({})
        whole = QTextCursor(self.document())
        whole.beginEditBlock()  # the layout of hidden lines is then done bit by bit
        self.setPlainText(text)
        every = QTextCursor(self.document())
        every.select(QTextCursor.SelectionType.Document)
        manner = QTextBlockFormat()
        manner.setLineHeight(LINE, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        every.mergeBlockFormat(manner)
        whole.endEditBlock()
        self.verticalScrollBar().setValue(0)
        self.setViewportMargins(self._width(), 0, 0, 0)
        self._numbers.update()

    @property
    def top(self) -> int:
        """Return the line (from 1) at the upper edge."""
        return self.verticalScrollBar().value() // LINE + self.first

    def scroll_to(self, line: int) -> None:
        """Scroll a line (from 1) to the upper edge."""
        self._top = max(0, line - self.first) * LINE
        self._scroll()

    def reveal(self, line: int) -> None:
        """Scroll a line (from 1) into view."""
        top, shown = (line - self.first) * LINE, self.viewport().height()
        at = self._top or self.verticalScrollBar().value()
        if not at + LINE <= top <= at + shown - 2 * LINE:
            self._top = max(0, top - shown // 2)
            self._scroll()

    def _scroll(self) -> None:
        bar = self.verticalScrollBar()
        if self._top:
            bar.setValue(self._top)
            if bar.value() >= self._top:
                self._top = 0

    def _stay(self) -> None:
        self._top = 0  # scrolled by hand

    def _on_scroll(self) -> None:
        self.colors.show()
        self._numbers.update()

    def mark(self, line: int, phase: Mark | None = None) -> None:
        """Tint a line (from 1; 0 for none), in the color of a phase if the engine is stopped there, or of an error."""
        self.line, self.phase = line, phase
        self.viewport().update()
        self._numbers.update()

    def set_breakpoints(self, breakpoints: dict[int, bool]) -> None:
        """Show breakpoints, by line whether each is enabled."""
        self.breakpoints = breakpoints
        self._numbers.update()

    def line_at(self, y: float) -> int:
        """Return the line (from 1) at a height of the margin; 0 below the last."""
        row = int(y + self.verticalScrollBar().value() - _DROP) // LINE
        return row + self.first if 0 <= row < self.document().blockCount() else 0

    def _tint(self) -> QColor:
        colors = palette.current()
        return palette.color(colors.raised if self.phase is None else tint_of(self.phase)[0])

    def paint_numbers(self, margin: _Numbers) -> None:
        """Paint the numbers of the visible lines into the margin."""
        colors = palette.current()
        painter = QPainter(margin)
        painter.fillRect(margin.rect(), palette.color(colors.panel))
        scrolled = self.verticalScrollBar().value()
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        last = min(self.document().blockCount() - 1, (scrolled + margin.height()) // LINE)
        for row in range(scrolled // LINE, last + 1):
            number = row + self.first
            current = number == self.line
            box = QRect(0, row * LINE - scrolled + _DROP, margin.width(), LINE)
            if current:
                painter.fillRect(box, self._tint())
            self._paint_signs(painter, box, number, margin.hovered == number)
            painter.setFont(fonts.mono(11, 600 if current else 400))
            painter.setPen(QColor(colors.text if current else colors.text3))
            painter.drawText(box.adjusted(0, 0, -14, 0), right, str(number))
        painter.end()

    def _paint_signs(self, painter: QPainter, box: QRect, number: int, hovered: bool) -> None:
        colors = palette.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(14, box.center().y() + 0.5)
        enabled = self.breakpoints.get(number)
        if enabled:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(colors.breakpoint))
            painter.drawEllipse(middle, 5.5, 5.5)
        elif enabled is not None or hovered:
            shade = colors.text3 if enabled is not None else colors.breakpoint
            painter.setPen(QPen(palette.color(shade, 1.0 if enabled is not None else 0.6), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(middle, 4.75, 4.75)
        if number == self.line and self.phase is not None:
            x, y = 23.0, middle.y()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(tint_of(self.phase)[1]))
            painter.drawPolygon([QPointF(x, y - 4.5), QPointF(x + 7.5, y), QPointF(x, y + 4.5)])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tinted line below the text."""
        if self.line:
            painter = QPainter(self.viewport())
            top = (self.line - self.first) * LINE - self.verticalScrollBar().value() + _DROP
            painter.fillRect(0, top, self.viewport().width(), LINE, self._tint())
            painter.end()
        super().paintEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the margin and color the lines that became visible."""
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._numbers.setGeometry(inside.left(), inside.top(), self._width(), inside.height())
        self.colors.show()

    def _width(self) -> int:
        digits = max(2, len(str(self.document().blockCount() + self.first - 1)))
        return 46 + digits * 7


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
        self._reading, self._coloring = BackgroundWork(self), BackgroundWork(self)
        self._excerpt = Excerpt("", 1, 0, 0, 1)
        self._code = _Code()
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
