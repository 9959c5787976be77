"""A graph and its placement as arrays: what each box is, what is written on it, what lies where, paths of the edges."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPolygonF, QTransform

from gradviz.appearance.boxes import BoxKind, kind_of
from gradviz.gui.scene.data.camera import Rect
from gradviz.gui.scene.data.edge_labels import EdgeLabels
from gradviz.layout.geometry import box_texts
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry.placement import Placement
from gradviz.model.graph.box_hierarchy import nesting_of
from gradviz.model.graph.graph import Graph

ARROW = 7.0
"""Length and width of an arrowhead."""
CHUNK = 128
"""Edges that are drawn as one path where they are too small to be distinguished."""


class EdgeLines:
    """The E edges of one placement, made into paths when they are first asked for."""

    def __init__(self, placement: Placement) -> None:
        self._placement = placement
        self._paths: dict[int, QPainterPath] = {}
        self._segments: dict[tuple[int, float], list[QLineF]] = {}
        self._last: tuple[tuple[int, ...], float, tuple[list[QLineF], QPainterPath]] = (), 0.0, ([], QPainterPath())
        self._heads: dict[int, QPolygonF] = {}
        self._turned: dict[int, tuple[QPainterPath, QPolygonF]] = {}

    @cached_property
    def bounds(self) -> npt.NDArray[np.float32]:
        """(E, 4) rectangle around each edge's control points and label."""
        starts = self._placement.edge_start[:-1]
        if not len(starts):
            return np.zeros((0, 4), np.float32)
        low = np.minimum.reduceat(self._placement.points, starts) - ARROW
        high = np.maximum.reduceat(self._placement.points, starts) + ARROW
        label = self._placement.label_position
        has = ~np.isnan(label[:, 0])
        high[has] = np.maximum(high[has], label[has] + (190, 10))
        low[has] = np.minimum(low[has], label[has] - (110, 10))  # a norm may be before the shape
        return np.hstack([low, high - low]).astype(np.float32)

    @cached_property
    def _tips(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """(E, 2) tips of the arrowheads and (E, 2) unit vectors towards them."""
        last = self._placement.edge_start[1:] - 1
        tip = self._placement.points[last].astype(np.float64)
        way = tip - self._placement.points[last - 1]
        flat = np.hypot(way[:, 0], way[:, 1]) < 1e-3
        way[flat] = tip[flat] - self._placement.points[self._placement.edge_start[:-1][flat]]
        length = np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-6)
        return tip, way / length[:, None]

    def path(self, edge: int) -> QPainterPath:
        """Return the line of an edge, ending inside its arrowhead."""
        path = self._paths.get(edge)
        if path is None:
            path = self._paths[edge] = self._traced(edge)
        return path

    def together(self, edges: tuple[int, ...], detail: float) -> tuple[list[QLineF], QPainterPath]:
        """Return the lines of edges as straight pieces, which look like the curves up to a zoom of `detail`, and their
        arrowheads as one path.

        Qt paints pieces several times as quickly as a path that is wider than a pixel. Those of the last edges are
        kept: most paintings show the same ones.
        """
        if self._last[:2] != (edges, detail):
            heads = QPainterPath()
            heads.setFillRule(Qt.FillRule.WindingFill)
            for edge in edges:
                heads.addPolygon(self.arrowhead(edge))
                heads.closeSubpath()
            pieces = [piece for edge in edges for piece in self._pieces(edge, detail)]
            self._last = edges, detail, (pieces, heads)
        return self._last[2]

    def _pieces(self, edge: int, detail: float) -> list[QLineF]:
        found = self._segments.get((edge, detail))
        if found is None:
            (polygon,) = self.path(edge).toSubpathPolygons(QTransform.fromScale(detail, detail))
            points = [point / detail for point in polygon.toList()]
            found = self._segments[edge, detail] = [QLineF(*ends) for ends in pairwise(points)]
        return found

    def _traced(self, edge: int) -> QPainterPath:
        first, stop = self._placement.edge_start[edge : edge + 2].tolist()
        points = self._placement.points[first:stop].tolist()
        way = self._tips[1][edge] * (ARROW - 1.5)
        points[-1] = [points[-1][0] - way[0], points[-1][1] - way[1]]
        if len(points) > 2:
            points[-2] = [points[-2][0] - way[0], points[-2][1] - way[1]]
        return _curve(points)

    def arrowhead(self, edge: int, scale: float = 1.0) -> QPolygonF:
        """Return the triangle at an edge's end."""
        head = self._heads.get(edge) if scale == 1.0 else None
        if head is None:
            tips, ways = self._tips
            head = _triangle(tips[edge].tolist(), ways[edge].tolist(), ARROW * scale, ARROW * scale / 2)
            if scale == 1.0:
                self._heads[edge] = head
        return head

    def turned(self, edge: int) -> tuple[QPainterPath, QPolygonF]:
        """Return the line and the arrowhead of an edge along which something runs back to where it comes from."""
        found = self._turned.get(edge)
        if found is None:
            found = self._turned[edge] = self._turn(edge)
        return found

    def _turn(self, edge: int) -> tuple[QPainterPath, QPolygonF]:
        first, stop = self._placement.edge_start[edge : edge + 2].tolist()
        points = self._placement.points[first:stop].astype(np.float64)
        tip = points[0].copy()
        way = tip - points[1]
        if np.hypot(*way) < 1e-3:
            way = tip - points[-1]
        way /= max(float(np.hypot(*way)), 1e-6)
        for i in (0, 1) if len(points) > 2 else (0,):
            points[i] -= way * (ARROW - 1.5)
        return _curve(points.tolist()), _triangle(tip.tolist(), way.tolist(), ARROW * 1.15, ARROW * 0.6)

    @cached_property
    def chunks(self) -> tuple[npt.NDArray[np.float32], list[QPainterPath]]:
        """Bounds and paths of groups of `CHUNK` successive edges, for small zooms."""
        bounds = self.bounds
        count = len(bounds)
        if not count:
            return np.zeros((0, 4), np.float32), []
        starts = np.arange(0, count, CHUNK)
        low = np.minimum.reduceat(bounds[:, :2], starts)
        high = np.maximum.reduceat(bounds[:, :2] + bounds[:, 2:], starts)
        paths = []
        for start in starts.tolist():
            path = QPainterPath()
            for edge in range(start, min(start + CHUNK, count)):
                path.addPath(self._traced(edge))
            paths.append(path)
        return np.hstack([low, high - low]).astype(np.float32), paths


Indices = npt.NDArray[np.intp]


def _curve(points: list[list[float]]) -> QPainterPath:
    """Return the line from the first point by the cubic curves of the others, three points each."""
    path = QPainterPath(QPointF(*points[0]))
    for i in range(1, len(points) - 2, 3):
        path.cubicTo(*points[i], *points[i + 1], *points[i + 2])
    return path


def _triangle(tip: list[float], way: list[float], back: float, half: float) -> QPolygonF:
    """Return an arrowhead with its tip at `tip` along the unit vector `way`, `back` long and twice `half` wide."""
    (x, y), (u, v) = tip, way
    left = QPointF(x - u * back - v * half, y - v * back + u * half)
    right = QPointF(x - u * back + v * half, y - v * back - u * half)
    return QPolygonF([QPointF(x, y), left, right])


class PlacedArrays:
    """One placed graph. B boxes, C open clusters, E edges; all lengths in scene units."""

    def __init__(self, graph: Graph, placement: Placement) -> None:
        self.graph = graph
        self.placement = placement
        self.lines = EdgeLines(placement)
        self.labels = EdgeLabels(graph, placement)
        # Made when they are first seen: of a large graph most never are.
        self._titles: dict[int, str] = {}
        self._subtitles: dict[int, str] = {}
        self._numbers: dict[int, dict[int, int]] = {}
        count = len(placement.box_node)
        self.rect: npt.NDArray[np.float32] = np.round(placement.box_rect).reshape(count, 4).astype(np.float32)
        self.cluster_rect = np.round(placement.cluster_rect).reshape(-1, 4).astype(np.float32)
        several = placement.box_count if len(placement.box_count) == count else np.ones(count, np.int32)
        self.box_count: npt.NDArray[np.int32] = several
        """(B,) how many siblings, turns of a loop or views a box represents."""
        self.group = placement.box_group if len(placement.box_group) == count else np.full(count, -1, np.int32)
        """(B,) the group of `model.folding` that a box of several belongs to; -1 for others."""
        self.folded: npt.NDArray[np.bool_] = (placement.box_cluster >= 0) | (self.group >= 0)
        self.node_at = np.array(
            [
                -1 if folded else graph.index[n]
                for n, folded in zip(placement.box_node.tolist(), self.folded.tolist(), strict=True)
            ],
            np.intp,
        ).reshape(count)
        nodes = graph.nodes
        self.kind: npt.NDArray[np.uint8] = np.array(
            [BoxKind.CLUSTER if node < 0 else kind_of(nodes[node], graph.frozen) for node in self.node_at.tolist()],
            np.uint8,
        ).reshape(count)
        self.kind[placement.box_badge] = BoxKind.BADGE
        self.kind[self.group >= 0] = BoxKind.FUNCTION
        self.kind[self.folded & (placement.box_cluster >= 0) & (self.box_count > 1)] = BoxKind.STACK

    def __len__(self) -> int:
        return len(self.rect)

    @property
    def width(self) -> float:
        """Width of the whole drawing."""
        return self.placement.width

    @property
    def height(self) -> float:
        """Height of the whole drawing."""
        return self.placement.height

    def title(self, box: int) -> str:
        """Return first line of a box."""
        title = self._titles.get(box)
        if title is None:
            title = self._titles[box] = self._title(box)
        return title

    def _title(self, box: int) -> str:
        if self.placement.box_title:
            return self.placement.box_title[box]
        if self.kind[box] == BoxKind.CLUSTER:
            return box_texts.cluster_title(self.graph, int(self.placement.box_cluster[box]))
        return self.graph.nodes[int(self.node_at[box])].name

    def subtitle(self, box: int) -> str:
        """Return second line of a box, empty for none."""
        subtitle = self._subtitles.get(box)
        if subtitle is None:
            subtitle = self._subtitles[box] = self._subtitle(box)
        return subtitle

    def _subtitle(self, box: int) -> str:
        if self.placement.box_subtitle:
            return self.placement.box_subtitle[box]
        if self.kind[box] == BoxKind.CLUSTER:
            return self.graph.clusters[int(self.placement.box_cluster[box])].class_name
        if self.placement.box_compact[box] or self.placement.box_badge[box]:
            return ""
        return box_texts.box_subtitle(self.graph, self.graph.nodes[self.node_at[box]])

    def cluster_title(self, row: int) -> str:
        """Return name in the header of the open cluster in this row of `cluster_rect`."""
        if self.placement.cluster_title:
            return self.placement.cluster_title[row]
        return box_texts.cluster_title(self.graph, int(self.placement.cluster_id[row]))

    def boxes_in(self, area: Rect) -> Indices:
        """Return boxes that touch `area`, in drawing order."""
        return np.nonzero(_touching(self.rect, area))[0]

    def clusters_in(self, area: Rect) -> Indices:
        """Return open clusters that touch `area`, parents before children."""
        return np.nonzero(_touching(self.cluster_rect, area))[0]

    def edges_in(self, area: Rect) -> Indices:
        """Return edges whose bounds touch `area`."""
        return np.nonzero(_touching(self.lines.bounds, area))[0]

    def box_at(self, x: float, y: float, slack: float = 0.0) -> int | None:
        """Return the box under (x, y), the last drawn if several are; None beside all. `slack` widens each box."""
        left, top, width, height = self.rect.T
        inside = (x >= left - slack) & (x <= left + width + slack) & (y >= top - slack) & (y <= top + height + slack)
        hits = np.nonzero(inside)[0]
        return int(hits[-1]) if len(hits) else None

    def header_at(self, x: float, y: float) -> int | None:
        """Return the open cluster (its id) whose header is under (x, y), the innermost if several are."""
        left, top, width, _ = self.cluster_rect.T
        inside = (x >= left) & (x <= left + width) & (y >= top) & (y <= top + m.CLUSTER_HEADER)
        hits = np.nonzero(inside)[0]
        return int(self.placement.cluster_id[hits[-1]]) if len(hits) else None

    def rect_of_cluster(self, cluster_id: int) -> Rect | None:
        """Return the rectangle of an open cluster; None if it is not drawn open."""
        hits = np.nonzero(self.placement.cluster_id == cluster_id)[0]
        if not len(hits):
            return None
        x, y, width, height = self.cluster_rect[hits[0]].tolist()
        return x, y, width, height

    @property
    def cluster_counts(self) -> list[int]:
        """Nodes inside each cluster of the graph, at any depth."""
        return nesting_of(self.graph).counts

    @cached_property
    def cluster_parent_row(self) -> Indices:
        """(C,) row of the open cluster around each open cluster, -1 for none."""
        rows = {cluster: row for row, cluster in enumerate(self.placement.cluster_id.tolist())}
        nesting = nesting_of(self.graph)
        parents = [rows.get(nesting.parent(cluster), -1) for cluster in rows]
        return np.array(parents, np.intp).reshape(len(rows))

    @cached_property
    def qrects(self) -> list[QRectF]:
        """The boxes as Qt needs them, for painting many at once."""
        return [QRectF(*rect) for rect in self.rect.tolist()]


def _touching(rects: npt.NDArray[np.float32], area: Rect) -> npt.NDArray[np.bool_]:
    x, y, width, height = area
    left, top, w, h = rects.T
    touches: npt.NDArray[np.bool_] = (left <= x + width) & (left + w >= x) & (top <= y + height) & (top + h >= y)
    return touches
