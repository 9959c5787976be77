"""How the values of a tensor are spread: bars in the colors of the picture, over the scale that both share."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gradviz.appearance.palette import Palette
from gradviz.appearance.text_styles import CODE_SMALL
from gradviz.gui.style import fonts
from gradviz.gui.style.qt_colors import color, current
from gradviz.gui.widgets import diverging_colors as diverging
from gradviz.model.number_text import significant, whole
from gradviz.protocol.records import HistogramRecord

_BARS = 32
_SCALE = 4
_LABELS = 17
_PALE = 0.2  # nearer to zero than this, the map is the panel's own tone: such bars are drawn in a tone that shows


class TensorHistogram(QWidget):
    """Bars of a `HistogramRecord`, heights by the logarithm of the counts so that a few values still show."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._record: HistogramRecord | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_BARS + 1 + _SCALE + _LABELS)
        self.setAccessibleName(self.tr("Histogram"))

    def set_histogram(self, record: HistogramRecord | None) -> None:
        """Show a histogram; None shows nothing and keeps the room."""
        self._record = record
        if record is None:
            self.setAccessibleDescription("")
        else:
            self.setAccessibleDescription(
                self.tr("{count} values from {low} to {high}").format(
                    count=whole(sum(record.counts)), low=significant(record.low, 3), high=significant(record.high, 3)
                )
            )
        self.update()

    def bin_text(self, index: int) -> str:
        """Return the limits and the count of a bar; the outermost also count what lies beyond."""
        assert self._record is not None
        low, high, counts = self._record.low, self._record.high, self._record.counts
        width = (high - low) / len(counts)
        count = whole(counts[index])
        if index == 0:
            return self.tr("{count} below {high}").format(count=count, high=significant(low + width, 3))
        if index == len(counts) - 1:
            return self.tr("{count} above {low}").format(count=count, low=significant(high - width, 3))
        return self.tr("{count} from {low} to {high}").format(
            count=count, low=significant(low + index * width, 3), high=significant(low + (index + 1) * width, 3)
        )

    def sizeHint(self) -> QSize:
        """Return the usual size."""
        return QSize(200, self.height())

    def event(self, event: QEvent) -> bool:
        """Show the count of the bar under the mouse as the tip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            if self._record is not None and self._record.counts and 0 <= event.pos().x() < self.width():
                index = event.pos().x() * len(self._record.counts) // self.width()
                QToolTip.showText(event.globalPos(), self.bin_text(index), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint bars, color scale and labels."""
        if self._record is None or not self._record.counts:
            return
        painter = QPainter(self)
        colors = current()
        self._paint_bars(painter, colors, self._record)
        self._paint_scale(painter, colors, self._record)

    def _paint_bars(self, painter: QPainter, colors: Palette, record: HistogramRecord) -> None:
        bins = len(record.counts)
        top = math.log1p(max(record.counts)) or 1.0
        gap = 1 if self.width() >= 3 * bins else 0
        for i, count in enumerate(record.counts):
            if not count:
                continue
            left, right = (round(self.width() * k / bins) for k in (i, i + 1))
            height = max(2, round(_BARS * math.log1p(count) / top))
            fraction = 2 * (i + 0.5) / bins - 1
            shade = colors.text3 if abs(fraction) < _PALE else diverging.diverging_color(colors, fraction)
            painter.fillRect(left, _BARS - height, max(1, right - left - gap), height, color(shade))

    def _paint_scale(self, painter: QPainter, colors: Palette, record: HistogramRecord) -> None:
        width = self.width()
        for x in range(width):
            shade = diverging.diverging_color(colors, 2 * (x + 0.5) / width - 1)
            painter.fillRect(x, _BARS + 1, 1, _SCALE, color(shade))
        painter.setFont(fonts.font(CODE_SMALL))
        painter.setPen(color(colors.text3))
        labels = QRectF(0, _BARS + 1 + _SCALE, width, _LABELS)
        middle = Qt.AlignmentFlag.AlignVCenter
        low, high = significant(record.low, 3), significant(record.high, 3)
        painter.drawText(labels, middle | Qt.AlignmentFlag.AlignLeft, low)
        painter.drawText(labels, middle | Qt.AlignmentFlag.AlignRight, high)
        if fonts.digit_width(CODE_SMALL) * (2 * max(len(low), len(high)) + 3) < width:
            painter.drawText(labels, middle | Qt.AlignmentFlag.AlignHCenter, "0")
