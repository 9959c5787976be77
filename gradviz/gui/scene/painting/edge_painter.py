"""Paints edges: line, arrowhead, the shape or the gradient's norm beside it, the output that it comes from."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from gradviz.gui.scene.data.emphasis import PALE
from gradviz.gui.scene.data.node_states import EdgeState
from gradviz.gui.scene.data.placed_graph import Indices
from gradviz.gui.scene.painting import paint_context as levels
from gradviz.gui.scene.painting import text_cache as faces
from gradviz.gui.scene.painting.paint_context import Frame
from gradviz.gui.style.palette import color
from gradviz.gui.style.pens import brush
from gradviz.model.number_text import significant

MANY = 1200
"""More visible edges than this are painted in chunks, without arrowheads."""
_CHIP = 16
_CHIP_AWAY = 10
"""Along the line from the source, like a port."""


def paint_edges(frame: Frame, edges: Indices, *, many: bool = False) -> int:
    """Paint these edges without their words, if they are `many` without arrowheads; returns how many."""
    painter = frame.painter
    frame.in_scene()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if frame.zoom < levels.CLUSTER_INSIDES or many:
        return _paint_chunks(frame)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    states = frame.edges.state[frame.drawing.placement.edge_index[edges]].tolist()
    # Gradients lie over the edges that they cross.
    paths, shares = frame.emphasis.on_path, frame.emphasis.edge_opacity
    for edge, state in sorted(zip(edges.tolist(), states, strict=True), key=lambda pair: pair[1] in _BACK):
        on_path = paths is not None and bool(paths[edge])
        share = 1.0 if shares is None else float(shares[edge])
        if not share:
            continue
        painter.setOpacity(share)
        if state in _BACK and not on_path:
            _paint_gradient(frame, edge, state)
        else:
            _paint_line(frame, edge, state, on_path)
    painter.setOpacity(1.0)
    return len(states)


_BACK = (EdgeState.GRADIENT, EdgeState.ZERO)


def _paint_line(frame: Frame, edge: int, state: int, on_path: bool) -> None:
    painter, palette = frame.painter, frame.palette
    width = 1.5 * min(1.0, max(frame.zoom, 0.6))
    shade = palette.edge
    if on_path:
        shade = palette.accent
        painter.setPen(frame.pen(shade, 3))
    elif state == EdgeState.NOT_RUN:
        shade = palette.line2
        painter.setPen(frame.pen(shade, 1.25, (4, 4)))
    elif state == EdgeState.NONE:
        painter.setPen(frame.pen(shade, 1.25, (1.25, 3.75)))
    else:
        painter.setPen(frame.pen(shade, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(frame.drawing.lines.path(edge))
    if state != EdgeState.NONE:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(brush(shade))
        painter.drawPolygon(frame.drawing.lines.arrowhead(edge, 1.4 if on_path else 1.0))


def _paint_gradient(frame: Frame, edge: int, state: int) -> None:
    painter, palette = frame.painter, frame.palette
    path, head = frame.drawing.lines.turned(edge)
    painter.setPen(frame.pen(palette.backward.fill, 2 if state == EdgeState.GRADIENT else 1.25))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush(palette.backward.fill))
    painter.drawPolygon(head)


def _paint_chunks(frame: Frame) -> int:
    painter = frame.painter
    x, y, width, height = frame.area(2)
    bounds, paths = frame.drawing.lines.chunks
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(paths) < 12)
    painter.setPen(frame.pen(frame.palette.edge, 1.0))
    on_path = frame.emphasis.on_path
    painter.setOpacity(PALE if on_path is not None else 0.7)
    for (left, top, wide, high), path in zip(bounds.tolist(), paths, strict=True):
        if left <= x + width and left + wide >= x and top <= y + height and top + high >= y:
            painter.drawPath(path)
    painter.setOpacity(1.0)
    if on_path is not None:
        painter.setPen(frame.pen(frame.palette.accent, 2))
        for edge in np.nonzero(on_path)[0].tolist():
            painter.drawPath(frame.drawing.lines.path(edge))
    return len(bounds)


def paint_edge_words(frame: Frame, edges: Indices) -> None:
    """Write shapes and norms beside edges, and chips with the output's number on edges of nodes with several."""
    if frame.zoom < levels.SECOND_LINES:
        return
    frame.in_view()
    drawing, painter = frame.drawing, frame.painter
    positions, shares = drawing.placement.label_position, frame.emphasis.edge_opacity
    for edge in edges.tolist():
        if shares is not None:
            if not shares[edge]:
                continue
            painter.setOpacity(float(shares[edge]))
        x, y = positions[edge].tolist()
        if x == x:  # NaN: no label
            _write_label(frame, edge, x, y + 4)
        index = drawing.placement.edge_index[edge]
        record = drawing.graph.edges[index]
        if frame.edges.state[index] == EdgeState.ZERO:
            _zero(frame, edge)
        if drawing.graph.node(record.source).outputs > 1:
            _chip(frame, edge, str(record.output_nr))
    painter.setOpacity(1.0)


def _write_label(frame: Frame, edge: int, x: float, baseline: float) -> None:
    palette, painter, zoom = frame.palette, frame.painter, frame.zoom
    index = frame.drawing.placement.edge_index[edge]
    word, shade = _word_of(frame, int(frame.edges.state[index]), float(frame.edges.norm[index]))
    if word:
        view_x, view_y = frame.camera.to_view(x, baseline)
        frame.texts.draw(painter, word, faces.NORM, zoom, view_x, view_y, color(shade))
        x += frame.texts.width(word, faces.NORM) + 8
    view_x, view_y = frame.camera.to_view(x, baseline)
    text = frame.drawing.edge_label(edge)
    ink = palette.line2 if frame.edges.state[index] == EdgeState.NOT_RUN else palette.text3
    frame.texts.draw(painter, text, faces.LABEL, zoom, view_x, view_y, color(ink))


def _word_of(frame: Frame, state: int, norm: float) -> tuple[str, str]:
    match state:
        case EdgeState.GRADIENT:
            return f"norm {significant(norm, 3)}", frame.palette.backward.text
        case EdgeState.NONE:
            return "none", frame.palette.text3
    return "", ""


def _zero(frame: Frame, edge: int) -> None:
    palette, zoom = frame.palette, frame.zoom
    point = frame.drawing.lines.path(edge).pointAtPercent(0.5)
    x, y = frame.camera.to_view(point.x(), point.y())
    frame.painter.setPen(frame.pen(palette.backward.fill, 1.25))
    frame.painter.setBrush(brush(palette.canvas))
    frame.painter.drawEllipse(QPointF(x, y), 7.5 * zoom, 7.5 * zoom)
    frame.texts.draw(frame.painter, "0", faces.LABEL, zoom, x, y + 4 * zoom, color(palette.backward.text), align=0.5)


def _chip(frame: Frame, edge: int, number: str) -> None:
    painter, palette, zoom = frame.painter, frame.palette, frame.zoom
    path = frame.drawing.lines.path(edge)
    length = path.length()
    point = path.pointAtPercent(path.percentAtLength(min(_CHIP_AWAY, length / 2)))
    x, y = frame.camera.to_view(point.x(), point.y())
    high = _CHIP * zoom
    wide = max(high, (frame.texts.width(number, faces.LABEL) + 9) * zoom)
    painter.setPen(frame.pen(palette.line2))
    painter.setBrush(brush(palette.raised))
    painter.drawRoundedRect(QRectF(x - wide / 2, y - high / 2, wide, high), high / 2, high / 2)
    frame.texts.draw(painter, number, faces.LABEL, zoom, x, y + 4 * zoom, color(palette.text), align=0.5)
