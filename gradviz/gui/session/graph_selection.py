"""The node that is selected in the session's graph, and what it saved for backward."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from gradviz.gui.session.session_state import SessionState
from gradviz.model.explanation.step_results import details_at
from gradviz.model.graph.graph import Graph, same_node
from gradviz.protocol.commands import Inspect
from gradviz.protocol.events import NodeDetails
from gradviz.protocol.records import NodeRecord


class GraphSelection(QObject):
    """The selection, carried over to the next graph where the node is the same in it."""

    graph_changed = Signal()
    changed = Signal()
    details_arrived = Signal()
    """Of the selected node, or of another one that was asked for."""

    def __init__(self, state: SessionState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._engine = state, state.engine
        self._graph: Graph | None = None
        self.node_id: int | None = None
        self.module: str | None = None
        """Path of the selected module, empty for the whole model; no node is selected with it."""
        self._use = 1
        self._details: NodeDetails | None = None
        self.graph_target = ""
        """The network that the graph is of."""
        state.phase_changed.connect(self._ask_again)

    @property
    def node(self) -> NodeRecord | None:
        """The selected node."""
        return None if self._graph is None or self.node_id is None else self._graph.node(self.node_id)

    @property
    def details(self) -> NodeDetails | None:
        """What the selected node has saved, as seen from the point that is shown; None where that is not known."""
        timeline = self._engine.timeline
        return self._details if timeline is None or self._details is None else details_at(timeline, self._details)

    @property
    def cluster(self) -> int | None:
        """The selected call of the module in the graph; None for one that is never called."""
        calls = enumerate(self._graph.clusters) if self._graph is not None else ()
        found = {call.use: i for i, call in calls if call.kind == "module" and call.path == self.module}
        return found.get(self._use, next(iter(found.values()), None))

    def select_module(self, path: str, use: int = 1) -> None:
        """Choose a module, by its path and which of its calls, in place of a node."""
        if (path, use) != (self.module, self._use):
            self.module, self._use, self.node_id, self._details = path, use, None, None
            self.changed.emit()

    def select(self, node_id: int | None) -> None:
        """Choose the node that inspector and source show; None for none."""
        unknown = node_id is not None and (self._graph is None or node_id not in self._graph)
        if unknown or (node_id == self.node_id and self.module is None):
            return
        self.node_id, self.module = node_id, None
        self._details = None
        self.changed.emit()
        self._ask_for_details()

    def on_graph(self) -> None:
        """Take up the engine's graph."""
        before, graph = self._graph, self._engine.graph
        assert graph is not None
        self._graph, self.graph_target = graph, self._state.setup.target
        kept = same_node(before, graph, self.node_id)
        lost = kept != self.node_id
        if lost:
            self.node_id, self._details = kept, None
        self.graph_changed.emit()
        if lost:
            self.changed.emit()
        elif kept is not None and before is not graph:
            self._ask_for_details()

    def on_details(self, event: NodeDetails) -> None:
        """Take up what a node saved, if it is the selected one."""
        if self._graph is None or event.signature != self._graph.signature:
            return
        if event.node == self.node_id:
            self._details = self._engine.details[event.node]
        self.details_arrived.emit()

    def _ask_again(self) -> None:
        # Between a forward and its backward, what a node saved lives.
        if self._state.phase in ("ready", "running") and (self._details is None or self._details.state == "freed"):
            self._ask_for_details()

    def ask_for_details_of(self, node_id: int | None) -> None:
        """Ask what a node has saved, selected or not; `DebugState.details` has the answer."""
        if self._graph is not None and node_id is not None and node_id in self._graph:
            self._ask_for(self._graph.node(node_id))

    def _ask_for_details(self) -> None:
        self._ask_for(self.node)

    def _ask_for(self, node: NodeRecord | None) -> None:
        graph = self._graph
        if (
            node is not None
            and graph is not None
            and node.kind in ("function", "custom", "parameter")
            and self._state.phase != "dead"
        ):
            self._engine.send(Inspect(graph.signature, node.id))
