"""Paints what is written on the plot: marks with their tags, NaN and Inf, the newest value, names of earlier runs."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gradviz.gui.plots.annotation_layout import ICON, NAME_FONT, TAG_FONT, VALUE_FONT, Arrangement, PlacedTag
from gradviz.gui.plots.pixel_item import PixelItem, write_text
from gradviz.gui.plots.plot_frame import PlotFrame
from gradviz.gui.style import fonts, icons
from gradviz.gui.style.qt_colors import color


class Annotations(PixelItem):
    """Shows an `Arrangement`. Dots and dashes reach over the box."""

    overhang = 12.0

    def __init__(self) -> None:
        super().__init__()
        self.arrangement = Arrangement()

    def show_arrangement(self, arrangement: Arrangement, frame: PlotFrame) -> None:
        """Show what is arranged for `frame`; do nothing if it is what is shown."""
        self.cover(frame)
        if arrangement != self.arrangement:
            self.arrangement = arrangement
            self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw bands, marks, labels, the newest point and tags."""
        palette, arrangement = self._palette, self.arrangement
        self._paint_bands(painter)
        self._paint_marks(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for label in arrangement.labels:
            # A veil keeps the word readable where a noisy curve runs behind it.
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(palette.panel, 0.7))
            painter.drawRoundedRect(label.rect.adjusted(-2, 0, 2, 0), 3, 3)
            font = fonts.mono(*VALUE_FONT) if label.current else fonts.ui(*NAME_FONT)
            write_text(painter, label.rect, label.text, font, color(palette.text if label.current else palette.text2))
        if arrangement.dot is not None:
            painter.setPen(QPen(color(palette.panel), 2))
            painter.setBrush(color(palette.accent))
            painter.drawEllipse(arrangement.dot, 4.0, 4.0)
        for tag in arrangement.tags:
            self._paint_tag(painter, tag)

    def _paint_bands(self, painter: QPainter) -> None:
        error, height = self._palette.error, self._box.height()
        for left, right in self.arrangement.bands:
            painter.fillRect(QRectF(left, 0, right - left, height), color(error, 0.16))
            # A solid foot, so that a single column is seen too.
            painter.fillRect(QRectF(left - 1, height - 4, right - left + 2, 4), color(error))
        for left, right in self.arrangement.floor:
            painter.fillRect(QRectF(left - 1, height - 3, right - left + 2, 3), color(self._palette.warning))

    def _paint_marks(self, painter: QPainter) -> None:
        pen = QPen(color(self._palette.text2), 1, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        for x in self.arrangement.lines:
            painter.drawLine(QPointF(round(x) + 0.5, 0), QPointF(round(x) + 0.5, self._box.height()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(self._palette.text3), 1))
        painter.setBrush(color(self._palette.panel))
        corners = (QPointF(0, -3.5), QPointF(3.5, 0), QPointF(0, 3.5), QPointF(-3.5, 0))
        for point in self.arrangement.small_marks:
            painter.drawPolygon(QPolygonF([point + corner for corner in corners]))

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
        picture = icons.pixmap(placed.tag.icon, ICON, sign, device.devicePixelRatio() if device is not None else 1.0)
        painter.drawPixmap(QPointF(rect.left() + 6, rect.top() + (rect.height() - ICON) / 2), picture)
        write_text(painter, rect.adjusted(6 + ICON + 6, 0, 0, 0), placed.text, fonts.ui(*TAG_FONT), color(ink))
