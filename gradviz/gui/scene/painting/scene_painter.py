"""Painter of one frame, back to front, only what can be seen."""

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
from gradviz.gui.scene.painting.paint_context import PaintContext

_SLACK = 14
"""Pixels: rings, tags and the cards of a stack reach so far beyond their boxes."""


@dataclass(frozen=True, slots=True)
class PaintCounts:
    """How much one painting painted."""

    nodes: int = 0
    edges: int = 0
    clusters: int = 0


def paint(context: PaintContext) -> PaintCounts:
    """Paint the visible part of the drawing. The painter comes back untransformed."""
    drawing = context.drawing
    area = context.area(_SLACK)
    boxes = drawing.boxes_in(area)
    rows = drawing.clusters_in(area)
    edges = drawing.edges_in(area) if context.zoom >= levels.ALL_BUT_BOXES else np.zeros(0, np.intp)
    # How edges are painted goes by all that the view shows, so that its parts look alike.
    seen = (
        drawing.edges_in(context.camera.seen(context.width, context.height))
        if context.exposed and len(edges)
        else edges
    )
    many = len(seen) > MANY

    closed = closed_rows(drawing, context.zoom)
    if context.coloring is not None or context.zoom < levels.ALL_BUT_BOXES:
        # What an overlay colors is worth seeing however small; and where no text can be read, the texture of what is
        # inside shows more than an empty box.
        closed[:] = False
    if closed.any():
        inner = drawing.box_cluster_row
        hidden = (inner >= 0) & closed[inner]
        boxes = boxes[~hidden[boxes]]
        ends = hidden[drawing.placement.edge_source[edges]] & hidden[drawing.placement.edge_target[edges]]
        edges = edges[~ends]
    shown_as_box = rows[outermost(drawing, closed)[rows]] if len(rows) else rows
    rows = rows[~closed[rows]]

    clusters = paint_clusters(context, rows) if len(rows) else 0
    lines = paint_edges(context, edges, many=many) if len(edges) else 0
    if len(rows):
        paint_headers(context, rows)
    nodes = paint_nodes(context, boxes)
    if len(shown_as_box):
        clusters += paint_closed(context, shown_as_box)
    if not many:
        paint_edge_words(context, edges)
    paint_marks(context, boxes)
    context.in_view()
    return PaintCounts(nodes, lines, clusters)
