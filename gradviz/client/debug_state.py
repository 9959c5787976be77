"""One engine's state machine without Qt: its events, read into state, and the commands that make it go on."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from struct import iter_unpack

from msgspec.structs import replace

from gradviz.client.run_past import RunPast, run_of
from gradviz.errors import GradvizError
from gradviz.language import tr, translatable
from gradviz.model.graph.graph import Graph, GraphCache
from gradviz.model.stepping.breakpoints import Breakpoints
from gradviz.model.stepping.timeline import Timeline
from gradviz.protocol.commands import (
    STEP_COMMANDS,
    AskTensor,
    BackTo,
    Command,
    ExplainUpdate,
    FindFirst,
    Open,
    Pause,
    Run,
    RunOne,
    SetBreakpoints,
)
from gradviz.protocol.events import (
    Busy,
    ConfigurationChanged,
    Edited,
    Event,
    Failed,
    GraphChanged,
    HitsCounted,
    LossBatch,
    NodeDetails,
    Opened,
    Passed,
    Ready,
    StateChanged,
    Stopped,
    TensorAnswered,
    Trapped,
)
from gradviz.protocol.past_events import Branched, Repeated
from gradviz.protocol.records import OptimizerChoice, PassedRecord, PointRecord, State, SummaryRecord

RESUMING: tuple[type[Command], ...] = (Run, RunOne, BackTo, FindFirst, *STEP_COMMANDS)
"""Commands after which the engine runs until it reports where it stopped."""
REACH_WAITS = translatable("Which parameters gradient reaches is known when the forward is over.")
HOLDING: tuple[State, ...] = ("ready", "paused", "stopped", "finished")
"""States from which the engine can go on."""


class DebugState:
    """The state of one engine, changed by its events alone; several engines can be followed side by side."""

    def __init__(self, send: Callable[[Command], None]) -> None:
        """`send` delivers a command to the engine."""
        self.send = send
        self._requests = count(1)
        self._pending: set[int] = set()
        """Numbers of the tensors that were requested since the last stop and have not come yet."""
        self.graphs, self.graph_step = GraphCache(), 0  # and the iteration that the graph was received of
        self.breakpoints = Breakpoints()
        self.ready: Ready | None = None
        self.opened: Opened | None = None  # the target opened last; the next one's opening may still be under way
        self.device = ""
        self.optimizer: OptimizerChoice | None = None
        self.details: dict[int, NodeDetails] = {}
        """What nodes of the graph have saved, by node, as it was last reported."""
        self.stop: Stopped | None = None  # where the engine stopped; None while it is not stopped at a point
        self.timeline: Timeline | None = None  # the iteration that was stepped last
        self.edits: dict[int, SummaryRecord | None] = {}
        """Nodes at which the user edited a value in the timeline's iteration, and what a gradient became."""
        self.under_way: Command | None = None  # the command that was sent and is not answered by a stop yet
        self._next_step: Command | None = None
        self.busy: Busy | None = None  # what the engine is in, if it has not answered for some seconds
        self.pausing = False  # whether a pause was asked for, and has not come about yet
        self.begin(0)

    def begin(self, run: int) -> None:
        """Begin a run. Breakpoints, the graph and the target that was opened last are kept."""
        self.run = run
        self.state: State | None = None  # until something is open
        self.step = 0
        self.loss: float | None = None
        self.trapped: Trapped | None = None
        self.past = RunPast()
        self.ending = ""
        """What the engine reported of a script's end; empty while there is more, also after what was requested."""
        self.details.clear()
        self.forget_steps()

    def end(self) -> None:
        """Note that the engine has ended. Graph and timeline are kept."""
        self._forget_commands()
        self.busy = self.state = self.stop = None

    def forget_steps(self) -> None:
        """Forget stop, timeline and edits, and what is under way."""
        self._forget_commands()
        self._pending.clear()
        self.edits.clear()
        self.stop = self.timeline = None

    def _forget_commands(self) -> None:
        self.under_way, self._next_step, self.pausing = None, None, False

    @property
    def graph(self) -> Graph | None:
        """The graph received last; it outlives its run and its engine until the next one is received."""
        return self.graphs.current

    @property
    def resuming(self) -> bool:
        """Whether a command is under way after which the engine runs until it stops again."""
        return self.under_way is not None

    @property
    def is_paused(self) -> bool:
        """Whether the engine is paused and can be asked to go on."""
        return not self.resuming and self.state in HOLDING

    @property
    def looks_back(self) -> bool:
        """Whether a point of the past is shown."""
        return self.timeline is not None and not self.timeline.at_present

    @property
    def point(self) -> PointRecord | None:
        """The point that is shown: at the cursor in the past, or where the engine stopped."""
        if self.timeline is not None and not self.timeline.at_present:
            return self.timeline.point
        return self.stop.point if self.stop is not None else None

    @property
    def reach_waits(self) -> bool:
        """Whether autograd has parameters to reach, and no finished forward has reported which."""
        parameters = self.opened.parameters if self.opened is not None else ()
        graph = self.graph
        return any(p.requires_grad for p in parameters) and (graph is None or not graph.record.reach)

    @property
    def passed(self) -> PassedRecord | None:
        """What ran last before the point that is shown."""
        timeline = self.timeline
        return timeline.passed[timeline.cursor - 1] if timeline is not None and timeline.cursor > 0 else None

    def open(self, command: Open) -> None:
        """Begin the run of `command` and open its target."""
        self.begin(command.run)
        self.under_way = command
        self.send(command)

    def resume(self, command: Command) -> None:
        """Go on by `command`.

        Raises:
            GradvizError: the engine cannot go on; the sentence is the reason.
        """
        if reason := why_not_back(self, command.step) if isinstance(command, BackTo | FindFirst) else _why_not(self):
            raise GradvizError(reason)
        self.request_step(command)

    def request_step(self, command: Command) -> None:
        """Go on from the present by `command`. While a step is under way the newest command waits for its answer,
        so that keys pressed faster than the engine answers pile nothing up; none waits for the end of a run."""
        self.move_cursor(None)
        if self.under_way is None:
            self.under_way = command
            self.send(command)
        elif not isinstance(self.under_way, (Run, RunOne)):
            self._next_step = command

    def pause(self) -> None:
        """Ask the engine to pause, where it can."""
        self.pausing = True
        self.send(Pause())

    def send_next_step(self) -> None:
        """Send the step that was requested while the last one was under way."""
        following, self._next_step = self._next_step, None
        if following is not None:
            self.request_step(following)

    def ask(self, ask: AskTensor | ExplainUpdate) -> int:
        """Ask for a tensor, or for an update; its answer carries the number that is returned."""
        number = next(self._requests)
        self._pending.add(number)
        self.send(replace(ask, request=number))
        return number

    def send_breakpoints(self) -> None:
        """Send the whole set that is enabled."""
        self.send(SetBreakpoints(self.breakpoints.enabled()))

    def move_cursor(self, position: int | None) -> bool:
        """Look at another point of the iteration; None is the present. Return whether the cursor moved."""
        timeline = self.timeline
        if timeline is None:
            return False
        before = timeline.cursor, timeline.at_present
        timeline.move(position)
        moved = before != (timeline.cursor, timeline.at_present)
        if moved:
            self._pending.clear()
        return moved

    def apply(self, event: Event) -> bool:
        """Read one event into the state. Return whether it concerns the current run and is still waited for; one that
        does not changes nothing.

        Raises:
            ProtocolError: it refers to a graph that was not sent.
        """
        if run_of(event, self.run) != self.run and not getattr(event, "native", False):
            return False
        self.busy = event if isinstance(event, Busy) else None
        self.past.apply(event)
        match event:
            case Busy(step=step) if self.state == "running":
                self.step = max(self.step, step)
            case Ready():
                self.ready = event
            case Opened():
                self.opened, self.device, self.optimizer = event, event.device, event.optimizer
            case ConfigurationChanged():
                self.device, self.optimizer, self.opened = event.device, event.optimizer, _renewed(self.opened, event)
            case GraphChanged():
                before, self.graph_step = self.graph, event.step
                if self.graphs.receive(event) is not before:
                    self.details.clear()
            case NodeDetails():
                if self.graph is not None and event.signature == self.graph.signature:
                    self.details[event.node] = _with_known_sizes(self.details.get(event.node), event)
            case LossBatch():
                self._on_losses(event)
            case StateChanged():
                self._on_state(event)
            case Passed():
                self._timeline_of(event.step).append(event.points)
            case Stopped():
                self._on_stopped(event)
            case Trapped():
                self.trapped = event
            case Repeated():
                self.step, self.loss = event.step, event.loss
            case Branched() if self.opened is not None:
                self.run, self.opened = event.run, replace(self.opened, run=event.run)
            case HitsCounted():
                self.breakpoints.count(event.hits, event.held)
            case Edited(node=int(node), undone=True):
                self.edits.pop(node, None)
            case Edited(node=int(node)):
                self.edits[node] = event.value
            case Failed(command=command) if command == type(self.under_way).__name__:
                self._forget_commands()
            case TensorAnswered():
                asked = event.request in self._pending
                self._pending.discard(event.request)
                return asked
        return True

    def _on_losses(self, event: LossBatch) -> None:
        if losses := losses_of(event):
            self.loss = losses[-1]
            if self.state == "running":
                self.step = max(self.step, event.first + len(losses))

    def _on_state(self, event: StateChanged) -> None:
        self.state, self.step, self.ending = event.state, event.step, event.message
        self.trapped = None if event.state == "running" else self.trapped
        self.loss = event.loss if event.loss is not None else self.loss
        if event.state not in ("running", "stopped"):
            self._forget_commands()
            self.leave_stop()

    def leave_stop(self) -> None:
        """Note that the engine is no longer stopped at a point."""
        self.stop = None
        if self.timeline is not None:
            self.timeline.next = None

    def _on_stopped(self, event: Stopped) -> None:
        self._pending.clear()
        self.under_way, self.pausing, self.state, self.stop, self.step = None, False, "stopped", event, event.step
        if self.graph_step > event.step:  # the run went back
            self.graph_step = max(event.step - (event.point.phase == "forward"), 0)
        if event.point.index == 0 and not event.after:
            self.timeline = None  # an iteration that is begun again has passed nothing yet
        timeline = self._timeline_of(event.step)
        timeline.next = None if event.after and event.reason != "exception" else event.point
        if event.of_phase[1]:
            timeline.expected[event.point.phase] = event.of_phase[1]
        timeline.move(None)

    def _timeline_of(self, step: int) -> Timeline:
        if self.timeline is None or self.timeline.step != step:
            if self.timeline is not None and self.timeline.step < step:  # of which another graph would have been sent
                self.graph_step = max(self.graph_step, self.timeline.step)
            self.timeline = Timeline(step)
            self.edits.clear()
        return self.timeline


def _renewed(opened: Opened | None, event: ConfigurationChanged) -> Opened | None:
    return replace(opened, parameters=event.parameters) if opened is not None and event.parameters else opened


def _with_known_sizes(before: NodeDetails | None, now: NodeDetails) -> NodeDetails:
    """Return `now`; where the tensors are freed, with the sizes that were known of them while they lived."""
    if now.state != "freed" or before is None or (before.signature, before.node) != (now.signature, now.node):
        return now
    return NodeDetails(now.signature, now.node, "freed", before.saved)


def raised_at(state: DebugState) -> int | None:
    """Return the node that raised, in the graph received last: where the engine stopped for that, or in its line."""
    if state.stop is not None:
        return state.stop.point.node if state.stop.reason == "exception" else None
    raised = state.past.raised
    if raised is None or state.graph is None or not raised.line or raised.phase == "build":
        return None
    place = raised.file, raised.line
    return next((node.id for node in reversed(state.graph.nodes) if (node.file, node.line) == place), None)


def why_not_back(debugger: DebugState, step: int) -> str:
    """Return why one cannot go back to an iteration now; empty if one can, also from a run that failed."""
    if debugger.opened is None or debugger.opened.run != debugger.run:
        return tr("Nothing is open yet.")
    if debugger.resuming or debugger.state not in (*HOLDING, "failed"):
        return tr("It is running; pause it first.")
    if not 0 <= step <= debugger.past.reached:
        text = tr("Iteration {step} has not run yet; there is 0 to {last}.")
        return text.format(step=step, last=debugger.past.reached)
    return ""


def way_back(debugger: DebugState, opening: Open, step: int) -> BackTo | Open:
    """Return the command that goes back to an iteration: for a script, which owns its loop, one that opens it again.

    Raises:
        GradvizError: there is no way back to it now; the sentence is the reason.
    """
    if reason := why_not_back(debugger, step):
        raise GradvizError(reason)
    if debugger.opened is not None and debugger.opened.kind == "script":
        return replace(opening, run=debugger.run + 1, again_to=step or None, stop_first=not step)
    return BackTo(step, debugger.run + 1)


def _why_not(debugger: DebugState) -> str:
    """Return why the engine cannot go on; empty if it can."""
    if debugger.is_paused:
        return ""
    if debugger.resuming or debugger.state == "running":
        return tr("It is running; pause it first.")
    if debugger.state == "failed":
        return tr("The run ended with an error; restart begins a new one.")
    return tr("Nothing is open yet.")


def again_to_trap(state: DebugState, command: Open) -> Open:
    """Return the command that runs a script, opened by `command`, again to the trap that it met, or where it raised.

    Raises:
        GradvizError: it has met none, or gone on.
    """
    stop = state.stop
    if state.trapped is not None:
        step = state.trapped.step
    elif stop is not None and stop.unrecorded:
        step = stop.step
    else:
        raise GradvizError(tr("No script is paused behind a trap that it met; break on one first, and run."))
    return replace(command, run=state.run + 1, again_to=step, stop_first=False)


def awaits_loss(state: DebugState) -> bool:
    """Return whether the engine stopped in a forward: the loss that is known is that of the iteration before."""
    return state.stop is not None and state.stop.point.phase == "forward"


def shows_past_graph(state: DebugState) -> bool:
    """Return whether the engine stopped in a forward that has not made its own graph yet: uses, counts and saved
    tensors are those of the iteration before."""
    return awaits_loss(state) and state.graph is not None and state.graph_step < state.step


def losses_of(batch: LossBatch) -> list[float]:
    """Return the losses of a batch, the first of which is that of iteration `batch.first`."""
    return [value for (value,) in iter_unpack("<d", batch.losses)]
