"""The page of a panel that has nothing to show: an icon, a headline, and a sentence on what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradviz.appearance.text_styles import CAPTION, STRONG
from gradviz.gui.style import fonts, icons
from gradviz.gui.style import qt_colors as palette

_ICON = 28
_WIDEST = 252
_LINE = 21
_TOKENS = re.compile(r"\[([^\]]+)\]|([^\s\[]+)")


class EmptyState(QWidget):
    """Centered in the panel. Keys in the sentence are written `[F5]` and drawn as key caps."""

    def __init__(self, icon: str, title: str = "", text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._title, self._text = icon, title, text
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._name()

    @property
    def title(self) -> str:
        """The headline."""
        return self._title

    def show_text(self, title: str, text: str) -> None:
        """Show another headline and sentence."""
        self._title, self._text = title, text
        self._name()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the usual size."""
        return QSize(_WIDEST + 32, 150)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(160, 60)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint icon, headline and sentence in the middle."""
        colors = palette.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lines = list(self._lines(min(_WIDEST, self.width() - 32)))
        height = _ICON + 14 + 24 + _LINE * len(lines)
        if height + 16 <= self.height():
            top = (self.height() - height) / 2
            picture = icons.pixmap(self._icon, _ICON, colors.text3, self.devicePixelRatioF())
            painter.drawPixmap(QPointF(round((self.width() - _ICON) / 2), round(top)), picture)
            top += _ICON + 14
        else:  # low: the words are what matters
            lines = list(self._lines(self.width() - 32))
            top = max(4.0, (self.height() - 24 - _LINE * len(lines)) / 2)
        painter.setFont(fonts.font(STRONG))
        painter.setPen(palette.color(colors.text))
        painter.drawText(QRectF(0, top, self.width(), 20), Qt.AlignmentFlag.AlignCenter, self._title)
        top += 24
        for line in lines:
            self._paint_line(painter, line, top)
            top += _LINE
        painter.end()

    def _name(self) -> None:
        self.setAccessibleName(self._title)
        self.setAccessibleDescription(re.sub(r"\[([^\]]+)\]", r"\1", self._text))

    def _lines(self, room: float) -> Iterator[list[tuple[str, bool, float, float]]]:
        """Yield lines of words: each with whether it is a key, the gap before, and its width."""
        metrics = QFontMetricsF(fonts.font(CAPTION))
        space = metrics.horizontalAdvance(" ")
        line: list[tuple[str, bool, float, float]] = []
        used = 0.0
        for found in _TOKENS.finditer(self._text):
            key, word = found.groups()
            text = key or word
            width = metrics.horizontalAdvance(text) + (12 if key else 0)
            gap = space if line and found.start() > 0 and self._text[found.start() - 1].isspace() else 0.0
            if line and gap and used + gap + width > room:
                yield line
                line, used, gap = [], 0.0, 0.0
            used += gap + width
            line.append((text, bool(key), gap, width))
        if line:
            yield line

    def _paint_line(self, painter: QPainter, line: list[tuple[str, bool, float, float]], top: float) -> None:
        colors = palette.current()
        font = fonts.font(CAPTION)
        painter.setFont(font)
        x = (self.width() - sum(gap + width for *_, gap, width in line)) / 2
        for text, is_key, gap, width in line:
            x += gap
            box = QRectF(x, top, width, _LINE)
            if is_key:
                painter.setPen(palette.color(colors.line2))
                painter.setBrush(palette.color(colors.raised))
                painter.drawRoundedRect(QRectF(round(x) + 0.5, round(top) + 1.5, round(width) - 1, 17), 4, 4)
            painter.setPen(palette.color(colors.text2))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
            x += width
