"""Runs a script again up to an iteration in which it met a trap, or raised: freely, with the losses that it had, and
then through the gate. A script's loop is its own, so that its iterations cannot be run again one by one."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable
from time import perf_counter
from typing import Any

import torch

from gradviz.engine.gate.aim import Aim, aim_for
from gradviz.engine.replay.iteration_start import is_same, number_of
from gradviz.engine.replay.kept_values import Budget
from gradviz.engine.replay.random_states import RandomStates
from gradviz.engine.replay.weights import WeightCopies
from gradviz.engine.scripts.script_run import ScriptRun
from gradviz.engine.stepping.step_controller import StepController
from gradviz.engine.training.trap_watch import keep_history
from gradviz.engine.traps.iteration_figures import IterationFigures
from gradviz.engine.traps.known_parameters import KnownParameters
from gradviz.engine.traps.trap_kinds import TrapFinding
from gradviz.language import tr
from gradviz.protocol.commands import Open
from gradviz.protocol.events import Event
from gradviz.protocol.past_events import Repeated
from gradviz.protocol.records import BreakpointRecord

_PERIOD = 0.1
"""Seconds between two reports of how far it has come."""


class ScriptRepeat:
    """What is kept of one run of a script so that it can be repeated: random states at its start, losses, and in which
    iteration it met a trap, or raised."""

    def __init__(self, target: str, arguments: tuple[str, ...]) -> None:
        self._of = target, arguments
        self._random = RandomStates()
        self._losses = array("d")
        """NaN of an iteration whose loss was not read."""
        self._goal: int | None = None
        """The iteration to stop in."""
        self._hit: tuple[BreakpointRecord, TrapFinding] | None = None
        """The trap that it met in it; None if it raised."""
        self._to: int | None = None
        """The iteration that the script is run again to; None once it is reached."""
        self._reported = 0.0
        self.stops_first = False
        """Whether to stop there before the first op, since it is gone back to for itself."""

    def fits(self, target: str, arguments: tuple[str, ...], step: int) -> bool:
        """Return whether this is the run that met a trap, or raised, in iteration `step`, or has been in it at all."""
        return self._of == (target, arguments) and (self._goal == step or 0 < step <= len(self._losses))

    def run_to(self, step: int | None) -> None:
        """Run to this iteration the next time that the script is performed; None to run as ever."""
        self._to = step
        self.stops_first = step is not None and step != self._goal

    def cancel(self) -> None:
        """Run on as ever from where the way back was paused."""
        if self._to is not None:
            self.run_to(None)

    def start(self, seed: Callable[[], None]) -> None:
        """Begin: with the random states of the first time, or with those that `seed` makes."""
        if self._to is not None:
            self._random.put_back()
            return
        seed()
        self._random.note()

    # -- while it is run again -----------------------------------------------------------------------------------------

    def report(self, run: int, step: int, loss: Any, post: Callable[[Event], None]) -> None:
        """Report ten times a second that iteration `step` has run again, on the way to the one that is wanted."""
        now = perf_counter()
        if self._to is not None and (now - self._reported >= _PERIOD or step + 1 == self._to):
            self._reported = now
            post(Repeated(run, step + 1, self._to, None if isinstance(loss, torch.Tensor) else float(loss)))

    def is_before(self, step: int) -> bool:
        """Return whether iteration `step` only leads to the one that is wanted."""
        return self._to is not None and step < self._to

    def is_recorded(self, step: int) -> bool:
        """Return whether iteration `step` is the last before one that raised, which may go on from what that kept."""
        return self._hit is None and self._to is not None and step == self._to - 1

    def reaches(self, step: int) -> bool:
        """Return whether iteration `step` is the one that is wanted; only once."""
        reached = self._to == step
        self._to = None if reached else self._to
        return reached

    @property
    def aim(self) -> Aim | None:
        """Where to stop in the iteration that is wanted; None where it raises."""
        return aim_for(*self._hit) if self._hit is not None and not self.stops_first else None

    def why_different(self, step: int, loss: Any) -> str:
        """Return a sentence if iteration `step` had another loss the first time, and run on as ever."""
        first = self._losses[step] if step < len(self._losses) else math.nan
        again = math.nan if math.isnan(first) else number_of(loss)
        if is_same(first, again):
            return ""
        self._to = None
        text = tr(
            "The script does not repeat itself: the loss of iteration {step} was {first:.9g} and is {again:.9g} now. It"
            " is paused here; let it seed what it draws from."
        )
        return text.format(step=step, first=first, again=again)

    # -- while it runs -------------------------------------------------------------------------------------------------

    def note_loss(self, step: int, loss: Any) -> None:
        """Note the loss of an iteration. A tensor on a device is left out: to read it would make the script wait."""
        del self._losses[step:]
        self._losses.extend([math.nan] * (step - len(self._losses)))
        self._losses.append(math.nan if isinstance(loss, torch.Tensor) else float(loss))

    def note_hit(self, step: int, record: BreakpointRecord, found: TrapFinding) -> None:
        """Note that iteration `step` met a trap."""
        self._goal, self._hit = step, (record, found)

    def note_error(self, step: int) -> None:
        """Note that iteration `step` raised."""
        self._goal, self._hit = step, None


def repeat_of(command: Open, before: ScriptRepeat | None, stepping: StepController) -> ScriptRepeat:
    """Return what is kept of the run that `command` begins: that of the run `before`, if it is to be repeated."""
    step = command.again_to
    if step is None:
        return ScriptRepeat(command.target, command.arguments)
    if before is not None and before.fits(command.target, command.arguments, step):
        before.run_to(step)
        return before
    stepping.report(tr("This engine has not seen the script stop there, so that it runs from its start as ever."))
    return ScriptRepeat(command.target, command.arguments)


class ScriptTraps:
    """Asks the traps at the end of a script's iterations."""

    def __init__(self, stepping: StepController, run: ScriptRun, repeat: ScriptRepeat) -> None:
        self._stepping = stepping
        self._run = run
        self._repeat = repeat
        self._parameters = KnownParameters()
        self._budget = Budget(stepping.budget)
        self._copies: dict[int, tuple[KnownParameters, WeightCopies]] = {}
        """What each optimizer updates, by its `id`, and that before its last step."""
        self._weights: dict[str, Any] = {}
        """What the steps of this iteration update, by name."""
        self._before: dict[str, Any] = {}
        """Copies of that."""
        self._refused = False

    def before_step(self, optimizer: torch.optim.Optimizer) -> None:
        """Copy the weights that `optimizer` is about to change, if a trap looks at the update."""
        traps, run = self._stepping.traps, self._run
        if not traps.wants_update(run.step):
            return
        self._budget.limit = self._stepping.budget
        if id(optimizer) not in self._copies:
            self._copies[id(optimizer)] = KnownParameters(), WeightCopies(self._budget)
        known, copies = self._copies[id(optimizer)]
        parameters = known.named(run.step, optimizer, lambda: run.facts.parameters_of(optimizer))
        if not self._before.keys().isdisjoint(parameters):
            return  # it steps a second time in this iteration
        if copies.note(parameters, None):
            self._weights.update(parameters)
            self._before.update(copies.before())
            if traps.note_held(self._budget.used):
                self._stepping.report_hits()
        elif traps.needs_update:
            self._refuse(copies.too_large(parameters, None))

    def check(self, step: int, loss: Any) -> tuple[BreakpointRecord, TrapFinding] | None:
        """Return the trap that iteration `step`, which is over, meets, and what it found."""
        traps, run = self._stepping.traps, self._run
        weights, before, self._weights, self._before = self._weights, self._before, {}, {}
        if not traps.records:
            self._repeat.note_loss(step, loss)
            return None
        self._parameters.named(step, run.facts, run.facts.named_parameters)
        # The weights are no longer those that the iteration began with.
        figures = IterationFigures(step, loss, self._parameters.gradients(), {}, skipped=run.skipped)
        hits = traps.check(figures)
        self._repeat.note_loss(step, figures.loss)
        keep_history(run, traps, figures, hit=bool(hits))
        if before:
            figures = IterationFigures(step, loss, figures.gradients, weights, before)
            hits += traps.check(figures)
            keep_history(run, traps, figures, hit=bool(hits))
        elif traps.needs_update and not run.skipped:
            self._refuse(tr("No optimizer stepped in this iteration, so that its update is not watched."))
        gate = run.gate
        if not hits or (gate is not None and (gate.aimed or hits[0][0].id in gate.stopped_for)):
            return None
        self._stepping.breakpoints.count([hits[0][0]])
        self._repeat.note_hit(step, *hits[0])
        return hits[0]

    def _refuse(self, sentence: str) -> None:
        if not self._refused:
            self._refused = True
            self._stepping.report(sentence)
