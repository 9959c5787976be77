"""Caches of painting: the last picture, of which a pan or a hover paints only a part, and laid-out texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap, QStaticText, QTransform

from gradviz.appearance.text_styles import TextStyle
from gradviz.gui.scene.data.camera import Camera
from gradviz.gui.style import fonts

Paint = Callable[[QPainter, QRectF], None]
"""Paints what lies in a rectangle of the view, to which the painter is clipped."""


class BackingStore:
    """One picture of the size of the view."""

    def __init__(self) -> None:
        self._picture = QPixmap()
        self._camera = Camera()
        self._valid = False
        self._stale: list[QRect] = []

    def forget(self) -> None:
        """Paint everything anew next time."""
        self._valid = False
        self._stale.clear()

    def forget_rects(self, rects: Iterable[QRectF]) -> None:
        """Paint these rectangles of the view anew next time."""
        if self._valid:
            self._stale += [rect.toAlignedRect() for rect in rects]

    def picture(self, size: QSize, ratio: float, camera: Camera, ground: QColor, paint: Paint) -> QPixmap:
        """Return the view as `camera` sees it, at `ratio` device pixels a pixel."""
        whole = QRect(0, 0, size.width(), size.height())
        if self._picture.size() != size * ratio or self._picture.devicePixelRatio() != ratio:
            self._picture = QPixmap(size * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._valid = False
        parts = self._scrolled(camera, ratio, whole) if self._valid else None
        if parts is None:
            parts = [whole]
        elif self._stale:
            parts += self._stale
        self._camera, self._valid, self._stale = camera, True, []
        for part in parts:
            self._paint(part & whole, ground, paint)
        return self._picture

    def _scrolled(self, camera: Camera, ratio: float, whole: QRect) -> list[QRect] | None:
        """Move the picture along with the camera; what came into view, or None where all has to be painted."""
        before = self._camera
        if camera == before:
            return []
        dx, dy = (camera.dx - before.dx) * ratio, (camera.dy - before.dy) * ratio
        steps = round(dx), round(dy)
        if camera.zoom != before.zoom or abs(dx - steps[0]) > 1e-3 or abs(dy - steps[1]) > 1e-3 or ratio != int(ratio):
            return None
        right, down = round(camera.dx - before.dx), round(camera.dy - before.dy)
        if abs(right) >= whole.width() or abs(down) >= whole.height() or self._stale:
            return None
        self._picture.scroll(*steps, QRect(0, 0, self._picture.width(), self._picture.height()))
        parts = []
        if right:
            parts.append(QRect(0 if right > 0 else whole.width() + right, 0, abs(right), whole.height()))
        if down:
            parts.append(QRect(0, 0 if down > 0 else whole.height() + down, whole.width(), abs(down)))
        return parts

    def _paint(self, part: QRect, ground: QColor, paint: Paint) -> None:
        if part.isEmpty():
            return
        painter = QPainter(self._picture)
        painter.setClipRect(part)
        painter.fillRect(part, ground)
        paint(painter, QRectF(part))
        painter.end()


_LIMIT = 8192
_ORIGIN, _IDENTITY = QPointF(0, 0), QTransform()

_Laid = tuple[QStaticText, float, QFont, float]
"""A text as it is painted, its width, its font, and that font's ascent."""


class TextCache:
    """A cache of laid out texts. Positions are in view pixels.

    Qt has fonts of whole pixels only, so a zoomed text is painted through a scaling transform, for which it is laid out
    once: its width follows the zoom exactly.
    """

    def __init__(self) -> None:
        self._laid: dict[tuple[str, TextStyle, float], _Laid] = {}
        self._fonts: dict[TextStyle, tuple[QFont, QFontMetricsF, float]] = {}
        self._fitted: dict[tuple[str, TextStyle, int], str] = {}
        self._widths: dict[tuple[str, TextStyle], float] = {}
        self._gathered: list[tuple[QFont, QColor, QPointF, QStaticText]] | None = None

    @contextmanager
    def gathered(self, painter: QPainter, zoom: float) -> Iterator[None]:
        """Write all texts that are drawn meanwhile, at this zoom, at the end: under one transform, which is half of
        what a text costs."""
        texts = self._gathered = []
        try:
            yield
        finally:
            self._gathered = None
        painter.setWorldTransform(QTransform.fromScale(zoom, zoom))
        last_font, last_shade = None, None
        # Font by font: to set one costs as much as to write a short text.
        texts.sort(key=lambda text: (id(text[0]), id(text[1])))
        for font, shade, place, laid in texts:
            if font is not last_font:
                painter.setFont(font)
            if shade is not last_shade:
                painter.setPen(shade)
            last_font, last_shade = font, shade
            painter.drawStaticText(place, laid)
        painter.setWorldTransform(_IDENTITY)

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
        key = (text, face, zoom)
        laid, width, font, ascent = self._laid.get(key) or self._lay(key)
        if align:
            x -= width * align * zoom
        top = baseline - ascent * zoom
        if zoom == 1:
            x, top = round(x), round(top)
        if self._gathered is not None:
            self._gathered.append((font, shade, QPointF(x / zoom, top / zoom), laid))
            return
        painter.setFont(font)
        painter.setPen(shade)
        if zoom == 1:
            painter.drawStaticText(QPointF(x, top), laid)
            return
        painter.setWorldTransform(QTransform(zoom, 0, 0, zoom, x, top))
        painter.drawStaticText(_ORIGIN, laid)
        painter.setWorldTransform(_IDENTITY)

    def _lay(self, key: tuple[str, TextStyle, float]) -> _Laid:
        text, face, zoom = key
        if len(self._laid) > _LIMIT:
            self._laid.clear()
        font, _metrics, ascent = self._font(face)
        laid = QStaticText(text)
        laid.setTextFormat(Qt.TextFormat.PlainText)
        laid.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        laid.prepare(QTransform.fromScale(zoom, zoom), font)
        found = self._laid[key] = laid, laid.size().width(), font, ascent
        return found

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
