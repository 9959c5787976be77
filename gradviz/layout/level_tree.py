"""Division of a graph into levels (one per open cluster) and of its edges into links within a level."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from gradviz.layout.geometry import box_texts
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry import stack_geometry as stacks
from gradviz.layout.geometry.box_texts import (
    Box,
    badge_box,
    folded_box,
    node_box,
    several_box,
    stack_box,
    widest_function,
)
from gradviz.layout.geometry.placement import IN, OUT, ItemKind, LevelLink
from gradviz.layout.geometry.text_metrics import width
from gradviz.model.graph.box_hierarchy import LEAVES
from gradviz.model.graph.folding import Folded, folding_of, stack_range, stack_subtitle, stack_title
from gradviz.model.graph.graph import Graph
from gradviz.protocol.records import NodeRecord


@dataclass(frozen=True, slots=True)
class DrawnBox:
    """A node, a badge, a folded cluster or a box of several, and the cluster it is drawn in."""

    node: int
    cluster: int
    badge: bool
    level: int
    kind: ItemKind
    box: Box
    count: int = 1
    group: int = -1

    @property
    def room(self) -> tuple[float, float]:
        """Width and height that the layout keeps free for it; a stack's card is in the middle of its width."""
        if self.kind != "stack":
            return self.box.width, self.box.height
        behind = stacks.CARDS * stacks.OFFSET
        return self.box.width + 2 * behind, self.box.height + behind


@dataclass(slots=True)
class Level:
    """What lies directly in one open cluster (-1: in none). An item is a box's number, or ~id of an open cluster."""

    cluster: int
    parent: int
    depth: int
    items: list[int] = field(default_factory=list)
    place: dict[int, int] = field(default_factory=dict)
    """Item → position in `items`."""
    links: dict[LevelLink, int] = field(default_factory=dict)
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
    """Which of the steps lies in the level that holds both ends: there the label is."""


class LevelTree:
    """A graph divided into levels. `boxes` are in order of execution."""

    def __init__(self, graph: Graph, open_clusters: Collection[int] | None = None) -> None:
        self.graph = graph
        self.folded = Folded(folding_of(graph), open_clusters)
        self.nesting = self.folded.nesting
        self.large = len(graph) >= m.LARGE_GRAPH
        self.boxes: list[DrawnBox] = []
        self.levels: dict[int, Level] = {-1: Level(-1, -1, 0)}
        for cluster in self.nesting.boxes:
            if self.folded.is_open(cluster):
                parent = self.levels[self.nesting.parent(cluster)]
                self.levels[cluster] = Level(cluster, parent.cluster, parent.depth + 1)
        self.ranges: dict[int, tuple[str, str]] = {}
        """Box of a stack → what its first and last sibling are called."""
        self._box_of_key: dict[int, int] = {}
        self._make_boxes()
        self._badges: dict[tuple[int, int], int] = {}
        self._ends = self._edges()
        self._fill_levels()
        self.routes = [self._route(*group) for group in self._groups()]

    # Boxes

    def _make_boxes(self) -> None:
        least = 0.0 if self.large else widest_function(self.graph)
        keys, firsts = np.unique(self.folded.key, return_index=True)
        order = np.argsort(firsts)
        badges, nodes = self.nesting.badges, self.graph.nodes
        for key in keys[order].tolist():
            if key >= len(nodes):
                drawn = self._folded_box(key)
            elif nodes[key].id in badges:
                continue
            else:
                drawn = self._node_box(key, least)
            self._box_of_key[key] = len(self.boxes)
            self.boxes.append(drawn)

    def _node_box(self, position: int, least: float) -> DrawnBox:
        node, level = self.graph.nodes[position], int(self.nesting.home[position])
        title = box_texts.box_title(self.graph, node, level, self.nesting.cluster_of_lone(node.id))
        box = node_box(node, title, box_texts.box_subtitle(self.graph, node), least=least, large=self.large)
        return DrawnBox(node.id, -1, False, level, _kind(node), box)

    def _folded_box(self, key: int) -> DrawnBox:
        cluster = self.folded.cluster_of(key)
        stack = self.folded.stacks.get(key)
        if stack is None:
            level = self.nesting.parent(cluster)
            title = box_texts.cluster_title(self.graph, cluster, level)
            class_name = self.graph.clusters[cluster].class_name
            box = folded_box(title, class_name, self.nesting.counts[cluster], large=self.large)
            return DrawnBox(-1, cluster, False, level, "folded", box)
        group = self.folded.folding.groups[stack.group]
        title = stack_title(self.graph, stack)
        if cluster == -1:
            first = self.graph.nodes[group.units[0][0]].id
            kind: ItemKind = "view" if group.kind == "views" else "op"
            return DrawnBox(first, -1, False, group.home, kind, several_box(title), stack.count, stack.group)
        self.ranges[len(self.boxes)] = stack_range(self.graph, stack)
        box = stack_box(title, stack_subtitle(self.graph, stack), stack.count)
        return DrawnBox(-1, cluster, False, group.home, "stack", box, stack.count, stack.group)

    def _badge(self, leaf: int, target: int) -> int:
        if (leaf, target) not in self._badges:
            level = self.boxes[target].level
            node = self.graph.nodes[leaf]
            title = box_texts.box_title(self.graph, node, level)
            self.boxes.append(DrawnBox(node.id, -1, True, level, "badge", badge_box(title)))
            self._badges[leaf, target] = len(self.boxes) - 1
        return self._badges[leaf, target]

    def _fill_levels(self) -> None:
        # An open cluster takes the place of the first box inside it, so items stay in order of execution.
        for number, box in enumerate(self.boxes):
            item, cluster = number, box.level
            while item not in (level := self.levels[cluster]).place:
                level.place[item] = len(level.items)
                level.items.append(item)
                if cluster == -1:
                    break
                item, cluster = ~cluster, level.parent

    @property
    def box_of_node(self) -> npt.NDArray[np.int64]:
        """(N,) by position in `graph.nodes`, the box that shows a node; -1 where only badges do."""
        box_of = np.full(int(self.folded.key.max(initial=-1)) + 1, -1, dtype=np.int64)
        box_of[list(self._box_of_key)] = list(self._box_of_key.values())
        return box_of[self.folded.key]

    # Edges

    def _edges(self) -> list[tuple[int, int, int]]:
        """Return (edge, source box, target box) of every drawn edge, in order of execution; make the badges."""
        sources, targets = self.graph.edge_ends
        slots = np.fromiter((edge.input_nr for edge in self.graph.edges), np.int64, len(self.graph.edges))
        order = np.lexsort((slots, targets))
        tails, heads = self.folded.key[sources[order]], self.folded.key[targets[order]]
        apart = tails != heads
        box_of = self._box_of_key
        result = []
        for edge, tail, head in zip(order[apart].tolist(), tails[apart].tolist(), heads[apart].tolist(), strict=True):
            target = box_of[head]
            source = box_of.get(tail)
            if source is None:
                if self._is_implied(tail, self.boxes[target]):
                    continue
                source = self._badge(tail, target)
            result.append((edge, source, target))
        return result

    def _is_implied(self, leaf: int, target: DrawnBox) -> bool:
        """Return whether a shared leaf is the folded module's own: then it is not missed beside the module."""
        if target.cluster == -1:
            return False
        path = f"{self.graph.clusters[target.cluster].path}."
        return any(name.startswith(path) for name in self.graph.nodes[leaf].names)

    def _groups(self) -> list[tuple[int, int, int, int, int]]:
        """Return (source box, target box, output_nr, first edge, count) of every drawn edge, in order of execution."""
        groups: dict[tuple[int, int, int], list[int]] = {}
        edges, boxes = self.graph.edges, self.boxes
        for edge, source, target in self._ends:
            output = edges[edge].output_nr if self._is_plain(source) else 0
            if output and boxes[target].count > 1:
                # A box of several takes all outputs together.
                output = 0
            groups.setdefault((source, target, output), []).append(edge)
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

    def _is_plain(self, box: int) -> bool:
        return self.boxes[box].cluster == -1 and self.boxes[box].count == 1

    def _label(self, source: int, target: int, edge: int, count: int) -> str:
        if self.boxes[source].badge:
            return ""
        return box_texts.edge_label(self.graph, self.graph.edges[edge], count if self._is_plain(source) else 1)


def _link(level: Level, tail: tuple[int, int] | None, head: tuple[int, int] | None, port: int) -> int:
    # None is the level's own border: edges come from above it or leave below it.
    link = LevelLink(
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
    return "view" if box_texts.is_view(node) else "op"
