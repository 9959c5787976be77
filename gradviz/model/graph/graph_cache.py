"""The graphs that the engine sent, by signature, so that it need not send one twice."""

from __future__ import annotations

from collections import OrderedDict

from gradviz.errors import ProtocolError
from gradviz.model.graph.graph import Graph
from gradviz.model.graph.interning import share_texts
from gradviz.protocol.events import GraphChanged

KEPT = 128
"""Twice what the engine remembers having sent, so that it never refers to a graph that is gone."""


class GraphShelf:
    """The last graphs used, and since when the current one has been as it is."""

    def __init__(self) -> None:
        self.current: Graph | None = None
        self.since = 0
        """The iteration in which the current structure was first seen after another one."""
        self._graphs: OrderedDict[str, Graph] = OrderedDict()

    def add(self, graph: Graph) -> None:
        """Keep a graph whose event is about to be taken, unless an equal one is here."""
        self._graphs.setdefault(graph.signature, graph)

    def take(self, event: GraphChanged) -> Graph:
        """The graph of an event, which is the current one from now on; equal structures are one object.

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
    """`node_id` if it stands for the same thing in both graphs, else None."""
    if before is None or node_id is None or node_id not in before or node_id not in now:
        return None
    old, new = before.node(node_id), now.node(node_id)
    return node_id if (old.kind, old.name) == (new.kind, new.name) else None
