"""What is written beside the edges of a drawing: the text, on which side of its line, and what room is around it."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gradviz.layout.geometry import bezier as curves
from gradviz.layout.geometry import box_texts
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry.placement import Placement
from gradviz.layout.geometry.text_metrics import width
from gradviz.model.graph.graph import Graph

_HALF = 7.0
_APART = 4.0


class LabelPlace(NamedTuple):
    """Where the text beside an edge may be."""

    at_left: bool
    """Whether it ends at its line, not begins there."""
    width: float
    """Of the shape alone."""
    room: float
    """Length from the line to the next box or text, or to the border of what is around."""
    depth: int
    """Of the innermost open cluster that it lies in, -1 for none."""


class EdgeLabels:
    """The E edges of one placement, looked at when they are first asked for: of a large graph most never are."""

    def __init__(self, graph: Graph, placement: Placement) -> None:
        self._graph, self._placement = graph, placement
        self._texts: dict[int, str] = {}
        self._places: dict[int, LabelPlace] = {}

    def text(self, edge: int) -> str:
        """Return the shape beside an edge, empty for none."""
        text = self._texts.get(edge)
        if text is None:
            text = self._texts[edge] = self._text(edge)
        return text

    def place(self, edge: int) -> LabelPlace:
        """Return where the text of an edge that has one may be."""
        place = self._places.get(edge)
        if place is None:
            place = self._places[edge] = self._place(edge)
        return place

    def _text(self, edge: int) -> str:
        placement, graph = self._placement, self._graph
        if placement.edge_label:
            return placement.edge_label[edge]
        return box_texts.edge_label(graph, graph.edges[placement.edge_index[edge]], int(placement.edge_count[edge]))

    def _place(self, edge: int) -> LabelPlace:
        placement, wide = self._placement, width(self.text(edge), "mono", m.LABEL_SIZE)
        x, y = placement.label_position[edge].tolist()
        first, stop = placement.edge_start[edge : edge + 2].tolist()
        at = curves.crossing(curves.sample(placement.points[first:stop].astype(np.float64)), y)
        at_left = at is not None and at > x + wide / 2
        rects = np.vstack([placement.box_rect, self._taken[self._taken[:, 0] != x]])
        beside = rects[(rects[:, 1] < y + _HALF) & (rects[:, 1] + rects[:, 3] > y - _HALF)]
        around, depth = self._around(x, y)
        if at_left:
            borders = [(beside[:, 0] + beside[:, 2])[beside[:, 0] < x].max(initial=-np.inf), around[0]]
            room = x + wide - max(borders) - _APART
        else:
            borders = [beside[:, 0][beside[:, 0] > x].min(initial=np.inf), around[1]]
            room = min(borders) - x - _APART
        return LabelPlace(at_left, wide, float(room), depth)

    @cached_property
    def _taken(self) -> npt.NDArray[np.float64]:
        """(L, 4) what the shapes take that are written anywhere."""
        labeled = np.nonzero(~np.isnan(self._placement.label_position[:, 0]))[0]
        corner = self._placement.label_position[labeled] - (0, _HALF)
        wide = [width(self.text(edge), "mono", m.LABEL_SIZE) for edge in labeled.tolist()]
        return np.column_stack([corner, wide, np.full(len(labeled), 2 * _HALF)]).reshape(-1, 4)

    def _around(self, x: float, y: float) -> tuple[tuple[float, float], int]:
        """Return left and right border of the innermost open cluster around a point, or of all, and its depth."""
        rects, depths = self._placement.cluster_rect, self._placement.cluster_depth
        left, top, wide, high = rects.T if len(rects) else np.zeros((4, 0))
        here = np.nonzero((x >= left) & (x <= left + wide) & (y >= top) & (y <= top + high))[0]
        if not len(here):
            return (0.0, float(self._placement.width)), -1
        row = int(here[np.argmax(depths[here])])
        return (float(left[row]), float(left[row] + wide[row])), int(depths[row])
