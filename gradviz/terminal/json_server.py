"""`gradviz debug --json`: reads requests, one JSON object a line, and writes events the same way."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from msgspec.structs import replace

from gradviz.client.debug_state import REACH_WAITS, DebugState, again_to_trap, way_back
from gradviz.client.engine_process import EngineDeath, EngineOutput, EngineProcess, InputLine, Message
from gradviz.errors import GradvizError
from gradviz.language import tr
from gradviz.model.graph.graph import Graph
from gradviz.model.stepping.breakpoints import check_passes
from gradviz.model.tensor_choices import OF_PARAMETER, OF_STATE
from gradviz.protocol.answers import DerivativeChecked, HoldersListed, UpdateExplained
from gradviz.protocol.commands import (
    AskGraph,
    AskTensor,
    BackTo,
    Blame,
    CheckDerivative,
    Command,
    Edit,
    ExplainSpike,
    ExplainUpdate,
    FindFirst,
    Interrupt,
    KeepCheckpoint,
    ListHolders,
    Open,
    Run,
    RunTo,
    SaveTensor,
    SetBreakpoints,
)
from gradviz.protocol.events import (
    Blamed,
    Busy,
    Edited,
    Event,
    Failed,
    GraphAnswered,
    LossBatch,
    Opened,
    Raised,
    Ready,
    SpikeExplained,
    StateChanged,
    Stopped,
    TensorAnswered,
    TensorSaved,
    Trapped,
    Unchecked,
)
from gradviz.protocol.metric_events import MetricsLogged
from gradviz.protocol.past_events import Branched, CheckpointMade, FirstFound, Repeated
from gradviz.terminal import json_causes as causes
from gradviz.terminal import json_events as events
from gradviz.terminal.json_causes import PassedReports
from gradviz.terminal.json_numbers import Values
from gradviz.terminal.json_requests import (
    AT_ONCE,
    RESUMES,
    STEPS,
    BackToRequest,
    BlameRequest,
    CheckRequest,
    EditRequest,
    ReachRequest,
    Request,
    RequestError,
    RunToRequest,
    SaveRequest,
    SetBreakpointsRequest,
    SpikeRequest,
    TensorRequest,
    UpdateRequest,
    WhenRequest,
    breakpoint_of,
    breakpoints_of,
    check_node,
    read_request,
)
from gradviz.terminal.text.breakpoint_text import unknown_within

Write = Callable[[Values], None]
_COMMAND_OF: dict[type[Request], Callable[[Any], Command]] = {BlameRequest: Blame, CheckRequest: CheckDerivative}
"""Requests about a node → the command."""
_ANSWERS: dict[type[Event], Callable[[Any], Values]] = {
    Blamed: causes.blame_event,
    SpikeExplained: causes.spike_event,
    UpdateExplained: events.update_event,
    DerivativeChecked: events.check_event,
    CheckpointMade: events.checkpoint_event,
}
"""Events that answer a request → how they are written."""
_NOTES: dict[type[Event], Callable[[Any], Values]] = {
    Trapped: events.trapped_event,
    Unchecked: lambda event: {"event": "unchecked", "message": event.message},
    Repeated: events.repeated_event,
    Branched: events.branched_event,
    FirstFound: events.found_event,
}
"""Events that answer nothing → how they are written."""
_AT_REST = ("ready", "paused", "finished")
_ASKING = (TensorRequest, SaveRequest, EditRequest, BlameRequest, SpikeRequest, UpdateRequest, CheckRequest,
           ReachRequest)  # fmt: skip
"""Requests that are answered by something other than a stop."""


class JsonServer:
    """Serves one script. Requests are done in order, each when the engine is paused and the one before is answered;
    `pause`, `interrupt` and `quit` are done at once."""

    def __init__(self, debugger: DebugState, opening: Open, until: int, version: str, write: Write) -> None:
        """`until`: where `continue` ends, as an iteration; from there on, as many again."""
        self.debugger = debugger
        self._passed = PassedReports()
        self.exit_status: int | None = None  # the exit status; None while requests are served
        self._opening = replace(opening, graphs_on_request=True)
        self._until = until
        self._version = version
        self._write = write
        self._waiting: deque[Request | RequestError] = deque()
        self._ended = False  # whether no more requests come
        self._current: Request | None = None  # the request whose answer is awaited
        self._asked = 0
        self._has_graph = True
        """Whether the graph is known as far as it goes at the present stop."""

    def take(self, message: Message) -> None:
        """Take in one message of the engine or the script, then do the requests that can be done."""
        match message:
            case EngineOutput(stream, text):
                self._write(events.output_event(stream, text))
            case EngineDeath(code=code):
                self._write(events.failed_event(str(message)))
                self._end(1, code)
            case InputLine(None):
                self._ended = True
            case InputLine(text) if text is not None:
                self._receive_line(text)
            case _:
                self.debugger.apply(message)  # type: ignore[arg-type]
                self._on_event(message)  # type: ignore[arg-type]
        while self.exit_status is None and self._waiting and self._current is None and self._can_serve():
            following = self._waiting.popleft()
            if isinstance(following, RequestError):
                self._answer(events.failed_event(str(following), following.command), following.id)
            else:
                self._do(following)
        idle = not self._waiting and self._current is None and not self.debugger.resuming
        if self._ended and idle and self.debugger.state is not None and self.exit_status is None:
            self._end(0 if self.debugger.opened is not None else 1, 0)

    # -- requests ---------------------------------------------------------------------------------------------------

    def _receive_line(self, line: str) -> None:
        if not line.strip():
            return
        try:
            request = read_request(line)
        except RequestError as error:
            self._waiting.append(error)
            return
        if request.command in AT_ONCE:
            self._do(request)
        else:
            self._waiting.append(request)

    def _can_serve(self) -> bool:
        # A run that failed can still be asked what is known of it.
        return self.debugger.is_paused or (self.debugger.state == "failed" and not self.debugger.resuming)

    def _do(self, request: Request) -> None:
        if not self._has_graph and request.command not in (*AT_ONCE, *RESUMES):
            self._current = request
            self.debugger.send(AskGraph())
            return
        try:
            self._perform(request)
        except GradvizError as error:
            self._current = None if self._current is request else self._current
            self._answer(events.failed_event(str(error), request.command), request.id)

    def _perform(self, request: Request) -> None:
        debugger = self.debugger
        match request:
            case Request(command="pause"):
                debugger.pause()
            case Request(command="interrupt"):
                if debugger.state != "running" and debugger.busy is None:
                    raise GradvizError(tr("Nothing is running."))
                debugger.send(Interrupt())
            case Request(command="quit"):
                self._end(0, 0)
            case Request(command="continue"):
                self._until += max(1, self._until) if debugger.step >= self._until else 0
                self._resume(request, Run(self._until, attentive=True))
            case Request(command="run_again"):
                self._resume(request, again_to_trap(debugger, self._opening))
            case Request(command="checkpoint"):
                self._send(request, KeepCheckpoint())
            case BackToRequest(step=step):
                self._resume(request, way_back(debugger, self._opening, step))
            case WhenRequest(condition=spec, since=step):
                self._resume(request, FindFirst(breakpoint_of(spec, 0, debugger), step, debugger.run + 1))
            case RunToRequest(node=node, phase=phase):
                _check(self.debugger, node)
                if debugger.graph is not None:
                    check_passes(debugger.graph, node, phase or "")
                self._resume(request, RunTo(node, phase or ""))
            case SetBreakpointsRequest(breakpoints=specs):
                debugger.send(SetBreakpoints(records := breakpoints_of(specs, debugger)))
                notes = [unknown_within(record, debugger) for record in records]
                self._answer(events.breakpoints_event(records, notes, debugger.breakpoints.held), request.id)
            case Request(command="graph"):
                self._answer(events.graph_event(_graph_of(self.debugger)), request.id)
            case ReachRequest():
                if self.debugger.reach_waits:
                    raise GradvizError(tr(REACH_WAITS))
                _graph_of(self.debugger)
                self._send(request, ListHolders())
            case SaveRequest(what=what, path=path, index=index, name=name):
                self._send(request, SaveTensor(self._node(request), what, path, index, name or ""))
            case TensorRequest():
                self._ask(request)
            case EditRequest():
                self._edit(request)
            case UpdateRequest(name=name):
                self._send(request, ExplainUpdate(0, self._node(request), name or ""))
            case CheckRequest() | BlameRequest():
                _check(self.debugger, request.node)
                self._send(request, _COMMAND_OF[type(request)](request.node))
            case SpikeRequest(rows=rows):
                self._send(request, ExplainSpike(rows))
            case _:
                self._resume(request, STEPS[request.command]())

    def _resume(self, request: Request, command: Command) -> None:
        if self.debugger.state == "failed" and not isinstance(command, BackTo | FindFirst | Open):
            raise GradvizError(tr("The run ended with an error; gradviz debug begins another."))
        if isinstance(command, Open):
            self._opening = command
            self.debugger.open(command)
        else:
            self.debugger.resume(command)
        self._current = request

    def _send(self, request: Request, command: Command) -> None:
        self.debugger.send(command)
        self._current = request

    def _ask(self, request: TensorRequest) -> None:
        node, name, part = self._node(request), request.name or "", request.slice or ""
        self._asked = self.debugger.ask(
            AskTensor(0, node, request.what, request.index, name, slice=part, values=request.values)
        )
        self._current = request

    def _edit(self, request: EditRequest) -> None:
        if request.what not in ("parameter", "grad_output"):
            text = tr("{what!r} cannot be changed; a parameter and a grad_output can.")
            raise GradvizError(text.format(what=request.what))
        what: Any = request.what
        element = None if request.element is None else tuple(request.element)
        node, name = self._node(request), request.name or ""
        self._send(request, Edit(node, what, request.expression, request.index, element, name))

    def _node(self, request: TensorRequest | SaveRequest | EditRequest | UpdateRequest) -> int | None:
        """Return the node that a request is about; None for what is in no graph: a name, or an op that made no node."""
        point = self.debugger.point
        if request.node is not None:
            if point is None or point.node != request.node:
                _check(self.debugger, request.node)
            return request.node
        if request.name and request.what not in ("saved", *OF_STATE):
            graph = self.debugger.graph
            nodes = graph.nodes if graph is not None else ()
            return next((n.id for n in nodes if n.id < 0 and request.name in (n.name, *n.names)), None)
        if point is None:
            raise GradvizError(tr('No node stands at the gate; name one with "node".'))
        if point.node is None and request.what in OF_PARAMETER:
            raise GradvizError(tr('Say which parameter, with "name" or "node".'))
        return point.node

    # -- events -----------------------------------------------------------------------------------------------------

    def _on_event(self, event: Event) -> None:
        match event:
            case Ready():
                self._write(events.ready_event(event, self._version))
                self.debugger.send_breakpoints()
                self.debugger.open(self._opening)
            case Busy():
                self._write(events.busy_event(event))
            case Opened():
                self._write(events.opened_event(event))
            case LossBatch() | MetricsLogged():
                for line in events.number_events(event):
                    self._write(line)
            case Stopped():
                self._has_graph = event.point.phase != "forward"
                fresh = self._passed.fresh(self.debugger.timeline)
                self._answer_current(events.stopped_event(event, fresh, self.debugger.breakpoints.held))
            case StateChanged() if event.state in ("ready", "paused", "finished") and not isinstance(
                self._current, _ASKING
            ):
                reason = "finished" if event.state == "finished" else "pause"
                self._answer_current(events.stop_between_iterations(reason, event.step))
            case StateChanged() if event.state == "failed" and event.message:
                self._answer_current(events.failed_event(event.message))
            case Raised():
                self._answer_current(events.raised_event(event))
            case Failed():
                self._on_failed(event)
            case TensorAnswered() if event.request == self._asked:
                self._on_tensor(event)
            case HoldersListed() if isinstance(self._current, ReachRequest):
                self._answer_current(events.reach_event(_graph_of(self.debugger), event, self._current.search or ""))
            case TensorSaved():
                self._answer_current({"event": "saved", "path": event.path})
            case Blamed() | SpikeExplained() | UpdateExplained() | DerivativeChecked() | CheckpointMade(more=False):
                self._answer_current(_ANSWERS[type(event)](event))
            case Edited():
                self._answer_current({"event": "edited", "node": event.node, "text": event.mark.text})
            case Trapped() | Unchecked() | Repeated() | Branched() | FirstFound():
                self._write(_NOTES[type(event)](event))
            case GraphAnswered() if self._current is not None:
                self._has_graph = True
                request, self._current = self._current, None
                self._do(request)

    def _on_failed(self, event: Failed) -> None:
        if event.command == "Open":
            self._write(events.failed_event(event.message, "open"))
            self._end(2, 0)
            return
        self._answer_current(events.failed_event(event.message, (self._current or event).command))

    def _on_tensor(self, event: TensorAnswered) -> None:
        request = self._current
        assert isinstance(request, TensorRequest)
        values = events.failed_event(event.message, "tensor")
        if not event.message:
            values = events.tensor_event(event, self._node(request), request.what, request.index, request.name or "")
        self._answer_current(values)

    def _answer_current(self, values: Values) -> None:
        """Write an event; it answers the current request, if there is one."""
        request, self._current = self._current, None
        self._answer(values, request.id if request is not None else None)

    def _answer(self, values: Values, request_id: Any) -> None:
        self._write(values if request_id is None else {**values, "id": request_id})

    def _end(self, status: int, code: int | None) -> None:
        if self.exit_status is None:
            self.exit_status = status
            self._write({"event": "exited", "code": code})


def _graph_of(debugger: DebugState) -> Graph:
    if debugger.graph is None:
        raise GradvizError(tr("The graph is known when the first forward has run."))
    return debugger.graph


def _check(debugger: DebugState, node: int | None) -> None:
    if node is not None and debugger.graph is not None:
        check_node(debugger.graph, node)


def serve_lines(
    opening: Open, until: int, version: str, lines: Iterable[str], write: Write, start: Callable[[], EngineProcess]
) -> int:
    """Open a target and serve `lines` until they end; `start` makes an engine. Return the exit status: 0 done, 1 the
    engine died, 2 the target cannot be opened."""
    engine = start()

    def listen() -> None:
        for line in lines:
            engine.put(InputLine(line))
        engine.put(InputLine(None))

    try:
        talk = JsonServer(DebugState(engine.send), opening, until, version, write)
        threading.Thread(target=listen, daemon=True).start()
        while talk.exit_status is None:
            message = engine.next()
            assert message is not None  # without a time limit it waits for ever
            talk.take(message)
        return talk.exit_status
    finally:
        engine.close()
