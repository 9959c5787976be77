"""Painter of edges: line, arrowhead, the shape or the gradient's norm beside it, the output that it comes from."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gradviz.appearance import text_styles as styles
from gradviz.gui.scene.data.emphasis import PALE
from gradviz.gui.scene.data.node_states import EdgeState
from gradviz.gui.scene.data.placed_arrays import Indices
from gradviz.gui.scene.painting import paint_context as levels
from gradviz.gui.scene.painting.paint_context import PaintContext
from gradviz.gui.style.qt_colors import brush, color
from gradviz.language import tr
from gradviz.model.number_text import significant

MANY = 1200
"""More visible edges than this are painted in chunks, without arrowheads."""
_CHIP = 16
_CHIP_AWAY = 10
"""Along the line from the source, like a port."""
_APART = 8
"""Between a norm and the shape."""


def paint_edges(context: PaintContext, edges: Indices, *, many: bool = False) -> int:
    """Paint these edges without their texts, if they are `many` without arrowheads; return how many."""
    painter = context.painter
    context.in_scene()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if context.zoom < levels.CLUSTER_CONTENTS or many:
        return _paint_chunks(context)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    states = context.edges.state[context.drawing.placement.edge_index[edges]].tolist()
    paths, shares = context.emphasis.on_path, context.emphasis.edge_opacity
    special, plain = [], []
    for edge, state in zip(edges.tolist(), states, strict=True):
        on_path = paths is not None and bool(paths[edge])
        share = 1.0 if shares is None else float(shares[edge])
        if state == _PLAIN and not on_path and share == 1.0:
            plain.append(edge)
        elif share:
            special.append((edge, state, on_path, share))
    _paint_plain(context, plain)
    # Gradients lie over the edges that they cross.
    for edge, state, on_path, share in sorted(special, key=lambda one: one[1] in _BACK):
        painter.setOpacity(share)
        if state in _BACK and not on_path:
            _paint_gradient(context, edge, state)
        else:
            _paint_line(context, edge, state, on_path)
    painter.setOpacity(1.0)
    return len(states)


# A member of an enumeration takes a look-up each time.
_PLAIN, _NOT_RUN, _ZERO = (int(state) for state in (EdgeState.PLAIN, EdgeState.NOT_RUN, EdgeState.ZERO))
_BACK = (EdgeState.GRADIENT, EdgeState.ZERO)


def _paint_plain(context: PaintContext, edges: list[int]) -> None:
    """Paint edges of one color that hide nothing, all at once."""
    painter, shade = context.painter, context.palette.edge
    detail = 2.0 ** math.ceil(math.log2(context.zoom * context.ratio))
    pen = QPen(color(shade), _width(context) / context.zoom)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)  # of scene units: a cosmetic one takes a third longer
    pieces, heads = context.drawing.lines.together(tuple(edges), detail)
    painter.drawLines(pieces)
    painter.fillPath(heads, brush(shade))


def _width(context: PaintContext) -> float:
    return 1.5 * min(1.0, max(context.zoom, 0.6))


def _paint_line(context: PaintContext, edge: int, state: int, on_path: bool) -> None:
    painter, palette = context.painter, context.palette
    shade = palette.edge
    if on_path:
        shade = palette.accent
        painter.setPen(context.pen(shade, 3))
    elif state == EdgeState.NOT_RUN:
        shade = palette.line2
        painter.setPen(context.pen(shade, 1.25, (4, 4)))
    elif state == EdgeState.NONE:
        painter.setPen(context.pen(shade, 1.25, (1.25, 3.75)))
    else:
        painter.setPen(context.pen(shade, _width(context)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(context.drawing.lines.path(edge))
    if state != EdgeState.NONE:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(brush(shade))
        painter.drawPolygon(context.drawing.lines.arrowhead(edge, 1.4 if on_path else 1.0))


def _paint_gradient(context: PaintContext, edge: int, state: int) -> None:
    painter, palette = context.painter, context.palette
    path, head = context.drawing.lines.turned(edge)
    painter.setPen(context.pen(palette.backward.fill, 2 if state == EdgeState.GRADIENT else 1.25))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush(palette.backward.fill))
    painter.drawPolygon(head)


def _paint_chunks(context: PaintContext) -> int:
    painter = context.painter
    x, y, width, height = context.area(2)
    bounds, paths = context.drawing.lines.chunks
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(paths) < 12)
    painter.setPen(context.pen(context.palette.edge, 1.0))
    on_path = context.emphasis.on_path
    painter.setOpacity(PALE if on_path is not None else 0.7)
    for (left, top, wide, high), path in zip(bounds.tolist(), paths, strict=True):
        if left <= x + width and left + wide >= x and top <= y + height and top + high >= y:
            painter.drawPath(path)
    painter.setOpacity(1.0)
    if on_path is not None:
        painter.setPen(context.pen(context.palette.accent, 2))
        for edge in np.nonzero(on_path)[0].tolist():
            painter.drawPath(context.drawing.lines.path(edge))
    return len(bounds)


def paint_edge_words(context: PaintContext, edges: Indices) -> None:
    """Write shapes and norms beside edges, and chips with the output's number on edges of nodes with several."""
    if context.zoom < levels.SECOND_LINES:
        return
    context.in_view()
    drawing, painter = context.drawing, context.painter
    shares, records, node = context.emphasis.edge_opacity, drawing.graph.edges, drawing.graph.node
    indices = drawing.placement.edge_index[edges]
    columns = edges, indices, drawing.placement.label_position[edges], context.edges.state[indices]
    for edge, index, (x, y), state in zip(*(column.tolist() for column in columns), strict=True):
        if shares is not None:
            if not shares[edge]:
                continue
            painter.setOpacity(float(shares[edge]))
        if x == x:  # NaN: no label
            _write_label(context, edge, state, float(context.edges.norm[index]), x, y + 4)
        if state == _ZERO:
            _zero(context, edge)
        if node(records[index].source).outputs > 1:
            _chip(context, edge, str(records[index].output_nr))
    painter.setOpacity(1.0)


def _write_label(context: PaintContext, edge: int, state: int, norm: float, x: float, baseline: float) -> None:
    """Write norm and shape from the line on, over whatever line they meet; the shape only where there is room."""
    palette, painter, zoom, texts = context.palette, context.painter, context.zoom, context.texts
    word, shade = _word_of(context, state, norm) if state != _PLAIN else ("", "")
    text, place = context.drawing.labels.text(edge), context.drawing.labels.place(edge)
    wide, shape = texts.width(word, styles.CAPTION_STRONG) if word else 0.0, texts.width(text, styles.CODE_SMALL)
    if word and text and wide + _APART + shape > place.room:
        text, shape = "", 0.0
    whole = wide + (_APART if word and text else 0.0) + shape
    if place.at_left:
        x += place.width - min(whole, place.room)  # rather over its line than cut by what is at the left
    view_x, view_y = context.camera.to_view(x, baseline)
    ground = palette.cluster[place.depth % 2] if place.depth >= 0 else palette.canvas
    painter.fillRect(QRectF(view_x - 1, view_y - 10 * zoom, whole * zoom + 2, 13 * zoom), color(ground))
    if word:
        texts.draw(painter, word, styles.CAPTION_STRONG, zoom, view_x, view_y, color(shade))
        view_x += (wide + _APART) * zoom
    ink = palette.line2 if state == _NOT_RUN else palette.text3
    texts.draw(painter, text, styles.CODE_SMALL, zoom, view_x, view_y, color(ink))


def _word_of(context: PaintContext, state: int, norm: float) -> tuple[str, str]:
    match state:
        case EdgeState.GRADIENT:
            return tr("norm {norm}").format(norm=significant(norm, 3)), context.palette.backward.text
        case EdgeState.NONE:
            return "none", context.palette.text3
    return "", ""


def _zero(context: PaintContext, edge: int) -> None:
    palette, zoom = context.palette, context.zoom
    point = context.drawing.lines.path(edge).pointAtPercent(0.5)
    x, y = context.camera.to_view(point.x(), point.y())
    context.painter.setPen(context.pen(palette.backward.fill, 1.25))
    context.painter.setBrush(brush(palette.canvas))
    context.painter.drawEllipse(QPointF(x, y), 7.5 * zoom, 7.5 * zoom)
    context.texts.draw(
        context.painter, "0", styles.CODE_SMALL, zoom, x, y + 4 * zoom, color(palette.backward.text), align=0.5
    )


def _chip(context: PaintContext, edge: int, number: str) -> None:
    painter, palette, zoom = context.painter, context.palette, context.zoom
    path = context.drawing.lines.path(edge)
    length = path.length()
    point = path.pointAtPercent(path.percentAtLength(min(_CHIP_AWAY, length / 2)))
    x, y = context.camera.to_view(point.x(), point.y())
    high = _CHIP * zoom
    wide = max(high, (context.texts.width(number, styles.CODE_SMALL) + 9) * zoom)
    painter.setPen(context.pen(palette.line2))
    painter.setBrush(brush(palette.raised))
    painter.drawRoundedRect(QRectF(x - wide / 2, y - high / 2, wide, high), high / 2, high / 2)
    context.texts.draw(painter, number, styles.CODE_SMALL, zoom, x, y + 4 * zoom, color(palette.text), align=0.5)
