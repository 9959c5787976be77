"""Steps the engine, and moves through the past of the iteration that was stepped last."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from gradviz.client.debug_state import why_not_back
from gradviz.gui.session.graph_selection import GraphSelection
from gradviz.gui.session.session_state import HOLDING, SessionState
from gradviz.model.explanation.past_text import branched_text, found_text
from gradviz.model.stepping.timeline import Timeline
from gradviz.protocol.commands import (
    BackTo,
    Command,
    FindFirst,
    NextIteration,
    NextPhase,
    RunTo,
    SetBudget,
    StepIn,
    StepOut,
    StepOver,
)
from gradviz.protocol.events import StateChanged, Stopped
from gradviz.protocol.past_events import Branched, FirstFound, Repeated
from gradviz.protocol.records import BreakpointRecord

_QUIET = 120
"""Milliseconds for which a step may run before the window shows that it runs; most have stopped again by then."""


class StepRequests(QObject):
    """What the user asks for while stepping, and the signals of what came of it."""

    stopped = Signal()
    """The engine stopped at a point; `DebugState.stop` is where."""
    script_requested = Signal(int)
    """A script is to be run again up to this iteration."""
    trapped = Signal()
    """A script met a trap; `DebugState.trapped` is which."""
    resumed = Signal()
    """The engine left the point, and did not stop again at once."""
    timeline_changed = Signal()
    """Points ran, or another iteration began."""
    cursor_moved = Signal()
    """Another point of the past is shown, or the present again."""

    def __init__(self, state: SessionState, selection: GraphSelection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._engine, self._selection = state, state.engine, selection
        self.budget: int | None = None
        """Bytes of past values that an engine may keep; None leaves it to the engine."""
        self.touched = False
        """Whether the weights of the network that is open are others than it was built with."""
        self._late = QTimer(self, singleShot=True, interval=_QUIET)
        self._late.timeout.connect(self._show_running)

    def step_in(self) -> None:
        """Run one op, node or update; the first time, stop at the first op of the forward. While looking back: one
        point on."""
        self._walk(StepIn(first=self._state.phase == "ready" and not self.touched))

    def step_over(self) -> None:
        """Run over the module call that begins here. While looking back: one point on."""
        self._walk(StepOver())

    def step_out(self) -> None:
        """Run to the end of the module call."""
        self.request(StepOut())

    def run_to(self, node_id: int) -> None:
        """Run until just before this node."""
        self.request(RunTo(node_id))

    def next_phase(self) -> None:
        """Run to the first point of the next phase."""
        self.request(NextPhase())

    def next_iteration(self) -> None:
        """Run to the first point of the next iteration."""
        self.request(NextIteration())

    def go_back(self, iteration: int) -> None:
        """Stop before the first op of an iteration that has run; from a run that failed, too. A script runs again from
        its start."""
        opened = self._engine.opened
        if self.why_not_back(iteration):
            return
        if opened is not None and opened.kind == "script":
            self.script_requested.emit(iteration)
        else:
            self._engine.resume(BackTo(iteration, self._state.runs.number + 1))

    def find_first(self, condition: BreakpointRecord, since: int) -> None:
        """Stop in the first iteration, from `since` on, that met a condition."""
        if reason := self.why_not_back(since):
            self._state.failed.emit(reason)
        else:
            self._engine.resume(FindFirst(condition, since, self._state.runs.number + 1))

    def why_not_back(self, iteration: int = 0) -> str:
        """Return why one cannot go back to an iteration; empty if one can."""
        if not self._engine.past.reached:
            return self.tr("No iteration of this run is over yet.")
        return why_not_back(self._engine, iteration)

    def step_back(self) -> None:
        """Look at the point before; the engine stays where it is."""
        if self._engine.timeline is not None:
            self.move_cursor(self._engine.timeline.cursor - 1)

    def move_cursor(self, position: int | None) -> None:
        """Look at another point of the iteration; None is the present."""
        if self._state.phase != "running" and self._engine.move_cursor(position):
            self._select_point()
            self.cursor_moved.emit()

    def set_budget(self, size: int) -> None:
        """Keep past values up to `size` bytes, in this iteration already."""
        self.budget = size
        self._engine.send(SetBudget(size))

    def request(self, command: Command) -> None:
        """Go on by `command`, if the engine can. What is over at once is not shown as running: no flicker."""
        if self._state.phase in HOLDING:
            self.move_cursor(None)
            self._engine.request_step(command)

    def _walk(self, command: Command) -> None:
        if self._engine.looks_back and self._engine.timeline is not None:
            self.move_cursor(self._engine.timeline.cursor + 1)
        else:
            self.request(command)

    def begin(self, run: int) -> None:
        """Begin a run, of which nothing is known yet."""
        self._late.stop()
        self.touched = False
        had = self._engine.timeline is not None
        self._engine.begin(run)
        if had:
            self.timeline_changed.emit()

    def on_ready(self) -> None:
        """Send a new engine the budget of past values."""
        if self.budget is not None:
            self._engine.send(SetBudget(self.budget))

    def on_death(self) -> None:
        """Show no step as running any more."""
        self._late.stop()

    def on_stopped(self, event: Stopped) -> None:
        """Show where the engine stopped, and send the step that was requested meanwhile."""
        self._late.stop()
        if self._state.until:
            self._state.until = max(self._state.until, event.step + 1)
        if self._engine.timeline is not None:
            self._expect(self._engine.timeline, event)
        self._state.enter("stopped")
        before = self._selection.node_id
        self._select_point()
        if self._selection.node_id == before:
            self._selection.ask_for_details_of(before)  # its forward or its backward may have run by now
        if (passed := self._engine.passed) is not None and passed.point.phase == "backward":
            self._selection.ask_for_details_of(passed.point.node)  # by now it may have been freed
        self.stopped.emit()
        self._engine.send_next_step()

    def on_graph(self) -> None:
        """Take up another graph; select the point in one so far that was sent after its stop."""
        self._selection.on_graph()
        if self._state.phase == "stopped" and self._selection.node_id is None and not self._engine.resuming:
            self._select_point()

    def on_past(self, event: Repeated | Branched | FirstFound) -> None:
        """Show how far iterations have come that run again, that the run is another one now, or what was found."""
        if isinstance(event, FirstFound):
            self._state.failed.emit(found_text(event))
        if isinstance(event, Branched):
            self._state.runs.branch(event)
            self._state.runs_changed.emit()
            self._state.failed.emit(branched_text(event))
        self._state.changed.emit()

    def on_state(self, event: StateChanged) -> None:
        """Show another state of the engine; a step that is under way is shown as running after a while."""
        state = event.state
        if state == "finished" and event.message:
            self._state.until = max(event.step, 1)  # a script ends where it ends
        if state == "running" and self._engine.resuming:
            if self._state.phase != "running":
                self._late.start()
            self._state.changed.emit()
            return
        if event.message:
            self._state.failed.emit(event.message)
        if state != "running":
            self._late.stop()
        timeline = self._engine.timeline
        if state not in ("running", "stopped") and timeline is not None:
            if timeline.step not in (event.step - 1, event.step):
                self._engine.forget_steps()  # a later iteration has run unseen
            self.timeline_changed.emit()
        self._state.enter(state)

    def _show_running(self) -> None:
        self._engine.leave_stop()
        if self._engine.timeline is not None:
            self.timeline_changed.emit()
        self._state.enter("running")
        self.resumed.emit()

    def _expect(self, timeline: Timeline, stop: Stopped) -> None:
        graph = self._engine.graph
        if graph is None or graph.record.kind != "autograd":
            return
        parameters = sum(node.kind == "parameter" for node in graph.nodes)
        functions = sum(node.kind in ("function", "custom", "opaque") for node in graph.nodes)
        known, phase = stop.of_phase[1], stop.point.phase
        # Before the graph of this iteration is whole, the one that is drawn is the best guess.
        if not (known and phase == "backward") and phase != "update":
            timeline.expected["backward"] = functions + parameters
        if not (known and phase == "update"):
            timeline.expected["update"] = parameters

    def _select_point(self) -> None:
        point, graph = self._engine.point, self._engine.graph
        if point is not None:
            node = point.node
            self._selection.select(node if graph is not None and node is not None and node in graph else None)
