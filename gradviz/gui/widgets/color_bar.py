"""A color bar with ticks and a pointer to one value."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QLinearGradient, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from gradviz.appearance.palette import Palette, Stroke
from gradviz.appearance.text_styles import SMALL
from gradviz.gui.style import fonts
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.style.qt_colors import color, pen
from gradviz.model.overlay.overlay_scale import BarTick, Limits, ticks
from gradviz.model.overlay.overlay_table import Overlay

_TOP, _HIGH = 11, 13
"""Room for the pointer, and the bar's height."""
_SIDE = 6
"""Half of the room that an outermost label takes beside the bar."""
_MOST_TEXTS, _APART = 7, 6
"""Texts under the bar, and pixels between two of them."""


class ColorBar(QWidget):
    """Low at the left, high at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._overlay: Overlay | None = None
        self._limits: Limits | None = None
        self._diverging = False
        self._marker: float | None = None
        self.setFixedHeight(_TOP + _HIGH + 24)

    @property
    def labels(self) -> list[str]:
        """The texts under the bar."""
        return [tick.text for tick in self._ticks() if tick.text]

    @property
    def marker(self) -> float | None:
        """Where it points, from 0 to 1."""
        return self._marker

    @property
    def stops(self) -> tuple[str, ...]:
        """Its colors from the low end to the high one, evenly apart."""
        palette = palettes.current()
        return palette.diverging if self._diverging else palette.sequential

    @property
    def ticks(self) -> list[BarTick]:
        """The marks under the bar."""
        return self._ticks()

    def set_scale(self, overlay: Overlay, limits: Limits | None) -> None:
        """Show the colors of this overlay between `limits`."""
        self._diverging = overlay.scale == "diverging"
        self._overlay, self._limits = overlay, limits
        labels = self.labels
        self.setAccessibleName(
            self.tr("Scale from {0} to {1}").format(labels[0], labels[-1]) if labels else self.tr("No scale yet")
        )
        self.update()

    def set_marker(self, place: float | None) -> None:
        """Point at a place of the bar from 0 to 1; None at none."""
        if place != self._marker:
            self._marker = place
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bar, its ticks and the pointer."""
        palette = palettes.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ratio = self.devicePixelRatioF()
        bar = QRectF(_SIDE + 0.5, _TOP + 0.5, self.width() - 2 * _SIDE - 1, _HIGH)
        gradient = QLinearGradient(bar.left(), 0, bar.right(), 0)
        stops = self.stops
        for place, shade in enumerate(stops):
            gradient.setColorAt(place / (len(stops) - 1), color(shade))
        painter.setBrush(QBrush(gradient))
        painter.setPen(pen(Stroke(palette.line2), ratio))
        painter.drawRect(bar)
        self._paint_ticks(painter, palette, bar, ratio)
        if self._marker is not None:
            x = bar.left() + self._marker * bar.width()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(palette.accent))
            painter.drawPolygon(QPolygonF([QPointF(x - 5, 2), QPointF(x + 5, 2), QPointF(x, _TOP - 1)]))
        painter.end()

    def _ticks(self) -> list[BarTick]:
        """Return the ticks, with as many texts as have room: a single one left out would make the scale look uneven."""
        if self._overlay is None or self._limits is None:
            return []
        for most in range(_MOST_TEXTS, 1, -1):
            found = ticks(self._overlay, self._limits, most)
            texts = self._texts(found)
            if all(left + wide + _APART <= after for (left, wide, _), (after, _, _) in pairwise(texts)):
                break
        return found

    def _texts(self, found: list[BarTick]) -> list[tuple[float, float, str]]:
        """Return left edge, width and text of each label, from left to right."""
        metrics, bar = QFontMetricsF(fonts.font(SMALL)), self.width() - 2 * _SIDE - 1
        texts = []
        for tick in sorted((tick for tick in found if tick.text), key=lambda tick: tick.place):
            wide = metrics.horizontalAdvance(tick.text)
            left = _SIDE + 0.5 + tick.place * bar - wide / 2
            texts.append((min(max(left, 0.0), self.width() - wide), wide, tick.text))
        return texts

    def _paint_ticks(self, painter: QPainter, palette: Palette, bar: QRectF, ratio: float) -> None:
        painter.setFont(fonts.font(SMALL))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        found = self._ticks()
        for tick in found:
            x = bar.left() + tick.place * bar.width()
            painter.setPen(pen(Stroke(palette.text3 if tick.text else palette.line2), ratio))
            painter.drawLine(QPointF(x, bar.bottom() + 1), QPointF(x, bar.bottom() + (5 if tick.text else 3)))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(color(palette.text3))
        for left, wide, text in self._texts(found):
            painter.drawText(QRectF(left, bar.bottom() + 6, wide + 2, 16), Qt.AlignmentFlag.AlignLeft, text)
