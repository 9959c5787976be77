"""The states of the nodes on the canvas as the session steps; the canvas follows the point that is shown."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

from gradviz.client.debug_state import raised_at
from gradviz.gui.scene.data.node_states import NodeState
from gradviz.gui.scene.data.timeline_states import edge_states, node_states
from gradviz.gui.scene.view.graph_view import GraphView
from gradviz.gui.session.session import Session
from gradviz.model.stepping.timeline import Timeline

_SETTLING = 200
"""Milliseconds: longer than a pan, so that the two do not interfere."""


_REQUESTED = ("breakpoint", "run_to", "exception")
"""Reasons of stops at a node that the user wants to see."""


class StepStateController(QObject):
    """Projects timeline, breakpoints and edits onto the canvas; many changes in a row are shown once."""

    node_hidden = Signal(int)
    """A stop that was asked for, a breakpoint's or an exception's, lies in a folded module."""

    def __init__(self, session: Session, view: GraphView, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._view = session, view
        self._shown: int | None = None
        """The node that was brought into sight last."""
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self.refresh)
        # Panels make room at a stop after the point was brought into sight: look again when they have settled.
        self._settled = QTimer(self, singleShot=True, interval=_SETTLING)
        self._settled.timeout.connect(self._look_again)
        view.viewport().installEventFilter(self)
        steps = session.steps
        for changed in (steps.stopped, steps.resumed, steps.timeline_changed, steps.cursor_moved,
                        session.breakpoints.changed, session.tensors.edited, session.state.phase_changed):  # fmt: skip
            changed.connect(self._timer.start)

    @property
    def timeline(self) -> Timeline | None:
        """The iteration that is painted; None while the run goes on unwatched."""
        session = self._session
        return None if session.state.phase in ("running", "starting", "opening") else session.engine.timeline

    def refresh(self) -> None:
        """Paint the states of the graph that is drawn, and bring the point that is shown into sight."""
        session, graph = self._session, self._view.graph
        if graph is None or graph is not session.engine.graph:
            return  # the drawing of the session's graph is still being placed
        timeline, stop = self.timeline, session.engine.stop
        states = node_states(
            graph,
            timeline,
            session.engine.breakpoints.enabled(),
            edited=session.engine.edits if not session.engine.looks_back else (),
            raised=raised_at(session.engine) if not session.engine.looks_back else None,
            proof=stop.proof if stop is not None and not session.engine.looks_back else None,
            lit=session.state.phase == "ready" and graph.record.kind == "autograd",
        )
        edited = session.engine.edits if not session.engine.looks_back else {}
        self._view.scene.set_states(states, edge_states(graph, timeline, edited))
        self._follow(states.state.tolist())

    def _look_again(self) -> None:
        if self._shown is not None and self._view.graph is self._session.engine.graph:
            self._view.framing.reveal(self._shown)

    def _follow(self, states: list[int]) -> None:
        point, graph = self._session.engine.point, self._session.engine.graph
        node = point.node if point is not None else None
        self._view.marks.set_point(node)
        if node is None or graph is None or node not in graph or states[graph.index[node]] == NodeState.PLAIN:
            self._shown = None
            self._view.framing.keep_clear_of(None)
            return
        self._view.framing.keep_clear_of(node)
        drawing = self._view.drawing
        box = drawing.box_of(node) if drawing is not None else None
        if node != self._shown:
            self._shown = node
            stop = self._session.engine.stop
            asked = stop is not None and stop.reason in _REQUESTED and not self._session.engine.looks_back
            if asked and drawing is not None and box is not None and drawing.folded[box]:
                self.node_hidden.emit(node)
            else:  # a step does not unfold what the user has folded: the folded box is marked
                self._view.framing.reveal(node)
        self._settled.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Bring the shown node into sight again after the canvas was resized."""
        if event.type() == QEvent.Type.Resize and self._shown is not None:
            self._settled.start()
        return super().eventFilter(watched, event)
