"""The crosshair: a line through one iteration with a card of the exact losses of every visible run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gradviz.gui.plots.annotations import crosses
from gradviz.gui.plots.curve_item import VisibleCurve, full_name
from gradviz.gui.plots.plot_frame import PixelItem, PlotFrame, write_text
from gradviz.gui.style import fonts
from gradviz.gui.style.qt_colors import color
from gradviz.language import tr
from gradviz.model import number_text

_ROW = 18.0
_PAD = 10.0
_SWATCH = 16.0
_GAP = 12.0
_RIGHT = Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True, slots=True)
class ReadoutRow:
    """One run at the iteration; `smoothed` is empty for a smoothing factor of 0."""

    shown: VisibleCurve
    step: int
    loss: float
    raw: str
    smoothed: str
    name: str


@dataclass(frozen=True, slots=True)
class Readout:
    """The losses and marks of one iteration."""

    iteration: int
    title: str
    rows: tuple[ReadoutRow, ...]
    marks: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return all of it in lines, for a screen reader."""
        lines = [self.title]
        for row in self.rows:
            line = f"{full_name(row.shown.curve)}: {row.raw}"
            if row.smoothed:
                line += ", " + tr("smoothed {0}").format(row.smoothed)
            lines.append(line)
        return "\n".join([*lines, *self.marks])


def read_iteration(shown: Sequence[VisibleCurve], iteration: int, smoothing: float, *, before: bool = False) -> Readout:
    """Return the readout of an iteration, the current run first, without runs that have no loss there; if `before`, of
    these the last up to there."""
    rows, marks = [], []
    for one in sorted(shown, key=lambda one: not one.current):
        step = one.curve.raw.last_to(iteration) if before else iteration
        loss = one.curve.at(step)
        if loss is None:
            continue
        smooth = one.smooth(smoothing)
        smoothed = number_text.exact(value) if smooth is not None and (value := smooth.at(step)) is not None else ""
        # Where a loss is not finite there is no smoothed one; NaN would claim one, so a dash is written.
        text = "–" if smoothed and not math.isfinite(loss) else smoothed
        name = (
            one.name
            if step == iteration
            else tr("{name}, at {step}").format(name=one.name, step=number_text.whole(step))
        )
        rows.append(ReadoutRow(one, step, loss, number_text.exact(loss), text, name))
        prefix = "" if one.current else f"{one.name}: "
        marks += [prefix + mark.text for mark in one.curve.marks if mark.step == iteration]
    title = tr("Iteration {0}").format(number_text.whole(iteration))
    return Readout(iteration, title, tuple(rows), tuple(marks))


class Present(PixelItem):
    """A line where the run is, which has gone back in its past: what is right of it has run before."""

    def __init__(self) -> None:
        super().__init__()
        self._frame: PlotFrame | None = None
        self._iteration: int | None = None

    def show_at(self, iteration: int | None, frame: PlotFrame) -> None:
        """Show the line at an iteration; None hides it."""
        if (iteration, frame) != (self._iteration, self._frame):
            self.cover(frame)
            self._iteration, self._frame = iteration, frame
            self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw the line, and pale what is right of it."""
        if self._iteration is None or self._frame is None:
            return
        x = round(self._frame.left_of(self._iteration)) + 0.5
        if x > self._frame.width:
            return
        veil = color(self._palette.panel)
        veil.setAlpha(150)
        painter.fillRect(QRectF(max(x, 0.0), 0, self._frame.width - max(x, 0.0), self._frame.height), veil)
        if x >= 0:
            painter.setPen(QPen(color(self._palette.accent), 1.5))
            painter.drawLine(QPointF(x, 0), QPointF(x, self._frame.height))


class Crosshair(PixelItem):
    """Shows a `Readout` at its iteration, or nothing."""

    overhang = 8.0

    def __init__(self) -> None:
        super().__init__()
        self._frame: PlotFrame | None = None
        self._readout: Readout | None = None
        self._words: list[QRectF] = []

    def show_readout(self, readout: Readout | None, frame: PlotFrame, words: list[QRectF]) -> None:
        """Show this readout; None hides the crosshair. The card avoids `words` if it can."""
        self._words = words
        if (readout, frame) != (self._readout, self._frame):
            self.cover(frame)
            self._readout, self._frame = readout, frame
            self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw the line, a dot on each curve, and the card."""
        if self._readout is None or self._frame is None:
            return
        frame, readout = self._frame, self._readout
        x = frame.left_of(readout.iteration)
        painter.setPen(QPen(color(self._palette.text3), 1))
        painter.drawLine(QPointF(round(x) + 0.5, 0), QPointF(round(x) + 0.5, frame.height))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row in readout.rows:
            y = frame.point(row.step, row.loss)[1] if math.isfinite(row.loss) else math.inf
            if -1 <= y <= frame.height + 1:
                painter.setPen(QPen(color(self._palette.panel), 1.5))
                painter.setBrush(row.shown.color(self._palette))
                painter.drawEllipse(QPointF(frame.left_of(row.step), y), 3.5, 3.5)
        self._paint_card(painter, readout, frame, x)

    def _paint_card(self, painter: QPainter, readout: Readout, frame: PlotFrame, x: float) -> None:
        palette, rows = self._palette, _rows_that_fit(readout, frame)
        left_out = len(readout.rows) - len(rows)
        plain, bold = QFontMetricsF(fonts.ui(12)), QFontMetricsF(fonts.ui(12, 600))
        marks = [plain.elidedText(mark, Qt.TextElideMode.ElideRight, frame.width / 2) for mark in readout.marks]
        if left_out:
            more = tr("and {0} more runs")
            marks.append(more.format(number_text.whole(left_out)))
        columns = _column_widths(rows)
        names, values, smoothed = columns
        inner = _SWATCH + 6 + names + _GAP + values + (smoothed and _GAP + smoothed)
        width = max(inner, bold.horizontalAdvance(readout.title), *(plain.horizontalAdvance(m) for m in marks), 0.0)
        width = math.ceil(width) + 2 * _PAD
        card = self._place(x, width, _ROW * (1 + len(rows) + len(marks)) + 2 * 6, frame)
        painter.setPen(QPen(color(palette.line2), 1))
        painter.setBrush(color(palette.panel))
        painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        line = QRectF(card.left() + _PAD, card.top() + 6, width - 2 * _PAD, _ROW)
        write_text(painter, line, readout.title, fonts.ui(12, 600), color(palette.text))
        if smoothed:
            heading = tr("smoothed")
            write_text(painter, line, heading, fonts.ui(11), color(palette.text3), _RIGHT)
        for row in rows:
            line.translate(0, _ROW)
            self._paint_row(painter, line, row, columns)
        for mark in marks:
            line.translate(0, _ROW)
            write_text(painter, line, mark, fonts.ui(12), color(palette.text3))

    def _paint_row(self, painter: QPainter, line: QRectF, row: ReadoutRow, columns: tuple[float, float, float]) -> None:
        palette, (names, values, smoothed) = self._palette, columns
        painter.fillRect(QRectF(line.left(), round(line.center().y()) - 1, 12, 2), row.shown.color(palette))
        name = line.adjusted(_SWATCH + 6, 0, 0, 0)
        write_text(painter, name, row.name, fonts.ui(12), color(palette.text2))
        value = QRectF(name.left() + names + _GAP, line.top(), values, line.height())
        ink = color(palette.text if math.isfinite(row.loss) else palette.error)
        write_text(painter, value, row.raw, fonts.mono(11), ink, _RIGHT)
        if smoothed:
            value = QRectF(value.right() + _GAP, line.top(), smoothed, line.height())
            write_text(painter, value, row.smoothed, fonts.mono(11), color(palette.text3), _RIGHT)

    def _place(self, x: float, width: float, height: float, frame: PlotFrame) -> QRectF:
        """Return a place beside the line and inside the box where the card covers the fewest words and curves."""
        right, left, room = x + 12, x - 12 - width, frame.height - height
        sides = [side for side in (right, left) if side >= 0 and side + width <= frame.width] or [max(left, 0.0)]
        tops = [top for top in (4.0, 30.0, 54.0, room - 4) if 0 <= top <= room] or [4.0]
        places = [QRectF(round(side), top, width, height) for top in tops for side in sides]
        return min(places, key=self._count_covered)

    def _count_covered(self, card: QRectF) -> int:
        """Return how much a card there would cover; a word counts as two curves."""
        assert self._readout is not None and self._frame is not None
        words = sum(card.intersects(word) for word in self._words)
        return 2 * words + sum(crosses(card, row.shown, self._frame) for row in self._readout.rows)


def _rows_that_fit(readout: Readout, frame: PlotFrame) -> tuple[ReadoutRow, ...]:
    room = max(1, int((frame.height - 20) // _ROW) - 1 - len(readout.marks))
    return readout.rows if len(readout.rows) <= room else readout.rows[: max(room - 1, 1)]


def _column_widths(rows: tuple[ReadoutRow, ...]) -> tuple[float, float, float]:
    plain, mono = QFontMetricsF(fonts.ui(12)), QFontMetricsF(fonts.mono(11))
    names = max((plain.horizontalAdvance(row.name) for row in rows), default=0.0)
    values = max((mono.horizontalAdvance(row.raw) for row in rows), default=0.0)
    smoothed = max((mono.horizontalAdvance(row.smoothed) for row in rows), default=0.0)
    return math.ceil(names), math.ceil(values), math.ceil(smoothed)
