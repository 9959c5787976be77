"""A line of text with a bold part: a number and its name. It paints itself, once for each text."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel

from gradviz.gui.style import fonts
from gradviz.gui.style import qt_colors as palette

Parts = tuple[str, str, str]
"""What comes before the bold part, that part, and what follows it."""
_SIZE = 12


class FigureLabel(QLabel):
    """A label of rich text lays its document out when it is painted, and asks to be painted again for that."""

    def __init__(self, name: str) -> None:
        """`name` is read to who cannot see it."""
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAccessibleName(name)
        self.setFont(fonts.ui(_SIZE))
        self.parts: Parts = ("", "", "")

    def show_parts(self, parts: Parts) -> None:
        """Show another text."""
        self.parts = parts
        self.setText("".join(parts))

    def sizeHint(self) -> QSize:
        """Return the room that the text takes."""
        wide = sum(metrics.horizontalAdvance(part) for part, metrics in zip(self.parts, _metrics(), strict=True))
        return QSize(ceil(wide), super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the parts one after the other."""
        colors, metrics = palette.current(), _metrics()
        painter = QPainter(self)
        x, y = 0.0, (self.height() + metrics[0].ascent() - metrics[0].descent()) / 2
        for i, part in enumerate(self.parts):
            if part:
                painter.setFont(fonts.ui(_SIZE, 600 if i == 1 else 400))
                painter.setPen(palette.color(colors.text if i == 1 else colors.text2))
                painter.drawText(QPointF(x, round(y)), part)
                x += metrics[i].horizontalAdvance(part)
        painter.end()


def _metrics() -> tuple[QFontMetricsF, QFontMetricsF, QFontMetricsF]:
    plain, strong = QFontMetricsF(fonts.ui(_SIZE)), QFontMetricsF(fonts.ui(_SIZE, 600))
    return plain, strong, plain
