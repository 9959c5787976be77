"""Qt's paths of the boxes: outline, turned-down corner and phase stripe; also the legend's and the ring's."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF

from gradviz.appearance.boxes import HEXAGONS, hexagon, outline_of
from gradviz.layout.geometry import metrics as m


@lru_cache(maxsize=4096)
def outline(kind: int, width: float, height: float, grow: float = 0.0) -> QPainterPath:
    """Return the closed path of a box with its top left at (0, 0), `grow` pixels outside it all around.

    Shared: do not change it.
    """
    path = QPainterPath()
    rect = QRectF(-grow, -grow, width + 2 * grow, height + 2 * grow)
    form = outline_of(kind, height)
    if form.point:
        # The slanted sides keep the same distance as the flat ones when the points reach out a little further.
        wide = rect.adjusted(-grow * 0.2, 0, grow * 0.2, 0)
        return _closed(hexagon((wide.x(), wide.y(), wide.width(), wide.height()), form.point))
    if form.cut:
        return _cut(rect, form.radius + grow, form.cut)
    path.addRoundedRect(rect, form.radius + grow, form.radius + grow)
    return path


def _closed(corners: Sequence[tuple[float, float]]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    path.closeSubpath()
    return path


def _cut(rect: QRectF, radius: float, cut: float) -> QPainterPath:
    left, right, top, bottom = rect.left(), rect.right(), rect.top(), rect.bottom()
    around = 2 * radius
    path = QPainterPath(QPointF(left + radius, top))
    path.lineTo(right - cut, top)
    path.lineTo(right, top + cut)
    path.lineTo(right, bottom - radius)
    path.arcTo(QRectF(right - around, bottom - around, around, around), 0, -90)
    path.lineTo(left + radius, bottom)
    path.arcTo(QRectF(left, bottom - around, around, around), -90, -90)
    path.lineTo(left, top + radius)
    path.arcTo(QRectF(left, top, around, around), 180, -90)
    path.closeSubpath()
    return path


@lru_cache(maxsize=64)
def fold(width: float, cut: float = m.CORNER) -> QPainterPath:
    """Return the turned-down corner of a custom Function."""
    path = QPainterPath(QPointF(width - cut, 0.5))
    path.lineTo(width - cut, cut - 2)
    path.quadTo(QPointF(width - cut, cut), QPointF(width - cut + 2, cut))
    path.lineTo(width - 0.5, cut)
    return path


@lru_cache(maxsize=256)
def stripe(kind: int, width: float, height: float, thick: float = m.STRIPE) -> QPainterPath:
    """Return the phase stripe at a box's left side; a chevron on a hexagon."""
    if kind in HEXAGONS:
        point = outline_of(kind, height).point
        thick *= 1.4
        return _closed(
            [
                (point, 0),
                (point + thick, 0),
                (thick, height / 2),
                (point + thick, height),
                (point, height),
                (0, height / 2),
            ]
        )
    left = QPainterPath()
    left.addRect(0, 0, thick, height)
    return outline(kind, width, height).intersected(left)
