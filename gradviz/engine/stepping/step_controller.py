"""Controls stepping: what stops the run, what is served while it is stopped, and how it goes on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from time import perf_counter
from typing import Protocol

from gradviz.engine.frames.tracebacks import traceback_text
from gradviz.engine.gate.aim import Aim
from gradviz.engine.gate.breakpoint_matching import BreakpointSet
from gradviz.engine.gate.gate import AbandonedError, Gate, Stop
from gradviz.engine.gate.step_request import FREE, Position, StepRequest, step_out, step_over
from gradviz.engine.loading.error_explanation import full_message
from gradviz.engine.stepping.command_queue import Commands
from gradviz.engine.stepping.error_proofs import ErrorProofs
from gradviz.engine.stepping.run_state import AnyRun
from gradviz.engine.tensors.tensor_summary import summarize
from gradviz.engine.tensors.value_cache import ValueCache
from gradviz.engine.traps.trap_set import TrapSet
from gradviz.errors import GradvizError
from gradviz.protocol.commands import (
    BackTo,
    Command,
    FindFirst,
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
    StepIn,
    StepOut,
    StepOver,
)
from gradviz.protocol.events import Event, Failed, HitsCounted, Passed, Stopped, Unchecked
from gradviz.protocol.records import PointRecord, SummaryRecord

_RESUMING = (Run, RunOne, StepCommand)
_ENDING = (Open, Shutdown, BackTo, FindFirst)
# These can be served in the middle of an iteration: they look, or change what is looked for.
_HARMLESS = (SetBreakpoints, SetBudget)
_LONG = 1.0
"""Seconds: after an iteration that took longer, an attentive run goes through the gate. What that costs is little
beside an iteration so long, and all other iterations run freely."""


_QUICK, _QUIET = 0.02, 0.05
"""Seconds: a graph so far that takes longer is not built for a stop that the user leaves sooner."""


class CommandServer(Protocol):
    """Serves every other command, as `serving.server.Server` does."""

    run: int
    commands: Commands

    def post(self, event: Event) -> None:
        """Send `event`."""

    def serve_command(self, command: Command) -> None:
        """Carry out `command`."""

    def current_run(self) -> AnyRun:
        """Return the run; raise GradvizError if nothing is open."""

    def report_state(self, runner: AnyRun) -> None:
        """Send the state of the run."""

    def show_partial(self, runner: AnyRun) -> None:
        """Send the graph so far, if the run has another one than the client."""

    def send_losses(self) -> None:
        """Send the losses of the iterations before."""


class StepController:
    """Stepping of one client, over iterations and runs. Breakpoints are the client's; here is their latest set."""

    def __init__(self, server: CommandServer) -> None:
        self._server = server
        self._request: StepRequest = FREE
        self._cache = ValueCache()
        self._counted = HitsCounted(())
        self.errors = ErrorProofs()
        self.breakpoints = BreakpointSet()
        self.traps = TrapSet()
        self.opening: Open | None = None
        """The command that opened what runs: when the client wants the graph so far."""
        self._graph_took = 0.0
        """Seconds to build and send the last of them."""
        self.one_iteration = False
        """Whether to pause at the end of this iteration."""
        self.attentive = False
        """Whether a free run can be paused inside an iteration, if the one before took long."""
        self._long = False
        """Whether the iteration before took so long that the user would wait for its end."""
        self.before_stop: Callable[[Stop], object] = _nothing  # called before a stop is reported

    # -- iterations ------------------------------------------------------------------------------------------------

    def wants(self, step: int) -> bool:
        """Return whether iteration `step` must pass the gate."""
        return self._request.kind != "free" or self.breakpoints.wants(step) or (self.attentive and self._long)

    def took(self, seconds: float) -> None:
        """Note how long an iteration took that is over."""
        self._long = seconds > _LONG

    @property
    def watched(self) -> bool:
        """Return whether the user steps through the iteration, or lets a single one run; not for breakpoints alone."""
        return self.one_iteration or self._request.kind != "free"

    def open_gate(self, runner: AnyRun, *, every_node: bool = False, aim: Aim | None = None) -> Gate:
        """Open a gate for the next iteration, and keep nothing of the last one but its update. `every_node`: each node
        comes to it even if nothing could stop there, so that one which raises is known. `aim`: where to stop for a
        trap in an iteration that is run again."""
        before = runner.gate
        update = before.history.of_update() if before is not None and before.step + 1 == runner.step else []
        self._cache.clear()
        whole = self.one_iteration or runner.step == 0
        gate = Gate(
            runner.step, self._request, self.breakpoints, self._cache, self._wait, self._poll,
            whole=whole, every_node=every_node or self._long, recorded=self._long, aim=aim,
        )  # fmt: skip
        gate.history.begin_behind(update)
        runner.open_gate(gate)
        return gate

    def close_gate(self, runner: AnyRun) -> None:
        """Let the next iteration run freely: nothing is kept, nothing is hooked."""
        if runner.gate is not None:
            runner.close_gate()
            self._cache.clear()

    def held(self, runner: AnyRun) -> None:
        """Report what passed in a forward that has run and is held."""
        if runner.gate is not None:
            self._report_passed(runner.gate)
        self.report_hits()

    def iterated(self, runner: AnyRun) -> None:
        """Report what passed in an iteration that is over, if it was looked at: to sum up every value takes longer than
        to compute them. A request that is not fulfilled outlives it. If it was a single one, the run is paused."""
        if runner.gate is not None:
            self._request = runner.gate.request
            if runner.gate.looked_at:
                self._report_passed(runner.gate)
        self.report_hits()
        if self.one_iteration:
            self.one_iteration = False
            runner.pause()

    def want(self, command: StepCommand) -> None:
        """Begin a step between two iterations, or after a forward that was held."""
        self._request = _request_of(command, None, None, self._held())
        runner = self._server.current_run()
        if runner.gate is not None and runner.holds_forward:
            runner.gate.request = self._request

    def go(self, *, attentive: bool = False) -> None:
        """Continue: stop at breakpoints alone. `attentive`: a pause stops inside an iteration, too."""
        self._request = FREE
        self.attentive = attentive
        runner = self._server.current_run()
        if runner.gate is not None:
            runner.gate.request = FREE

    def lead(self) -> None:
        """Let the run go back to an earlier iteration: nothing stops it on the way, and traps know nothing yet."""
        self._request = FREE
        self.one_iteration = self.attentive = False
        self.traps.forget()

    def forget(self) -> None:
        """Begin another run."""
        self._request = FREE
        self._cache.clear()
        self.one_iteration = self.attentive = self._long = False
        self._graph_took = 0.0
        self.before_stop = _nothing
        self.breakpoints.hits.clear()
        self.traps.forget()

    # -- at the gate -----------------------------------------------------------------------------------------------

    def _poll(self) -> StepRequest | None:
        """Receive commands while an iteration runs through the gate. What would change the run waits for its end."""
        while self._server.commands.has_new:
            command = self._server.commands.receive()
            if _ends(command, self._server.current_run()):
                self._abandon(command)
            if isinstance(command, Pause) and self._stops_inside():
                return StepRequest("pause")
            if isinstance(command, _HARMLESS):
                self._server.serve_command(command)
            elif not take_first(self._server.current_run().gate, command):
                self._server.commands.postpone(command)
        return None

    def _stops_inside(self) -> bool:
        """Return whether a pause stops inside the iteration; a free run pauses between two, gate or not, unless it is
        an attentive one."""
        runner = self._server.current_run()
        return runner.state == "running" and (self.attentive or self.wants(runner.step))

    def _wait(self, stop: Stop) -> StepRequest:
        """Report the stop, and serve until the user goes on. Called from whichever thread is at the gate."""
        server, runner = self._server, self._server.current_run()
        gate = runner.gate
        assert gate is not None  # a stop comes from a gate
        self.before_stop(stop)
        server.send_losses()
        self._report_passed(gate)
        self.report_hits()
        opening = self.opening
        late = opening is not None and opening.graphs_late and self._graph_took > _QUICK
        if not (late or (opening is not None and opening.graphs_on_request)):
            self._show_partial(runner)
        runner.stop()
        server.post(self._stopped(stop, gate))
        server.report_state(runner)
        while True:
            command = server.commands.next(_QUIET if late else None)
            if late and not isinstance(command, (*_ENDING, *_RESUMING)):
                late = False
                self._show_partial(runner)
            if command is not None and _ends(command, runner):
                self._abandon(command)
            if isinstance(command, _RESUMING):
                try:
                    return self._resume(command, stop, runner)
                except GradvizError as error:
                    server.post(Failed(type(command).__name__, str(error)))
            elif command is not None and not isinstance(command, Pause):
                server.serve_command(command)

    def _show_partial(self, runner: AnyRun) -> None:
        began = perf_counter()
        self._server.show_partial(runner)
        self._graph_took = perf_counter() - began

    def _resume(self, command: Command, stop: Stop, runner: AnyRun) -> StepRequest:
        self.one_iteration = isinstance(command, RunOne)
        self.attentive = isinstance(command, Run) and command.attentive
        until = command.until if isinstance(command, Run) else None
        runner.begin(until)
        self._server.report_state(runner)
        if isinstance(command, StepCommand):
            return _request_of(command, stop.here, stop.before, None)
        return FREE

    def _abandon(self, command: Command) -> None:
        self._server.commands.postpone(command)
        raise AbandonedError

    def _held(self) -> Position | None:
        """Return the position behind the last op of a forward that is held; None between two iterations."""
        runner = self._server.current_run()
        return Position(runner.step, PointRecord(-1, "forward"), ()) if runner.holds_forward else None

    # -- settings ----------------------------------------------------------------------------

    def set_breakpoints(self, command: SetBreakpoints) -> None:
        """Replace the breakpoints. Those that stay keep their hits."""
        before, self.breakpoints = self.breakpoints, BreakpointSet(command.breakpoints)
        self.traps.set(command.breakpoints)
        kept = {record.id for record in command.breakpoints}
        self.breakpoints.hits.update({key: count for key, count in before.hits.items() if key in kept})
        with suppress(GradvizError):  # nothing is open yet
            if (gate := self._server.current_run().gate) is not None:
                gate.breakpoints = self.breakpoints
                gate.unasked = gate.unasked or self.breakpoints.asks_more_than(before)

    @property
    def budget(self) -> int:
        """How many bytes may be kept for looking back, and as many to run an iteration again."""
        return self._cache.budget

    def set_budget(self, command: SetBudget) -> None:
        """Set how many bytes may be kept for looking back."""
        self._cache.budget = max(0, command.bytes)
        self._cache.trim()

    # -- reports -----------------------------------------------------------------------------------------------------

    def _report_passed(self, gate: Gate) -> None:
        records = gate.history.records()
        if records:
            self._server.post(Passed(self._server.run, gate.step, records))

    def report_hits(self) -> None:
        """Send how often breakpoints were hit and what is kept for them, if that has changed, and what was untried."""
        counted = HitsCounted(tuple(sorted(self.breakpoints.hits.items())), self.traps.held)
        if counted != self._counted:
            self._counted = counted
            self._server.post(counted)
        unchecked, self.breakpoints.unchecked = self.breakpoints.unchecked, []
        for message in unchecked:
            self.report(message)

    def report(self, sentence: str) -> None:
        """Send what the user should know of conditions that could not be tried."""
        self._server.post(Unchecked(self._server.run, sentence))

    def _stopped(self, stop: Stop, gate: Gate) -> Stopped:
        point, run = stop.here.point, self._server.current_run()
        position = point.index - gate.starts[point.phase] + 1
        explanation = self.errors.explain(run, point.node, stop.error)
        return Stopped(
            self._server.run,
            gate.step,
            stop.reason,
            point,
            of_phase=(position, gate.totals.get(point.phase, 0)),
            breakpoint=stop.breakpoint or None,  # 0 is what is searched for
            message=explanation or stop.message,
            after=stop.after,
            traceback=traceback_text(stop.error) if stop.error is not None else "",
            said=full_message(stop.error) if stop.error is not None else "",
            before=_before(gate),
            inputs=_inputs(gate),
            proof=self.errors.proof,
            unrecorded=gate.unrecorded and run.experiment is None,
        )


def take_first(gate: Gate | None, command: Command) -> bool:
    """Stop the first forward of a script, which is under way, if `command` asks for that; return whether it does."""
    if gate is None or not isinstance(command, StepIn) or not command.first:
        return False
    gate.request = StepRequest("in")
    return True


def _ends(command: Command, run: AnyRun) -> bool:
    """Return whether the iteration is given up for `command`. A script cannot go back, and is not ended."""
    if isinstance(command, BackTo | FindFirst) and run.experiment is None:
        return False
    return isinstance(command, _ENDING)


def _request_of(
    command: StepCommand, here: Position | None, before: Position | None, held: Position | None
) -> StepRequest:
    """Return the request of a step from `here`. `held`: behind the last op of a forward that is held."""
    match command:
        case StepOver():
            return step_over(here, before)
        case StepOut():
            return step_out(here)
        case RunTo(node, phase):
            return StepRequest("to", here, node=node, phase=phase)
        case NextPhase():
            return StepRequest("phase", here or held)
        case NextIteration():
            return StepRequest("iteration", here or held)
        case StepIn():
            return StepRequest("in", here)
        case _:
            raise TypeError(f"no step request for {type(command).__name__}")


def _nothing(stop: Stop) -> None:
    """Do nothing: the client knows of the run already."""


def _inputs(gate: Gate) -> int:
    current_stop = gate.current_stop
    return len(current_stop.values) if current_stop is not None and current_stop.role == "input" else 0


def _before(gate: Gate) -> SummaryRecord | None:
    """Return the summary of a parameter that the gate stops at, before its update."""
    current_stop = gate.current_stop
    if current_stop is None or current_stop.role != "parameter" or not current_stop.values:
        return None
    return summarize(current_stop.here.point.parameter, current_stop.values[0])
