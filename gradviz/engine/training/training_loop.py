"""Trains a run that gradviz drives, an iteration at a time: through the gate, with a look, or freely."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from gradviz.engine.gate.gate import AbandonedError
from gradviz.engine.loading.allowed_code import UnallowedError
from gradviz.engine.loading.error_messages import RAISED
from gradviz.engine.measuring.measure_scheduler import Measuring
from gradviz.engine.stepping.run_protocol import AnyRun
from gradviz.engine.stepping.step_controller import Host, Stepping
from gradviz.engine.tensors.saved_tensors import Inspections, is_freed
from gradviz.engine.training.look_sampling import Sampling
from gradviz.engine.training.loss_batches import Progress
from gradviz.engine.training.runner import Runner


class Stage(Host, Protocol):
    """The server, as whoever makes a run go on needs it."""

    def show_graph(self, runner: AnyRun) -> None: ...
    def hold_still(self, runner: AnyRun) -> None: ...
    def raised(self, error: BaseException) -> None: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What the server keeps for the run that is on."""

    stepping: Stepping
    progress: Progress
    sampling: Sampling
    inspections: Inspections
    measuring: Measuring


class Training:
    """Decides how each iteration runs, and tells what it showed."""

    def __init__(self, stage: Stage, desk: Desk) -> None:
        self._stage = stage
        self._desk = desk

    def iterate(self, runner: Runner) -> None:
        """One iteration, or the rest of the one that was begun."""
        began = perf_counter()
        try:
            if self._desk.stepping.one_iteration or self._desk.stepping.wants(runner.step):
                self._step_through(runner)
            elif self._desk.measuring.due(began) and not runner.holds_forward:
                self._desk.stepping.close_gate(runner)
                self._desk.measuring.attend(runner, watched=False)
                self._look_at_iteration(runner)
            elif self._desk.sampling.due(began, wanted=self._desk.inspections.waiting) and not runner.holds_forward:
                self._desk.stepping.close_gate(runner)
                self._look_at_iteration(runner)
                self._desk.sampling.looked(perf_counter(), perf_counter() - began)
            else:
                whole = not runner.holds_forward
                if whole:
                    self._desk.stepping.close_gate(runner)
                step = runner.step
                self._desk.progress.add(step, runner.iterate())
                if whole:
                    self._desk.sampling.passed(perf_counter() - began)
            self._desk.stepping.took(perf_counter() - began)
            if runner.meter is not None:
                self._desk.measuring.over(self._stage.run, runner)
        except AbandonedError:
            runner.fail()
            return
        except RAISED as error:
            # The door for the network's own code.
            if not isinstance(error, UnallowedError):
                self._stand_where_it_raised(runner, error)
            self._stage.raised(error)
            return
        if runner.state == "running":
            self._desk.progress.send_if_due(perf_counter())
        else:
            self._stage.hold_still(runner)

    def _stand_where_it_raised(self, runner: Runner, error: BaseException) -> None:
        """A free iteration raised, of which nothing was held: it is run again through the gate, which stops there."""
        if (runner.gate is not None and not runner.gate.passed_over) or runner.phase == "update":
            return
        phase = runner.phase
        if is_freed(error):
            # Backward came to what the network kept of a forward that was not recorded: it keeps one that is.
            self._desk.stepping.close_gate(runner)
            with suppress(RAISED):
                runner.forward(captured=True, again=True)
                runner.backward()
        self._desk.stepping.open_gate(runner, every_node=True)
        # What it raised the first time is told; that it does so again, or something else, was only to be looked at.
        with suppress(RAISED):
            runner.forward(again=True)
            self._stage.show_graph(runner)
            runner.backward()
        runner.phase = phase

    def _step_through(self, runner: Runner) -> None:
        """One iteration through the gate."""
        if not runner.holds_forward:
            self._desk.stepping.open_gate(runner)
            self._desk.measuring.attend(runner, watched=self._desk.stepping.watched)
        self._look_at_iteration(runner)
        self._desk.stepping.iterated(runner)
        if self._desk.stepping.one_iteration:
            self._desk.stepping.one_iteration = False
            runner.pause()

    def _look_at_iteration(self, runner: Runner) -> None:
        """One whole iteration, and its graph."""
        step = runner.step
        if not runner.holds_forward:
            runner.forward(captured=True)
        if runner.experiment.has_autograd:
            # Between forward and backward the saved tensors live, and the graph is whole.
            self._desk.inspections.answer(runner.graph, runner.names)
            self._stage.show_graph(runner)
        else:
            runner.backward()  # after which a graph that is recorded is whole
            self._stage.show_graph(runner)
        self._desk.progress.add(step, runner.iterate())
        self._stage.show_graph(runner)
