"""Paints edges: line, arrowhead, the shape beside it, the index of the output it comes from."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from gradviz.gui.palette import color
from gradviz.gui.scene import frame as levels
from gradviz.gui.scene import texts as faces
from gradviz.gui.scene.drawing import Indices
from gradviz.gui.scene.frame import Frame
from gradviz.gui.scene.inks import brush
from gradviz.gui.scene.node_painter import PALE
from gradviz.gui.scene.states import NodeState

MANY = 1200
"""More visible edges than this are painted in chunks, without arrowheads."""
_CHIP = 16
_CHIP_AWAY = 10
"""Along the line from the source, like a port."""


def paint_edges(frame: Frame, edges: Indices) -> int:
    """Paint these edges without their words; returns how many."""
    painter = frame.painter
    frame.in_scene()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if frame.zoom < levels.CLUSTER_INSIDES or len(edges) > MANY:
        return _paint_chunks(frame)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    palette, drawing, marks = frame.palette, frame.drawing, frame.marks
    width = 1.5 * min(1.0, max(frame.zoom, 0.6))
    plain, later, path = (
        frame.pen(palette.edge, width),
        frame.pen(palette.edge, 1.25, (4, 4)),
        frame.pen(palette.accent, 3),
    )
    targets = drawing.node_at[drawing.placement.edge_target[edges]].tolist()
    for edge, target in zip(edges.tolist(), targets, strict=True):
        on_path = marks.path is not None and _on_path(frame, edge)
        painter.setOpacity(PALE if marks.path is not None and not on_path else 1.0)
        not_run = target >= 0 and frame.states.state[target] == NodeState.NOT_RUN
        painter.setPen(path if on_path else later if not_run else plain)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(drawing.lines.path(edge))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(brush(palette.accent if on_path else palette.edge))
        painter.drawPolygon(drawing.lines.arrowhead(edge, 1.4 if on_path else 1.0))
    painter.setOpacity(1.0)
    return len(targets)


def _on_path(frame: Frame, edge: int) -> bool:
    record = frame.drawing.graph.edges[frame.drawing.placement.edge_index[edge]]
    return not (frame.marks.pale(record.source) or frame.marks.pale(record.target))


def _paint_chunks(frame: Frame) -> int:
    painter = frame.painter
    x, y, width, height = frame.camera.seen(frame.width, frame.height)
    bounds, paths = frame.drawing.lines.chunks
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(paths) < 12)
    painter.setPen(frame.pen(frame.palette.edge, 1.0))
    painter.setOpacity(PALE if frame.marks.path is not None else 0.7)
    for (left, top, wide, high), path in zip(bounds.tolist(), paths, strict=True):
        if left <= x + width and left + wide >= x and top <= y + height and top + high >= y:
            painter.drawPath(path)
    painter.setOpacity(1.0)
    return len(bounds)


def paint_edge_words(frame: Frame, edges: Indices) -> None:
    """Write shapes beside edges, and chips with the output's number on edges of nodes with several outputs."""
    if frame.zoom < levels.SECOND_LINES or len(edges) > MANY:
        return
    frame.in_view()
    drawing, painter = frame.drawing, frame.painter
    positions = drawing.placement.label_position
    for edge in edges.tolist():
        pale = frame.marks.path is not None and not _on_path(frame, edge)
        painter.setOpacity(PALE if pale else 1.0)
        x, y = positions[edge].tolist()
        if x == x:  # NaN: no label
            view_x, view_y = frame.camera.to_view(x, y + 4)
            text = drawing.edge_label(edge)
            frame.texts.draw(painter, text, faces.LABEL, frame.zoom, view_x, view_y, color(frame.palette.text3))
        record = drawing.graph.edges[drawing.placement.edge_index[edge]]
        if drawing.graph.node(record.source).outputs > 1:
            _chip(frame, edge, str(record.output_nr))
    painter.setOpacity(1.0)


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
