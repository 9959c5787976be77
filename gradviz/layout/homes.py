"""Decides where each node lives: which clusters are boxes, where a shared leaf stands, which leaves are badges."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property

from gradviz.layout import measures as m
from gradviz.model.graph import Graph

LEAVES = ("parameter", "leaf", "stub", "data")


class Homes:
    """Answers about one graph with the clusters `open_clusters` open (None: all of them)."""

    def __init__(self, graph: Graph, open_clusters: Collection[int] | None = None) -> None:
        self.graph = graph
        self._open = None if open_clusters is None else frozenset(open_clusters)
        clusters = graph.clusters
        self._depth = [len(graph.cluster_path(c)) for c in range(len(clusters))]
        self.badges = frozenset(node.id for node in graph.nodes if node.kind in LEAVES and self._is_badge(node.id))
        """Leaves that are drawn once beside each of their uses."""
        self._raw = {node.id: self._raw_home(node.id) for node in graph.nodes}
        self._manner = self._manners()
        self._box_of = [self._nearest_box(c) for c in range(len(clusters))]
        self._folded_at = [self._outermost_folded(c) for c in range(len(clusters))]

    # Clusters

    def parent(self, cluster: int) -> int:
        """The cluster box around a cluster box; -1 for none."""
        return self._box(self.graph.clusters[cluster].parent)

    def folded(self, cluster: int) -> int:
        """The outermost folded cluster that hides cluster box `cluster`, itself included; -1 for none."""
        return -1 if cluster == -1 else self._folded_at[cluster]

    @cached_property
    def box_clusters(self) -> list[int]:
        """Clusters that are drawn as boxes when nothing is folded, parents before children."""
        boxes = [c for c in range(len(self._manner)) if self._manner[c] == "box"]
        return sorted(boxes, key=lambda c: self._depth[c])

    def depth(self, cluster: int) -> int:
        """How many cluster boxes lie around a cluster box."""
        depth = 0
        while (cluster := self.parent(cluster)) != -1:
            depth += 1
        return depth

    # Nodes

    def home(self, node_id: int) -> int:
        """The cluster box that a node lies in directly when nothing is folded; -1 for the top."""
        return self._box(self._raw[node_id])

    def stands_for(self, node_id: int) -> int:
        """The cluster whose only node this is, and which is therefore not drawn; -1 for none."""
        raw = self._raw[node_id]
        return raw if raw != -1 and self._manner[raw] == "lone" else -1

    @cached_property
    def counts(self) -> list[int]:
        """Per cluster, the nodes inside it and inside the clusters it holds."""
        counts = [0] * len(self._depth)
        for home in self._raw.values():
            while home != -1:
                counts[home] += 1
                home = self.graph.clusters[home].parent
        return counts

    def _box(self, cluster: int) -> int:
        return -1 if cluster == -1 else self._box_of[cluster]

    def _is_badge(self, leaf: int) -> bool:
        edges = self.graph.outgoing[leaf]
        if len(edges) < 2:
            return False
        places = [self.graph.index[edge.target] for edge in edges]
        return len(edges) >= m.BADGE_USES or max(places) - min(places) > m.BADGE_SPAN

    def _raw_home(self, node_id: int) -> int:
        node = self.graph.node(node_id)
        if node.kind == "data":
            return -1
        if node.kind not in LEAVES:
            return node.cluster
        return self._shared(self.graph.node(edge.target).cluster for edge in self.graph.outgoing[node_id])

    def _shared(self, clusters: Iterable[int]) -> int:
        # The innermost cluster around all of them.
        found: int | None = None
        for cluster in clusters:
            if found is None:
                found = cluster
            while found != cluster:
                if found == -1 or cluster == -1:
                    return -1
                if self._depth[found] >= self._depth[cluster]:
                    found = self.graph.clusters[found].parent
                else:
                    cluster = self.graph.clusters[cluster].parent
        return -1 if found is None else found

    def _manners(self) -> list[str]:
        """Per cluster `box`, `lone` (holds one node: is that node), `wrapper` (holds one cluster) or `empty`."""
        clusters = self.graph.clusters
        nodes = [0] * len(clusters)
        boxes = [0] * len(clusters)
        for node_id, home in self._raw.items():
            if home != -1 and node_id not in self.badges:
                nodes[home] += 1
        manners = [""] * len(clusters)
        for c in sorted(range(len(clusters)), key=lambda c: -self._depth[c]):
            cluster = clusters[c]
            whole = cluster.parent == -1 and cluster.path == "" and cluster.uses == 1
            if whole or (nodes[c] == 0 and boxes[c] == 1):
                manners[c] = "wrapper"
            elif boxes[c] == 0 and nodes[c] <= 1:
                manners[c] = "lone" if nodes[c] else "empty"
            else:
                manners[c] = "box"
            if cluster.parent != -1:
                nodes[cluster.parent] += manners[c] == "lone"
                boxes[cluster.parent] += manners[c] in ("box", "wrapper")
        return manners

    def _nearest_box(self, cluster: int) -> int:
        while cluster != -1 and self._manner[cluster] != "box":
            cluster = self.graph.clusters[cluster].parent
        return cluster

    def _outermost_folded(self, cluster: int) -> int:
        found = -1
        while cluster != -1:
            if self._open is not None and self._manner[cluster] == "box" and cluster not in self._open:
                found = cluster
            cluster = self.graph.clusters[cluster].parent
        return found
