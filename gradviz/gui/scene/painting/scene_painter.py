"""Paints one frame, back to front, only what can be seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradviz.gui.scene.painting import paint_context as levels
from gradviz.gui.scene.painting.cluster_painter import (
    closed_rows,
    outermost,
    paint_closed,
    paint_clusters,
    paint_headers,
)
from gradviz.gui.scene.painting.edge_painter import MANY, paint_edge_words, paint_edges
from gradviz.gui.scene.painting.mark_painter import paint_marks
from gradviz.gui.scene.painting.node_painter import paint_nodes
from gradviz.gui.scene.painting.paint_context import Frame

_SLACK = 14
"""Pixels: rings, tags and the cards of a stack reach so far beyond their boxes."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How much one painting painted."""

    nodes: int = 0
    edges: int = 0
    clusters: int = 0


def paint(frame: Frame) -> Counted:
    """Paint the visible part of the drawing. The painter comes back untransformed."""
    drawing = frame.drawing
    area = frame.area(_SLACK)
    boxes = drawing.boxes_in(area)
    rows = drawing.clusters_in(area)
    edges = drawing.edges_in(area) if frame.zoom >= levels.ALL_BUT_BOXES else np.zeros(0, np.intp)
    # How edges are painted goes by all that the view shows, so that its parts look alike.
    seen = drawing.edges_in(frame.camera.seen(frame.width, frame.height)) if frame.exposed and len(edges) else edges
    many = len(seen) > MANY

    closed = closed_rows(drawing, frame.zoom)
    if frame.colouring is not None or frame.zoom < levels.ALL_BUT_BOXES:
        # What an overlay colours is worth seeing however small; and where no word can be read, the texture of what is
        # inside tells more than an empty box.
        closed[:] = False
    if closed.any():
        inner = drawing.box_cluster_row
        hidden = (inner >= 0) & closed[inner]
        boxes = boxes[~hidden[boxes]]
        ends = hidden[drawing.placement.edge_source[edges]] & hidden[drawing.placement.edge_target[edges]]
        edges = edges[~ends]
    shown_as_box = rows[outermost(drawing, closed)[rows]] if len(rows) else rows
    rows = rows[~closed[rows]]

    clusters = paint_clusters(frame, rows)
    lines = paint_edges(frame, edges, many=many) if len(edges) else 0
    paint_headers(frame, rows)
    nodes = paint_nodes(frame, boxes)
    clusters += paint_closed(frame, shown_as_box)
    if not many:
        paint_edge_words(frame, edges)
    paint_marks(frame, boxes)
    frame.in_view()
    return Counted(nodes, lines, clusters)
