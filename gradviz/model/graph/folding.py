"""Decides what is folded: modules, runs of alike siblings as one stack, loops of ops and chains of views as one box.

A set of what is open holds ids: a cluster's id, or `len(graph.clusters) + k` for group k of `Folding.groups`, which
means that all units of the group are drawn separately. None means that everything is open.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable
from functools import cached_property

import numpy as np
import numpy.typing as npt

from gradviz.language import tr
from gradviz.model.graph.box_hierarchy import Nesting, nesting_of
from gradviz.model.graph.graph import Graph
from gradviz.model.graph.repeat_detection import LEAST_MEMBERS, Group, groups_of

Ints = npt.NDArray[np.int64]
Open = Collection[int] | None

OPEN_LIMIT = 80
"""A graph of more nodes than this is folded at first: a few screens full can be read as they are, more cannot."""
_GOOD_START = 25
"""At first, clusters are open as deep as at most this many boxes are drawn."""


class Folding:
    """Everything that can be folded in one graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nesting: Nesting = nesting_of(graph)
        self.groups: list[Group] = groups_of(graph, self.nesting)

    @cached_property
    def group_of_cluster(self) -> dict[int, tuple[int, int]]:
        """Return the (group, unit) that each cluster belongs to."""
        return dict(self._members(modules=True))

    @cached_property
    def groups_of_node(self) -> dict[int, list[tuple[int, int]]]:
        """Return, by the position of a node, the (group, unit) pairs that it belongs to directly."""
        table: dict[int, list[tuple[int, int]]] = {}
        for position, member in self._members(modules=False):
            table.setdefault(position, []).append(member)
        return table

    def group_id(self, group: int) -> int:
        """Return the id of a group in a set of what is open."""
        return len(self.graph.clusters) + group

    @cached_property
    def everything(self) -> frozenset[int]:
        """Return all that can be open."""
        return frozenset(range(len(self.graph.clusters) + len(self.groups)))

    @cached_property
    def depth(self) -> int:
        """Return the steps from all folded to all open: one a depth of boxes, one for loops and view chains."""
        plain = any(group.kind != "modules" for group in self.groups)
        return max(self.nesting.box_depth.values(), default=-1) + 1 + plain

    def open_to_depth(self, depth: int) -> frozenset[int]:
        """Return what is open `depth` steps from all folded."""
        if depth >= self.depth:
            return self.everything
        boxes = self.nesting.box_depth
        # Clusters that are not drawn as a box hide nothing.
        return frozenset(c for c in range(len(self.graph.clusters)) if boxes.get(c, -1) < depth)

    def _members(self, *, modules: bool) -> Iterable[tuple[int, tuple[int, int]]]:
        for number, group in enumerate(self.groups):
            for place, unit in enumerate(group.units):
                for item in unit:
                    if (item < 0) == modules:
                        yield (~item if item < 0 else item), (number, place)


class Stack:
    """One box for units `first` to `first + count - 1` of a group."""

    def __init__(self, group: int, first: int, count: int) -> None:
        self.group, self.first, self.count = group, first, count


class Folded:
    """A graph with some of it open.

    Every node has a key: its own position in `graph.nodes`, or where it is hidden that of the box which hides it:
    N + c for folded cluster c (of a stack, c is the first member), N + C + k for the box of group k.
    """

    def __init__(self, folding: Folding, opened: Open) -> None:
        self.folding = folding
        self.graph, self.nesting = folding.graph, folding.nesting
        self._opened = folding.everything if opened is None else frozenset(opened)
        self._nodes, self._clusters = len(self.graph), len(self.graph.clusters)
        self._hidden = self._hidden_clusters()
        self.stacks: dict[int, Stack] = {}
        """Key of a box of several units → which."""
        self.cell = np.zeros(self._nodes, dtype=np.int64)
        """(N,) which unit of its stack a hidden node is in, from 0."""
        self.key = self._keys()
        """(N,)."""

    def is_open(self, box: int) -> bool:
        """Return whether a box is drawn open; the top (-1) always is."""
        return box == -1 or self._hidden[box] == -1

    def cluster_of(self, key: int) -> int:
        """Return the (first) cluster of a key; -1 where it is a node's or a group's of nodes."""
        return key - self._nodes if self._nodes <= key < self._nodes + self._clusters else -1

    def _hidden_clusters(self) -> Ints:
        """Return, per cluster, the outermost folded box around it, itself included; -1 for none."""
        hidden = [-1] * (self._clusters + 1)
        nesting, opened = self.nesting, self._opened
        for box in nesting.boxes:
            around = hidden[nesting.parent(box)]
            hidden[box] = around if around != -1 else (-1 if box in opened else box)
        for cluster, box in enumerate(nesting.nearest):
            hidden[cluster] = hidden[box]
        return np.array(hidden, dtype=np.int64)

    def _keys(self) -> Ints:
        nesting = self.nesting
        # Where each box that is drawn folded is shown: in itself, or in the stack whose first member is `head`.
        head = np.arange(self._clusters + 1)
        unit_of = np.zeros(self._clusters + 1, dtype=np.int64)
        keys = np.arange(self._nodes)
        in_box = np.zeros(self._nodes, dtype=np.bool_)
        for number, group in enumerate(self.folding.groups):
            if self.folding.group_id(number) in self._opened or not self.is_open(group.home):
                continue
            for first, count in self._runs(group):
                self._stack(number, group, first, count, head, unit_of, keys, in_box)
        hidden = self._hidden[nesting.home]
        inside = hidden != -1
        keys[inside] = self._nodes + head[hidden[inside]]
        self.cell[inside] = unit_of[hidden[inside]]
        self._hide_leaves(keys)
        return keys

    def _runs(self, group: Group) -> list[tuple[int, int]]:
        """Return (first unit, count) of each run of units that folds into one box."""
        if group.kind != "modules":
            return [(0, len(group.units))]
        opened = self._opened
        closed = [all(item >= 0 or ~item not in opened for item in unit) for unit in group.units]
        runs, start = [], 0
        for place, is_closed in enumerate([*closed, False]):
            if not is_closed:
                if place - start >= LEAST_MEMBERS:
                    runs.append((start, place - start))
                start = place + 1
        return runs

    def _stack(
        self,
        number: int,
        group: Group,
        first: int,
        count: int,
        head: Ints,
        unit_of: Ints,
        keys: Ints,
        in_box: npt.NDArray[np.bool_],
    ) -> None:
        key = self._nodes + (group.anchors[first] if group.anchors else self._clusters + number)
        units = group.units[first : first + count]
        items = np.fromiter((item for unit in units for item in unit), np.int64)
        places = np.repeat(np.arange(count), [len(unit) for unit in units])
        nodes = items >= 0
        free = nodes.copy()
        # A chain of views within a stack's unit, or within an iteration of a loop, is hidden there already.
        free[nodes] = ~in_box[items[nodes]]
        if not free.any() and nodes.all():
            return
        keys[items[free]], self.cell[items[free]], in_box[items[free]] = key, places[free], True
        clusters = ~items[~nodes]
        head[clusters], unit_of[clusters] = key - self._nodes, places[~nodes]
        self.stacks[key] = Stack(number, first, count)

    def _hide_leaves(self, keys: Ints) -> None:
        """Hide each leaf that one folded box alone uses in that box."""
        graph, nesting = self.graph, self.nesting
        sources, targets = graph.edge_ends
        leaf_edges = nesting.is_leaf[sources] if len(sources) else np.zeros(0, dtype=np.bool_)
        tails, heads = sources[leaf_edges], keys[targets[leaf_edges]]
        least = np.full(self._nodes, np.iinfo(np.int64).max)
        most = np.full(self._nodes, -1)
        np.minimum.at(least, tails, heads)
        np.maximum.at(most, tails, heads)
        data = np.array([node.kind == "data" for node in graph.nodes], dtype=np.bool_)
        served = nesting.is_leaf & ~data & (least == most) & (most >= self._nodes)
        keys[served] = most[served]


def folding_of(graph: Graph) -> Folding:
    """Return the folding of a graph, computed once."""
    return graph.derive(Folding)


def open_by_default(graph: Graph) -> frozenset[int]:
    """Return what is open at first: all of a small graph, of a large one as much as can be read at a glance."""
    folding = folding_of(graph)
    if len(graph) <= OPEN_LIMIT:
        return folding.everything
    holders = {folding.nesting.parent(box) for box in folding.nesting.boxes}
    small = {box for box in folding.nesting.boxes if box not in holders}

    def opened(depth: int) -> frozenset[int]:
        return folding.open_to_depth(depth) - small if depth else folding.open_to_depth(0)

    def boxes(depth: int) -> int:
        return len(np.unique(Folded(folding, opened(depth)).key))

    # The deeper, the more boxes: of a thousand nested modules, ten depths are tried.
    return opened(bisect_right(range(1, folding.depth), _GOOD_START, key=boxes))


def depth_of(graph: Graph) -> int:
    """Return how many steps lead from all folded to all open."""
    return folding_of(graph).depth


def open_at_depth(graph: Graph, depth: int) -> frozenset[int]:
    """Return what is open `depth` steps from all folded (0: nothing, `depth_of(graph)`: everything)."""
    return folding_of(graph).open_to_depth(depth)


def open_around(graph: Graph, opened: Open, node_id: int) -> frozenset[int]:
    """Return `opened` with what must be open for a node to be drawn by itself."""
    folding = folding_of(graph)
    result = set(folding.everything if opened is None else opened)
    position = graph.index[node_id]
    result.update(graph.cluster_path(folding.nesting.raw[position]))
    for number, unit in folding.groups_of_node.get(position, ()):
        group = folding.groups[number]
        # A node that goes with a module is drawn by itself as soon as that module is open.
        result.add(group.anchors[unit] if group.anchors else folding.group_id(number))
    return frozenset(result)


def toggle_open(graph: Graph, opened: Open, cluster_or_group: int) -> frozenset[int]:
    """Return `opened` with one cluster or group folded if it was open, and opened if it was folded.

    Folding a group whose units are drawn separately folds those units too, so that one box is left.
    """
    folding = folding_of(graph)
    result = set(folding.everything if opened is None else opened)
    if cluster_or_group not in result:
        result.add(cluster_or_group)
        return frozenset(result)
    result.discard(cluster_or_group)
    number = cluster_or_group - len(graph.clusters)
    if number >= 0:
        result.difference_update(~item for unit in folding.groups[number].units for item in unit if item < 0)
    return frozenset(result)


def stack_title(graph: Graph, stack: Stack) -> str:
    """Return `Block × 48`, `Attention, FeedForward × 12`, `mm to tanh × 1000`, `reshapes × 5`."""
    group = folding_of(graph).groups[stack.group]
    unit = group.units[0]
    if group.kind == "views":
        return tr("reshapes × {count}").format(count=stack.count)
    if group.kind == "ops":
        names = [graph.nodes[item].name for item in unit]
        what = names[0] if len(set(names)) == 1 else tr("{first} to {last}").format(first=names[0], last=names[-1])
        return f"{what} × {stack.count}"
    clusters = [graph.clusters[~item] for item in unit if item < 0]
    names = list(dict.fromkeys(cluster.class_name or cluster.path for cluster in clusters))
    anchor = graph.clusters[group.anchors[0]]
    what = ", ".join(names)
    if len(names) > 2:
        first = anchor.class_name or anchor.path
        what = tr("{names} and {count} more").format(names=first, count=len(names) - 1)
    return f"{what} × {stack.count}"


def stack_subtitle(graph: Graph, stack: Stack) -> str:
    """Return `50 nodes each`, `50 to 52 nodes each`; empty where every unit is a single node."""
    folding = folding_of(graph)
    units = folding.groups[stack.group].units[stack.first : stack.first + stack.count]
    counts = [sum(1 if item >= 0 else folding.nesting.counts[~item] for item in unit) for unit in units]
    low, high = min(counts), max(counts)
    if high == 1:
        return ""
    text = tr("{count} nodes each") if low == high else tr("{low} to {high} nodes each")
    return text.format(count=low, low=low, high=high)


def stack_range(graph: Graph, stack: Stack) -> tuple[str, str]:
    """Return the names of the first and the last unit: `0` and `16` of `h.0` to `h.16`, else their numbers from 1."""
    group = folding_of(graph).groups[stack.group]
    last = stack.first + stack.count - 1
    if group.anchors:
        first_path, last_path = (graph.clusters[group.anchors[k]].path for k in (stack.first, last))
        for a, b in zip(first_path.split("."), last_path.split("."), strict=False):
            if a != b:
                return a, b
    return str(stack.first + 1), str(last + 1)
