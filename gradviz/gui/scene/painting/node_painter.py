"""Painter of nodes, badges and folded clusters: outline by kind, stripe and border by state, an overlay's color."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF, QTransform

from gradviz.appearance.boxes import HATCH, POINTER, BoxKind, BoxStyle
from gradviz.gui.scene.data.node_states import NEXT, NodeState, NodeTag
from gradviz.gui.scene.data.placed_arrays import Indices
from gradviz.gui.scene.painting import paint_context as levels
from gradviz.gui.scene.painting.box_outlines import fold, outline, stripe
from gradviz.gui.scene.painting.box_styles import style_of
from gradviz.gui.scene.painting.distant_painter import paint_far
from gradviz.gui.scene.painting.node_text_painter import write
from gradviz.gui.scene.painting.paint_context import PaintContext
from gradviz.gui.scene.painting.stack_painter import paint_cards, paint_cells
from gradviz.gui.style.palette import brush, color, pen
from gradviz.layout.geometry import metrics as m

_SEAM = 1.5
_NOTHING = (int(NodeState.PLAIN), -1)
"""Of a box that hides nothing that runs next."""


def paint_nodes(context: PaintContext, boxes: Indices) -> int:
    """Paint these boxes and their texts; return how many were painted."""
    if context.zoom < levels.CLUSTER_CONTENTS:
        return paint_far(context, boxes)
    drawing, painter, emphasis = context.drawing, context.painter, context.emphasis
    rects = drawing.rect[boxes].tolist()
    kinds = drawing.kind[boxes].tolist()
    nodes = drawing.node_at[boxes].tolist()
    shares = [1.0] * len(rects) if emphasis.opacity is None else emphasis.opacity[boxes].tolist()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    inside = _runs_inside(context)
    written = []
    for box, rect, kind, node, share in zip(boxes.tolist(), rects, kinds, nodes, shares, strict=True):
        if not share:
            continue
        style = _style(context, box, kind, node, inside.get(box, _NOTHING)[0])
        painter.setOpacity(share)
        if kind == BoxKind.STACK:
            paint_cards(context, rect)
        _paint_shape(context, kind, rect, style)
        written.append((box, rect, kind, node, style, share))
    context.in_view()
    for box, rect, kind, node, style, share in written:
        painter.setOpacity(share)
        if kind == BoxKind.STACK:
            paint_cells(context, box, rect, *inside.get(box, _NOTHING))
        write(context, box, kind, rect, node, style)
    painter.setOpacity(1.0)
    return len(written)


def _runs_inside(context: PaintContext) -> dict[int, tuple[int, int]]:
    """Return folded box → the state of the node in it that runs next, and of a stack the member that holds it."""
    drawing, cells = context.drawing, context.drawing.placement.node_cell
    found = {}
    for position in np.nonzero(np.isin(context.states.state, NEXT))[0].tolist():
        box = int(drawing.box_of_position[position])
        if box >= 0 and drawing.folded[box]:
            found[box] = int(context.states.state[position]), int(cells[position]) if len(cells) else -1
    return found


def _style(context: PaintContext, box: int, kind: int, node: int, inside: int) -> BoxStyle:
    state = int(context.states.state[node]) if node >= 0 else inside
    tag = int(context.states.tag[node]) if node >= 0 else NodeTag.NONE
    hovered = box == context.emphasis.hovered
    coloring = context.coloring
    if coloring is None or kind == BoxKind.STACK or not coloring.pattern[box]:
        return style_of(context.palette, kind, state, tag, hovered=hovered)
    return style_of(
        context.palette,
        kind,
        state,
        tag,
        hovered=hovered,
        pattern=int(coloring.pattern[box]),
        fill=int(coloring.fill[box]),
        ink=int(coloring.ink[box]),
    )


def _paint_shape(context: PaintContext, kind: int, rect: list[float], style: BoxStyle) -> None:
    painter, zoom = context.painter, context.zoom
    x, y, width, height = rect
    painter.setWorldTransform(QTransform(zoom, 0, 0, zoom, x * zoom + context.camera.dx, y * zoom + context.camera.dy))
    path = outline(kind, width, height, -0.5)
    painter.setPen(Qt.PenStyle.NoPen)
    if style.fill:
        painter.setBrush(brush(style.fill))
        painter.drawPath(path)
    if style.hatched:
        painter.setClipPath(path)
        hatch(painter, QRectF(0, 0, width, height), context.pen(context.palette.line))
        painter.setClipping(False)
    if style.stripe and style.seam:
        painter.fillPath(stripe(kind, width, height, m.STRIPE + _SEAM), color(style.seam))
    if style.stripe:
        painter.fillPath(stripe(kind, width, height), color(style.stripe))
    painter.setPen(pen(style.border, context.ratio))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    if kind == BoxKind.CUSTOM:
        painter.drawPath(fold(width))
    if style.beyond:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(brush(style.title))
        painter.drawPolygon(QPolygonF([QPointF(width + x, height / 2 + y) for x, y in POINTER]))


def hatch(painter: QPainter, rect: QRectF, ink: QPen) -> None:
    """Draw lines at 45° over `rect`."""
    painter.setPen(ink)
    height = rect.height()
    x = rect.left() - height
    while x < rect.right():
        painter.drawLine(int(x), int(rect.bottom()), int(x + height), int(rect.top()))
        x += HATCH
