"""Prepares large graphs in another thread, and keeps what follows them waiting, so that the order stays."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from gradviz.gui.processes.background_thread import BackgroundWork, Stopped
from gradviz.model.graph.folding import open_by_default
from gradviz.model.graph.graph import Graph, GraphCache, share_texts
from gradviz.model.graph.search import search_of
from gradviz.protocol.records import GraphRecord

LARGE = 1000
"""Nodes or modules; a graph of fewer is prepared in less time than a picture takes."""


class GraphReceiver(QObject):
    """Does one thing after another; where one brings a large graph, once that graph is in the cache."""

    def __init__(self, cache: GraphCache, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._graph_cache = cache
        self._background = BackgroundWork(self)
        self._waiting: deque[tuple[GraphRecord | None, Callable[[], None]]] = deque()

    def put(self, record: GraphRecord | None, action: Callable[[], None]) -> None:
        """Do `action` after what was put before: now, unless a graph is being prepared. `record`: the graph that it
        brings."""
        self._waiting.append((record, action))
        self._go_on()

    def _go_on(self) -> None:
        while self._waiting and not self._background.busy:
            record, action = self._waiting.popleft()
            if record is None or max(len(record.nodes), len(record.clusters)) < LARGE:
                action()
            else:
                self._background.run(partial(prepare_graph, record), partial(self._finish, action))

    def _finish(self, action: Callable[[], None], graph: Graph) -> None:
        self._graph_cache.add(graph)
        try:
            action()
        finally:
            self._go_on()


def prepare_graph(record: GraphRecord, _stopped: Stopped = bool) -> Graph:
    """Return the graph of a record, with what is needed of it as soon as it is shown."""
    share_texts(record)
    graph = Graph(record)
    open_by_default(graph)
    search_of(graph)
    return graph
