"""Cache of the last painting, so that a pan paints only what comes into view, and a hover only two boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPixmap

from gradviz.gui.scene.data.camera import Camera

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
