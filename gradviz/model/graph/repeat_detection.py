"""Finds what repeats in a graph: runs of alike sibling modules, loops of plain ops, chains of views."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from gradviz.model.graph.box_hierarchy import Nesting
from gradviz.model.graph.graph import Graph, is_view

Ints = npt.NDArray[np.int64]

LARGE_GRAPH = 300
"""From this many nodes on, loops of plain ops and chains of views are groups too."""
LEAST_MEMBERS = 3
"""Fewer siblings than this do not form a group."""
_LEAST_TURNS = 24
"""Fewer iterations than this of a loop of plain ops do not form a group."""
_NUMBERS = re.compile(r"(?<![^.])[0-9]+(?![^.])")
_LONGEST_UNIT = 16
"""How many modules and nodes of one level may make up one unit."""


@dataclass(frozen=True, slots=True)
class Group:
    """Alike `units`, in order of execution.

    A unit of kind `modules` is one call of a module and what always goes with it on the same level (the addition after
    each block, the slice before each cell). One of kind `ops` is one iteration of a loop of plain ops; one of `views`
    is a single view of a chain.
    """

    kind: Literal["modules", "ops", "views"]
    home: int
    """The box that the group lies in; -1 for the top."""
    units: tuple[tuple[int, ...], ...]
    """A number ≥ 0 is a node's position in `graph.nodes`; ~c is cluster c."""
    anchors: tuple[int, ...]
    """Per unit its largest cluster, which represents it; empty but for kind `modules`."""


def groups_of(graph: Graph, nesting: Nesting) -> list[Group]:
    """Return all groups of a graph, level by level."""
    levels = _Levels(graph, nesting)
    large = len(graph) >= LARGE_GRAPH
    groups = []
    for home, items in levels.items.items():
        groups += _repeats(levels, home, items, large=large)
    return groups + (_view_chains(graph, nesting) if large else [])


class _Levels:
    """The items directly in each box, in order of execution, with a token for each; alike items have equal tokens."""

    def __init__(self, graph: Graph, nesting: Nesting) -> None:
        self.graph = graph
        self.nesting = nesting
        self.items: dict[int, list[int]] = {-1: []}
        self.place = np.full(len(graph), -1, dtype=np.int64)
        """Node → position among the items of its level."""
        self.cluster_place: dict[int, int] = {}
        self._first: dict[int, int] = {-1: 0}
        self._order = np.cumsum(~nesting.is_leaf) - 1
        self._fill()
        self._lift_edges()
        self._numbers: dict[object, int] = {}
        self.token: dict[int, int] = {}
        """Box → the number of its form: equal for boxes of equal name (but for digits), class and contents."""
        for box in reversed(nesting.boxes):
            self.token[box] = self._number(self._form(box))

    def tokens(self, home: int) -> list[int]:
        """Return a number for each item of a level; equal for items that are alike."""
        return [self.token[~item] if item < 0 else self._node_token(item) for item in self.items[home]]

    def crossings(self, home: int) -> Ints:
        """Return (items + 1,) how many items before each cut are used after it."""
        count = len(self.items[home])
        steps = np.zeros(count + 2, dtype=np.int64)
        begin, end = self._edges_of(home)
        sources, targets = self._tail[begin:end], self._head[begin:end]
        reach = np.arange(count)
        np.maximum.at(reach, sources, targets)
        np.add.at(steps, np.arange(count) + 1, reach > np.arange(count))
        np.add.at(steps, reach + 1, -(reach > np.arange(count)).astype(np.int64))
        return np.cumsum(steps)[: count + 1]

    def _fill(self) -> None:
        homes, parent = self.nesting.home.tolist(), self.nesting.parent
        order = self._order.tolist()
        for i in np.flatnonzero(~self.nesting.is_leaf).tolist():
            home, item = homes[i], i
            self.place[i] = len(self.items.setdefault(home, []))
            while True:
                self.items.setdefault(home, []).append(item)
                if home in self._first:
                    break
                self._first[home] = order[i]
                item, home = ~home, parent(home)
                self.cluster_place[~item] = len(self.items.setdefault(home, []))

    def _lift_edges(self) -> None:
        """Lift every edge between two nodes that are no leaves to the level that holds both."""
        sources, targets = self.graph.edge_ends
        flow = ~self.nesting.is_leaf[sources] if len(sources) else np.zeros(0, dtype=np.bool_)
        sources, targets = sources[flow], targets[flow]
        # Arrays with the top (-1) in the last place.
        count = len(self.graph.clusters)
        parents = np.full(count + 1, -1, dtype=np.int64)
        depths = np.full(count + 1, -1, dtype=np.int64)
        places = np.full(count + 1, -1, dtype=np.int64)
        for box in self.nesting.boxes:
            parents[box] = self.nesting.parent(box)
            depths[box] = self.nesting.box_depth[box]
            places[box] = self.cluster_place.get(box, -1)
        a, b = self.nesting.home[sources], self.nesting.home[targets]
        tail, head = self.place[sources], self.place[targets]
        apart = np.flatnonzero(a != b)
        while len(apart):
            deeper = depths[a[apart]] >= depths[b[apart]]
            up, down = apart[deeper], apart[~deeper]
            tail[up], a[up] = places[a[up]], parents[a[up]]
            head[down], b[down] = places[b[down]], parents[b[down]]
            apart = apart[a[apart] != b[apart]]
        order = np.lexsort((self._order[sources], self._order[targets], a))
        self._crown = a[order]
        self._tail, self._head = tail[order], head[order]
        self._ends = np.column_stack([self._order[sources], self._order[targets]])[order]

    def _edges_of(self, home: int) -> tuple[int, int]:
        return int(np.searchsorted(self._crown, home)), int(np.searchsorted(self._crown, home, side="right"))

    def _form(self, box: int) -> object:
        cluster = self.graph.clusters[box]
        begin, end = self._edges_of(box)
        edges = (self._ends[begin:end] - self._first.get(box, 0)).tobytes()
        return (pattern(cluster.path), cluster.class_name, cluster.kind, tuple(self.tokens(box)), edges)

    def _node_token(self, position: int) -> int:
        node = self.graph.nodes[position]
        raw = self.nesting.raw[position]
        lone = self.graph.clusters[raw].class_name if raw != -1 and self.nesting.manner[raw] == "lone" else ""
        return self._number((node.kind, node.name, lone))

    def _number(self, form: object) -> int:
        return self._numbers.setdefault(form, len(self._numbers))


def pattern(path: str, sign: str = "#") -> str:
    """Return a module's path with `sign` in place of the numbers of siblings: `h.#.attn`."""
    return _NUMBERS.sub(sign, path)


def _repeats(levels: _Levels, home: int, items: Sequence[int], *, large: bool) -> list[Group]:
    if len(items) < LEAST_MEMBERS:
        return []
    tokens = np.array(levels.tokens(home), dtype=np.int64)
    boxes = np.cumsum([0, *(item < 0 for item in items)])
    found: list[tuple[int, int, int]] = []
    for period in range(1, min(_LONGEST_UNIT, len(items) // LEAST_MEMBERS) + 1):
        for start, length in _runs(tokens[:-period] == tokens[period:]):
            modules = boxes[start + period] - boxes[start] > 0
            turns = (length + period) // period
            if turns >= (LEAST_MEMBERS if modules else _LEAST_TURNS) and (modules or large):
                found.append((start, length + period, period))
    # The group that covers most comes first; of equals, the one that repeats the shorter unit.
    found.sort(key=lambda run: (-(run[1] // run[2] * run[2]), run[2], run[0]))
    taken = np.zeros(len(items), dtype=np.bool_)
    crossings = levels.crossings(home)
    groups = []
    for start, length, period in found:
        if taken[start : start + length].any():
            continue
        taken[start : start + length] = True
        first, turns = _align_units(crossings, start, length, period)
        units = tuple(tuple(items[first + t * period : first + (t + 1) * period]) for t in range(turns))
        groups.append((first, _group(levels.nesting, home, units)))
    return [group for _, group in sorted(groups, key=lambda entry: entry[0])]


def _runs(equal: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return (start, length) of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], equal.astype(np.int8), [0]])))
    return [(int(a), int(b - a)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _align_units(crossings: Ints, start: int, length: int, period: int) -> tuple[int, int]:
    """Return where units best begin, and how many there are: where the fewest values pass from one to the next."""
    best = (1 << 30, 0, 0)
    for offset in range(period):
        turns = (length - offset) // period
        if turns >= LEAST_MEMBERS or offset == 0:
            best = min(best, (int(crossings[start + offset + period]), -turns, offset))
    return start + best[2], -best[1]


def _group(nesting: Nesting, home: int, units: tuple[tuple[int, ...], ...]) -> Group:
    clusters = [k for k, item in enumerate(units[0]) if item < 0]
    if not clusters:
        return Group("ops", home, units, ())
    largest = max(clusters, key=lambda k: nesting.counts[~units[0][k]])
    return Group("modules", home, units, tuple(~unit[largest] for unit in units))


def _view_chains(graph: Graph, nesting: Nesting) -> list[Group]:
    """Return chains of two and more views of one level, each used by the next alone."""
    # A copy between two views is how a view is made contiguous.
    view = np.array([is_view(node) or node.name == "clone" for node in graph.nodes], dtype=np.bool_)
    sources, targets = graph.edge_ends
    count = len(graph)
    outs = np.bincount(sources, minlength=count)
    ins = np.bincount(targets, minlength=count)
    joins = view[sources] & view[targets] & (outs[sources] == 1) & (ins[targets] == 1)
    joins &= nesting.home[sources] == nesting.home[targets]
    after = dict(zip(sources[joins].tolist(), targets[joins].tolist(), strict=True))
    entered = set(after.values())
    from_leaf = set(targets[nesting.is_leaf[sources]].tolist()) if count else set()
    groups = []
    for start in after:
        if start in entered or start in from_leaf:
            continue
        chain = [start]
        while (following := after.get(chain[-1])) is not None:
            chain.append(following)
        if all(graph.nodes[i].name == "clone" for i in chain):
            continue
        groups.append(Group("views", int(nesting.home[start]), tuple((i,) for i in chain), ()))
    return groups
