"""Caches the graphs that the engine sent, by signature, so that it need not send one twice."""

from __future__ import annotations

from collections import OrderedDict

from msgspec.structs import force_setattr

from gradviz.errors import ProtocolError
from gradviz.model.graph.graph import Graph
from gradviz.protocol.events import GraphChanged
from gradviz.protocol.records import EdgeRecord, GraphRecord, NodeRecord

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
                raise ProtocolError("The engine refers to a graph that was not sent; reset the run.")
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
