"""Painter of nodes, badges, folded clusters and stacks: outline by kind, border by state, an overlay's color."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen, QPolygonF, QTransform

from gradviz.appearance import text_styles as styles
from gradviz.appearance.boxes import HATCH, POINTER, BoxKind, BoxStyle
from gradviz.gui.scene.data.box_colors import NOT_MEASURED
from gradviz.gui.scene.data.node_states import NEXT, NodeState, NodeTag
from gradviz.gui.scene.data.placed_arrays import Indices
from gradviz.gui.scene.painting import paint_context as levels
from gradviz.gui.scene.painting.box_outlines import fold, outline, stripe
from gradviz.gui.scene.painting.box_styles import phase_of, style_of
from gradviz.gui.scene.painting.distant_painter import paint_far
from gradviz.gui.scene.painting.node_text_painter import write
from gradviz.gui.scene.painting.paint_context import PaintContext
from gradviz.gui.style.qt_colors import brush, color, pen
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry import stack_geometry as stacks

_SEAM = 1.5
# A member of an enumeration takes a look-up each time.
_STACK, _CUSTOM, _NO_TAG = int(BoxKind.STACK), int(BoxKind.CUSTOM), int(NodeTag.NONE)
_NO_PEN, _NO_BRUSH = QPen(Qt.PenStyle.NoPen), QBrush()
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
    faded, ratio = emphasis.opacity is not None, context.ratio
    shares = [1.0] * len(rects) if emphasis.opacity is None else emphasis.opacity[boxes].tolist()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    inside = _runs_inside(context)
    written = []
    for box, rect, kind, node, share in zip(boxes.tolist(), rects, kinds, nodes, shares, strict=True):
        if not share:
            continue
        style = _style(context, box, kind, node, inside.get(box, _NOTHING)[0])
        if faded:
            painter.setOpacity(share)
        if kind == _STACK:
            paint_cards(context, rect)
        _paint_shape(context, kind, rect, style, ratio)
        written.append((box, rect, kind, node, style, share))
    context.in_view()
    for box, rect, kind, node, style, share in written:
        if faded:
            painter.setOpacity(share)
        if kind == _STACK:
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
    tag = int(context.states.tag[node]) if node >= 0 else _NO_TAG
    hovered = box == context.emphasis.hovered
    coloring = context.coloring
    if coloring is None or kind == _STACK or not coloring.pattern[box]:
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


def _paint_shape(context: PaintContext, kind: int, rect: list[float], style: BoxStyle, ratio: float) -> None:
    painter, camera = context.painter, context.camera
    zoom = camera.zoom
    x, y, width, height = rect
    painter.setWorldTransform(QTransform(zoom, 0, 0, zoom, x * zoom + camera.dx, y * zoom + camera.dy))
    path = outline(kind, width, height, -0.5)
    if style.fill and not style.stripe and not style.hatched:
        painter.setPen(pen(style.border, ratio))
        painter.setBrush(brush(style.fill))
        painter.drawPath(path)
    else:
        _paint_layers(context, kind, rect, style, ratio)
    if kind == _CUSTOM:
        painter.setBrush(_NO_BRUSH)
        painter.drawPath(fold(width))
    if style.beyond:
        painter.setPen(_NO_PEN)
        painter.setBrush(brush(style.title))
        painter.drawPolygon(QPolygonF([QPointF(width + x, height / 2 + y) for x, y in POINTER]))


def _paint_layers(context: PaintContext, kind: int, rect: list[float], style: BoxStyle, ratio: float) -> None:
    """Paint a box whose border lies over a stripe or a hatch."""
    painter, (_x, _y, width, height) = context.painter, rect
    path = outline(kind, width, height, -0.5)
    painter.setPen(_NO_PEN)
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
    painter.setPen(pen(style.border, ratio))
    painter.setBrush(_NO_BRUSH)
    painter.drawPath(path)


def hatch(painter: QPainter, rect: QRectF, ink: QPen) -> None:
    """Draw lines at 45° over `rect`."""
    painter.setPen(ink)
    height = rect.height()
    x = rect.left() - height
    while x < rect.right():
        painter.drawLine(int(x), int(rect.bottom()), int(x + height), int(rect.top()))
        x += HATCH


def paint_cards(context: PaintContext, rect: list[float]) -> None:
    """Paint the two cards behind, in scene units."""
    painter, zoom, palette = context.painter, context.zoom, context.palette
    x, y, width, height = rect
    path = outline(BoxKind.STACK, width, height, -0.5)
    painter.setPen(context.pen(palette.cluster_border))
    for number in range(stacks.CARDS, 0, -1):
        at_x, at_y = x + number * stacks.OFFSET, y + number * stacks.OFFSET
        painter.setWorldTransform(
            QTransform(zoom, 0, 0, zoom, at_x * zoom + context.camera.dx, at_y * zoom + context.camera.dy)
        )
        painter.setBrush(brush(palette.cluster[number % 2]))
        painter.drawPath(path)


def paint_cells(context: PaintContext, box: int, rect: list[float], state: int, current: int) -> None:
    """Paint one cell for each member, and under them which they are, in view pixels.

    `current`: the member that holds the node that runs next, -1 for none; `state` is that node's.
    """
    x, y, width, height = rect
    members = context.drawing.members(box)
    found = stacks.cells((x, y, width, height), len(members))
    if not found:
        return
    painter, zoom, palette = context.painter, context.zoom, context.palette
    colors = context.coloring.cells.get(box) if context.coloring is not None else None
    hovered = context.marks.hovered_member
    matches = context.emphasis.cell_matches.get(box, frozenset())
    if len(matches) == len(members):
        matches = frozenset()  # the badge shows it; rings around all of them would distinguish nothing
    radius = min(3.0, found[0][2] / 3) * zoom
    for number, (left, top, wide, high) in enumerate(found):
        first, end = stacks.run_of(number, len(found), len(members))
        view_x, view_y = context.camera.to_view(left, top)
        shade = int(colors[(first + end - 1) // 2]) if colors is not None else None
        pen = context.pen(palette.text3 if hovered in members[first:end] else palette.line2)
        if shade is None:
            painter.setBrush(brush(palette.raised))
        elif shade == NOT_MEASURED:
            painter.setBrush(QBrush(color(palette.line2), Qt.BrushStyle.BDiagPattern))
            pen = context.pen(palette.edge, 1.0, (3, 2))  # of many small ones: paler than on a node
        else:
            painter.setBrush(color(f"#{shade:06x}"))
            pen = context.pen(palette.text if hovered in members[first:end] else f"#{shade:06x}")
        if not matches.isdisjoint(range(first, end)):
            pen = context.pen(palette.accent, 1.5)
        if first <= current < end:
            phase = phase_of(palette, state)
            painter.setBrush(color(phase.fill))
            pen = context.pen(phase.fill, 1.5)
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(view_x, view_y, wide * zoom, high * zoom), radius, radius)
    if zoom >= levels.VIEW_TITLES:
        _write_ends(context, box, rect)


def _write_ends(context: PaintContext, box: int, rect: list[float]) -> None:
    x, y, width, height = rect
    first, last = context.drawing.placement.box_range.get(box, ("", ""))
    baseline = y + height - 7
    shade = color(context.palette.text2)
    middle = context.coloring.value[box] if context.coloring is not None else ""
    places = ((first, x + stacks.SIDE, 0.0), (middle, x + width / 2, 0.5), (last, x + width - stacks.SIDE, 1.0))
    for text, at, align in places:
        view_x, view_y = context.camera.to_view(at, baseline)
        context.texts.draw(context.painter, text, styles.CODE_SMALL, context.zoom, view_x, view_y, shade, align=align)
