"""The graph as window and layout use it: a `GraphRecord` with indices over its nodes, edges and clusters."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import PurePath
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
from msgspec.structs import force_setattr

from gradviz.errors import ProtocolError
from gradviz.language import tr
from gradviz.protocol.events import GraphChanged
from gradviz.protocol.records import ClusterRecord, EdgeRecord, GraphRecord, NodeRecord, Phase

Derived = TypeVar("Derived")


class EdgeTable:
    """The edges at one end of each node. A list for each node would take as much memory as the nodes themselves."""

    def __init__(
        self,
        index: Mapping[int, int],
        edges: Sequence[EdgeRecord],
        places: npt.NDArray[np.int64],
        ranks: npt.NDArray[np.int64] | None = None,
    ) -> None:
        """`places`: per edge the position of the node it belongs to; `ranks`: the order at a node, else as given."""
        self._index, self._edges = index, edges
        keys = (places,) if ranks is None else (ranks, places)
        self._order = np.lexsort(keys).astype(np.int32)
        self._starts = np.concatenate([[0], np.cumsum(np.bincount(places, minlength=len(index)))]).astype(np.int32)

    def __getitem__(self, node_id: int) -> list[EdgeRecord]:
        """Return the edges of one node.

        Raises:
            KeyError: the graph has no such node.
        """
        place = self._index[node_id]
        edges = self._edges
        return [edges[i] for i in self._order[self._starts[place] : self._starts[place + 1]].tolist()]


class Graph:
    """A frozen graph, indexed. Nodes are in order of execution; leaves, data and stubs come where first used."""

    def __init__(self, record: GraphRecord) -> None:
        self.record = record
        self.index: dict[int, int] = {node.id: i for i, node in enumerate(record.nodes)}
        """Node id → position in `nodes`."""
        self._known: dict[object, Any] = {}

    def derive(self, make: Callable[[Graph], Derived]) -> Derived:
        """Return what `make` computes from this graph: made once, and freed with the graph.

        A `WeakKeyDictionary` of graphs would keep all of them: what is computed from a graph refers to it.
        """
        if make not in self._known:
            self._known[make] = make(self)
        return cast(Derived, self._known[make])

    def __len__(self) -> int:
        return len(self.record.nodes)

    @property
    def signature(self) -> str:
        """Return the text that equal structures share."""
        return self.record.signature

    @property
    def nodes(self) -> Sequence[NodeRecord]:
        """Return the nodes in order of execution."""
        return self.record.nodes

    @property
    def edges(self) -> Sequence[EdgeRecord]:
        """Return the edges."""
        return self.record.edges

    @property
    def clusters(self) -> Sequence[ClusterRecord]:
        """Return the module calls."""
        return self.record.clusters

    def node(self, node_id: int) -> NodeRecord:
        """Return the node with this id.

        Raises:
            KeyError: the graph has no such node.
        """
        return self.record.nodes[self.index[node_id]]

    def __contains__(self, node_id: int) -> bool:
        return node_id in self.index

    @cached_property
    def edge_ends(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return (E,) positions in `nodes` of each edge's source and target."""
        index = self.index
        count = len(self.record.edges)
        sources = np.fromiter((index[edge.source] for edge in self.record.edges), np.int64, count)
        targets = np.fromiter((index[edge.target] for edge in self.record.edges), np.int64, count)
        return sources, targets

    @cached_property
    def incoming(self) -> EdgeTable:
        """Return the edges that end at each node, by input_nr."""
        edges = self.record.edges
        ranks = np.fromiter((edge.input_nr for edge in edges), np.int64, len(edges))
        return EdgeTable(self.index, edges, self.edge_ends[1], ranks)

    @cached_property
    def outgoing(self) -> EdgeTable:
        """Return the edges that start at each node: its consumers, in order of execution."""
        return EdgeTable(self.index, self.record.edges, self.edge_ends[0])

    def ancestors(self, node_id: int) -> set[int]:
        """Return every node that forward computes `node_id` from, without itself."""
        return self._reachable(node_id, lambda n: (edge.source for edge in self.incoming[n]))

    def descendants(self, node_id: int) -> set[int]:
        """Return every node that forward computes from `node_id`, without itself."""
        return self._reachable(node_id, lambda n: (edge.target for edge in self.outgoing[n]))

    @staticmethod
    def _reachable(start: int, neighbours: Callable[[int], Iterable[int]]) -> set[int]:
        # A stack, not recursion: chains of thousands of ops are common.
        seen = {start}
        stack = [start]
        while stack:
            for neighbour in neighbours(stack.pop()):
                if neighbour not in seen:
                    seen.add(neighbour)
                    stack.append(neighbour)
        seen.discard(start)
        return seen

    @cached_property
    def cluster_children(self) -> dict[int, list[int]]:
        """Return the clusters directly inside each cluster (-1: the top)."""
        table: dict[int, list[int]] = {-1: []}
        for cluster_id, cluster in enumerate(self.clusters):
            table.setdefault(cluster_id, [])
            table.setdefault(cluster.parent, []).append(cluster_id)
        return table

    @cached_property
    def frozen(self) -> frozenset[int]:
        """Return the leaves that are parameters of the model and want no gradient."""
        return frozenset(reach.node for reach in self.record.reach if reach.reason == "frozen")

    def cluster_path(self, cluster_id: int) -> list[int]:
        """Return the clusters from the outermost to `cluster_id`; empty for -1."""
        path = []
        while cluster_id != -1:
            path.append(cluster_id)
            cluster_id = self.clusters[cluster_id].parent
        return path[::-1]

    def phases_of(self, node: NodeRecord) -> tuple[Phase, ...]:
        """Return the phases in which the engine passes this node, so that it can be run to and broken on; empty for
        data, constants, the loss, and leaves without gradient."""
        autograd = self.record.kind == "autograd"
        if node.kind == "parameter":
            return ("backward", "update") if autograd else ("update",)
        if not autograd:
            return (node.phase,) if node.kind == "op" else ()
        return ("forward", "backward") if node.kind in ("function", "custom", "opaque", "op") else ()

    def find(self, text: str) -> list[int]:
        """Return the nodes whose name, op, autograd class, module or shape contains `text`, in order of execution."""
        wanted = text.strip().lower().replace("×", "x").replace(" ", "")
        if not wanted:
            return []
        return [node.id for node in self.record.nodes if wanted in self._searchable(node)]

    def _searchable(self, node: NodeRecord) -> str:
        module = self.clusters[node.cluster].path if node.cluster != -1 else ""
        shape = "x".join(map(str, node.shape or ()))
        parts: Iterable[str] = (node.name, *node.names, node.op, node.type_name, module, shape)
        return "\n".join(parts).lower().replace(" ", "")


def shape_text(shape: Sequence[int] | None) -> str:
    """Return `64 × 100`; `scalar` for (); empty where it is not known."""
    if shape is None:
        return ""
    return " × ".join(map(str, shape)) if len(shape) else tr("scalar")


def line_text(file: str, line: int) -> str:
    """Return `model.py:21`; empty where it is not known."""
    return f"{PurePath(file).name}:{line}" if file and line else ""


_VIEWS = """
    t T mT transpose permute movedim swapaxes view view_as unsafe_view reshape flatten expand expand_as squeeze
    unsqueeze select slice narrow alias as_strided detach diagonal unfold contiguous to_copy
"""
VIEWS = frozenset(_VIEWS.split())


def is_view(node: NodeRecord) -> bool:
    """Return whether a node only moves or views a tensor, so that one line describes it."""
    return node.kind in ("function", "op") and node.name.lstrip("_") in VIEWS


KEPT = 128
"""Twice as many as the engine remembers having sent, so that it never refers to a graph that is gone."""


class GraphCache:
    """The last graphs used, and the iteration since which the current one is the same."""

    def __init__(self) -> None:
        self.current: Graph | None = None
        self.since = 0
        """The iteration in which the current structure was first seen after another one."""
        self._graphs: OrderedDict[str, Graph] = OrderedDict()

    def add(self, graph: Graph) -> None:
        """Store a graph whose event is about to be received, unless an equal one is here."""
        self._graphs.setdefault(graph.signature, graph)

    def receive(self, event: GraphChanged) -> Graph:
        """Return the graph of an event, which becomes the current one; equal structures are one object.

        Raises:
            ProtocolError: the event refers to a graph that is not here.
        """
        if event.signature not in self._graphs:
            if event.graph is None:
                raise ProtocolError(tr("The engine refers to a graph that was not sent; reset the run."))
            share_texts(event.graph)
            self._graphs[event.signature] = Graph(event.graph)
        self._graphs.move_to_end(event.signature)
        while len(self._graphs) > KEPT:
            self._graphs.popitem(last=False)
        graph = self._graphs[event.signature]
        if graph is not self.current or event.step == 0:
            self.since = event.step
        self.current = graph
        return graph


def same_node(before: Graph | None, now: Graph, node_id: int | None) -> int | None:
    """Return `node_id` if it means the same node in both graphs, else None."""
    if before is None or node_id is None or node_id not in before or node_id not in now:
        return None
    old, new = before.node(node_id), now.node(node_id)
    return node_id if (old.kind, old.name) == (new.kind, new.name) else None


_NODE_TEXTS = ("name", "type_name", "op", "file", "dtype", "device", "note")


def share_texts(record: GraphRecord) -> None:
    """Make equal texts and shapes of nodes and edges one object each; the records stay equal to what they were.

    A graph of 16,000 nodes takes half the memory afterwards. The records are changed in place, which is invisible to
    all but tests of identity; copies would double the peak.
    """
    texts: dict[str, str] = {}
    shapes: dict[tuple[int, ...], tuple[int, ...]] = {}
    for node in record.nodes:
        _share_node(node, texts, shapes)
    for edge in record.edges:
        _share_shape(edge, shapes)


def _share_node(node: NodeRecord, texts: dict[str, str], shapes: dict[tuple[int, ...], tuple[int, ...]]) -> None:
    for field in _NODE_TEXTS:
        text = getattr(node, field)
        if text:
            known = texts.setdefault(text, text)
            if known is not text:
                force_setattr(node, field, known)
    if node.names:
        force_setattr(node, "names", tuple(texts.setdefault(name, name) for name in node.names))
    _share_shape(node, shapes)


def _share_shape(record: NodeRecord | EdgeRecord, shapes: dict[tuple[int, ...], tuple[int, ...]]) -> None:
    shape = record.shape
    if shape:
        known = shapes.setdefault(shape, shape)
        if known is not shape:
            force_setattr(record, "shape", known)
