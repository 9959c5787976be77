"""Plays a script for a window: shows what it does, lets it stand, and serves commands within its calls."""

from __future__ import annotations

import sys
from time import perf_counter
from typing import Any, NoReturn

import torch
from msgspec.structs import replace

from gradviz.engine.capture.autograd_nodes import is_leaf
from gradviz.engine.capture.tensor_ids import parameter_records
from gradviz.engine.gate.gate import AbandonedError
from gradviz.engine.gate.step_request import Position
from gradviz.engine.loading.allowed_code import UnallowedError
from gradviz.engine.loading.devices import devices
from gradviz.engine.scripts.discovery import record_of
from gradviz.engine.scripts.failure import NOTHING_RECORDED, failure_of
from gradviz.engine.scripts.iteration_detector import Manner
from gradviz.engine.scripts.script_launcher import Script
from gradviz.engine.scripts.script_run import LOCKED, ScriptRun
from gradviz.engine.training.training_loop import Desk, Stage
from gradviz.protocol.commands import Command, Open, Shutdown, StepIn
from gradviz.protocol.events import ConfigurationChanged, Failed, GraphChanged, Opened, StateChanged
from gradviz.protocol.records import EvaluationsRecord, GraphRecord, MarkRecord, OptimizerChoice, SourceRecord

NO_BACKWARD = "{} never called backward(), so there is no iteration to show."
_STUCK = "{} catches every exception and cannot be ended; restart the engine."


_EVALUATIONS = "{} evaluations in one step, the last {:.4g}; the loss of an iteration is that of the first"


class Play:
    """One run of one script, from `Open` to its end."""

    def __init__(self, stage: Stage, desk: Desk, script: Script, run: ScriptRun, command: Open) -> None:
        self._stage = stage
        self._desk = desk
        self._script = script
        self._run = run
        self._command = command
        self._choice: OptimizerChoice | None = None
        """As the window was told; None before it was told of the script at all."""
        self._sampled = False
        self._said_evaluations = False
        self._began = 0.0

    def perform(self) -> None:
        """Run the script to its end.

        Raises AbandonedError if it is given up for another command.
        """
        stepping = self._desk.stepping
        stepping.before_stop = self._announce
        if self._command.stop_first:
            stepping.want(StepIn())
        try:
            self._script.perform(self._run, self, mute=True)
        except SystemExit as exit_:
            self._end(exit_.code)
        except AbandonedError:
            raise
        except UnallowedError as error:
            self._stage.raised(error)
        except BaseException as error:
            # The door for the script's code, which may raise what is no Exception, and end itself, not the engine.
            self._show_rest()
            self._stop_where_it_raised(error)
            self._stage.raised(error)
        else:
            self._end(None)

    # -- what the phases tell ----------------------------------------------------------------------------------------

    def manner(self) -> Manner:
        """Through the gate first, and when somebody steps or watches; else freely, with a look now and then."""
        run, desk = self._run, self._desk
        self._began = perf_counter()
        self._sampled = False
        if run.step == 0 or desk.stepping.one_iteration or desk.stepping.wants(run.step):
            desk.stepping.open_gate(run, every_node=True)
            desk.measuring.attend(run, watched=run.step == 0 or desk.stepping.watched)
            return "gate"
        desk.stepping.close_gate(run)
        if desk.measuring.due(self._began):
            desk.measuring.attend(run, watched=False)
            return "look"
        self._sampled = desk.sampling.due(self._began, wanted=desk.inspections.waiting)
        return "look" if self._sampled else "free"

    def forward_ended(self, *, final: bool) -> None:
        """The first time, the script stands here until the person lets it go on."""
        run, desk = self._run, self._desk
        first = self._announce()
        desk.inspections.answer(run.graph, run.names)
        self._stage.show_graph(run)
        if not first:
            return
        desk.measuring.held(self._stage.run, run)
        desk.stepping.held(run)
        run.state = "ready"
        self._stage.say_state(run)
        self._stand()

    def iteration_ended(self, step: int, loss: Any, evaluations: EvaluationsRecord | None) -> None:
        """Between two iterations: commands are served, and the script stands if one says so."""
        run, desk = self._run, self._desk
        now = perf_counter()
        desk.progress.add(step, loss, evaluations)
        if evaluations is not None and not self._said_evaluations:
            self._said_evaluations = True
            mark = MarkRecord(step, "evaluations", _EVALUATIONS.format(evaluations.count, evaluations.last))
            desk.progress.send()  # a mark is set on a curve that has begun
            self._stage.post(ConfigurationChanged(self._stage.run, run.device, run.updater.choice, mark))
        desk.stepping.took(now - self._began)
        if run.meter is not None:
            desk.measuring.over(self._stage.run, run)
        if run.gate is not None:
            desk.stepping.iterated(run)
            if desk.stepping.one_iteration:
                desk.stepping.one_iteration = False
                run.pause()
        elif self._sampled:
            desk.sampling.looked(now, now - self._began)
        else:
            desk.sampling.passed(now - self._began)
        if run.graph_step == step:
            self._tell_configuration()
        if run.state == "running":
            desk.progress.send_if_due(now)
            while self._stage.commands.waiting and run.state == "running":
                self._serve(self._stage.commands.take())
        else:
            self._stage.hold_still(run)
        self._stand()

    def heard(self) -> None:
        """Only what ends the script is done at once; the rest waits until it stands."""
        commands = self._stage.commands
        while commands.heard:
            command = commands.hear()
            commands.postpone(command)
            if isinstance(command, Open | Shutdown):
                raise AbandonedError

    def stuck(self) -> None:
        """Say that it cannot be ended, to everyone who asks for something."""
        while True:
            command = self._stage.commands.take()
            if isinstance(command, Shutdown):
                self._stage.commands.postpone(command)
                return
            self._stage.post(Failed(type(command).__name__, _STUCK.format(self._script.title)))

    # -- standing ----------------------------------------------------------------------------------------------------

    def _stand(self) -> None:
        while self._run.state != "running":
            self._serve(self._stage.commands.take())

    def _serve(self, command: Command) -> None:
        if isinstance(command, Open | Shutdown):
            self._abandon(command)
        self._stage.serve_command(command)

    def _abandon(self, command: Command) -> NoReturn:
        self._stage.commands.postpone(command)
        raise AbandonedError

    # -- facts -------------------------------------------------------------------------------------------------------

    def _announce(self, *notes: str) -> bool:
        """Tell the window of the script, once there is something to tell; whether this was the first time."""
        if self._choice is not None:
            self._tell_configuration()
            return False
        run = self._run
        if not run.shown:
            self._look_at_the_stop()
        self._choice = choice = run.updater.choice
        self._stage.post(
            Opened(
                self._stage.run,
                self._command.target,
                self._script.title,
                run.device,
                choice,
                tuple(replace(device, reason="" if device.id == run.device else LOCKED) for device in devices()),
                (record_of(choice),),
                parameter_records(run.experiment),
                SourceRecord(str(self._script.path)),
                kind="script",
                notes=notes,
                locked=LOCKED,
            )
        )
        return True

    def _look_at_the_stop(self) -> None:
        """Learn what the script trains from the op that it is stopped at, before there is a graph."""
        gate, facts = self._run.gate, self._run.facts
        standing = gate.standing if gate is not None else None
        values = [value for value in standing.values if isinstance(value, torch.Tensor)] if standing is not None else []
        leaves = [value for value in values if is_leaf(value) and value.requires_grad]
        facts.find_owners(leaves, sys._getframe(1), thoroughly=True)
        facts.look_around(sys._getframe(1))

    def _tell_configuration(self) -> None:
        choice = self._run.updater.choice
        if choice != self._choice:
            self._choice = choice
            self._stage.post(ConfigurationChanged(self._stage.run, self._run.device, choice, None))

    def _show_rest(self) -> None:
        """The script raised in the middle of a forward: what it has made so far."""
        if self._run.partial_graph() is not None:
            self._announce()
            self._stage.show_partial(self._run)

    def _stop_where_it_raised(self, error: BaseException) -> None:
        """An iteration raised while it ran freely: stop there, with what is left of it."""
        run, desk = self._run, self._desk
        if not run.shown or (run.gate is not None and not run.gate.passed_over):
            return
        run.forget_graph()
        failure = failure_of(error, run.phase)
        if failure is None:
            return
        run.facts.look_around(failure.frame, everything=True)
        if failure.roots and failure.roots[0].requires_grad:
            run.show_backward_of(failure.roots)
            self._stage.show_graph(run)
        else:
            run.names.refresh()
            self._stage.post(no_graph(self._stage.run, run.step))
        gate = desk.stepping.open_gate(run, every_node=True)
        point = failure.point(gate.next_index(), run.graph, run.facts)
        gate.starts[point.phase] = point.index
        gate.unrecorded = True
        run.ended = False
        try:
            gate.raised(Position(run.step, point, ()), "", (), error)
        finally:
            run.ended = True

    def _end(self, code: object) -> None:
        run, desk = self._run, self._desk
        message = _ending(code)
        trained = bool(run.step) or run.shown
        if not trained:
            note = NO_BACKWARD.format(self._script.title)
            message = f"{message} {note}"
            self._announce(note)
            self._show_rest()
        self._tell_configuration()
        desk.progress.send()
        desk.inspections.give_up()
        run.forget_iteration()
        run.state = "finished" if code in (None, 0) and trained else "failed"
        self._stage.post(StateChanged(self._stage.run, run.state, run.step, desk.progress.last, message))


def no_graph(run: int, step: int) -> GraphChanged:
    """Instead of the graph of an earlier iteration: why there is none of this one."""
    note = NOTHING_RECORDED.format(step=step)
    return GraphChanged(run, step, note, GraphRecord(note, "autograd", (), (), notes=(note,)))


def _ending(code: object) -> str:
    if code in (None, 0):
        return "The script has ended."
    if isinstance(code, int):
        return f"The script ended itself with status {code}."
    return f"The script ended itself: {code}"
