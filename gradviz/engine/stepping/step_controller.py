"""Stands at the gate for a person: what stops the run, what is served there, and what goes on next."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from torch.autograd.graph import Node

from gradviz.engine.capture.autograd_nodes import node_name
from gradviz.engine.frames.tracebacks import traceback_text
from gradviz.engine.gate.breakpoint_matching import BreakpointSet
from gradviz.engine.gate.gate import AbandonedError, Gate, Stop
from gradviz.engine.gate.step_request import FREE, Position, StepRequest, step_out, step_over
from gradviz.engine.loading.error_messages import explain, in_full
from gradviz.engine.stepping.command_queue import Commands
from gradviz.engine.stepping.run_state import AnyRun
from gradviz.engine.tensors.tensor_summary import summarize
from gradviz.engine.tensors.value_cache import ValueCache
from gradviz.errors import GradvizError
from gradviz.protocol.commands import (
    Command,
    NextIteration,
    NextPhase,
    Open,
    Pause,
    Run,
    RunOne,
    RunTo,
    SetBreakpoints,
    SetBudget,
    Shutdown,
    StepCommand,
    StepOut,
    StepOver,
)
from gradviz.protocol.events import Event, Failed, HitsCounted, Passed, Stopped, Unchecked
from gradviz.protocol.records import PointRecord, SummaryRecord

_RESUMING = (Run, RunOne, StepCommand)
_ENDING = (Open, Shutdown)
# These can be served in the middle of an iteration: they look, or change what is looked for.
_HARMLESS = (SetBreakpoints, SetBudget)
_LONG = 1.0
"""Seconds: after an iteration that took longer, an attentive run goes through the gate. What that costs is little
beside an iteration so long, and all other iterations run freely."""


class CommandServer(Protocol):
    """What serves every other command, as `engine.server.Server` does."""

    run: int
    commands: Commands

    def post(self, event: Event) -> None: ...
    def serve_command(self, command: Command) -> None: ...
    def runner_now(self) -> AnyRun: ...
    def say_state(self, runner: AnyRun) -> None: ...
    def show_partial(self, runner: AnyRun) -> None: ...
    def tell_losses(self) -> None: ...


class StepController:
    """One person's stepping, over iterations and runs. Breakpoints are the window's; here is their latest set."""

    def __init__(self, server: CommandServer) -> None:
        self._server = server
        self._intent: StepRequest = FREE
        self._cache = ValueCache()
        self._hits: tuple[tuple[int, int], ...] = ()
        self._stop: Stop | None = None
        self._said: tuple[int, str] = 0, ""
        """`id` of the error that it stopped at last, and what was said of it."""
        self.breakpoints = BreakpointSet()
        self.one_iteration = False
        """Whether to hold at the end of this iteration."""
        self._attentive = False
        """Whether a free run hears a pause inside an iteration."""
        self._long = False
        """Whether the iteration before took so long that a person would wait for its end."""
        self.before_stop: Callable[[], object] = _nothing
        """Called before a stop is told of."""

    # -- iterations ------------------------------------------------------------------------------------------------

    def wants(self, step: int) -> bool:
        """Whether iteration `step` must pass the gate."""
        return self._intent.kind != "free" or self.breakpoints.wants(step) or (self._attentive and self._long)

    def took(self, seconds: float) -> None:
        """An iteration is over, that took so long."""
        self._long = seconds > _LONG

    @property
    def watched(self) -> bool:
        """Whether a person goes through the iteration, or lets a single one run; breakpoints alone are not that."""
        return self.one_iteration or self._intent.kind != "free"

    def open_gate(self, runner: AnyRun, *, every_node: bool = False) -> Gate:
        """A gate for the next iteration. Of the last one nothing is held but its update. `every_node`: each node
        comes to it even if nothing could stop there, so that one which raises is known."""
        before = runner.gate
        update = before.history.of_update() if before is not None and before.step + 1 == runner.step else []
        self._cache.clear()
        whole = self.one_iteration or runner.step == 0
        gate = Gate(
            runner.step, self._intent, self.breakpoints, self._cache, self._stand, self._poll,
            whole=whole, every_node=every_node or self._long,
        )  # fmt: skip
        gate.history.begin_behind(update)
        runner.open_gate(gate)
        return gate

    def close_gate(self, runner: AnyRun) -> None:
        """The next iteration runs freely: nothing is held, nothing is hooked."""
        if runner.gate is not None:
            runner.close_gate()
            self._cache.clear()

    def held(self, runner: AnyRun) -> None:
        """The forward of iteration 0 has run and waits."""
        if runner.gate is not None:
            self._say_passed(runner.gate)
        self._say_hits()

    def iterated(self, runner: AnyRun) -> None:
        """The iteration is over: say what passed, if somebody looks at it: to sum up every value takes longer than to
        compute them. The wish outlives it, if it is not fulfilled. If it was to be a single one, the run is paused."""
        if runner.gate is not None:
            self._intent = runner.gate.request
            if runner.gate.looked_at:
                self._say_passed(runner.gate)
        self._say_hits()
        if self.one_iteration:
            self.one_iteration = False
            runner.pause()

    def want(self, command: StepCommand) -> None:
        """A step that begins between two iterations, or after a forward that was held."""
        self._intent = self._intent_of(command, None, None)
        runner = self._server.runner_now()
        if runner.gate is not None and runner.holds_forward:
            runner.gate.request = self._intent

    def go(self, *, attentive: bool = False) -> None:
        """Continue: stop at breakpoints alone. `attentive`: and where a pause is heard, inside an iteration too."""
        self._intent = FREE
        self._attentive = attentive
        runner = self._server.runner_now()
        if runner.gate is not None:
            runner.gate.request = FREE

    def forget(self) -> None:
        """Another run begins."""
        self._intent = FREE
        self._cache.clear()
        self.one_iteration = self._attentive = self._long = False
        self.before_stop = _nothing
        self.breakpoints.hits.clear()

    # -- at the gate -----------------------------------------------------------------------------------------------

    def _poll(self) -> StepRequest | None:
        """Hear what is said while an iteration runs through the gate. What would change the run waits for its end."""
        while self._server.commands.heard:
            command = self._server.commands.hear()
            if isinstance(command, _ENDING):
                self._abandon(command)
            if isinstance(command, Pause) and self._stops_inside():
                return StepRequest("pause")
            if isinstance(command, _HARMLESS):
                self._server.serve_command(command)
            else:
                self._server.commands.postpone(command)
        return None

    def _stops_inside(self) -> bool:
        """Whether a pause is to stand inside the iteration; a free run holds between two, gate or not, unless it is
        an attentive one."""
        runner = self._server.runner_now()
        return runner.state == "running" and (self._attentive or self.wants(runner.step))

    def _stand(self, stop: Stop) -> StepRequest:
        """Say where we stand, and serve until the person goes on. Called from whichever thread is at the gate."""
        server, runner = self._server, self._server.runner_now()
        gate = runner.gate
        assert gate is not None  # a stop comes from a gate
        self.before_stop()
        server.tell_losses()
        self._say_passed(gate)
        self._say_hits()
        server.show_partial(runner)
        runner.stop()
        self._stop = stop
        server.post(self._stopped(stop, gate))
        server.say_state(runner)
        try:
            while True:
                command = server.commands.take()
                if isinstance(command, _ENDING):
                    self._abandon(command)
                if isinstance(command, _RESUMING):
                    try:
                        return self._resume(command, stop, runner)
                    except GradvizError as error:
                        server.post(Failed(type(command).__name__, str(error)))
                elif not isinstance(command, Pause):
                    server.serve_command(command)
        finally:
            self._stop = None

    def _resume(self, command: Command, stop: Stop, runner: AnyRun) -> StepRequest:
        self.one_iteration = isinstance(command, RunOne)
        self._attentive = isinstance(command, Run) and command.attentive
        until = command.until if isinstance(command, Run) else None
        runner.begin(until)
        self._server.say_state(runner)
        if isinstance(command, StepCommand):
            return self._intent_of(command, stop.here, stop.before)
        return FREE

    def _abandon(self, command: Command) -> None:
        self._server.commands.postpone(command)
        raise AbandonedError

    def _intent_of(self, command: StepCommand, here: Position | None, before: Position | None) -> StepRequest:
        match command:
            case StepOver():
                return step_over(here, before)
            case StepOut():
                return step_out(here)
            case RunTo(node, phase):
                return StepRequest("to", here, node=node, phase=phase)
            case NextPhase():
                return StepRequest("phase", here or self._held())
            case NextIteration():
                return StepRequest("iteration", here or self._held())
            case _:
                return StepRequest("in", here)

    def _held(self) -> Position | None:
        """Where an iteration stands whose forward was held: behind its last op. None between two iterations."""
        runner = self._server.runner_now()
        return Position(runner.step, PointRecord(-1, "forward"), ()) if runner.holds_forward else None

    # -- what a person asks for at a stop ----------------------------------------------------------------------------

    def set_breakpoints(self, command: SetBreakpoints) -> None:
        """Another set. Those that stay keep their hits."""
        hits = self.breakpoints.hits
        self.breakpoints = BreakpointSet(command.breakpoints)
        kept = {record.id for record in command.breakpoints}
        self.breakpoints.hits.update({key: count for key, count in hits.items() if key in kept})
        with suppress(GradvizError):  # nothing is open yet
            if (gate := self._server.runner_now().gate) is not None:
                gate.breakpoints = self.breakpoints

    def set_budget(self, command: SetBudget) -> None:
        """How many bytes may be held for looking back."""
        self._cache.budget = max(0, command.bytes)
        self._cache.trim()

    # -- facts -----------------------------------------------------------------------------------------------------

    def _say_passed(self, gate: Gate) -> None:
        records = gate.history.records()
        if records:
            self._server.post(Passed(self._server.run, gate.step, records))

    def _say_hits(self) -> None:
        hits = tuple(sorted(self.breakpoints.hits.items()))
        if hits != self._hits:
            self._hits = hits
            self._server.post(HitsCounted(hits))
        unchecked, self.breakpoints.unchecked = self.breakpoints.unchecked, []
        for message in unchecked:
            self._server.post(Unchecked(self._server.run, message))

    def sentence_of(self, error: BaseException) -> str:
        """What was said of `error` when the engine stopped at it; empty if it did not."""
        return self._said[1] if self._said[0] == id(error) else ""

    def _cure(self, stop: Stop) -> str:
        """What to say of an error whose cause is known: a saved tensor that was overwritten, inputs that do not fit."""
        error = stop.error
        if error is None:
            return ""
        runner = self._server.runner_now()
        said = _overwritten(runner, stop.here.point.node, error) or explain(error, runner.experiment)
        self._said = id(error), said
        return said

    def _stopped(self, stop: Stop, gate: Gate) -> Stopped:
        point = stop.here.point
        position = point.index - gate.starts[point.phase] + 1
        text = traceback_text(stop.error) if stop.error is not None else ""
        return Stopped(
            self._server.run,
            gate.step,
            stop.reason,
            point,
            of_phase=(position, gate.totals.get(point.phase, 0)),
            breakpoint=stop.breakpoint,
            message=self._cure(stop) or stop.message,
            after=stop.after,
            traceback=text,
            said=in_full(stop.error) if stop.error is not None else "",
            before=_before(gate),
        )


def _nothing() -> None:
    """The window knows of the run already."""


def _overwritten(runner: AnyRun, node_id: int | None, error: BaseException) -> str:
    """Which tensor that a node had saved was overwritten, and by which op; empty for any other error."""
    graph = runner.graph
    node = graph.live.get(node_id) if graph is not None and node_id is not None else None
    if graph is None or node is None or graph.overwrites is None:
        return ""
    names = {live: f"#{i}" for i, live in graph.live.items()}
    records = {record.id: record.name for record in graph.record.nodes}

    def called(other: Node) -> str:
        number = names.get(other, "")
        return f"{number} {records.get(int(number[1:]), '')}" if number else node_name(other)[1]

    return graph.overwrites.sentence(node, error, called)


def _before(gate: Gate) -> SummaryRecord | None:
    """Of a parameter that stands at the gate: what it is before its update."""
    current_stop = gate.current_stop
    if current_stop is None or current_stop.role != "parameter" or not current_stop.values:
        return None
    return summarize(current_stop.here.point.parameter, current_stop.values[0])
