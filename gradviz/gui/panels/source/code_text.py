"""The text of a source file with its margin: numbers, breakpoints, the line of a stop, and what happened in a line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRect, Qt, Signal
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
from PySide6.QtWidgets import QTextEdit, QWidget

from gradviz.appearance.text_styles import SMALL_STRONG
from gradviz.gui.panels.source.source_text import SourceColors
from gradviz.gui.style import fonts
from gradviz.gui.style import qt_colors as palette
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

    def __init__(self, code: CodeText) -> None:
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


class CodeText(QTextEdit):
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
        self.notes: Mapping[int, str] = {}
        """What happened in lines, by their numbers; written at their right ends."""
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

    def set_notes(self, notes: Mapping[int, str]) -> None:
        """Write what happened in lines at their right ends."""
        self.notes = notes
        self.viewport().update()

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
        if self.notes:
            self._paint_notes()

    def _paint_notes(self) -> None:
        colors, painter = palette.current(), QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(fonts.font(SMALL_STRONG))
        for line, text in self.notes.items():
            wide = painter.fontMetrics().horizontalAdvance(text) + 12
            top = (line - self.first) * LINE - self.verticalScrollBar().value() + _DROP
            box = QRect(self.viewport().width() - wide - 6, top + 2, wide, LINE - 4)
            painter.setPen(QPen(palette.color(colors.line2), 1))
            painter.setBrush(palette.color(colors.panel))
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(palette.color(colors.text2))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the margin and color the lines that became visible."""
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._numbers.setGeometry(inside.left(), inside.top(), self._width(), inside.height())
        self.colors.show()

    def _width(self) -> int:
        digits = max(2, len(str(self.document().blockCount() + self.first - 1)))
        return 46 + digits * 7
