"""A graph and its placement as arrays: what each box is, what is written on it, what lies where."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF

from gradviz.appearance.boxes import KINDS, BoxKind
from gradviz.gui.scene.data.camera import Rect
from gradviz.gui.scene.data.edge_geometry import EdgeLines
from gradviz.layout.geometry import box_texts
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry.placement import Placement
from gradviz.model.graph.box_hierarchy import nesting_of
from gradviz.model.graph.graph import Graph

Indices = npt.NDArray[np.intp]


class PlacedArrays:
    """One placed graph. B boxes, C open clusters, E edges; all lengths in scene units."""

    def __init__(self, graph: Graph, placement: Placement) -> None:
        self.graph = graph
        self.placement = placement
        self.lines = EdgeLines(placement)
        # Made when they are first seen: of a large graph most never are.
        self._labels: dict[int, str] = {}
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
            [BoxKind.CLUSTER if node < 0 else KINDS[nodes[node].kind] for node in self.node_at.tolist()], np.uint8
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

    def edge_label(self, edge: int) -> str:
        """Return text beside an edge, empty for none."""
        label = self._labels.get(edge)
        if label is None:
            label = self._labels[edge] = self._edge_label(edge)
        return label

    def _edge_label(self, edge: int) -> str:
        if self.placement.edge_label:
            return self.placement.edge_label[edge]
        count = int(self.placement.edge_count[edge])
        return box_texts.edge_label(self.graph, self.graph.edges[self.placement.edge_index[edge]], count)

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
