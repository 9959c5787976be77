"""The two axes: few ticks, powers of ten, a faint grid for the losses only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPicture
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gradviz.appearance.palette import Palette
from gradviz.gui.plots.ranges import AxisTick
from gradviz.gui.style import fonts
from gradviz.gui.style.qt_colors import color

FONT_SIZE = 11
LABEL_GAP = 10
BOTTOM_HEIGHT = 24
LEFT_LEAST = 57.0
RIGHT_LEAST = 22.0
GRID_ALPHA = 0.12


class TickAxis(pg.AxisItem):
    """An axis that shows the ticks it is given."""

    def __init__(self, orientation: str) -> None:
        left = orientation == "left"
        super().__init__(orientation, maxTickLength=0 if left else 4)
        self._ticks: list[AxisTick] = []
        self._specs: tuple[Any, ...] | None = None
        self.picture: QPicture | None
        # An axis changes seldom; the curve under it changes four times a second.
        self.setCacheMode(self.CacheMode.DeviceCoordinateCache)
        self.enableAutoSIPrefix(False)
        self.setStyle(
            tickFont=fonts.ui(FONT_SIZE),
            tickTextOffset=LABEL_GAP if left else 4,
            autoExpandTextSpace=False,
            hideOverlappingLabels=False,
        )
        if not left:
            self.setHeight(BOTTOM_HEIGHT)

    def set_colors(self, palette: Palette) -> None:
        """Draw in the colors of `palette`."""
        self.setTextPen(palette.text3)
        if self.orientation == "left":
            self.setPen(_pen(color(palette.line, 0.0)))
            self.setTickPen(_pen(color(palette.text)))
            self.setStyle(tickAlpha=GRID_ALPHA)
            self.setGrid(255)
        else:
            self.setPen(_pen(color(palette.line2)))
            self.setTickPen(_pen(color(palette.line2)))

    def set_ticks(self, ticks: Sequence[AxisTick]) -> None:
        """Show these ticks; do nothing if they are shown already."""
        if ticks != self._ticks:
            self._ticks = list(ticks)
            self.setTicks([self._ticks])

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw at once: text that the base class records in a QPicture comes out heavier.

        It forgets `picture` whenever anything changed, and so does this.
        """
        if self.picture is None:
            self.picture = QPicture()
            self._specs = self.generateDrawSpecs(painter)
        if self._specs is not None:
            painter.save()
            self.drawPicture(painter, *self._specs)
            painter.restore()

    def boundingRect(self) -> QRectF:
        """Return a rectangle in which labels of the outermost ticks reach over the corners of the box."""
        return QRectF(super().boundingRect()).adjusted(-24, -12, 24, 12)


def _pen(ink: QColor) -> QPen:
    pen = QPen(ink, 1)
    pen.setCosmetic(True)  # any other is ten times as slow, even at this width
    return pen


def overhang_of(ticks: Sequence[AxisTick]) -> float:
    """Return how much room the last label of the axis of iterations may need right of the box, in steps."""
    half = QFontMetricsF(fonts.ui(FONT_SIZE)).horizontalAdvance(ticks[-1].label) / 2 if ticks else 0.0
    return max(RIGHT_LEAST, -(-(half + 6) // 8) * 8)


def width_for(ticks: Sequence[AxisTick]) -> float:
    """Return how wide the axis of losses must be, in steps, so that it does not tremble while labels change."""
    metrics = QFontMetricsF(fonts.ui(FONT_SIZE))
    widest = max((metrics.horizontalAdvance(tick.label) for tick in ticks), default=0.0) + LABEL_GAP + 8
    return max(LEFT_LEAST, -(-widest // 12) * 12)
