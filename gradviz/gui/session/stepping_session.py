"""The session's part that steps: stops, the past of the iteration, tensors and edits."""

from __future__ import annotations

from itertools import count
from typing import Literal

from PySide6.QtCore import QObject, QTimer

from gradviz.client.run_history import RunBook
from gradviz.client.step_queue import StepQueue
from gradviz.gui.session.breakpoint_session import BreakpointSession
from gradviz.gui.session.session_signals import Phase
from gradviz.model.stepping.timeline import Timeline
from gradviz.protocol.commands import (
    AskTensor,
    Command,
    Edit,
    NextIteration,
    NextPhase,
    RunTo,
    SaveTensor,
    SetBudget,
    StepIn,
    StepOut,
    StepOver,
)
from gradviz.protocol.events import (
    Edited,
    Event,
    HitsCounted,
    Passed,
    StateChanged,
    Stopped,
    TensorAnswered,
    TensorSaved,
    Unchecked,
)
from gradviz.protocol.records import PointRecord

HOLDING = ("ready", "paused", "stopped", "finished")
"""Phases from which a step can be taken."""
_QUIET = 120
"""Milliseconds for which a step may run before the window says so; most have stopped again by then."""


class SteppingSession(BreakpointSession):
    """Everything about stops; `Session` adds engine, run and graph."""

    step: int
    until: int
    runs: RunBook

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stop: Stopped | None = None
        """Where the engine stands; None while it does not stand in the gate."""
        self.timeline: Timeline | None = None
        """The iteration that was stepped last; None once a later one has run unseen."""
        self.budget: int | None = None
        """Bytes of past values that an engine may keep; None leaves it to the engine."""
        self.edits: set[int] = set()
        """Nodes whose value or gradient a person edited in the timeline's iteration."""
        self._queue = StepQueue()
        self._requests = count(1)
        self._asked: set[int] = set()
        self._late = QTimer(self, singleShot=True, interval=_QUIET)
        self._late.timeout.connect(self._say_running)

    @property
    def looks_back(self) -> bool:
        """True while a point of the past is shown."""
        return self.timeline is not None and not self.timeline.at_present

    @property
    def point(self) -> PointRecord | None:
        """The point that is shown: where the cursor stands in the past, or where the engine stands."""
        if self.timeline is not None and not self.timeline.at_present:
            return self.timeline.point
        return self.stop.point if self.stop is not None else None

    # Wishes

    def step_in(self) -> None:
        """Run one op, node or update. While looking back: one point on."""
        self._walk(StepIn())

    def step_over(self) -> None:
        """Run over the module call that begins here. While looking back: one point on."""
        self._walk(StepOver())

    def step_out(self) -> None:
        """Run to the end of the module call."""
        self._step(StepOut())

    def run_to(self, node_id: int) -> None:
        """Run until this node stands at the gate."""
        self._step(RunTo(node_id))

    def next_phase(self) -> None:
        """Run to the first point of the next phase."""
        self._step(NextPhase())

    def next_iteration(self) -> None:
        """Run to the first point of the next iteration."""
        self._step(NextIteration())

    def step_back(self) -> None:
        """Look at the point before; the engine stays where it is."""
        if self.timeline is not None:
            self.move_cursor(self.timeline.cursor - 1)

    def move_cursor(self, position: int | None) -> None:
        """Look at another point of the iteration; None is the present."""
        timeline = self.timeline
        if timeline is None or self.phase == "running":
            return
        before = timeline.cursor, timeline.at_present
        timeline.move(position)
        if before != (timeline.cursor, timeline.at_present):
            self._asked.clear()
            self._select_point()
            self.cursor_moved.emit()

    def set_budget(self, size: int) -> None:
        """Hold past values up to `size` bytes, in this iteration already."""
        self.budget = size
        self.command_issued.emit(SetBudget(size))

    def ask_tensor(self, ask: AskTensor) -> int:
        """Ask for a tensor; the answer carries the number that is returned. Answers to what was asked before the last
        stop do not come."""
        number = next(self._requests)
        self._asked.add(number)
        self.command_issued.emit(
            AskTensor(
                number, ask.node, ask.what, ask.index, ask.name, ask.point, ask.slice, ask.values, ask.picture
            )
        )  # fmt: skip
        return number

    def save_tensor(self, save: SaveTensor) -> None:
        """Write a tensor to a file; `tensor_saved` or `failed` follows."""
        self.command_issued.emit(save)

    def edit(self, edit: Edit) -> None:
        """Change a value; `edited` or `edit_failed` follows."""
        if self.looks_back:
            self.move_cursor(None)  # only what stands at the gate can be changed
        self.command_issued.emit(edit)

    def _enter(self, phase: Phase) -> None:
        """Take up a phase and say so; the session's, which knows of more than steps."""
        raise NotImplementedError

    def _walk(self, command: Command) -> None:
        if self.looks_back and self.timeline is not None:
            self.move_cursor(self.timeline.cursor + 1)
        else:
            self._step(command)

    def _step(self, command: Command) -> None:
        if self.phase not in HOLDING:
            return
        self.move_cursor(None)
        if self._queue.ask(command):
            self.command_issued.emit(command)

    # Facts

    def _apply_step(self, event: Event) -> None:
        match event:
            case Passed() if event.run == self.runs.number:
                self._timeline_of(event.step).append(event.points)
                self.timeline_changed.emit()
            case Stopped() if event.run == self.runs.number:
                self._on_stopped(event)
            case HitsCounted():
                self.breakpoints.count(event.hits)
                self.hits_counted.emit()
            case Unchecked() if event.run == self.runs.number:
                self.failed.emit(event.message)
            case TensorAnswered() if event.request in self._asked:
                self._asked.discard(event.request)
                self.tensor_answered.emit(event)
            case TensorSaved():
                self.tensor_saved.emit(event.path)
            case Edited() if event.run == self.runs.number:
                if event.node is not None:
                    self.edits.add(event.node)
                self.runs.mark(event.run, event.mark, "")
                self.edited.emit(event)
                self.runs_changed.emit()

    def _timeline_of(self, step: int) -> Timeline:
        if self.timeline is None or self.timeline.step != step:
            self.timeline = Timeline(step)
            self.edits.clear()
        return self.timeline

    def _on_stopped(self, event: Stopped) -> None:
        self._late.stop()
        self._asked.clear()
        self.stop, self.step = event, event.step
        self.until = max(self.until, event.step + 1)
        timeline = self._timeline_of(event.step)
        timeline.next = None if event.after and event.reason != "exception" else event.point
        if event.of_phase[1]:
            timeline.expected[event.point.phase] = event.of_phase[1]
        self._expect(timeline)
        timeline.move(None)
        self._enter("stopped")
        self._select_point()
        self.stopped.emit()
        following = self._queue.answered()
        if following is not None:
            self.command_issued.emit(following)

    def _expect(self, timeline: Timeline) -> None:
        graph = self.graph
        if graph is None or graph.record.kind != "autograd":
            return
        parameters = sum(node.kind == "parameter" for node in graph.nodes)
        functions = sum(node.kind in ("function", "custom", "opaque") for node in graph.nodes)
        known = self.stop.of_phase[1] if self.stop is not None else 0
        phase = self.stop.point.phase if self.stop is not None else ""
        # Before the graph of this iteration is whole, the one that is drawn is the best guess.
        if not (known and phase == "backward") and phase != "update":
            timeline.expected["backward"] = functions + parameters
        if not (known and phase == "update"):
            timeline.expected["update"] = parameters

    def _select_point(self) -> None:
        point = self.point
        if point is not None:
            node = point.node
            self.select(node if self.graph is not None and node is not None and node in self.graph else None)

    def _on_state(self, event: StateChanged) -> None:
        state, self.ending = event.state, event.message
        if state == "finished" and event.message:
            self.until = max(event.step, 1)  # a script ends where it ends
        if state == "running" and self._queue.waiting is not None:
            if self.phase != "running":
                self._late.start()
            self.state_changed.emit()
            return
        if state != "running":
            self._late.stop()
        if state not in ("running", "stopped"):
            self._leave_gate()
            self._forget_stale()
        self._enter(state)

    def _say_running(self) -> None:
        self._leave_gate(clear=False)
        self._enter("running")
        self.resumed.emit()

    def _leave_gate(self, *, clear: bool = True) -> None:
        if clear:
            self._queue.clear()
        self.stop = None
        if self.timeline is not None and self.timeline.next is not None:
            self.timeline.next = None
            self.timeline_changed.emit()

    def _forget_stale(self) -> None:
        if self.timeline is not None and self.timeline.step not in (self.step - 1, self.step):
            self._forget_steps()

    def _forget_steps(self) -> None:
        self._late.stop()
        self._queue.clear()
        self._asked.clear()
        self.edits.clear()
        self.stop = None
        had, self.timeline = self.timeline is not None, None
        if had:
            self.timeline_changed.emit()

    def _step_failed(self, command: Literal["Edit"] | str, message: str) -> None:
        if command == "Edit":
            self.edit_failed.emit(message)
        elif self._queue.waiting is not None and command == type(self._queue.waiting).__name__:
            self._queue.clear()
