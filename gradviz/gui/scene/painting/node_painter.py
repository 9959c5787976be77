"""Painter of nodes, badges, folded clusters and stacks, and of distant boxes: many at once, by color."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QImage, QPainter, QPen, QPolygonF

from gradviz.appearance import text_styles as styles
from gradviz.appearance.boxes import HATCH, POINTER, BoxKind, BoxStyle
from gradviz.appearance.palette import Palette
from gradviz.gui.scene.data.box_colors import NOT_MEASURED, Pattern
from gradviz.gui.scene.data.node_states import NodeState
from gradviz.gui.scene.data.placed_arrays import Indices
from gradviz.gui.scene.painting import paint_context as levels
from gradviz.gui.scene.painting.box_styles import fold, outline_at, phase_of, stripe_at, style_of
from gradviz.gui.scene.painting.node_text_painter import write
from gradviz.gui.scene.painting.paint_context import PaintContext
from gradviz.gui.style.qt_colors import brush, color, pen
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry import stack_geometry as stacks

_OVERLAID = 1 << 24
"""Keys from here on are colors of an overlay."""
_FULL = 100
_DOTS = 2.5
"""Boxes that are lower than this on screen, in pixels, are dots without borders."""
_WIDEST = 64
"""So many pixels of a very wide box are painted as a dot's: more would be slow, and there are few."""


def paint_far(context: PaintContext, boxes: Indices) -> int:
    """Paint these boxes; return how many."""
    if not len(boxes):
        return 0
    context.in_scene()
    painter = context.painter
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, context.zoom > levels.ALL_BUT_BOXES)
    keys = _keys(context, boxes)
    opacity = context.emphasis.opacity
    shares = np.full(len(boxes), _FULL) if opacity is None else np.round(opacity[boxes] * _FULL).astype(np.intp)
    groups = keys * (_FULL + 1) + shares
    heights = context.drawing.rect[boxes, 3]
    if float(heights[len(heights) // 2]) * context.zoom < _DOTS:
        _paint_dots(context, boxes, groups)
        return len(boxes)
    order = np.argsort(groups, kind="stable")
    starts = np.nonzero(np.diff(groups[order], prepend=-1))[0].tolist()
    rects = context.drawing.qrects
    members = boxes[order].tolist()
    for start, end in zip(starts, [*starts[1:], len(members)], strict=True):
        key, share = divmod(int(groups[order[start]]), _FULL + 1)
        if not share:
            continue
        fill, rim = _inks(context.palette, key)
        painter.setOpacity(share / _FULL)
        painter.setPen(context.pen(rim))
        painter.setBrush(brush(fill))
        painter.drawRects([rects[box] for box in members[start:end]])
    painter.setOpacity(1.0)
    return len(boxes)


def _paint_dots(context: PaintContext, boxes: Indices, groups: npt.NDArray[np.intp]) -> None:
    """Paint boxes of a pixel or two, all at once in an image."""
    ratio = context.ratio
    wide, high = max(round(context.width * ratio), 1), max(round(context.height * ratio), 1)
    kinds, which = np.unique(groups, return_inverse=True)
    shades = np.array([_pixel(context.palette, int(group)) for group in kinds.tolist()], np.uint32)[which]
    scale = context.zoom * ratio
    rect = context.drawing.rect[boxes]
    left = np.rint(rect[:, 0] * scale + context.camera.dx * ratio).astype(np.intp)
    top = np.rint(rect[:, 1] * scale + context.camera.dy * ratio).astype(np.intp)
    # A little narrower than they are, so that neighbors do not run together.
    across = np.maximum(np.rint(rect[:, 2] * scale - 0.4), 1).astype(np.intp)
    down = np.maximum(np.rint(rect[:, 3] * scale - 0.4), 1).astype(np.intp)
    pixels = np.zeros((high + 1, wide + 1), np.uint32)  # what lies outside falls into the last row and column
    for y in range(int(down.max())):
        rows = np.where((y < down) & (top + y >= 0) & (top + y < high), top + y, high)
        for x in range(min(int(across.max()), _WIDEST)):
            columns = np.where((x < across) & (left + x >= 0) & (left + x < wide), left + x, wide)
            pixels[rows, columns] = shades
    picture = QImage(pixels.data, wide, high, pixels.strides[0], QImage.Format.Format_ARGB32)
    picture.setDevicePixelRatio(ratio)
    context.in_view()
    context.painter.drawImage(0, 0, picture)


def _pixel(palette: Palette, group: int) -> int:
    """Return 0xAARRGGBB of a box too small for a border: the border's color distinguishes it, or the overlay's."""
    key, share = divmod(group, _FULL + 1)
    fill, rim = _inks(palette, key)
    shade = fill if key >= _OVERLAID else palette.edge if fill == palette.node else rim
    return int(share * 255 / _FULL) << 24 | int(shade[1:7], 16)


def _keys(context: PaintContext, boxes: Indices) -> npt.NDArray[np.intp]:
    """Return (len(boxes),) a number for each way of painting: of the kind and state, or the overlay's color."""
    drawing = context.drawing
    kinds = drawing.kind[boxes].astype(np.intp)
    nodes = drawing.node_at[boxes]
    states = np.zeros(len(boxes), np.intp)
    runs = (nodes >= 0) & np.isin(kinds, (BoxKind.FUNCTION, BoxKind.CUSTOM))
    states[runs] = context.states.state[nodes[runs]]
    keys = kinds * 16 + states
    if (coloring := context.coloring) is not None:
        pattern = coloring.pattern[boxes]
        filled = np.isin(pattern, (Pattern.FILLED, Pattern.BEYOND))
        keys[filled] = _OVERLAID + coloring.fill[boxes][filled].astype(np.intp)
        keys[np.isin(pattern, (Pattern.NOT_MEASURED, Pattern.ZERO))] = BoxKind.DATA * 16
    return keys


def _inks(palette: Palette, key: int) -> tuple[str, str]:
    """Return fill and border."""
    if key >= _OVERLAID:
        shade = f"#{key - _OVERLAID:06x}"
        return shade, shade
    kind, state = divmod(key, 16)
    if kind == BoxKind.LOSS:
        return palette.inverse, palette.inverse
    if kind in (BoxKind.DATA, BoxKind.STUB):
        return palette.canvas, palette.line2
    if state in (NodeState.NOT_RUN, NodeState.EARLIER):
        return palette.canvas, palette.line2
    if state in (NodeState.BACKWARD_RAN, NodeState.NEXT_BACKWARD):
        return palette.backward.tint, palette.backward.fill
    if state != NodeState.PLAIN:
        return palette.forward.tint, palette.forward.fill
    return palette.node, palette.line2


_SEAM = 1.5
_HAIR = 1.01
"""Qt paints a smooth border that is a pixel wide and lies on pixels four times as slowly as one a little wider."""
# A member of an enumeration takes a look-up each time.
_STACK, _CUSTOM = int(BoxKind.STACK), int(BoxKind.CUSTOM)
_NO_PEN = QPen(Qt.PenStyle.NoPen)
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
    states, tags = context.states.of(drawing.node_at[boxes])
    faded, ratio = emphasis.opacity is not None, context.ratio
    if context.zoom == 1:
        ratio *= _HAIR
    shares = [1.0] * len(rects) if emphasis.opacity is None else emphasis.opacity[boxes].tolist()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    inside = _runs_inside(context)
    written = []
    context.in_scene()
    columns = zip(boxes.tolist(), rects, kinds, nodes, states, tags, shares, strict=True)
    for box, rect, kind, node, state, tag, share in columns:
        if not share:
            continue
        style = _style(context, box, kind, state if node >= 0 else inside.get(box, _NOTHING)[0], tag)
        if faded:
            painter.setOpacity(share)
        if kind == _STACK:
            paint_cards(context, rect)
        _paint_shape(context, kind, rect, style, ratio)
        written.append((box, rect, kind, node, style, share))
    context.in_view()
    with nullcontext() if faded else context.texts.gathered(painter, context.zoom):
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
    for position in np.nonzero(context.states.is_next())[0].tolist():
        box = int(drawing.box_of_position[position])
        if box >= 0 and drawing.folded[box]:
            found[box] = int(context.states.state[position]), int(cells[position]) if len(cells) else -1
    return found


def _style(context: PaintContext, box: int, kind: int, state: int, tag: int) -> BoxStyle:
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
    """Paint fill, hatch, stripe and border of a box, in scene units. Setting pens and brushes costs more than filling
    and stroking with them."""
    painter = context.painter
    x, y, width, height = rect
    path = outline_at(kind, x, y, width, height)
    if style.fill:
        painter.fillPath(path, brush(style.fill))
    if style.hatched:
        painter.setClipPath(path)
        hatch(painter, QRectF(x, y, width, height), context.pen(context.palette.line))
        painter.setClipping(False)
    if style.stripe:
        if style.seam:
            painter.fillPath(stripe_at(kind, x, y, width, height, m.STRIPE + _SEAM), brush(style.seam))
        painter.fillPath(stripe_at(kind, x, y, width, height), brush(style.stripe))
    border = pen(style.border, ratio)
    painter.strokePath(path, border)
    if kind == _CUSTOM:
        painter.strokePath(fold(width).translated(x, y), border)
    if style.beyond:
        painter.setPen(_NO_PEN)
        painter.setBrush(brush(style.title))
        painter.drawPolygon(QPolygonF([QPointF(x + width + u, y + height / 2 + v) for u, v in POINTER]))


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
    painter, palette = context.painter, context.palette
    x, y, width, height = rect
    painter.setPen(context.pen(palette.cluster_border))
    for number in range(stacks.CARDS, 0, -1):
        away = number * stacks.OFFSET
        painter.setBrush(brush(palette.cluster[number % 2]))
        painter.drawPath(outline_at(BoxKind.STACK, x + away, y + away, width, height))


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
