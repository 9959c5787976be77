"""The values that overlays show: numbers over the nodes of a graph and how a folded module sums them up, or groups."""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from gradviz.errors import ProtocolError
from gradviz.language import tr
from gradviz.model.graph.graph import Graph
from gradviz.model.graph.repeat_detection import pattern
from gradviz.protocol.events import Measured
from gradviz.protocol.records import MeasureKind

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Aggregate = Literal["sum", "largest", "largest_finite", "none"]
"""`largest`: the value of the largest magnitude, with its sign; a NaN is larger than all. `largest_finite`: as if what
is not finite were not there, unless nothing else is."""

_ITEM_BYTES = {
    "bool": 1, "uint8": 1, "int8": 1, "float8_e4m3fn": 1, "float8_e5m2": 1, "int16": 2, "uint16": 2, "float16": 2,
    "bfloat16": 2, "int32": 4, "uint32": 4, "float32": 4, "complex32": 4, "int64": 8, "uint64": 8, "float64": 8,
    "complex64": 8, "complex128": 16,
}  # fmt: skip
_GRAPHS = 16
"""The values of this many graphs are stored: a network that changes with each iteration shows some again."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One quantity of the N nodes of a graph, in the graph's order."""

    values: Floats
    """(N,) NaN where nothing was measured; NaN and Inf are also values that were measured."""
    measured: Flags
    """(N,) what was measured. Not measured is not zero."""
    step: int | None = None
    """The iteration that it was measured in; None for a property of the graph itself."""

    @property
    def empty(self) -> bool:
        """Return whether nothing was measured at all."""
        return not self.measured.any()


class Measurements:
    """The last values of each quantity, by graph."""

    def __init__(self) -> None:
        self._columns: OrderedDict[str, dict[MeasureKind, tuple[int, npt.NDArray[np.int32], Floats]]] = OrderedDict()
        self._aligned: dict[tuple[str, MeasureKind], Column] = {}

    def clear(self) -> None:
        """Forget everything: another run begins."""
        self._columns.clear()
        self._aligned.clear()

    def add(self, event: Measured) -> None:
        """Store what was measured. A quantity that is not in the event keeps the values of its older iteration.

        Raises:
            ProtocolError: a column does not have one value for each node.
        """
        kinds = self._columns.setdefault(event.signature, {})
        self._columns.move_to_end(event.signature)
        for column in event.columns:
            ids = np.frombuffer(column.nodes, dtype="<i4")
            values = np.frombuffer(column.values, dtype="<f8")
            if len(ids) != len(values):
                raise ProtocolError(
                    tr("{kind} has {values} values of {ids} nodes.").format(
                        kind=column.kind, values=len(values), ids=len(ids)
                    )
                )
            kinds[column.kind] = (event.step, ids.astype(np.int32), values.astype(np.float64))
            self._aligned.pop((event.signature, column.kind), None)
        while len(self._columns) > _GRAPHS:
            gone, _ = self._columns.popitem(last=False)
            self._aligned = {key: column for key, column in self._aligned.items() if key[0] != gone}

    def column(self, kind: MeasureKind, graph: Graph) -> Column:
        """Return the last values of `kind` for this graph's nodes; an empty column if there are none."""
        known = self._columns.get(graph.signature, {}).get(kind)
        if known is None:
            return empty_column(graph)
        key = (graph.signature, kind)
        if key not in self._aligned:
            self._aligned[key] = _align(graph, *known)
        return self._aligned[key]


def empty_column(graph: Graph) -> Column:
    """Return a column in which nothing was measured."""
    return Column(np.full(len(graph), np.nan), np.zeros(len(graph), np.bool_))


def gather(column: Column, slot: npt.NDArray[np.intp], count: int, how: Aggregate) -> Column:
    """Return (count,) sums of the nodes in each slot, by `how`. `slot`: (N,) -1 for nodes in none."""
    return Rollup(slot, np.full(count, -1)).over(column, how)


def item_bytes(dtype: str) -> int | None:
    """Return the bytes of one element; None for a type that is not known."""
    return _ITEM_BYTES.get(dtype.removeprefix("torch."))


def sizes(graph: Graph) -> Column:
    """Return the bytes of each node's first output, where shape and type are known."""
    values = np.full(len(graph), np.nan)
    for row, node in enumerate(graph.nodes):
        size = item_bytes(node.dtype)
        if node.shape is not None and size is not None:
            count = 1.0
            for length in node.shape:
                count *= length
            values[row] = count * size
    return Column(values, ~np.isnan(values))


class Rollup:
    """Sums up the nodes inside each of the C branches of a tree, however deep."""

    def __init__(self, home: npt.ArrayLike, parent: npt.ArrayLike) -> None:
        """`home`: (N,) the innermost branch of each node, -1 for none. `parent`: (C,) of each branch, -1 for none;
        parents come before their children."""
        self.home = np.asarray(home, np.intp).reshape(-1)
        self.parent = np.asarray(parent, np.intp).reshape(-1)
        self._levels = self._by_depth()

    def over(self, column: Column, how: Aggregate) -> Column:
        """Return (C,) sums over the nodes inside each branch. A NaN inside shows; nodes not measured are left out."""
        count = len(self.parent)
        if how == "none" or not count:
            return Column(np.full(count, np.nan), np.zeros(count, np.bool_), column.step)
        inside = column.measured & (self.home >= 0)
        if how == "largest_finite":
            finite = Column(column.values, column.measured & np.isfinite(column.values), column.step)
            found, rest = self.over(finite, "largest"), self.over(column, "largest")
            return Column(np.where(found.measured, found.values, rest.values), rest.measured, column.step)
        homes, values = self.home[inside], column.values[inside]
        measured = np.zeros(count, np.bool_)
        measured[homes] = True
        result = self._sum(homes, values) if how == "sum" else self._largest(homes, values)
        for level in self._levels:
            known = level[measured[level]]
            measured[self.parent[known]] = True
        result[~measured] = np.nan
        return Column(result, measured, column.step)

    def _by_depth(self) -> list[npt.NDArray[np.intp]]:
        """Return branches that have a parent, the deepest level first: each is complete before it is passed on."""
        depth = np.zeros(len(self.parent), np.intp)
        if not (self.parent >= 0).any():
            return []
        for branch, parent in enumerate(self.parent.tolist()):
            depth[branch] = 0 if parent < 0 else depth[parent] + 1
        order = np.argsort(depth, kind="stable")
        levels = np.split(order, np.flatnonzero(np.diff(depth[order])) + 1)
        return levels[:0:-1]

    def _sum(self, homes: npt.NDArray[np.intp], values: Floats) -> Floats:
        result = np.zeros(len(self.parent))
        with np.errstate(invalid="ignore"):
            np.add.at(result, homes, values)
            for level in self._levels:
                np.add.at(result, self.parent[level], result[level])
        return result

    def _largest(self, homes: npt.NDArray[np.intp], values: Floats) -> Floats:
        high, low = np.full(len(self.parent), -np.inf), np.full(len(self.parent), np.inf)
        with np.errstate(invalid="ignore"):  # maximum and minimum pass a NaN on, and so must this
            np.maximum.at(high, homes, values)
            np.minimum.at(low, homes, values)
            for level in self._levels:
                np.maximum.at(high, self.parent[level], high[level])
                np.minimum.at(low, self.parent[level], low[level])
        return np.where(np.abs(low) > np.abs(high), low, high)


def _align(graph: Graph, step: int, ids: npt.NDArray[np.int32], values: Floats) -> Column:
    column = empty_column(graph)
    index = graph.index
    rows = np.array([index.get(node, -1) for node in ids.tolist()], np.intp).reshape(len(ids))
    known = rows >= 0
    column.values[rows[known]] = values[known]
    column.measured[rows[known]] = True
    return Column(column.values, column.measured, step)


MOST_GROUPS = 8
"""At most this many groups can be distinguished by color; the rest share the last."""
OUTSIDE = ""
"""The name of nodes in no module, which are of no group."""
OTHER = "…"
"""The group of the rest."""
_CROWDED = 0.6
"""A group with a larger share of the nodes than this is split into the modules inside."""


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Groups of the N nodes and C clusters of one graph, the largest first."""

    names: tuple[str, ...]
    counts: tuple[int, ...]
    """How many nodes are in each."""
    of_node: npt.NDArray[np.int16]
    """(N,) index into `names`; -1 for nodes in no group."""
    of_cluster: npt.NDArray[np.int16]
    """(C,) index into `names`; -1 where the nodes inside are of several groups."""


def by_kind(graph: Graph) -> Groups:
    """Group nodes by their kind; a folded module holds several."""
    return _group_nodes([node.kind for node in graph.nodes], [None] * len(graph.clusters))


def by_module(graph: Graph) -> Groups:
    """Group nodes by the module around them: `h.*.attn` is that module of every block.

    The outermost modules, and those inside of a module that holds nearly everything.
    """
    patterns = [pattern(cluster.path, "*") for cluster in graph.clusters]
    homes = [node.cluster for node in graph.nodes]
    order = _outermost_first(graph)
    cuts = _cuts(graph, patterns, order, Counter(homes), len(homes))
    names = [OUTSIDE] * len(patterns)
    for cluster in order:
        around = graph.clusters[cluster].parent
        whole = around != -1 and names[around] not in cuts
        names[cluster] = names[around] if whole else patterns[cluster]
    of_node = [names[home] if home >= 0 else OUTSIDE for home in homes]
    return _group_nodes(of_node, [None if name in cuts else name for name in names])


def _outermost_first(graph: Graph) -> list[int]:
    order = list(graph.cluster_children[-1])
    for cluster in order:
        order += graph.cluster_children[cluster]
    return order


def _cuts(graph: Graph, patterns: list[str], order: list[int], counts: Counter[int], total: int) -> set[str]:
    """Return the modules that are split into the modules inside. `order`: all clusters, the outermost first."""
    inside = [counts[cluster] for cluster in range(len(patterns))]
    for cluster in reversed(order):
        if (parent := graph.clusters[cluster].parent) != -1:
            inside[parent] += inside[cluster]
    # Splitting must bring something: a module without modules inside stays whole.
    holders = {patterns[cluster.parent] for cluster in graph.clusters if cluster.parent != -1}
    cuts: set[str] = set()
    shown: dict[str, list[int]] = {}
    held: Counter[str] = Counter()
    stack = list(graph.cluster_children[-1])
    while stack:
        touched = set()
        while stack:
            cluster = stack.pop()
            name = patterns[cluster]
            if name in cuts:
                stack += graph.cluster_children[cluster]
                continue
            shown.setdefault(name, []).append(cluster)
            held[name] += inside[cluster]
            touched.add(name)
        # Two cannot both hold so large a share.
        for name in touched & holders:
            if held[name] > _CROWDED * total:
                cuts.add(name)
                stack = [child for cluster in shown[name] for child in graph.cluster_children[cluster]]
    return cuts


def _group_nodes(of_node: list[str], of_cluster: list[str | None]) -> Groups:
    counts = Counter(name for name in of_node if name != OUTSIDE)
    ranked = [name for name, _ in counts.most_common()]
    if len(ranked) > MOST_GROUPS:
        kept, rest = ranked[: MOST_GROUPS - 1], ranked[MOST_GROUPS - 1 :]
        names = (*kept, OTHER)
        sizes = (*(counts[name] for name in kept), sum(counts[name] for name in rest))
    else:
        names, sizes = tuple(ranked), tuple(counts[name] for name in ranked)
    index = {OUTSIDE: -1, **{name: i for i, name in enumerate(names)}}
    last = index.get(OTHER, -1)
    return Groups(
        names,
        sizes,
        np.array([index.get(name, last) for name in of_node], np.int16).reshape(len(of_node)),
        np.array([-1 if name is None else index.get(name, last) for name in of_cluster], np.int16).reshape(
            len(of_cluster)
        ),
    )
