"""A graph and its placement resolved into arrays that can be painted and asked what is where."""

from __future__ import annotations

from enum import IntEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF

from gradviz.gui.scene.camera import Rect
from gradviz.gui.scene.edge_lines import EdgeLines
from gradviz.layout import labels
from gradviz.layout import measures as m
from gradviz.layout.placement import Placement
from gradviz.model.graph import Graph

Indices = npt.NDArray[np.intp]


class BoxKind(IntEnum):
    """What a box looks like."""

    FUNCTION = 0
    CUSTOM = 1
    PARAMETER = 2
    LEAF = 3
    DATA = 4
    STUB = 5
    OPAQUE = 6
    LOSS = 7
    BADGE = 8
    CLUSTER = 9


_KINDS = {
    "function": BoxKind.FUNCTION,
    "op": BoxKind.FUNCTION,
    "custom": BoxKind.CUSTOM,
    "parameter": BoxKind.PARAMETER,
    "leaf": BoxKind.LEAF,
    "data": BoxKind.DATA,
    "stub": BoxKind.STUB,
    "opaque": BoxKind.OPAQUE,
    "loss": BoxKind.LOSS,
    "output": BoxKind.LOSS,
}


class Drawing:
    """One placed graph. B boxes, C open clusters, E edges; all lengths in scene units."""

    def __init__(self, graph: Graph, placement: Placement) -> None:
        self.graph = graph
        self.placement = placement
        self.lines = EdgeLines(placement)
        count = len(placement.box_node)
        self.rect: npt.NDArray[np.float32] = np.round(placement.box_rect).reshape(count, 4).astype(np.float32)
        self.cluster_rect = np.round(placement.cluster_rect).reshape(-1, 4).astype(np.float32)
        self.folded = placement.box_cluster >= 0
        self.node_at = np.array(
            [
                -1 if folded else graph.index[n]
                for n, folded in zip(placement.box_node.tolist(), self.folded, strict=True)
            ],
            np.intp,
        ).reshape(count)
        kinds = np.array([_KINDS[node.kind] for node in graph.nodes], np.uint8)
        self.kind = kinds[self.node_at] if len(kinds) else np.zeros(count, np.uint8)
        self.kind[placement.box_badge] = BoxKind.BADGE
        self.kind[self.folded] = BoxKind.CLUSTER
        self.kind = self.kind.astype(np.uint8)

    def __len__(self) -> int:
        return len(self.rect)

    @property
    def width(self) -> float:
        return self.placement.width

    @property
    def height(self) -> float:
        return self.placement.height

    # Words

    def title(self, box: int) -> str:
        """First line of a box."""
        if self.placement.box_title:
            return self.placement.box_title[box]
        if self.folded[box]:
            return labels.cluster_title(self.graph, int(self.placement.box_cluster[box]))
        return self.graph.nodes[self.node_at[box]].name

    def subtitle(self, box: int) -> str:
        """Second line of a box, empty for none."""
        if self.placement.box_subtitle:
            return self.placement.box_subtitle[box]
        if self.folded[box]:
            return self.graph.clusters[int(self.placement.box_cluster[box])].class_name
        if self.placement.box_compact[box] or self.placement.box_badge[box]:
            return ""
        return labels.box_subtitle(self.graph, self.graph.nodes[self.node_at[box]])

    def cluster_title(self, row: int) -> str:
        """Name in the header of the open cluster in this row of `cluster_rect`."""
        if self.placement.cluster_title:
            return self.placement.cluster_title[row]
        return labels.cluster_title(self.graph, int(self.placement.cluster_id[row]))

    def edge_label(self, edge: int) -> str:
        """Text beside an edge, empty for none."""
        if self.placement.edge_label:
            return self.placement.edge_label[edge]
        count = int(self.placement.edge_count[edge])
        return labels.edge_label(self.graph, self.graph.edges[self.placement.edge_index[edge]], count)

    # What is where

    def boxes_in(self, area: Rect) -> Indices:
        """Boxes that touch `area`, in drawing order."""
        return np.nonzero(_touching(self.rect, area))[0]

    def clusters_in(self, area: Rect) -> Indices:
        """Open clusters that touch `area`, parents before children."""
        return np.nonzero(_touching(self.cluster_rect, area))[0]

    def edges_in(self, area: Rect) -> Indices:
        """Edges whose bounds touch `area`."""
        return np.nonzero(_touching(self.lines.bounds, area))[0]

    def box_at(self, x: float, y: float, slack: float = 0.0) -> int | None:
        """The box under (x, y), the last drawn if several are; None beside all. `slack` widens each box."""
        left, top, width, height = self.rect.T
        inside = (x >= left - slack) & (x <= left + width + slack) & (y >= top - slack) & (y <= top + height + slack)
        hits = np.nonzero(inside)[0]
        return int(hits[-1]) if len(hits) else None

    def header_at(self, x: float, y: float) -> int | None:
        """The open cluster (its id) whose header is under (x, y), the innermost if several are."""
        left, top, width, _ = self.cluster_rect.T
        inside = (x >= left) & (x <= left + width) & (y >= top) & (y <= top + m.CLUSTER_HEADER)
        hits = np.nonzero(inside)[0]
        return int(self.placement.cluster_id[hits[-1]]) if len(hits) else None

    def box_of(self, node_id: int) -> int | None:
        """The box that shows a node: its own, its first badge, or the folded cluster that hides it."""
        own = self._boxes.get(node_id)
        if own is not None or node_id not in self.graph:
            return own
        for cluster in reversed(self.graph.cluster_path(self.graph.node(node_id).cluster)):
            if cluster in self._folded_boxes:
                return self._folded_boxes[cluster]
        return None

    def place_of_cluster(self, cluster_id: int) -> tuple[float, float] | None:
        """Top left of a cluster, open or folded; None where it is inside a folded one."""
        if cluster_id in self._folded_boxes:
            x, y = self.rect[self._folded_boxes[cluster_id], :2].tolist()
            return x, y
        hits = np.nonzero(self.placement.cluster_id == cluster_id)[0]
        if not len(hits):
            return None
        x, y = self.cluster_rect[hits[0], :2].tolist()
        return x, y

    @cached_property
    def _boxes(self) -> dict[int, int]:
        table: dict[int, int] = {}
        badges = self.placement.box_badge.tolist()
        for box, node in enumerate(self.placement.box_node.tolist()):
            if not self.folded[box] and (node not in table or badges[table[node]]):
                table[node] = box
        return table

    @cached_property
    def _folded_boxes(self) -> dict[int, int]:
        return {int(self.placement.box_cluster[box]): int(box) for box in np.nonzero(self.folded)[0]}

    # Clusters

    @cached_property
    def cluster_counts(self) -> list[int]:
        """Nodes inside each cluster of the graph, at any depth."""
        counts = [len(self.graph.cluster_nodes[i]) for i in range(len(self.graph.clusters))]
        for i in range(len(counts) - 1, -1, -1):  # children stand after their parents
            parent = self.graph.clusters[i].parent
            if parent != -1:
                counts[parent] += counts[i]
        return counts

    @cached_property
    def box_cluster_row(self) -> Indices:
        """(B,) row in `cluster_rect` of the innermost open cluster around each box, -1 for none."""
        rows = {cluster: row for row, cluster in enumerate(self.placement.cluster_id.tolist())}
        clusters = self.graph.clusters
        nodes = self.graph.nodes
        result = []
        for box, node in enumerate(self.node_at.tolist()):
            if node < 0:
                inner = clusters[int(self.placement.box_cluster[box])].parent
            else:
                inner = nodes[node].cluster
                x, y = self.rect[box, :2].tolist()
                while inner in rows and not _holds(self.cluster_rect[rows[inner]], x, y):
                    inner = clusters[inner].parent  # a shared leaf is drawn outside the module that owns it
            while inner != -1 and inner not in rows:
                inner = clusters[inner].parent
            result.append(rows.get(inner, -1))
        return np.array(result, np.intp).reshape(len(self))

    @cached_property
    def cluster_parent_row(self) -> Indices:
        """(C,) row of the open cluster around each open cluster, -1 for none."""
        rows = {cluster: row for row, cluster in enumerate(self.placement.cluster_id.tolist())}
        parents = [rows.get(self.graph.clusters[cluster].parent, -1) for cluster in rows]
        return np.array(parents, np.intp).reshape(len(rows))

    @cached_property
    def qrects(self) -> list[QRectF]:
        """The boxes as Qt wants them, for painting many at once."""
        return [QRectF(*rect) for rect in self.rect.tolist()]


def _touching(rects: npt.NDArray[np.float32], area: Rect) -> npt.NDArray[np.bool_]:
    x, y, width, height = area
    left, top, w, h = rects.T
    return (left <= x + width) & (left + w >= x) & (top <= y + height) & (top + h >= y)


def _holds(rect: npt.NDArray[np.float32], x: float, y: float) -> bool:
    left, top, width, height = rect.tolist()
    return left <= x <= left + width and top <= y <= top + height
