"""The plot's plane in pixels: the map from iterations and losses, and the base of the items that draw there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QGraphicsObject

from gradviz.appearance.palette import DARK, Palette
from gradviz.gui.plots.ranges import LIMIT, Range
from gradviz.model.growing_series import Floats, Indices

BELOW = 8.0
"""How far under the plot a log scale puts what has no logarithm, in pixels: the line leaves through the floor."""


@dataclass(frozen=True, slots=True)
class PlotFrame:
    """The visible part of the plane: iterations `x`, losses `y` (exponents of ten if `log`), on `width` × `height`."""

    x: Range
    y: Range
    width: float
    height: float
    log: bool

    def across(self, iterations: Indices | Floats) -> Floats:
        """Return pixels from the left."""
        return (iterations.astype(np.float64) - self.x[0]) * (self.width / (self.x[1] - self.x[0]))

    def down(self, losses: Floats) -> Floats:
        """Return pixels from the top; zero and less lie `BELOW` the plot on a log scale."""
        if self.log:
            heights: Floats = np.full(len(losses), -np.inf)
            np.log10(losses, out=heights, where=losses > 0)
        else:
            heights = np.clip(losses, -LIMIT, LIMIT)
        # Half the range is subtracted from each end, for the whole of it may exceed what floating point holds.
        pixels: Floats = (self.y[1] / 2 - heights / 2) / (self.y[1] / 2 - self.y[0] / 2) * self.height
        # What is far outside is cut: rasterizers have limits of their own.
        lowest = self.height + BELOW if self.log else 11 * self.height
        result: Floats = np.clip(pixels, -10 * self.height, lowest)
        return result

    def point(self, iteration: float, loss: float) -> tuple[float, float]:
        """Return pixels from the left and from the top of one point."""
        return self.left_of(iteration), float(self.down(np.array([loss]))[0])

    def left_of(self, iteration: float) -> float:
        """Return pixels from the left of one iteration."""
        return (iteration - self.x[0]) * (self.width / (self.x[1] - self.x[0]))

    def iteration(self, across: float) -> float:
        """Return the iteration, not rounded, that lies `across` pixels from the left."""
        return self.x[0] + across / self.width * (self.x[1] - self.x[0])

    @property
    def first(self) -> int:
        """Return the first iteration that a line through the plot needs: one before the left edge."""
        return max(int(np.floor(self.x[0])) - 1, 0)

    @property
    def stop(self) -> int:
        """Return one after the last iteration that a line through the plot needs."""
        return int(np.ceil(self.x[1])) + 2


class PixelItem(QGraphicsObject):
    """Covers the plot box and at most `overhang` pixels around it."""

    overhang = 0.0

    def __init__(self) -> None:
        super().__init__()
        self._palette = DARK
        self._box = QRectF()

    def set_colors(self, palette: Palette) -> None:
        """Draw in the colors of `palette`."""
        self._palette = palette
        self.update()

    def cover(self, frame: PlotFrame) -> None:
        """Take the size of `frame`."""
        box = QRectF(0, 0, frame.width, frame.height)
        if box != self._box:
            self.prepareGeometryChange()
            self._box = box

    def boundingRect(self) -> QRectF:
        """Return the box with the overhang."""
        over = self.overhang
        return self._box.adjusted(-over, -over, over, over)


def write_text(
    painter: QPainter,
    rect: QRectF,
    text: str,
    font: QFont,
    ink: QColor,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """Draw one line of text, centered from top to bottom in `rect`."""
    painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | align, text)
