"""Paints what is written on the plot: marks with their tags, NaN and Inf, the newest value, names of earlier runs."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gradviz.gui.plots.arrangement import ICON, NAME_FONT, TAG_FONT, VALUE_FONT, Arrangement, Label
from gradviz.gui.plots.tags import PlacedTag
from gradviz.gui.style import fonts, icons
from gradviz.gui.style.palette import DARK, Palette, color

_OVERHANG = 12.0
"""How far dots and dashes reach over the box, in pixels."""


class Annotations(pg.GraphicsObject):
    """Shows an `Arrangement`, in pixels of the plot box."""

    def __init__(self) -> None:
        super().__init__()
        self._palette = DARK
        self._size = QRectF()
        self.arrangement = Arrangement()

    def set_colors(self, palette: Palette) -> None:
        """Dress in the colours of `palette`."""
        self._palette = palette
        self.update()

    def arrange(self, arrangement: Arrangement, width: float, height: float) -> None:
        """Show this from now on; does nothing if it is what is shown."""
        size = QRectF(0, 0, width, height)
        if size != self._size:
            self.prepareGeometryChange()
            self._size = size
        if arrangement != self.arrangement:
            self.arrangement = arrangement
            self.update()

    def boundingRect(self) -> QRectF:
        return self._size.adjusted(-_OVERHANG, -_OVERHANG, _OVERHANG, _OVERHANG)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        self._paint_bands(painter)
        self._paint_marks(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for label in self.arrangement.labels:
            self._paint_label(painter, label)
        if self.arrangement.dot is not None:
            painter.setPen(QPen(color(self._palette.panel), 2))
            painter.setBrush(color(self._palette.accent))
            painter.drawEllipse(self.arrangement.dot, 4.0, 4.0)
        for tag in self.arrangement.tags:
            self._paint_tag(painter, tag)

    def _paint_bands(self, painter: QPainter) -> None:
        height = self._size.height()
        for left, right in self.arrangement.bands:
            painter.fillRect(QRectF(left, 0, right - left, height), color(self._palette.error, 0.16))
            # A solid foot, so that a single column is seen too.
            painter.fillRect(QRectF(left - 1, height - 4, right - left + 2, 4), color(self._palette.error))
        for left, right in self.arrangement.floor:
            painter.fillRect(QRectF(left - 1, height - 3, right - left + 2, 3), color(self._palette.warning))

    def _paint_marks(self, painter: QPainter) -> None:
        pen = QPen(color(self._palette.text2), 1, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        for x in self.arrangement.lines:
            painter.drawLine(QPointF(round(x) + 0.5, 0), QPointF(round(x) + 0.5, self._size.height()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(self._palette.text3), 1))
        painter.setBrush(color(self._palette.panel))
        for point in self.arrangement.small_marks:
            corners = [QPointF(0, -3.5), QPointF(3.5, 0), QPointF(0, 3.5), QPointF(-3.5, 0)]
            painter.drawPolygon(QPolygonF([point + corner for corner in corners]))

    def _paint_label(self, painter: QPainter, label: Label) -> None:
        # A veil keeps the word readable where a noisy curve runs behind it.
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(self._palette.panel, 0.7))
        painter.drawRoundedRect(label.rect.adjusted(-2, 0, 2, 0), 3, 3)
        painter.setFont(fonts.mono(*VALUE_FONT) if label.current else fonts.ui(*NAME_FONT))
        painter.setPen(color(self._palette.text if label.current else self._palette.text2))
        painter.drawText(label.rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, label.text)

    def _paint_tag(self, painter: QPainter, placed: PlacedTag) -> None:
        palette, rect = self._palette, placed.rect
        ground, ink, sign = {
            "plain": (palette.raised, palette.text, palette.text2),
            "error": (palette.error_tint, palette.error, palette.error),
            "warning": (palette.warning_tint, palette.warning, palette.warning),
        }[placed.tag.tone]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(ground))
        painter.drawRoundedRect(rect, 5, 5)
        device = painter.device()
        ratio = device.devicePixelRatio() if device is not None else 1.0
        picture = icons.pixmap(placed.tag.icon, ICON, sign, ratio)
        painter.drawPixmap(QPointF(rect.left() + 6, rect.top() + (rect.height() - ICON) / 2), picture)
        painter.setFont(fonts.ui(*TAG_FONT))
        painter.setPen(color(ink))
        text = rect.adjusted(6 + ICON + 6, 0, 0, 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, placed.text)
