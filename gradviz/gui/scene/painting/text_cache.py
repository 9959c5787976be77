"""Cache of short texts, each laid out once for its size."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QStaticText, QTransform

from gradviz.appearance.text_styles import TextStyle
from gradviz.gui.style import fonts

_LIMIT = 8192
_ORIGIN, _IDENTITY = QPointF(0, 0), QTransform()


class TextCache:
    """A cache of laid out texts. Positions are in view pixels.

    Qt has fonts of whole pixels only, so a zoomed text is painted through a scaling transform, for which it is laid out
    once: its width follows the zoom exactly.
    """

    def __init__(self) -> None:
        self._laid: dict[tuple[str, TextStyle, float], tuple[QStaticText, float]] = {}
        self._fonts: dict[TextStyle, tuple[QFont, QFontMetricsF, float]] = {}
        self._fitted: dict[tuple[str, TextStyle, int], str] = {}
        self._widths: dict[tuple[str, TextStyle], float] = {}

    def draw(
        self,
        painter: QPainter,
        text: str,
        face: TextStyle,
        zoom: float,
        x: float,
        baseline: float,
        shade: QColor,
        *,
        align: float = 0.0,
    ) -> None:
        """Write `text` with its start (`align` 0), middle (0.5) or end (1) at view point (x, baseline)."""
        if not text:
            return
        font, _metrics, ascent = self._font(face)
        key = (text, face, zoom)
        laid, width = self._laid.get(key) or self._lay(key, font)
        if align:
            x -= width * align * zoom
        top = baseline - ascent * zoom
        if zoom == 1:
            x, top = round(x), round(top)
        painter.setFont(font)
        painter.setPen(shade)
        if zoom == 1:
            painter.drawStaticText(QPointF(x, top), laid)
            return
        painter.setWorldTransform(QTransform(zoom, 0, 0, zoom, x, top))
        painter.drawStaticText(_ORIGIN, laid)
        painter.setWorldTransform(_IDENTITY)

    def _lay(self, key: tuple[str, TextStyle, float], font: QFont) -> tuple[QStaticText, float]:
        text, _face, zoom = key
        if len(self._laid) > _LIMIT:
            self._laid.clear()
        laid = QStaticText(text)
        laid.setTextFormat(Qt.TextFormat.PlainText)
        laid.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        laid.prepare(QTransform.fromScale(zoom, zoom), font)
        pair = self._laid[key] = laid, laid.size().width()
        return pair

    def width(self, text: str, face: TextStyle) -> float:
        """Return the width at 100 %."""
        key = (text, face)
        width = self._widths.get(key)
        if width is None:
            if len(self._widths) > _LIMIT:
                self._widths.clear()
            width = self._widths[key] = self._font(face)[1].horizontalAdvance(text)
        return width

    def fit(self, text: str, face: TextStyle, room: float) -> str:
        """Return `text`, its middle left out where it is wider than `room` pixels at 100 %."""
        key = (text, face, int(room))
        short = self._fitted.get(key)
        if short is None:
            if len(self._fitted) > _LIMIT:
                self._fitted.clear()
            metrics = self._font(face)[1]
            short = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room + 1)
            self._fitted[key] = short
        return short

    def _font(self, face: TextStyle) -> tuple[QFont, QFontMetricsF, float]:
        pair = self._fonts.get(face)
        if pair is None:
            font = fonts.font(face)
            metrics = QFontMetricsF(font)
            pair = self._fonts[face] = (font, metrics, metrics.ascent())
        return pair
