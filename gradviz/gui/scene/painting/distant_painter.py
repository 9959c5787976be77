"""Painter of distant boxes: too small for texts and outlines, rectangles by color, many at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage, QPainter

from gradviz.appearance.boxes import BoxKind
from gradviz.appearance.palette import Palette
from gradviz.gui.scene.data.box_colors import Pattern
from gradviz.gui.scene.data.node_states import NodeState
from gradviz.gui.scene.data.placed_arrays import Indices
from gradviz.gui.scene.painting import paint_context as levels
from gradviz.gui.scene.painting.paint_context import PaintContext
from gradviz.gui.style.qt_colors import brush

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
    if state == NodeState.NOT_RUN:
        return palette.canvas, palette.line2
    if state in (NodeState.BACKWARD_RAN, NodeState.NEXT_BACKWARD):
        return palette.backward.tint, palette.backward.fill
    if state != NodeState.PLAIN:
        return palette.forward.tint, palette.forward.fill
    return palette.node, palette.line2
