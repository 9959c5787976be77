"""Paints boxes from far away: too small for words and outlines, rectangles by colour, many at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from gradviz.gui.palette import Palette
from gradviz.gui.scene import frame as levels
from gradviz.gui.scene.colouring import Pattern
from gradviz.gui.scene.drawing import BoxKind, Indices
from gradviz.gui.scene.frame import Frame
from gradviz.gui.scene.inks import brush
from gradviz.gui.scene.states import NodeState

_OVERLAID = 1 << 24
"""Keys from here on are colours of an overlay."""
_FULL = 100
_DOTS = 2.5
"""Boxes that are lower than this on screen, in pixels, lose their borders."""


def paint_far(frame: Frame, boxes: Indices) -> int:
    """Paint these boxes; returns how many."""
    if not len(boxes):
        return 0
    frame.in_scene()
    painter = frame.painter
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, frame.zoom > levels.ALL_BUT_BOXES)
    keys = _keys(frame, boxes)
    opacity = frame.emphasis.opacity
    shares = np.full(len(boxes), _FULL) if opacity is None else np.round(opacity[boxes] * _FULL).astype(np.intp)
    groups = keys * (_FULL + 1) + shares
    order = np.argsort(groups, kind="stable")
    starts = np.nonzero(np.diff(groups[order], prepend=-1))[0].tolist()
    rects = frame.drawing.qrects
    bordered = float(np.median(frame.drawing.rect[boxes, 3])) * frame.zoom >= _DOTS
    members = boxes[order].tolist()
    for start, end in zip(starts, [*starts[1:], len(members)], strict=True):
        key, share = divmod(int(groups[order[start]]), _FULL + 1)
        if not share:
            continue
        fill, rim = _inks(frame.palette, key)
        painter.setOpacity(share / _FULL)
        painter.setPen(frame.pen(rim) if bordered else Qt.PenStyle.NoPen)
        painter.setBrush(brush(fill if bordered else rim if key < _OVERLAID else fill))
        if start == 0 and end == len(rects):
            painter.drawRects(rects)
        else:
            painter.drawRects([rects[box] for box in members[start:end]])
    painter.setOpacity(1.0)
    return len(boxes)


def _keys(frame: Frame, boxes: Indices) -> npt.NDArray[np.intp]:
    """(len(boxes),) a number for each way of painting: of the kind and state, or the overlay's colour."""
    drawing = frame.drawing
    kinds = drawing.kind[boxes].astype(np.intp)
    nodes = drawing.node_at[boxes]
    states = np.zeros(len(boxes), np.intp)
    runs = (nodes >= 0) & np.isin(kinds, (BoxKind.FUNCTION, BoxKind.CUSTOM))
    states[runs] = frame.states.state[nodes[runs]]
    keys = kinds * 16 + states
    if (colouring := frame.colouring) is not None:
        pattern = colouring.pattern[boxes]
        filled = np.isin(pattern, (Pattern.FILLED, Pattern.BEYOND))
        keys[filled] = _OVERLAID + colouring.fill[boxes][filled].astype(np.intp)
        keys[np.isin(pattern, (Pattern.NOT_MEASURED, Pattern.ZERO))] = BoxKind.DATA * 16
    return keys


def _inks(palette: Palette, key: int) -> tuple[str, str]:
    """Fill and border."""
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
