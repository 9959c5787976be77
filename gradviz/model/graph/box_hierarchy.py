"""Decides which modules of a graph are drawn as boxes, in which of them each node lies, and which leaves are badges."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from gradviz.model.graph.graph import Graph

LEAVES = ("parameter", "leaf", "stub", "data")
BADGE_USES = 7
"""A leaf with at least this many uses is drawn as a badge at each of them."""
BADGE_SPAN = 24
"""So is one whose uses are at least this many nodes apart: an edge that long is harder to read than a name."""

Ints = npt.NDArray[np.int64]


class Nesting:
    """The boxes of one graph, whatever is folded. A box is a module call that is drawn; -1 is the top.

    Not drawn are the whole model, a module that holds nothing but one other (`wrapper`), one that holds a single node
    (`lone`: it *is* that node) and one that holds nothing (`empty`).
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.depth = self._depths()
        """Per cluster, how many enclose it."""
        self.is_leaf: npt.NDArray[np.bool_] = np.array([node.kind in LEAVES for node in graph.nodes], dtype=np.bool_)
        """(N,) by position in `graph.nodes`."""
        uses = self._uses()
        self.badges = frozenset(graph.nodes[i].id for i, targets in uses.items() if _is_badge(targets))
        """Ids of the leaves that are drawn once beside each of their uses."""
        self.raw = self._raw_homes(uses)
        """Per node (by position), the innermost module call it belongs to, drawn or not."""
        self.manner = self._manners()
        """Per cluster `box`, `lone`, `wrapper` or `empty`."""
        self.nearest = self._nearest_boxes()
        """Per cluster, itself if it is a box, else the box around it."""
        self.home: Ints = np.append(np.array(self.nearest, dtype=np.int64), -1)[np.array(self.raw, dtype=np.int64)]
        """(N,) the box that each node lies in directly."""

    def box(self, cluster: int) -> int:
        """Return the innermost box around a cluster, itself included."""
        return -1 if cluster == -1 else self.nearest[cluster]

    def parent(self, cluster: int) -> int:
        """Return the innermost box around a cluster, without itself."""
        return self.box(self.graph.clusters[cluster].parent)

    def cluster_of_lone(self, node_id: int) -> int:
        """Return the cluster whose only node this is, and which is therefore not drawn; -1 for none."""
        raw = self.raw[self.graph.index[node_id]]
        return raw if raw != -1 and self.manner[raw] == "lone" else -1

    @cached_property
    def boxes(self) -> list[int]:
        """Return all boxes, parents before children."""
        return [c for c in self._outermost_first() if self.manner[c] == "box"]

    @cached_property
    def box_depth(self) -> dict[int, int]:
        """Return, for each box, how many boxes enclose it."""
        depth = {-1: -1}
        for box in self.boxes:
            depth[box] = depth[self.parent(box)] + 1
        del depth[-1]
        return depth

    @cached_property
    def counts(self) -> list[int]:
        """Return, per cluster, the number of nodes inside it and inside the clusters it holds."""
        counts = np.bincount(np.array(self.raw, dtype=np.int64) + 1, minlength=len(self.depth) + 1)[1:].tolist()
        for c in reversed(self._outermost_first()):
            parent = self.graph.clusters[c].parent
            if parent != -1:
                counts[parent] += counts[c]
        return list(counts)

    def _outermost_first(self) -> list[int]:
        return sorted(range(len(self.depth)), key=self.depth.__getitem__)

    def _depths(self) -> list[int]:
        parents = [cluster.parent for cluster in self.graph.clusters]
        depths = [-1] * len(parents)
        for c in range(len(parents)):
            way = []
            while c != -1 and depths[c] == -1:
                way.append(c)
                c = parents[c]
            depth = 0 if c == -1 else depths[c] + 1
            for c in reversed(way):
                depths[c] = depth
                depth += 1
        return depths

    def _uses(self) -> dict[int, list[int]]:
        """Return the positions of the nodes that use each leaf, by its position."""
        uses: dict[int, list[int]] = {i: [] for i in np.flatnonzero(self.is_leaf).tolist()}
        sources, targets = self.graph.edge_ends
        leaf_edges = np.flatnonzero(self.is_leaf[sources]) if len(sources) else np.zeros(0, dtype=np.int64)
        for source, target in zip(sources[leaf_edges].tolist(), targets[leaf_edges].tolist(), strict=True):
            uses[source].append(target)
        return uses

    def _raw_homes(self, uses: dict[int, list[int]]) -> list[int]:
        nodes = self.graph.nodes
        homes = [node.cluster for node in nodes]
        for i, targets in uses.items():
            homes[i] = -1 if nodes[i].kind == "data" else self._innermost_around({nodes[t].cluster for t in targets})
        return homes

    def _innermost_around(self, clusters: set[int]) -> int:
        # The innermost cluster around all of them.
        found: int | None = None
        for cluster in clusters:
            if found is None:
                found = cluster
            while found != cluster:
                if found == -1 or cluster == -1:
                    return -1
                if self.depth[found] >= self.depth[cluster]:
                    found = self.graph.clusters[found].parent
                else:
                    cluster = self.graph.clusters[cluster].parent
        return -1 if found is None else found

    def _manners(self) -> list[str]:
        clusters, index = self.graph.clusters, self.graph.index
        count = len(clusters)
        inside = np.bincount(np.array(self.raw, dtype=np.int64) + 1, minlength=count + 1)[1:].tolist()
        for badge in self.badges:
            home = self.raw[index[badge]]
            if home != -1:
                inside[home] -= 1
        boxes = [0] * count
        manners = [""] * count
        for c in reversed(self._outermost_first()):
            cluster = clusters[c]
            whole = cluster.parent == -1 and cluster.path == "" and cluster.uses == 1
            if cluster.kind == "region" and (inside[c] or boxes[c]):
                manners[c] = "box"  # its name adds something that the modules in it do not show
            elif whole or (inside[c] == 0 and boxes[c] == 1):
                manners[c] = "wrapper"
            elif boxes[c] == 0 and inside[c] <= 1:
                manners[c] = "lone" if inside[c] else "empty"
            else:
                manners[c] = "box"
            if cluster.parent != -1:
                inside[cluster.parent] += manners[c] == "lone"
                boxes[cluster.parent] += manners[c] in ("box", "wrapper")
        return manners

    def _nearest_boxes(self) -> list[int]:
        nearest = [-1] * len(self.manner)
        for c in self._outermost_first():
            parent = self.graph.clusters[c].parent
            nearest[c] = c if self.manner[c] == "box" else (-1 if parent == -1 else nearest[parent])
        return nearest


def _is_badge(targets: list[int]) -> bool:
    return len(targets) >= BADGE_USES or (len(targets) > 1 and max(targets) - min(targets) > BADGE_SPAN)


def nesting_of(graph: Graph) -> Nesting:
    """Return the nesting of a graph, computed once."""
    return graph.derive(Nesting)
