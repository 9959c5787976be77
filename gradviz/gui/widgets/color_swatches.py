"""Swatches with names and counts, in two columns: which colour is which group."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gradviz.export.overlay_shading import Shade
from gradviz.gui.style import fonts
from gradviz.gui.style import palette as palettes
from gradviz.gui.style.palette import color
from gradviz.gui.style.pens import Stroke, pen

_ROW = 22
_SWATCH = QSize(22, 13)


class GroupRows(QWidget):
    """As high as its rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, int]] = []

    def set_groups(self, names: Sequence[str], counts: Sequence[int]) -> None:
        """Show these, each in the colour of its place."""
        self._rows = list(zip(names, counts, strict=True))
        spoken = ", ".join(f"{name} {count:,}" for name, count in self._rows)
        self.setAccessibleName(self.tr("Groups: {0}").format(spoken))
        self.setFixedHeight(self._lines * _ROW + 2)
        self.update()

    @property
    def shades(self) -> list[tuple[Shade, str]]:
        """The swatches and their words, as a picture shows them."""
        return [(Shade(fill=_shade(place)), f"{name} {count:,}") for place, (name, count) in enumerate(self._rows)]

    @property
    def _columns(self) -> int:
        widest = max((QFontMetricsF(fonts.ui(12)).horizontalAdvance(f"{n} {c:,}") for n, c in self._rows), default=0.0)
        return 2 if len(self._rows) > 3 and widest + _SWATCH.width() + 24 < self.width() / 2 else 1

    @property
    def _lines(self) -> int:
        return -(-len(self._rows) // self._columns)

    def sizeHint(self) -> QSize:
        return QSize(260, self._lines * _ROW + 2)

    def resizeEvent(self, event: object) -> None:
        if self.height() != self._lines * _ROW + 2:
            self.setFixedHeight(self._lines * _ROW + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = palettes.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font, ratio = fonts.ui(12), self.devicePixelRatioF()
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        wide, lines = self.width() / self._columns, self._lines
        for place, (name, count) in enumerate(self._rows):
            x, y = place // lines * wide, 1 + place % lines * _ROW
            swatch = QRectF(x + 0.5, y + (_ROW - _SWATCH.height()) / 2 + 0.5, _SWATCH.width() - 1, _SWATCH.height() - 1)
            shade = _shade(place)
            painter.setBrush(color(shade))
            painter.setPen(pen(Stroke(shade), ratio))
            painter.drawRoundedRect(swatch, 3, 3)
            number = f"{count:,}"
            taken = metrics.horizontalAdvance(number)
            left = x + _SWATCH.width() + 8
            room = wide - _SWATCH.width() - 8 - taken - 18
            words = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room)
            painter.setPen(color(palette.text2))
            middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            painter.drawText(QRectF(left, y, room + 4, _ROW), middle, words)
            painter.setPen(color(palette.text3))
            at = left + metrics.horizontalAdvance(words) + 6
            painter.drawText(QRectF(at, y, taken + 4, _ROW), middle, number)
        painter.end()


def _shade(place: int) -> str:
    """The colour of the group at this place."""
    shades = palettes.current().categorical
    return shades[min(place, len(shades) - 1)]
