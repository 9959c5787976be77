"""The cards over the canvas at a stop: the point, and the derivative of the selected node."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from gradviz.client.debug_state import DebugState, shows_past_graph
from gradviz.gui.panels.graph.derivative_card import DerivativeCard
from gradviz.gui.panels.graph.stop_card import StopCard
from gradviz.gui.scene.view.graph_view import GraphView
from gradviz.gui.session.session import Session
from gradviz.model.derivative.derivatives import Derivative, derivative, gradient_maker
from gradviz.model.explanation.next_point_text import end_text, reason_text
from gradviz.model.explanation.step_results import reduction_text, result_text, saved_text
from gradviz.model.graph.graph import Graph
from gradviz.model.stepping.breakpoint_kinds import title_of
from gradviz.protocol.answers import DerivativeChecked, UpdateExplained
from gradviz.protocol.events import Stopped
from gradviz.protocol.explanations import CheckRecord, UpdateRecord
from gradviz.protocol.records import PointRecord, SummaryRecord


class StopCardsController(QObject):
    """Fills the cards from the session; the view places them."""

    source_requested = Signal(str, int)
    cause_requested = Signal()
    derivative_closed = Signal()

    def __init__(self, session: Session, view: GraphView, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._view = session, view
        self.derivative_wanted = True
        """Whether the derivative is shown where there is one; the user may have closed it."""
        self.projector = False
        self.stop, self.derivative = StopCard(), DerivativeCard()
        view.cards.dock.add(self.stop, self.derivative)
        self.stop.hide()
        self.stop.source_requested.connect(self.source_requested)
        self.stop.cause_requested.connect(self.cause_requested)
        self.stop.present_requested.connect(lambda: session.steps.move_cursor(None))
        self.derivative.closed.connect(self._on_closed)
        self.derivative.check_requested.connect(lambda: session.tensors.check_derivative(session.selection.node_id))
        self._asked: tuple[int, object] = (-1, None)
        """Number of the request for an update, and of which parameter at which stop it is."""
        self._update: UpdateRecord | None = None
        self._check: CheckRecord | None = None
        """Shown until the card is closed, or another node is selected."""
        session.tensors.derivative_checked.connect(self._take_check)
        for changed in (session.selection.changed, session.steps.resumed, session.selection.graph_changed):
            changed.connect(self._forget_check)
        session.tensors.update_explained.connect(self._take_update)
        session.tensors.edited.connect(self._forget_update)
        for card in (self.stop, self.derivative):
            card.height_changed.connect(self._place_soon)
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self.refresh)
        self._place_timer = QTimer(self, singleShot=True, interval=0)
        self._place_timer.timeout.connect(self.place)
        steps, selection = session.steps, session.selection
        for changed in (steps.stopped, steps.resumed, steps.timeline_changed, steps.cursor_moved,
                        session.state.phase_changed, selection.changed, selection.graph_changed,
                        selection.details_arrived, session.causes.found):  # fmt: skip
            changed.connect(self._timer.start)
        session.causes.spike_found.connect(lambda _event: self._timer.start())

    @property
    def shown(self) -> bool:
        """Whether the cards are over the canvas."""
        return self._session.state.phase != "running" and self._session.engine.point is not None

    def show_derivative(self, wanted: bool) -> None:
        """Show the derivative, or hide it."""
        self.derivative_wanted = wanted
        self.refresh()

    def toggle_derivative(self) -> None:
        """Show the derivative, or hide it."""
        self.show_derivative(not self.derivative_wanted)

    def toggle_projector(self) -> None:
        """Switch between large formulas and those of the usual size."""
        self.set_projector(not self.projector)

    def set_projector(self, projector: bool) -> None:
        """Set whether formulas are large."""
        self.projector = projector
        self.derivative.set_projector(projector)
        self.place()

    def refresh(self) -> None:
        """Show the session's stop, or the earlier point that is shown instead."""
        self._fill_stop()
        self._fill_derivative()
        self.place()

    def place(self) -> None:
        """Let the view place the cards, after one of them changed."""
        self._view.framing.make_room()

    def _place_soon(self) -> None:
        self._place_timer.start()

    def _on_closed(self) -> None:
        if self._check is not None:
            self._forget_check()
            return
        self.derivative_wanted = False
        self.derivative_closed.emit()
        self.place()

    def _fill_stop(self) -> None:
        session = self._session
        stop, timeline = session.engine.stop, session.engine.timeline
        if not self.shown:
            self.stop.set_stop(None)
            return
        reason = ""
        if stop is not None and stop.breakpoint is not None and stop.breakpoint in session.engine.breakpoints:
            record = session.engine.breakpoints[stop.breakpoint].record
            # The card shows a line or a node anyway.
            reason = "" if record.kind in ("line", "node") else title_of(record)
        self.stop.offer_cause(self._cause_text())
        self.stop.set_stop(stop, uses=_uses(session.engine.graph, stop.point) if stop is not None else 0, reason=reason)
        point = session.engine.point
        if session.engine.looks_back and timeline is not None and point is not None:
            position = sum(p.point.phase == point.phase for p in timeline.shown()) + 1
            count = max(timeline.count(point.phase), timeline.expected.get(point.phase, 0))
            self.stop.set_past(point, (position, count), uses=_uses(session.engine.graph, point))
        if point is not None:
            self._explain(point)
            if point.phase == "update":
                self._fill_update(point)

    def _cause_text(self) -> str:
        """Return what is offered at a stop that has a cause to be looked for; empty at any other."""
        engine = self._session.engine
        stop = engine.stop
        if stop is None or engine.looks_back:
            return ""
        if stop is self._session.causes.answered_at:
            return ""  # the panel shows it
        hit = stop.breakpoint if stop.breakpoint is not None and stop.breakpoint in engine.breakpoints else None
        kind = engine.breakpoints[hit].record.kind if hit is not None else ""
        if kind == "spike":
            return self.tr("What moved?")
        return self.tr("Where does it come from?") if kind in _NOT_FINITE or _not_finite(engine, stop) else ""

    def _explain(self, point: PointRecord) -> None:
        engine = self._session.engine
        timeline, stop = engine.timeline, engine.stop
        if timeline is None:
            return
        last = timeline.passed[timeline.cursor - 1].point.node if timeline.cursor else None
        result = result_text(engine.graph, timeline, engine.details.get(last) if last is not None else None)
        if stop is not None and stop.after and not engine.looks_back and timeline.cursor - 1 > stop.point.index:
            result = ""  # the trap looked at a forward that had run to its end, and this is not its last op
        if stop is None or engine.looks_back or not stop.after:
            why = reason_text(engine.graph, timeline, point)
        else:
            why = end_text() if stop.reason == "step" else ""
        self.stop.explain(result, why, self._past_text())

    def _past_text(self) -> str:
        """Return of which iteration the graph is, while the forward that is stopped has not made its own."""
        engine = self._session.engine
        if not shows_past_graph(engine):
            return ""
        text = self.tr("Graph, uses and saved tensors are those of iteration {step}; where this forward goes another "
                       "way, they are drawn anew.")  # fmt: skip
        return text.format(step=f"{engine.graph_step:,}")

    def _fill_update(self, point: PointRecord) -> None:
        timeline = self._session.engine.timeline
        if timeline is None:
            return
        graph, node = self._session.engine.graph, point.node
        if graph is not None and node in graph.index and graph.node(node).kind == "parameter":
            maker = gradient_maker(graph, graph.node(node))
            node = maker.id if maker is not None else node
        before = timeline.ran("backward", node) if node is not None else None
        gradient = before.values[0] if before is not None and before.values and not before.values[0].lost else None
        known = timeline.passed[point.index] if point.index < len(timeline.passed) else None
        rows: list[SummaryRecord | None] = [None, None, None]
        if known is not None and known.point.phase == "update":
            for i, value in enumerate(known.values[:3]):
                rows[i] = value
        stop = self._session.engine.stop
        if rows[0] is None and stop is not None and stop.point == point:
            rows[0] = stop.before
        self.stop.set_update(rows[0], gradient, rows[2], rows[1])

    def _fill_derivative(self) -> None:
        if self._check is not None:
            self.derivative.set_check(self._check)
            return
        update = self._update_of_selection() if self.shown and self.derivative_wanted else None
        if update is not None:
            self.derivative.set_update(update)
            return
        shown = self._derivative() if self.shown and self.derivative_wanted else None
        node = self._session.selection.node
        # What a parameter's details list is kept by its optimizer, and not by its node.
        saves = shown is not None and node is not None and node.kind != "parameter"
        details = self._session.selection.details if saves else None
        self.derivative.set_derivative(shown, saved_text(details), reduction_text(details))
        self.derivative.setVisible(shown is not None)

    def _update_of_selection(self) -> UpdateRecord | None:
        """Return the step of the selected parameter while the update runs; it is asked for once at each stop."""
        engine, node = self._session.engine, self._session.selection.node
        point = engine.point
        if node is None or node.kind != "parameter" or point is None or point.phase != "update":
            return None
        key = (node.id, engine.stop, engine.looks_back)
        if self._asked[1] != key:
            same = self._update is not None and self._update.parameter in (*node.names, node.name)
            self._update = self._update if same else None  # the numbers change in place
            self._asked = self._session.tensors.explain_update(node.id), key
        return self._update

    def _take_check(self, answer: DerivativeChecked) -> None:
        self._check = answer.check
        self._timer.start()

    def _forget_check(self) -> None:
        if self._check is not None:
            self._check = None
            self._timer.start()

    def _take_update(self, answer: UpdateExplained) -> None:
        if answer.request == self._asked[0]:
            self._update = answer.update
            if answer.update is None and (node := self._session.selection.node) is not None:
                self._update = UpdateRecord(node.name, "", note=answer.message)
            self._timer.start()

    def _forget_update(self) -> None:
        self._asked = (-1, None)
        self._timer.start()

    def _derivative(self) -> Derivative | None:
        graph, node = self._session.engine.graph, self._session.selection.node
        if graph is None or node is None or node.kind not in ("function", "custom", "parameter", "op"):
            return None
        found = derivative(graph, node.id)
        # An op that is part of a backward written by hand has no derivative of its own.
        return found if found.known or node.kind != "op" else None


_NOT_FINITE = ("nonfinite", "nan", "inf")


def _not_finite(engine: DebugState, stop: Stopped) -> bool:
    """Return whether what ran last made a NaN or Inf."""
    last = engine.timeline.passed[-1:] if engine.timeline is not None else []
    values = [value for passed in last for value in passed.values]
    # An Inf of the forward may be meant: a mask is −∞.
    return any(value.nans or (value.infs and stop.point.phase != "forward") for value in values)


def _uses(graph: Graph | None, point: PointRecord) -> int:
    """Return how often the iteration calls the point's module; 0 if that is not known."""
    if graph is None or not point.module:
        return 0
    return next((cluster.uses for cluster in graph.clusters if cluster.path == point.module), 0)
