"""Painter of what lies over the nodes: selection ring, match rings, tags, breakpoint dots."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QTransform

from gradviz.appearance import text_styles as styles
from gradviz.appearance.boxes import BoxKind
from gradviz.appearance.palette import Palette
from gradviz.gui.scene.data.node_states import NEXT, NodeState, NodeTag
from gradviz.gui.scene.data.placed_arrays import Indices
from gradviz.gui.scene.painting import paint_context as levels
from gradviz.gui.scene.painting.box_styles import outline
from gradviz.gui.scene.painting.paint_context import PaintContext
from gradviz.gui.style.qt_colors import brush, color, tag_colors
from gradviz.language import tr
from gradviz.layout.geometry import metrics as m

RING_AWAY = 4
_TAG_HEIGHT = 17
_AT_THE_LEFT = ("NaN", "Inf")
_LOW = 36
_SIDE = 12
"""Of a function's text, at least."""
_MOST_RINGS = 2000
"""Beyond it, rings would be all that is seen."""


def paint_marks(context: PaintContext, boxes: Indices) -> None:
    """Paint rings, then the tags of the boxes that can be seen."""
    context.painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    found = context.emphasis.ringed
    dashed = context.pen(context.palette.accent, 1.5, (3, 3))
    if found is not None:
        for box in np.intersect1d(found, boxes)[:_MOST_RINGS].tolist():
            _ring(context, box, dashed)
    for cluster in context.emphasis.ringed_clusters[:_MOST_RINGS]:
        _ring_cluster(context, cluster, dashed)
    selected = None
    if context.marks.selected is not None:
        selected = context.drawing.box_of(context.marks.selected)
    elif context.marks.selected_cluster is not None:
        selected = context.drawing.box_of_key(context.marks.selected_cluster)
        if selected is None:
            _ring_cluster(context, context.marks.selected_cluster, context.pen(context.palette.accent, 2))
    if selected is not None:
        _ring(context, selected, context.pen(context.palette.accent, 2))
    if context.zoom >= levels.CLUSTER_CONTENTS:
        _paint_tags(context, boxes)
        hidden = context.emphasis.hidden
        if hidden is not None:
            _paint_counts(context, boxes[hidden[boxes] > 0], hidden)


def _ring_cluster(context: PaintContext, cluster: int, ink: QPen) -> None:
    """Ring an open cluster on its border."""
    rect = context.drawing.rect_of_cluster(cluster)
    if rect is not None:
        context.in_scene()
        context.painter.setPen(ink)
        context.painter.setBrush(Qt.BrushStyle.NoBrush)
        context.painter.drawRoundedRect(QRectF(*rect), m.CLUSTER_RADIUS, m.CLUSTER_RADIUS)


def _paint_counts(context: PaintContext, boxes: Indices, found: npt.NDArray[np.intp]) -> None:
    """Paint on folded boxes how much of what was found each hides."""
    for box in boxes.tolist():
        count = int(found[box])
        one = tr("1 match")
        text = one if count == 1 else tr("{0} matches").format(count)
        _tag(context, context.drawing.rect[box].tolist(), text, context.palette.accent_fill, styles.SMALL_MEDIUM)


def _ring(context: PaintContext, box: int | None, ink: QPen) -> None:
    if box is None:
        return
    x, y, width, height = context.drawing.rect[box].tolist()
    zoom = context.zoom
    # The ring keeps its distance on screen, so that it can be seen from far away.
    away = RING_AWAY / min(zoom, 1.0)
    context.painter.setWorldTransform(
        QTransform(zoom, 0, 0, zoom, x * zoom + context.camera.dx, y * zoom + context.camera.dy)
    )
    context.painter.setPen(ink)
    context.painter.setBrush(Qt.BrushStyle.NoBrush)
    context.painter.drawPath(outline(int(context.drawing.kind[box]), width, height, round(away, 2)))


def _paint_tags(context: PaintContext, boxes: Indices) -> None:
    """Paint tags and dots, on folded boxes those of what they hide."""
    states, drawing = context.states, context.drawing
    special = np.nonzero(states.is_next() | (states.tag > 0) | states.breakpoint)[0]
    if not len(special):
        return
    shown = drawing.box_of_position[special]
    seen = np.isin(shown, boxes)
    tags: dict[int, tuple[str, str]] = {}
    dots = set()
    for node, box in zip(special[seen].tolist(), shown[seen].tolist(), strict=True):
        word, shade = tag_of(
            context.palette, int(states.state[node]), int(states.tag[node]), states.roles.get(node, "")
        )
        if word and (box not in tags or states.state[node] in NEXT):
            tags[box] = (word, shade)
        if states.breakpoint[node]:
            dots.add(box)
    for box, (word, shade) in tags.items():
        _tag(context, drawing.rect[box].tolist(), word, shade, where=_place_of(context, box, word))
    for box in dots:
        _dot(context, drawing.rect[box].tolist())


def tag_of(palette: Palette, state: int, tag: int, role: str = "") -> tuple[str, str]:
    """Return the word of a tag and its ground; an empty word for none. `role`: the node's part in what raised."""
    if role:
        return role, palette.error_fill
    match tag:
        case NodeTag.NAN:
            return "NaN", palette.error_fill
        case NodeTag.INF:
            return "Inf", palette.error_fill
        case NodeTag.ERROR:
            return tr("ERROR"), palette.error_fill
        case NodeTag.EDITED:
            return tr("EDITED"), palette.accent_fill
    if state == NodeState.NEXT_FORWARD:
        return tr("NEXT"), palette.forward.text
    if state == NodeState.NEXT_BACKWARD:
        return tr("NEXT"), palette.backward.text
    if state == NodeState.NEXT_UPDATE:
        return tr("NEXT"), palette.update.text
    return "", ""


def _place_of(context: PaintContext, box: int, word: str) -> str:
    """Return where a tag hides no text: on the first line if that has room, else on an edge of the box."""
    if word in _AT_THE_LEFT:  # at the right is the norm of the gradient that left the node
        return "left"
    drawing, texts = context.drawing, context.texts
    pad = m.LEAF_PAD if drawing.kind[box] == BoxKind.PARAMETER else _SIDE
    needed = texts.width(drawing.title(box), styles.STRONG) + texts.width(word, styles.TAG) + 14 + 2 * pad
    node = int(drawing.node_at[box])
    value = context.loss if drawing.kind[box] == BoxKind.LOSS else ""
    if context.coloring is not None:
        value = context.coloring.value[box] or value
    if value:
        needed += 8 + texts.width(value, styles.CODE_LARGE)
    if node >= 0 and context.states.order[node]:
        needed += 24 + texts.width(str(int(context.states.order[node])), styles.CODE_SMALL)
    if needed <= float(drawing.rect[box, 2]) and not drawing.folded[box]:
        return "inside"
    # Over a box are the shape on the line to it and the header of the module around it; under a wide one, nothing.
    return "under"


def _tag(
    context: PaintContext, rect: list[float], word: str, shade: str, face: styles.TextStyle = styles.TAG,
    where: str = "right",
) -> None:  # fmt: skip
    painter, zoom = context.painter, context.zoom
    x, y, width, height = rect
    context.in_view()
    ground, ink = tag_colors(context.palette, shade)
    wide, high = (context.texts.width(word, face) + 14) * zoom, _TAG_HEIGHT * zoom
    middle, right = y, x + width - 8
    if where == "inside":
        middle = y + height / 2 - (8 if height >= _LOW else 0)
        right += 1
    elif where == "under":
        middle = y + height + 4
    elif where == "left" or height < _LOW:  # the texts that begin there, or the only line of them, must stay free
        middle -= _TAG_HEIGHT / 2 - 4
    right, middle = context.camera.to_view(right, middle)
    if where == "left":
        right = context.camera.to_view(x + 12, y)[0] + wide
    elif where == "under":  # beside the line that leaves a box are the norm and the shape of what it carries
        beside = context.camera.to_view(x + width / 2 - 9, y)[0]
        # A box that is too narrow for that has the tag under itself, and not over what is at its left.
        right = max(min(right, beside), context.camera.to_view(x - RING_AWAY, y)[0] + wide)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(QRectF(right - wide, middle - high / 2, wide, high), high / 2, high / 2)
    context.texts.draw(painter, word, face, zoom, right - wide / 2, middle + 3.5 * zoom, ink, align=0.5)


def _dot(context: PaintContext, rect: list[float]) -> None:
    context.in_view()
    x, y = context.camera.to_view(rect[0], rect[1])
    context.painter.setPen(context.pen(context.palette.canvas, 2))
    context.painter.setBrush(brush(context.palette.breakpoint))
    radius = 6.5 * max(min(context.zoom, 1.5), 0.6)
    context.painter.drawEllipse(QPointF(x, y + 1), radius, radius)
    context.painter.setPen(color(context.palette.canvas))
