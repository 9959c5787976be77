"""The session of a script with a client: shows what it does, pauses it, and serves commands within its calls."""

from __future__ import annotations

from time import perf_counter
from typing import Any, NoReturn

import torch
from msgspec.structs import replace

from gradviz.engine.capture.named_tensors import parameter_records
from gradviz.engine.gate.gate import AbandonedError
from gradviz.engine.gate.step_request import Position
from gradviz.engine.loading.allowed_code import UnallowedError
from gradviz.engine.loading.devices import devices
from gradviz.engine.proofs.lost_gradient_proof import cannot_start
from gradviz.engine.scripts.discovery import record_of
from gradviz.engine.scripts.failure import NOTHING_RECORDED, failure_of
from gradviz.engine.scripts.main_module import Script
from gradviz.engine.scripts.script_repeat import ScriptRepeat, ScriptTraps
from gradviz.engine.scripts.script_run import LOCKED, ScriptRun
from gradviz.engine.stepping.raising_call import stop_at_loss, stop_of
from gradviz.engine.stepping.step_controller import take_first
from gradviz.engine.training.training_loop import RunServer, RunServices
from gradviz.language import tr
from gradviz.protocol.commands import Command, Open, Shutdown, StepIn
from gradviz.protocol.events import ConfigurationChanged, Failed, GraphChanged, Opened, StateChanged, Trapped
from gradviz.protocol.records import (
    EvaluationsRecord,
    GraphRecord,
    MarkRecord,
    OptimizerChoice,
    ParameterRecord,
    SourceRecord,
)


class ScriptSession:
    """One run of one script, from `Open` to its end."""

    def __init__(self, server: RunServer, services: RunServices, script: Script, run: ScriptRun, command: Open,
                 repeat: ScriptRepeat) -> None:  # fmt: skip
        self._server = server
        self._services = services
        self._script = script
        self._run = run
        self._command = command
        self._choice: OptimizerChoice | None = None
        self._parameters: tuple[ParameterRecord, ...] = ()
        """The optimizer as the client was sent it; None before anything of the script was sent."""
        self._said_evaluations = False
        self._repeat = repeat
        self._traps = ScriptTraps(services.stepping, run, repeat)

    def perform(self) -> None:
        """Run the script to its end.

        Raises AbandonedError if it is given up for another command.
        """
        stepping = self._services.stepping
        stepping.before_stop = lambda stop: self._announce()
        if self._command.stop_first:
            stepping.want(StepIn())
        try:
            self._script.perform(self._run, self, mute=True, start=self._repeat.start)
        except SystemExit as exit_:
            self._end(exit_.code)
        except AbandonedError:
            raise
        except UnallowedError as error:
            self._server.report_raised(error)
        except BaseException as error:
            # The door for the script's code, which may raise what is no Exception, and end itself, not the engine.
            self._show_rest()
            self._stop_where_it_raised(error)
            self._server.report_raised(error)
        else:
            self._end(None)

    # -- reports of the detector -------------------------------------------------------------------------------------

    def iteration_begins(self) -> bool:
        """Let the policy decide. A script's iteration cannot be run again, so that the first is stepped, and one that
        is stepped brings every node to the gate."""
        run, services = self._run, self._services
        first = run.step == 0
        if self._repeat.is_before(run.step):
            services.stepping.close_gate(run)
            return first or self._repeat.is_recorded(run.step)  # in the first, to learn what it trains
        reached = self._repeat.reaches(run.step)
        if reached and self._repeat.stops_first:
            services.stepping.want(StepIn())
        manner = services.policy.begin(run, always_step=first or reached, every_node=True)
        services.figures.begin(run, manner)
        aim = self._repeat.aim if reached else None
        if aim is not None and run.gate is not None:
            services.stepping.breakpoints.count([aim.record])
            run.gate.aim_at(aim)
        return manner != "free"

    def forward_ended(self, *, final: bool) -> None:
        """Show the forward. The first time, the script is paused here until the user lets it go on."""
        run, services = self._run, self._services
        first = self._announce()
        services.inspections.answer(run.graph, run.names)
        self._server.show_graph(run)
        if first and self._repeat.is_before(run.step):
            self._server.report_state(run)
        if not first or self._repeat.is_before(run.step) or (run.gate is not None and run.gate.aimed):
            return
        services.policy.forward_held(run)
        run.hold()
        self._server.report_state(run)
        self._wait()

    def step_begins(self, optimizer: torch.optim.Optimizer) -> None:
        """Copy what the traps compare the updated weights with."""
        if not self._repeat.is_before(self._run.step):
            self._services.figures.gradients_ready(self._run)
            self._traps.before_step(optimizer)

    def iteration_ended(self, step: int, loss: Any, evaluations: EvaluationsRecord | None) -> None:
        """Serve commands between two iterations, and pause if one asks for it."""
        run, services = self._run, self._services
        services.losses.add(step, loss, evaluations)
        if evaluations is not None and not self._said_evaluations:
            self._said_evaluations = True
            services.losses.send()  # a mark is set on a curve that has begun
            mark = _mark_of(step, evaluations)
            self._server.post(ConfigurationChanged(self._server.run, run.device, run.choice, mark))
        if self._repeat.is_before(step):
            if different := self._repeat.why_different(step, loss):
                services.stepping.report(different)
                run.pause()
            else:
                self._repeat.report(self._server.run, step, loss, self._server.post)
        else:
            services.figures.end(run)
            self._check_traps(step, loss)
            services.policy.end(run)
        if run.graph_step == step:
            self._report_configuration()
        if run.state == "running":
            services.losses.send_if_due(perf_counter())
            while self._server.commands.waiting and run.state == "running":
                self._serve(self._server.commands.take())
        else:
            self._server.report_pause(run)
        self._wait()

    def _check_traps(self, step: int, loss: Any) -> None:
        """Pause behind an iteration that met a trap: it cannot be run again, but the script can, up to there."""
        if (gate := self._run.gate) is not None and gate.step == step:
            gate.end_replay()
        hit = self._traps.check(step, loss)
        if hit is None:
            return
        self._run.pause()
        self._services.losses.send()
        self._services.stepping.report_hits()
        self._server.post(Trapped(self._server.run, step, hit[0].id, hit[1].message))

    def poll(self) -> None:
        """Do at once only what ends the script, or stops its first forward; the rest waits until it is paused."""
        commands = self._server.commands
        while commands.has_new:
            command = commands.receive()
            if not take_first(self._run.gate, command):
                commands.postpone(command)
            if isinstance(command, Open | Shutdown):
                raise AbandonedError

    def stuck(self) -> None:
        """Answer all commands with the sentence that the script cannot be ended."""
        while not isinstance(command := self._server.commands.take(), Shutdown):
            text = tr("{title} catches every exception and cannot be ended; restart the engine.")
            self._server.post(Failed(type(command).__name__, text.format(title=self._script.title)))
        self._server.commands.postpone(command)

    # -- pauses ----------------------------------------------------------------------------------------------------

    def _wait(self) -> None:
        while self._run.state != "running":
            self._repeat.cancel()
            self._serve(self._server.commands.take())

    def _serve(self, command: Command) -> None:
        if isinstance(command, Open | Shutdown):
            self._abandon(command)
        self._server.serve_command(command)

    def _abandon(self, command: Command) -> NoReturn:
        self._server.commands.postpone(command)
        raise AbandonedError

    # -- reports -------------------------------------------------------------------------------------------------------

    def _announce(self, *notes: str) -> bool:
        """Send what is known of the script, once there is something; return whether this was the first time."""
        if self._choice is not None:
            self._report_configuration(parameter_records(self._run.facts))
            return False
        run = self._run
        if not run.shown:
            run.look_at_the_stop()
        self._choice = choice = run.choice
        self._parameters = parameter_records(run.facts)
        self._server.post(
            Opened(
                self._server.run,
                self._command.target,
                self._script.title,
                run.device,
                choice,
                tuple(replace(device, reason="" if device.id == run.device else tr(LOCKED)) for device in devices()),
                (record_of(choice),),
                self._parameters,
                SourceRecord(str(self._script.path)),
                kind="script",
                notes=notes,
                locked=tr(LOCKED),
            )
        )
        return True

    def _report_configuration(self, parameters: tuple[ParameterRecord, ...] = ()) -> None:
        """Send how the script trains, and its `parameters` as it holds them now, where they are others than before."""
        choice, others = self._run.choice, parameters if parameters != self._parameters else ()
        if others or choice != self._choice:
            self._choice, self._parameters = choice, others or self._parameters
            self._server.post(ConfigurationChanged(self._server.run, self._run.device, choice, None, others))

    def _show_rest(self) -> None:
        """Show what a forward in whose middle the script raised has made so far."""
        if self._run.partial_graph() is not None:
            self._announce()
            self._server.show_partial(self._run)

    def _stop_where_it_raised(self, error: BaseException) -> None:
        """Stop where an iteration raised while it ran freely, with what is left of it."""
        run, services = self._run, self._services
        gate = run.gate
        if gate is not None and not gate.stopped_at_error and cannot_start(error):
            with run.reopened():
                stop_at_loss(run, gate, error)
        if not run.shown or (gate is not None and not gate.passed_over):
            return
        run.forget_graph()
        failure = failure_of(error, run.phase)
        if failure is None:
            return
        run.facts.look_around(failure.frame, everything=True)
        if failure.roots and failure.roots[0].requires_grad:
            run.show_backward_of(failure.roots)
            self._server.show_graph(run)
        else:
            run.names.refresh()
            self._server.post(no_graph(self._server.run, run.step))
        gate = services.stepping.open_gate(run, every_node=True)
        point = failure.point(gate.next_index(), run.graph, run.facts)
        values: list[Any] = []
        if point.node is None and point.phase == "forward":
            point, values = stop_of(error, point.index, "forward", run.facts.paths())
        gate.starts[point.phase] = point.index
        gate.unrecorded = True
        self._repeat.note_error(run.step)
        with run.reopened():
            gate.raised(Position(run.step, point, ()), "input" if values else "", values, error)

    def _end(self, code: object) -> None:
        run, services = self._run, self._services
        message = _ending(code)
        trained = bool(run.step) or run.shown
        if not trained:
            text = tr("{title} never called backward(), so there is no iteration to show.")
            note = text.format(title=self._script.title)
            message = f"{message} {note}"
            self._announce(note)
            self._show_rest()
        self._report_configuration()
        services.losses.send()
        services.figures.drop()
        services.inspections.give_up()
        run.finish(failed=code not in (None, 0) or not trained)
        self._server.post(StateChanged(self._server.run, run.state, run.step, services.losses.last, message))


def no_graph(run: int, step: int) -> GraphChanged:
    """Return, in place of the graph of an earlier iteration, why there is none of this one."""
    note = tr(NOTHING_RECORDED).format(step=step)
    return GraphChanged(run, step, note, GraphRecord(note, "autograd", (), (), notes=(note,)))


def _mark_of(step: int, evaluations: EvaluationsRecord) -> MarkRecord:
    """Return the mark of a step that evaluated more than once."""
    text = tr("{count} evaluations in one step, the last {last:.4g}; the loss of an iteration is that of the first")
    return MarkRecord(step, "evaluations", text.format(count=evaluations.count, last=evaluations.last))


def _ending(code: object) -> str:
    if code in (None, 0):
        return tr("The script has ended.")
    if isinstance(code, int):
        return tr("The script ended itself with status {code}.").format(code=code)
    return tr("The script ended itself: {code}").format(code=code)
