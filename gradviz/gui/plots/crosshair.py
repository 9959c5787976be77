"""A line through one iteration with a card of its losses."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gradviz.gui.plots.arrangement import crosses
from gradviz.gui.plots.frame import Frame
from gradviz.gui.plots.readout import Readout, Row
from gradviz.gui.style import fonts
from gradviz.gui.style.palette import DARK, Palette, color
from gradviz.model import number_text

_ROW = 18.0
_PAD = 10.0
_SWATCH = 16.0
_GAP = 12.0
_OVERHANG = 8.0


class Crosshair(pg.GraphicsObject):
    """Shows a `Readout` at its iteration, or nothing. In pixels of the plot box."""

    def __init__(self) -> None:
        super().__init__()
        self._palette = DARK
        self._frame: Frame | None = None
        self._readout: Readout | None = None
        self._words: list[QRectF] = []

    def set_colors(self, palette: Palette) -> None:
        """Dress in the colours of `palette`."""
        self._palette = palette
        self.update()

    def show_readout(self, readout: Readout | None, frame: Frame, words: list[QRectF]) -> None:
        """Show this from now on; None hides the crosshair. The card keeps off `words` if it can."""
        self._words = words
        if (readout, frame) == (self._readout, self._frame):
            return
        if frame != self._frame:
            self.prepareGeometryChange()
        self._readout, self._frame = readout, frame
        self.update()

    def boundingRect(self) -> QRectF:
        if self._frame is None:
            return QRectF()
        over = _OVERHANG
        return QRectF(-over, -over, self._frame.width + 2 * over, self._frame.height + 2 * over)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self._readout is None or self._frame is None:
            return
        frame, readout = self._frame, self._readout
        x = frame.left_of(readout.iteration)
        painter.setPen(QPen(color(self._palette.text3), 1))
        painter.drawLine(QPointF(round(x) + 0.5, 0), QPointF(round(x) + 0.5, frame.height))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row in readout.rows:
            if math.isfinite(row.loss):
                y = frame.point(readout.iteration, row.loss)[1]
                if not -1 <= y <= frame.height + 1:
                    continue
                painter.setPen(QPen(color(self._palette.panel), 1.5))
                painter.setBrush(row.shown.color(self._palette))
                painter.drawEllipse(QPointF(x, y), 3.5, 3.5)
        self._paint_card(painter, readout, frame, x)

    def _paint_card(self, painter: QPainter, readout: Readout, frame: Frame, x: float) -> None:
        rows = self._rows_that_fit(readout, frame)
        left_out = len(readout.rows) - len(rows)
        names, values, smoothed = _column_widths(rows)
        marks = [_elided(mark, frame.width / 2) for mark in readout.marks]
        if left_out:
            more = QCoreApplication.translate("LossPlot", "and {0} more runs").format(number_text.whole(left_out))
            marks.append(more)
        bold, plain = QFontMetricsF(fonts.ui(12, 600)), QFontMetricsF(fonts.ui(12))
        inner = _SWATCH + 6 + names + _GAP + values + (smoothed and _GAP + smoothed)
        width = max(inner, bold.horizontalAdvance(readout.title), *(plain.horizontalAdvance(m) for m in marks), 0.0)
        width = math.ceil(width) + 2 * _PAD
        height = _ROW * (1 + len(rows) + len(marks)) + 2 * 6
        card = self._place(x, width, height, frame)
        painter.setPen(QPen(color(self._palette.line2), 1))
        painter.setBrush(color(self._palette.panel))
        painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        line = QRectF(card.left() + _PAD, card.top() + 6, width - 2 * _PAD, _ROW)
        self._write(painter, line, readout.title, 600, self._palette.text)
        if smoothed:
            painter.setFont(fonts.ui(11))
            painter.setPen(color(self._palette.text3))
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(line, right, QCoreApplication.translate("LossPlot", "smoothed"))
        for row in rows:
            line.translate(0, _ROW)
            self._paint_row(painter, line, row, (names, values, smoothed))
        for mark in marks:
            line.translate(0, _ROW)
            self._write(painter, line, mark, 400, self._palette.text3)

    def _paint_row(self, painter: QPainter, line: QRectF, row: Row, widths: tuple[float, float, float]) -> None:
        names, values, smoothed = widths
        middle = line.center().y()
        painter.fillRect(QRectF(line.left(), round(middle) - 1, 12, 2), row.shown.color(self._palette))
        name = line.adjusted(_SWATCH + 6, 0, 0, 0)
        self._write(painter, name, row.shown.name, 400, self._palette.text2)
        value = QRectF(name.left() + names + _GAP, line.top(), values, line.height())
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.setFont(fonts.mono(11))
        painter.setPen(color(self._palette.text if math.isfinite(row.loss) else self._palette.error))
        painter.drawText(value, right, row.raw)
        if smoothed:
            painter.setPen(color(self._palette.text3))
            painter.drawText(QRectF(value.right() + _GAP, line.top(), smoothed, line.height()), right, row.smoothed)

    def _write(self, painter: QPainter, line: QRectF, text: str, weight: int, ink: str) -> None:
        painter.setFont(fonts.ui(12, weight))
        painter.setPen(color(ink))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _place(self, x: float, width: float, height: float, frame: Frame) -> QRectF:
        """Beside the line and inside the box, where it covers the fewest words and curves."""
        right, left = x + 12, x - 12 - width
        sides = [side for side in (right, left) if side >= 0 and side + width <= frame.width] or [max(left, 0.0)]
        tops = [top for top in (4.0, 30.0, 54.0, frame.height - height - 4) if 0 <= top <= frame.height - height] or [
            4.0
        ]
        places = [QRectF(round(side), top, width, height) for top in tops for side in sides]
        return min(places, key=self._covered)

    def _covered(self, card: QRectF) -> int:
        """How much a card there would cover; a word counts as two curves."""
        words = sum(card.intersects(word) for word in self._words)
        if self._readout is None or self._frame is None:
            return 2 * words
        return 2 * words + sum(crosses(card, row.shown, self._frame) for row in self._readout.rows)

    @staticmethod
    def _rows_that_fit(readout: Readout, frame: Frame) -> tuple[Row, ...]:
        room = max(1, int((frame.height - 20) // _ROW) - 1 - len(readout.marks))
        return readout.rows if len(readout.rows) <= room else readout.rows[: max(room - 1, 1)]


def _column_widths(rows: tuple[Row, ...]) -> tuple[float, float, float]:
    plain, mono = QFontMetricsF(fonts.ui(12)), QFontMetricsF(fonts.mono(11))
    names = max((plain.horizontalAdvance(row.shown.name) for row in rows), default=0.0)
    values = max((mono.horizontalAdvance(row.raw) for row in rows), default=0.0)
    smoothed = max((mono.horizontalAdvance(row.smoothed) for row in rows), default=0.0)
    return math.ceil(names), math.ceil(values), math.ceil(smoothed)


def _elided(text: str, width: float) -> str:
    return QFontMetricsF(fonts.ui(12)).elidedText(text, Qt.TextElideMode.ElideRight, width)
