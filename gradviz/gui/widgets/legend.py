"""Rows of a legend: a swatch and its text, painted in one place, and the card that holds such rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gradviz.appearance.text_styles import CAPTION
from gradviz.gui.style import fonts
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.style.qt_colors import color
from gradviz.gui.widgets.card import Card


class LegendRow(NamedTuple):
    """A swatch, painted into a rectangle, its text, and a paler note after the text."""

    swatch: Callable[[QPainter, QRectF], None]
    text: str
    note: str = ""


def paint_row(painter: QPainter, row: LegendRow, place: QRectF, swatch: QSize, gap: int = 8) -> None:
    """Paint a row into `place`, the swatch at its left; text that does not fit is elided in the middle."""
    top = place.center().y() - swatch.height() / 2
    row.swatch(painter, QRectF(place.left(), top, swatch.width(), swatch.height()))
    palette, metrics = palettes.current(), QFontMetricsF(fonts.font(CAPTION))
    left = place.left() + swatch.width() + gap
    note = metrics.horizontalAdvance(row.note)
    room = place.right() - left - (note + 18 if row.note else 0)
    text = metrics.elidedText(row.text, Qt.TextElideMode.ElideMiddle, room)
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    painter.setFont(fonts.font(CAPTION))
    painter.setPen(color(palette.text2))
    painter.drawText(QRectF(left, place.top(), room + 4, place.height()), flags, text)
    if row.note:
        painter.setPen(color(palette.text3))
        left += metrics.horizontalAdvance(text) + 6
        painter.drawText(QRectF(left, place.top(), note + 4, place.height()), flags, row.note)


class LegendCard(Card):
    """A card of rows, one below the other; the mouse goes through it."""

    def __init__(
        self, parent: QWidget | None, *, swatch: QSize, row_height: int, left: int, top: int, gap: int, width: int = 0
    ) -> None:
        """`left` and `top` are margins, `gap` parts swatch and text; `width` 0 is as wide as the texts need."""
        super().__init__(parent, margins=(0, 0, 0, 0))
        self._rows: Sequence[LegendRow] = ()
        self._more: Sequence[LegendRow] = ()
        self._swatch, self._row_height, self._left, self._top, self._gap = swatch, row_height, left, top, gap
        self._width = width
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to explain."""
        return not self._rows

    def set_rows(self, rows: Sequence[LegendRow]) -> None:
        """Show these rows."""
        self._rows = rows
        if self._renew():
            self.height_changed.emit()

    def show_more(self, other: LegendCard | None) -> None:
        """Show the rows of another legend below, so that it need not be shown itself; None shows its own alone."""
        self._more = other._rows if other is not None else ()
        self._renew()

    @property
    def own_height(self) -> int:
        """How high it is without the rows of another."""
        return len(self._rows) * self._row_height + 2 * self._top

    def _renew(self) -> bool:
        """Show other rows; return whether the size is another."""
        rows = (*self._rows, *self._more)
        self.setAccessibleName(self.tr("Legend: {0}").format(", ".join(row.text for row in rows)))
        self.update()
        if self.size() == self.sizeHint():
            return False
        self.resize(self.sizeHint())
        return True

    def sizeHint(self) -> QSize:
        """Return the size of all rows."""
        metrics = QFontMetrics(fonts.font(CAPTION))
        widest = max((metrics.horizontalAdvance(row.text) for row in self._rows), default=0)
        width = self._width or self._left + self._swatch.width() + self._gap + widest + 16
        return QSize(width, self.own_height + len(self._more) * self._row_height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card and its rows."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, row in enumerate((*self._rows, *self._more)):
            top = self._top + number * self._row_height
            place = QRectF(self._left, top, self.width() - self._left, self._row_height)
            paint_row(painter, row, place, self._swatch, self._gap)
