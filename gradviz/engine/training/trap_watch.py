"""Asks the traps about each iteration of a network, and runs one that meets a trap again, through the gate, which stops
at the first op or node that meets it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradviz.engine.gate.aim import AfterPoint, Aim, NonFiniteRecorder, aim_for
from gradviz.engine.gate.gate import Gate
from gradviz.engine.replay.kept_values import NotRepeatableError
from gradviz.engine.stepping.run_state import AnyRun
from gradviz.engine.stepping.step_controller import StepController
from gradviz.engine.training.runner import Runner
from gradviz.engine.traps.iteration_figures import IterationFigures
from gradviz.engine.traps.known_parameters import KnownParameters
from gradviz.engine.traps.trap_kinds import TrapFinding
from gradviz.engine.traps.trap_set import TrapSet
from gradviz.protocol.records import BreakpointRecord


class TrapWatch:
    """Watches the iterations of one run."""

    def __init__(self, stepping: StepController, show_graph: Callable[[Runner], object]) -> None:
        self._stepping = stepping
        self._traps = stepping.traps
        self._show_graph = show_graph
        self._known = KnownParameters()
        self._copied = False
        """Whether the weights before this update were copied."""
        self._refused = False
        """Whether it was said that they are over the budget."""

    @property
    def armed(self) -> bool:
        """Whether there is a trap."""
        return bool(self._traps.records)

    def attend(self, runner: Runner, *, free: bool) -> None:
        """Let the start of the next iteration be noted if it may be run again: for a trap, or for what asks for the
        cause at a stop. A `free` iteration without traps keeps nothing."""
        start = runner.start
        start.budget.limit = self._stepping.budget
        start.wanted = self.armed or not free
        if not start.wanted and not runner.holds_forward:
            start.forget()

    def passes_gate(self, runner: Runner) -> bool:
        """Return whether iterations pass the gate for traps, since they cannot be run again."""
        return self.armed and bool(runner.start.refusal)

    def ask_held(self, runner: Runner) -> None:
        """Run a forward that is held again if conditions on its values were set since: iteration 0 counts."""
        gate, start = runner.gate, runner.start
        if gate is None or not gate.unasked or not runner.holds_forward or gate.request.kind != "free":
            return
        if start.noted != runner.step or start.refusal or gate.edited:
            return
        try:
            start.put_back()
        except NotRepeatableError as error:
            self._stepping.report(str(error))
        else:
            self._stepping.open_gate(runner)
            runner.forward(captured=True, again=True)

    def check_gradients(self, runner: Runner) -> bool:
        """Ask the traps at the end of the backward. Returns whether the iteration was run again."""
        figures = self._figures(runner)
        hits = self._traps.check(figures)
        self._report_held(runner.start.held)
        keep_history(runner, self._traps, figures, hit=bool(hits))
        return bool(hits) and self._stop(runner, *hits[0], undo=False)

    def before_update(self, runner: Runner) -> None:
        """Copy the weights, and the optimizer's state, if a trap looks at the update."""
        self._copied = False
        if not self._traps.wants_update(runner.step):
            return
        start, parameters = runner.start, self._parameters(runner)
        optimizer = runner.updater.optimizer
        self._copied = start.weights.note(parameters, optimizer)
        self._report_held(start.held)
        if not self._copied and self._traps.needs_update and not self._refused:
            self._refused = True
            self._stepping.report(start.weights.too_large(parameters, optimizer))

    def check_update(self, runner: Runner) -> bool:
        """Ask the traps at the end of the update. Returns whether the iteration was run again."""
        if not self._copied:
            return False
        figures = self._figures(runner, runner.start.weights.before())
        hits = self._traps.check(figures)
        keep_history(runner, self._traps, figures, hit=bool(hits))
        if not hits or not self._stop(runner, *hits[0], undo=True):
            return False
        runner.update()
        self._end_replay(runner)
        return True

    def _report_held(self, size: int) -> None:
        if self._traps.note_held(size):
            self._stepping.report_hits()

    def _stop(self, runner: Runner, record: BreakpointRecord, found: TrapFinding, *, undo: bool) -> bool:
        """Run the iteration again up to where the trap is met; `undo`: its update is over. Returns False if the user
        steps through it already, or it cannot be run again: it stops where it is."""
        gate = runner.gate
        if gate is not None and record.id in gate.stopped_for:
            return False
        self._stepping.breakpoints.count([record])
        if gate is not None and (gate.request.kind != "free" or gate.edited or runner.start.refusal):
            gate.stop_here(record.id, found.message)
            return False
        runner.begin_measuring(None)
        loss = runner.held_loss
        try:
            self._run_again(runner, self._aim(runner, record, found, loss, undo=undo), loss, undo=undo)
        except NotRepeatableError as error:
            self._stepping.report(str(error))
            self._go_on(runner, found)
        if not undo:
            self._end_replay(runner)
        return True

    def _go_on(self, runner: Runner, found: TrapFinding) -> None:
        """Finish an iteration that could not be run again exactly; it stops at its end, or is paused after it."""
        gate = runner.gate
        if gate is None:
            self._stepping.report(f"{found.message[:1].upper()}{found.message[1:]}.")
            runner.pause()
        else:
            gate.miss_aim()
            runner.differentiate()

    def _aim(self, runner: Runner, record: BreakpointRecord, found: TrapFinding, loss: Any, *, undo: bool) -> Aim:
        if found.where != "value":
            return aim_for(record, found)
        recorder = NonFiniteRecorder(record, found.message)
        self._run_again(runner, recorder, loss, undo=undo)
        self._show_graph(runner)
        index = recorder.first(found.phase, runner.graph.record if runner.graph is not None else None)
        return Aim(record, found.message) if index is None else AfterPoint(record, found.message, index)

    def _run_again(self, runner: Runner, aim: Aim, loss: Any, *, undo: bool) -> None:
        def open_gate() -> None:
            self._stepping.open_gate(runner, aim=aim)

        runner.start.run_again(runner, loss, open_gate, weights=undo)

    def _end_replay(self, runner: Runner) -> None:
        """Stop at the end of what was run if nothing stopped it before: what the trap saw has no point of its own."""
        gate: Gate | None = runner.gate
        if gate is not None:
            gate.end_replay()

    def _figures(self, runner: Runner, before: dict[str, Any] | None = None) -> IterationFigures:
        parameters, loss, experiment = self._parameters(runner), runner.held_loss, runner.experiment
        gradients = self._known.gradients() if experiment.has_autograd else experiment.gradients()
        return IterationFigures(runner.step, loss, gradients, parameters, before)

    def _parameters(self, runner: Runner) -> dict[str, Any]:
        experiment = runner.experiment
        if not experiment.has_autograd:
            return experiment.named_parameters()
        return self._known.named(runner.step, experiment, experiment.named_parameters)


def keep_history(run: AnyRun, traps: TrapSet, figures: IterationFigures, *, hit: bool) -> None:
    """Keep how much each module moves, to explain a spike by: of some iterations, and of one that met a trap."""
    if not traps.keeps_history or not (hit or traps.samples(figures.step)):
        return
    if figures.before is None:
        run.module_history.add_gradients(figures.norms)
    else:
        run.module_history.add_ratios(figures.ratios(""))
