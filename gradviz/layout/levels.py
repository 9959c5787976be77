"""Takes a graph apart into levels (the inside of one open cluster each) and its edges into links within a level."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from gradviz.layout import labels
from gradviz.layout import measures as m
from gradviz.layout.homes import LEAVES, Homes
from gradviz.layout.shape import IN, OUT, ItemKind, Link
from gradviz.layout.sizes import Box, badge_box, folded_box, node_box, widest_function
from gradviz.layout.text import width
from gradviz.model.graph import Graph
from gradviz.protocol.records import NodeRecord


@dataclass(frozen=True, slots=True)
class DrawnBox:
    """A node, a badge or a folded cluster, and the cluster it is drawn in."""

    node: int
    cluster: int
    badge: bool
    level: int
    kind: ItemKind
    box: Box


@dataclass(slots=True)
class Level:
    """What lies directly in one open cluster (-1: in none). An item is a box's number, or ~id of an open cluster."""

    cluster: int
    parent: int
    depth: int
    items: list[int] = field(default_factory=list)
    place: dict[int, int] = field(default_factory=dict)
    """Item → position in `items`."""
    links: dict[Link, int] = field(default_factory=dict)
    label_widths: dict[int, float] = field(default_factory=dict)
    """Link number → width of the label it carries."""
    in_ports: dict[tuple[int, int], int] = field(default_factory=dict)
    """(source box, output_nr) → number of the port where its edges enter."""
    out_ports: dict[tuple[int, int], int] = field(default_factory=dict)
    """(source box, output_nr) → number of the port where its edges leave."""


@dataclass(frozen=True, slots=True)
class Route:
    """One drawn edge: the links it runs along, in order, as (cluster of the level, link number)."""

    source: int
    target: int
    edge: int
    count: int
    label: str
    steps: tuple[tuple[int, int], ...]
    crown: int
    """Which of the steps lies in the level that holds both ends: there the label stands."""


class Levels:
    """A graph taken apart. `boxes` are in order of execution."""

    def __init__(self, graph: Graph, open_clusters: Collection[int] | None = None) -> None:
        self.graph = graph
        self.homes = Homes(graph, open_clusters)
        self.large = len(graph) >= m.LARGE_GRAPH
        self.boxes: list[DrawnBox] = []
        self.levels: dict[int, Level] = {-1: Level(-1, -1, 0)}
        for cluster in self.homes.box_clusters:
            if self.homes.folded(cluster) == -1:
                parent = self.levels[self.homes.parent(cluster)]
                self.levels[cluster] = Level(cluster, parent.cluster, parent.depth + 1)
        self._box_of_node: dict[int, int] = {}
        self._make_boxes()
        self._fill_levels()
        self.routes = [self._route(*group) for group in self._groups()]

    # Boxes

    def _make_boxes(self) -> None:
        least = 0.0 if self.large else widest_function(self.graph)
        folded: dict[int, int] = {}
        for node in self.graph.nodes:
            home = self.homes.home(node.id)
            hidden = self.homes.folded(home)
            if node.id in self.homes.badges:
                continue
            if hidden == -1:
                self._box_of_node[node.id] = self._add(node, -1, home, least)
            else:
                if hidden not in folded:
                    folded[hidden] = self._add(None, hidden, self.homes.parent(hidden), least)
                self._box_of_node[node.id] = folded[hidden]

    def _add(self, node: NodeRecord | None, cluster: int, level: int, least: float) -> int:
        if node is None:
            title = labels.cluster_title(self.graph, cluster, level)
            box = folded_box(title, self.graph.clusters[cluster].class_name, self.node_count(cluster))
            self.boxes.append(DrawnBox(-1, cluster, False, level, "folded", box))
        else:
            title = labels.box_title(self.graph, node, level, self.homes.stands_for(node.id))
            box = node_box(node, title, labels.box_subtitle(self.graph, node), least=least, large=self.large)
            self.boxes.append(DrawnBox(node.id, -1, False, level, _kind(node), box))
        return len(self.boxes) - 1

    def node_count(self, cluster: int) -> int:
        """Nodes inside a cluster, those of the clusters in it included."""
        return self.homes.counts[cluster]

    def _badge(self, leaf: int, target: int, known: dict[tuple[int, int], int]) -> int:
        if (leaf, target) not in known:
            level = self.boxes[target].level
            title = labels.box_title(self.graph, self.graph.node(leaf), level)
            self.boxes.append(DrawnBox(leaf, -1, True, level, "badge", badge_box(title)))
            known[leaf, target] = len(self.boxes) - 1
        return known[leaf, target]

    def _fill_levels(self) -> None:
        # An open cluster takes the place of the first box inside it, so items stay in order of execution.
        self._badges: dict[tuple[int, int], int] = {}
        for edge in self.graph.edges:
            if edge.source in self.homes.badges:
                self._badge(edge.source, self._box_of_node[edge.target], self._badges)
        for number, box in enumerate(self.boxes):
            item, cluster = number, box.level
            while item not in (level := self.levels[cluster]).place:
                level.place[item] = len(level.items)
                level.items.append(item)
                if cluster == -1:
                    break
                item, cluster = ~cluster, level.parent

    # Edges

    def _groups(self) -> list[tuple[int, int, int, int, int]]:
        """(source box, target box, output_nr, first edge, count) of every drawn edge, in order of execution."""
        groups: dict[tuple[int, int, int], list[int]] = {}
        index = self.graph.index
        order = sorted(
            range(len(self.graph.edges)),
            key=lambda i: (index[self.graph.edges[i].target], self.graph.edges[i].input_nr),
        )
        for i in order:
            edge = self.graph.edges[i]
            target = self._box_of_node[edge.target]
            badge = edge.source in self.homes.badges
            source = self._badges[edge.source, target] if badge else self._box_of_node[edge.source]
            if source != target:
                output = edge.output_nr if self.boxes[source].cluster == -1 else 0
                groups.setdefault((source, target, output), []).append(i)
        return [(*key, edges[0], len(edges)) for key, edges in groups.items()]

    def _route(self, source: int, target: int, output: int, edge: int, count: int) -> Route:
        key = (source, output)
        lower, upper = self.boxes[source].level, self.boxes[target].level
        tail, head = (source, output), (target, 0)
        up: list[tuple[int, int]] = []
        down: list[tuple[int, int]] = []
        while lower != upper:
            if self.levels[lower].depth >= self.levels[upper].depth:
                level = self.levels[lower]
                port = level.out_ports.setdefault(key, len(level.out_ports))
                up.append((lower, _link(level, tail, None, port)))
                tail, lower = (~lower, port), level.parent
            else:
                level = self.levels[upper]
                port = level.in_ports.setdefault(key, len(level.in_ports))
                down.append((upper, _link(level, None, head, port)))
                head, upper = (~upper, port), level.parent
        level = self.levels[lower]
        number = _link(level, tail, head, 0)
        label = self._label(source, target, edge, count)
        if label:
            # Edges that share a link share its label: the first one carries it.
            if number in level.label_widths:
                label = ""
            else:
                level.label_widths[number] = width(label, "mono", m.LABEL_SIZE)
        return Route(source, target, edge, count, label, (*up, (lower, number), *reversed(down)), len(up))

    def _label(self, source: int, target: int, edge: int, count: int) -> str:
        if self.large or self.boxes[source].badge:
            return ""
        return labels.edge_label(self.graph, self.graph.edges[edge], count if self.boxes[source].cluster == -1 else 1)


def _link(level: Level, tail: tuple[int, int] | None, head: tuple[int, int] | None, port: int) -> int:
    # None stands for the level's own border: edges come from above it or leave below it.
    link = Link(
        IN if tail is None else level.place[tail[0]],
        port if tail is None else tail[1],
        OUT if head is None else level.place[head[0]],
        port if head is None else head[1],
    )
    return level.links.setdefault(link, len(level.links))


def _kind(node: NodeRecord) -> ItemKind:
    if node.kind in LEAVES:
        return "data" if node.kind == "data" else "leaf"
    if node.kind in ("loss", "output"):
        return "loss"
    return "view" if labels.is_view(node) else "op"
