"""The session's part that knows the graph: which it is, which node is selected, what that node saved."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gradviz.errors import ProtocolError
from gradviz.gui.processes.graph_receiver import GraphIntake
from gradviz.gui.session.session_signals import Phase, SessionSignals
from gradviz.model.graph.graph import Graph
from gradviz.model.graph.graph_cache import GraphCache, same_node
from gradviz.protocol.commands import Inspect
from gradviz.protocol.events import GraphChanged, NodeDetails
from gradviz.protocol.records import NodeRecord


class GraphSession(SessionSignals):
    """The graph last told of, and the selection in it."""

    phase: Phase

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.selected: int | None = None
        self.details: NodeDetails | None = None
        self.graph_target = ""
        """The network that `graph` is of."""
        self._graph_cache = GraphCache()
        self._intake = GraphIntake(self._graph_cache, self)

    @property
    def graph(self) -> Graph | None:
        """The graph last told of; it outlives its run and its engine until the next is told of."""
        return self._graph_cache.current

    @property
    def structure_since(self) -> int:
        """The iteration since which the graph has had this structure."""
        return self._graph_cache.since

    @property
    def selected_node(self) -> NodeRecord | None:
        """The selected node of the graph that is drawn."""
        return None if self.graph is None or self.selected is None else self.graph.node(self.selected)

    def select(self, node_id: int | None) -> None:
        """Choose the node that inspector and source show; None for none."""
        if node_id == self.selected or (node_id is not None and (self.graph is None or node_id not in self.graph)):
            return
        self.selected = node_id
        self.details = None
        self.selection_changed.emit()
        self._ask_for_details()

    def _on_graph(self, event: GraphChanged, target: str) -> None:
        before = self.graph
        try:
            graph = self._graph_cache.receive(event)
            self.graph_target = target
        except ProtocolError as error:
            self.failed.emit(str(error))
            return
        kept = same_node(before, graph, self.selected)
        lost = kept != self.selected
        if lost:
            self.selected, self.details = kept, None
        self.graph_changed.emit()
        if lost:
            self.selection_changed.emit()
        elif kept is not None and before is not graph:
            self._ask_for_details()

    def _ask_for_details(self) -> None:
        node = self.selected_node
        if node is not None and self.graph is not None and node.kind in ("function", "custom") and self.phase != "dead":
            self.command_issued.emit(Inspect(self.graph.signature, node.id))

    def _on_details(self, event: NodeDetails) -> None:
        if self.graph and event.signature == self.graph.signature and event.node == self.selected:
            self.details = _known(self.details, event)
            self.details_arrived.emit()


def _known(before: NodeDetails | None, now: NodeDetails) -> NodeDetails:
    """`now`; where the tensors are freed, with the sizes that were known of them while they lived."""
    if now.state != "freed" or before is None or (before.signature, before.node) != (now.signature, now.node):
        return now
    return NodeDetails(now.signature, now.node, "freed", before.saved)
