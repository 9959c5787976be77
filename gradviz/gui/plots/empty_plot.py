"""Shown in the place of the plot while there is no loss: a faint axis, an icon, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gradviz.appearance.palette import Palette
from gradviz.gui.plots import ranges
from gradviz.gui.plots.plot_frame import write_text
from gradviz.gui.style import fonts, icons
from gradviz.gui.style import qt_colors as palettes
from gradviz.model import number_text

_LEFT, _RIGHT, _BOTTOM, _TOP = 57, 22, 28, 12
_ICON = 32
_TALL = 112
"""From this height on there is room for axes and icon."""
_LINES = 5
_CENTER = Qt.AlignmentFlag.AlignHCenter
_TOKENS = re.compile(r"\*\*(.+?)\*\*|\[(.+?)\]")


class EmptyPlot(QWidget):
    """Words in the sentence may be `**strong**` or a `[key]`; `{iterations}` becomes the expected number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._expected = 0
        self._title = self.tr("The loss will be drawn here")
        self._text = self.tr("Press **Run** or [F5] to train {iterations} iterations.")
        self._name()

    def set_expected(self, iterations: int) -> None:
        """Set how many iterations the axis shows; 0 for none."""
        self._expected = iterations
        self._name()

    def show_text(self, title: str, text: str) -> None:
        """Show another headline and sentence."""
        self._title, self._text = title, text
        self._name()

    @property
    def _sentence(self) -> str:
        return self._text.replace("{iterations}", number_text.whole(self._expected))

    def _name(self) -> None:
        self.setAccessibleName(self._title)
        self.setAccessibleDescription(_TOKENS.sub(lambda found: found[1] or found[2], self._sentence))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw headline and sentence in the middle; where there is room, an axis and an icon."""
        painter, palette = QPainter(self), palettes.current()
        painter.fillRect(self.rect(), palettes.color(palette.panel))
        top = (self.height() - 44) / 2
        if self.height() >= _TALL:
            self._paint_axes(painter, palette)
            top = (self.height() - 104) / 2
            picture = icons.pixmap("chart-line", _ICON, palette.text3, self.devicePixelRatioF())
            painter.drawPixmap(QPointF((self.width() - _ICON) / 2, top), picture)
            top += _ICON + 10
        title = QRectF(0, top, self.width(), 20)
        write_text(painter, title, self._title, fonts.ui(13, 600), palettes.color(palette.text), _CENTER)
        self._paint_sentence(painter, palette, title.bottom() + 4)

    def _paint_axes(self, painter: QPainter, palette: Palette) -> None:
        width, floor = self.width() - _LEFT - _RIGHT, self.height() - _BOTTOM
        pen = QPen(palettes.color(palette.line), 1, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([2, 5])
        painter.setPen(pen)
        for line in range(_LINES):
            y = round(_TOP + (floor - _TOP) * line / (_LINES - 1)) + 0.5
            painter.drawLine(QPointF(_LEFT, y), QPointF(_LEFT + width, y))
        if not self._expected:
            return
        painter.setFont(fonts.ui(11))
        painter.setPen(palettes.color(palette.disabled))
        for tick in ranges.iteration_ticks((0.0, float(self._expected)), width / 140):
            x = _LEFT + width * tick.position / self._expected
            label = QRectF(x - 60, floor + 4, 120, 16)
            painter.drawText(label, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, tick.label)

    def _paint_sentence(self, painter: QPainter, palette: Palette, top: float) -> None:
        """Draw one centered line; what has no room is cut off at both ends, as the panel itself would be."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pieces = list(_pieces(self._sentence))
        x = (self.width() - sum(width for _, _, _, width in pieces)) / 2
        for text, font, is_key, width in pieces:
            box = QRectF(round(x), top, width, 20)
            if is_key:
                painter.setPen(QPen(palettes.color(palette.line2), 1))
                painter.setBrush(palettes.color(palette.raised))
                painter.drawRoundedRect(box.adjusted(0.5, 1.5, -0.5, -1.5), 4, 4)
            strong = is_key or font.weight() > QFont.Weight.Medium
            write_text(painter, box, text, font, palettes.color(palette.text if strong else palette.text2), _CENTER)
            x += width

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()


def _pieces(sentence: str) -> Iterator[tuple[str, QFont, bool, float]]:
    """Yield text, font, whether it is a key, and width of each piece of the sentence."""
    place = 0
    for found in [*_TOKENS.finditer(sentence), None]:
        plain = sentence[place : found.start() if found else len(sentence)]
        if plain:
            yield plain, fonts.ui(13), False, QFontMetricsF(fonts.ui(13)).horizontalAdvance(plain)
        if found is None:
            return
        place = found.end()
        font = fonts.ui(13, 600) if found[1] else fonts.ui(12)
        text = found[1] or found[2]
        yield text, font, not found[1], QFontMetricsF(font).horizontalAdvance(text) + (0 if found[1] else 10)
