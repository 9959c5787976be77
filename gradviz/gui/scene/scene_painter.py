"""Paints one frame, back to front, only what can be seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradviz.gui.scene import frame as levels
from gradviz.gui.scene.cluster_painter import closed_rows, outermost, paint_closed, paint_clusters, paint_headers
from gradviz.gui.scene.edge_painter import paint_edge_words, paint_edges
from gradviz.gui.scene.frame import Frame
from gradviz.gui.scene.mark_painter import paint_marks
from gradviz.gui.scene.node_painter import paint_nodes


@dataclass(frozen=True, slots=True)
class Counted:
    """How much one painting painted."""

    nodes: int = 0
    edges: int = 0
    clusters: int = 0


def paint(frame: Frame) -> Counted:
    """Paint the visible part of the drawing. The painter comes back untransformed."""
    drawing = frame.drawing
    x, y, width, height = frame.camera.seen(frame.width, frame.height)
    slack = 8 / frame.zoom  # rings and tags reach a little beyond their boxes
    area = (x - slack, y - slack, width + 2 * slack, height + 2 * slack)
    boxes = drawing.boxes_in(area)
    rows = drawing.clusters_in(area)
    edges = drawing.edges_in(area) if frame.zoom >= levels.ALL_BUT_BOXES else np.zeros(0, np.intp)

    closed = closed_rows(drawing, frame.zoom)
    if closed.any():
        inner = drawing.box_cluster_row
        hidden = (inner >= 0) & closed[inner]
        boxes = boxes[~hidden[boxes]]
        ends = hidden[drawing.placement.edge_source[edges]] & hidden[drawing.placement.edge_target[edges]]
        edges = edges[~ends]
    shown_as_box = rows[outermost(drawing, closed)[rows]] if len(rows) else rows
    rows = rows[~closed[rows]]

    clusters = paint_clusters(frame, rows)
    lines = paint_edges(frame, edges) if len(edges) else 0
    paint_headers(frame, rows)
    nodes = paint_nodes(frame, boxes)
    clusters += paint_closed(frame, shown_as_box)
    paint_edge_words(frame, edges)
    paint_marks(frame, boxes)
    frame.in_view()
    return Counted(nodes, lines, clusters)
