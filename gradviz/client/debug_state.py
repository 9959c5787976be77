"""What is known of engine, graph, iteration and breakpoints: wishes leave as commands, facts enter as events."""

from __future__ import annotations

import struct
from collections.abc import Callable
from itertools import count

from msgspec.structs import replace

from gradviz.errors import GradvizError
from gradviz.model.graph.graph import Graph
from gradviz.model.graph.graph_cache import GraphCache
from gradviz.model.stepping.breakpoints import Breakpoints
from gradviz.model.stepping.timeline import Timeline
from gradviz.protocol.commands import (
    AskTensor,
    Command,
    NextIteration,
    NextPhase,
    Open,
    Pause,
    Run,
    RunOne,
    RunTo,
    SetBreakpoints,
    StepIn,
    StepOut,
    StepOver,
)
from gradviz.protocol.events import (
    ConfigurationChanged,
    Event,
    GraphChanged,
    HitsCounted,
    LossBatch,
    NodeDetails,
    Opened,
    Passed,
    Ready,
    State,
    StateChanged,
    Stopped,
)
from gradviz.protocol.records import EvaluationsRecord, OptimizerChoice, PassedRecord, PointRecord

RESUMING = (Run, RunOne, RunTo, StepIn, StepOver, StepOut, NextPhase, NextIteration)
"""Commands after which the engine runs until it says where it stands."""
REACH_WAITS = "Which parameters gradient reaches is known when the forward is over."
HOLDING: tuple[State, ...] = ("ready", "paused", "stopped", "finished")
"""States from which it can go on."""


class Debugger:
    """One engine's state, as its events tell it. Prints nothing; knows neither prompt nor JSON."""

    def __init__(self, send: Callable[[Command], None]) -> None:
        self._send = send
        self._requests = count(1)
        self.graph_cache = GraphCache()
        self.breakpoints = Breakpoints()
        self.ready: Ready | None = None
        self.begin()

    def begin(self) -> None:
        """A new engine, or a new run: nothing is known of it yet. Breakpoints are kept."""
        self.opened: Opened | None = None
        self.state: State | None = None
        """None until something is open."""
        self.resuming = False
        """True from a command that goes on until the engine stands again."""
        self.step = 0
        self.loss: float | None = None
        self.losses: dict[int, float] = {}
        self.evaluations: dict[int, EvaluationsRecord] = {}
        """Of the iterations last told of, those whose optimizer evaluated more than once."""
        self.device = ""
        self.optimizer: OptimizerChoice | None = None
        self.stop: Stopped | None = None
        self.timeline: Timeline | None = None
        self.details: dict[int, NodeDetails] = {}
        """What nodes of the graph were said to have saved, by node."""

    # -- facts ----------------------------------------------------------------------------------------------------

    @property
    def graph(self) -> Graph | None:
        """The graph last told of."""
        return self.graph_cache.current

    @property
    def stands(self) -> bool:
        """Whether the engine stands still and can be asked to go on."""
        return not self.resuming and self.state in HOLDING

    @property
    def looks_back(self) -> bool:
        """Whether a point of the past is looked at."""
        return self.timeline is not None and not self.timeline.at_present

    @property
    def point(self) -> PointRecord | None:
        """Where one looks: at the cursor in the past, or where the engine stands."""
        if self.looks_back and self.timeline is not None:
            return self.timeline.point
        return self.stop.point if self.stop is not None else None

    @property
    def reach_waits(self) -> bool:
        """Whether autograd has parameters to reach, and no forward is over that told of them."""
        parameters = self.opened.parameters if self.opened is not None else ()
        graph = self.graph
        return any(p.requires_grad for p in parameters) and (graph is None or not graph.record.reach)

    @property
    def passed(self) -> PassedRecord | None:
        """What ran last before the point that one looks at."""
        timeline = self.timeline
        return timeline.passed[timeline.cursor - 1] if timeline is not None and timeline.cursor > 0 else None

    # -- wishes ---------------------------------------------------------------------------------------------------

    def open(self, command: Open) -> None:
        """Open a target; its breakpoints are set before anything runs."""
        self.begin()
        self.resuming = True
        self.send_breakpoints()
        self._send(command)

    def resume(self, command: Command) -> None:
        """Go on as `command` says.

        Raises:
            GradvizError: the engine cannot go on; the sentence says why.
        """
        if not self.stands:
            raise GradvizError(self.why_not())
        if self.timeline is not None:
            self.timeline.move(None)
        self.resuming = True
        self._send(command)

    def pause(self) -> None:
        """Ask a running engine to stand at the next point or border."""
        self._send(Pause())

    def why_not(self) -> str:
        """Why the engine cannot go on; empty if it can."""
        if self.stands:
            return ""
        if self.resuming or self.state == "running":
            return "It is running; pause it first."
        if self.state == "failed":
            return "The run ended with an error; restart begins a new one."
        return "Nothing is open yet."

    def send(self, command: Command) -> None:
        """Send what needs no state of its own: edits, optimizer, device, questions."""
        self._send(command)

    def ask(self, ask: AskTensor) -> int:
        """Ask for a tensor; its answer carries the number that is returned."""
        number = next(self._requests)
        self._send(replace(ask, request=number))
        return number

    def send_breakpoints(self) -> None:
        """Tell the engine the whole set that is on."""
        self._send(SetBreakpoints(self.breakpoints.enabled()))

    def look_back(self, by: int = 1) -> None:
        """Move the cursor `by` points back (or on, if negative) in the iteration's past.

        Raises:
            GradvizError: there is nothing further that way.
        """
        timeline = self.timeline
        if timeline is None or not timeline.passed:
            raise GradvizError("No iteration has been stepped yet; step into one first.")
        wanted = timeline.cursor - by
        if wanted < 0:
            raise GradvizError("This is the first point of the iteration.")
        timeline.move(wanted)

    # -- events ---------------------------------------------------------------------------------------------------

    def apply(self, event: Event) -> None:
        """Take in one event.

        Raises:
            ProtocolError: it refers to a graph that was not sent.
        """
        match event:
            case Ready():
                self.ready = event
            case Opened():
                self.opened, self.device, self.optimizer = event, event.device, event.optimizer
            case ConfigurationChanged():
                self.device, self.optimizer = event.device, event.optimizer
            case GraphChanged():
                before = self.graph
                if self.graph_cache.take(event) is not before:
                    self.details.clear()
            case LossBatch():
                losses = [value for (value,) in struct.iter_unpack("<d", event.losses)]
                self.losses.update(enumerate(losses, start=event.first))
                self.evaluations = {record.step: record for record in event.evaluations}
                self.loss = losses[-1] if losses else self.loss
            case StateChanged():
                self._on_state(event)
            case Passed():
                self._timeline_of(event.step).append(event.points)
            case Stopped():
                self._on_stopped(event)
            case HitsCounted():
                self.breakpoints.count(event.hits)
            case NodeDetails():
                if self.graph is not None and event.signature == self.graph.signature:
                    self.details[event.node] = event

    def _on_state(self, event: StateChanged) -> None:
        self.state, self.step = event.state, event.step
        self.loss = event.loss if event.loss is not None else self.loss
        if event.state == "running":
            return
        if event.state != "stopped":
            self.resuming = False
            self.stop = None
            if self.timeline is not None:
                self.timeline.next = None

    def _on_stopped(self, event: Stopped) -> None:
        self.resuming = False
        self.state, self.stop, self.step = "stopped", event, event.step
        timeline = self._timeline_of(event.step)
        timeline.next = None if event.after and event.reason != "exception" else event.point
        if event.of_phase[1]:
            timeline.expected[event.point.phase] = event.of_phase[1]
        timeline.move(None)

    def _timeline_of(self, step: int) -> Timeline:
        if self.timeline is None or self.timeline.step != step:
            self.timeline = Timeline(step)
        return self.timeline
