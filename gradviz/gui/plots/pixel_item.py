"""Base of the plot's items, which draw in pixels of the plot box, and the one call with which they write text."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QGraphicsObject

from gradviz.appearance.palette import DARK, Palette
from gradviz.gui.plots.plot_frame import PlotFrame


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
