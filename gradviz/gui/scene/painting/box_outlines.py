"""The outline of each kind of box, by which kinds are told apart; also the legend's and the ring's."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF

from gradviz.gui.scene.data.placed_graph import BoxKind
from gradviz.layout.geometry import metrics as m

PILLS = (BoxKind.LEAF, BoxKind.DATA, BoxKind.STUB, BoxKind.LOSS)
HEXAGONS = (BoxKind.PARAMETER, BoxKind.BADGE)


@lru_cache(maxsize=4096)
def outline(kind: int, width: float, height: float, grow: float = 0.0) -> QPainterPath:
    """Closed path of a box with its top left at (0, 0), `grow` pixels outside it all around. Shared: do not change."""
    path = QPainterPath()
    rect = QRectF(-grow, -grow, width + 2 * grow, height + 2 * grow)
    if kind in PILLS:
        path.addRoundedRect(rect, rect.height() / 2, rect.height() / 2)
    elif kind in HEXAGONS:
        # The slanted sides keep the same distance as the flat ones when the points reach out a little further.
        path.addPolygon(_hexagon(rect.adjusted(-grow * 0.2, 0, grow * 0.2, 0), min(m.LEAF_POINT, height * 0.4)))
        path.closeSubpath()
    elif kind == BoxKind.CUSTOM:
        path = _cut(rect, min(m.RADIUS, height * 0.3) + grow, min(m.CORNER, height * 0.4))
    else:
        radius = min(m.RADIUS, height * 0.3) + grow
        path.addRoundedRect(rect, radius, radius)
    return path


def _hexagon(rect: QRectF, point: float) -> QPolygonF:
    middle = rect.center().y()
    left, right, top, bottom = rect.left(), rect.right(), rect.top(), rect.bottom()
    corners = [
        (left + point, top),
        (right - point, top),
        (right, middle),
        (right - point, bottom),
        (left + point, bottom),
        (left, middle),
    ]
    return QPolygonF([QPointF(x, y) for x, y in corners])


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
    """The turned-down corner of a custom Function."""
    path = QPainterPath(QPointF(width - cut, 0.5))
    path.lineTo(width - cut, cut - 2)
    path.quadTo(QPointF(width - cut, cut), QPointF(width - cut + 2, cut))
    path.lineTo(width - 0.5, cut)
    return path


@lru_cache(maxsize=256)
def stripe(kind: int, width: float, height: float, thick: float = m.STRIPE) -> QPainterPath:
    """The phase stripe at a box's left side; a chevron on a hexagon."""
    if kind in HEXAGONS:
        point = min(m.LEAF_POINT, height * 0.4)
        thick *= 1.4
        corners = [
            (point, 0),
            (point + thick, 0),
            (thick, height / 2),
            (point + thick, height),
            (point, height),
            (0, height / 2),
        ]
        path = QPainterPath()
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
        path.closeSubpath()
        return path
    left = QPainterPath()
    left.addRect(0, 0, thick, height)
    return outline(kind, width, height).intersected(left)
