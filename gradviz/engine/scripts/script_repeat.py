"""Runs a script again up to an iteration in which it met a trap: freely, with the losses that it had, and then through
the gate. A script's loop is its own, so that its iterations cannot be run again one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradviz.engine.gate.aim import AfterGradient, Aim, AtStart, FirstNotFinite
from gradviz.engine.replay.iteration_start import is_same, number_of
from gradviz.engine.replay.random_states import RandomStates
from gradviz.engine.scripts.script_run import ScriptRun
from gradviz.engine.stepping.step_controller import StepController
from gradviz.engine.traps.iteration_figures import IterationFigures
from gradviz.engine.traps.known_parameters import KnownParameters
from gradviz.engine.traps.trap_kinds import TrapFinding
from gradviz.language import tr
from gradviz.protocol.commands import Open
from gradviz.protocol.records import BreakpointRecord


class ScriptRepeat:
    """What is kept of one run of a script so that it can be repeated: random states at its start, losses, and which
    trap it met last."""

    def __init__(self, target: str, arguments: tuple[str, ...]) -> None:
        self._of = target, arguments
        self._random = RandomStates()
        self._losses: dict[int, Any] = {}
        self._hit: tuple[int, BreakpointRecord, TrapFinding] | None = None
        self._to: int | None = None
        """The iteration that the script is run again to; None once it is reached."""

    def fits(self, target: str, arguments: tuple[str, ...], step: int) -> bool:
        """Return whether this is the run that met a trap in iteration `step`."""
        return self._of == (target, arguments) and self._hit is not None and self._hit[0] == step

    def run_to(self, step: int | None) -> None:
        """Run to this iteration the next time that the script is performed; None to run as ever."""
        self._to = step

    def start(self, seed: Callable[[], None]) -> None:
        """Begin: with the random states of the first time, or with those that `seed` makes."""
        if self._to is not None:
            self._random.put_back()
            return
        seed()
        self._random.note()

    # -- while it is run again -----------------------------------------------------------------------------------------

    def is_before(self, step: int) -> bool:
        """Return whether iteration `step` only leads to the one that is wanted."""
        return self._to is not None and step < self._to

    def aim(self, step: int) -> Aim | None:
        """Return where to stop in iteration `step`, if it is the one that is wanted."""
        if self._to is None or step < self._to or self._hit is None:
            return None
        self._to = None
        _, record, found = self._hit
        match found.where:
            case "start":
                return AtStart(record, found.message)
            case "gradient":
                return AfterGradient(record, found.message, found.names)
            case "value":
                return FirstNotFinite(record, found.message, found.phase)
        return Aim(record, found.message)

    def why_different(self, step: int, loss: Any) -> str:
        """Return a sentence if iteration `step` had another loss the first time, and run on as ever."""
        first, again = self._losses.get(step), number_of(loss)
        if first is None or is_same(number_of(first), again):
            return ""
        self._to = None
        text = tr(
            "The script does not repeat itself: the loss of iteration {step} was {first:.9g} and is {again:.9g} now. It"
            " is paused here; let it seed what it draws from."
        )
        return text.format(step=step, first=number_of(first), again=again)

    # -- while it runs -------------------------------------------------------------------------------------------------

    def note_loss(self, step: int, loss: Any) -> None:
        """Note the loss of an iteration, which may be a tensor on a device."""
        self._losses[step] = loss

    def note_hit(self, step: int, record: BreakpointRecord, found: TrapFinding) -> None:
        """Note that iteration `step` met a trap."""
        self._hit = step, record, found


def repeat_of(command: Open, before: ScriptRepeat | None, stepping: StepController) -> ScriptRepeat:
    """Return what is kept of the run that `command` begins: that of the run `before`, if it is to be repeated."""
    step = command.again_to
    if step is None:
        return ScriptRepeat(command.target, command.arguments)
    if before is not None and before.fits(command.target, command.arguments, step):
        before.run_to(step)
        return before
    stepping.report(tr("This engine has not seen the script meet that trap, so that it runs from its start as ever."))
    return ScriptRepeat(command.target, command.arguments)


class ScriptTraps:
    """Asks the traps at the end of a script's iterations."""

    def __init__(self, stepping: StepController, run: ScriptRun, repeat: ScriptRepeat) -> None:
        self._stepping = stepping
        self._run = run
        self._repeat = repeat
        self._parameters = KnownParameters()
        self._refused = False

    def check(self, step: int, loss: Any) -> tuple[BreakpointRecord, TrapFinding] | None:
        """Return the trap that iteration `step`, which is over, meets, and what it found."""
        traps, run = self._stepping.traps, self._run
        if not traps.records:
            return None
        if traps.needs_update and not self._refused:
            self._refused = True
            self._stepping.report(tr("In a script the updates themselves are not watched, only losses and gradients."))
        self._repeat.note_loss(step, loss)
        self._parameters.named(step, run.facts, run.facts.named_parameters)
        # The weights are no longer those that the iteration began with.
        figures = IterationFigures(step, loss, self._parameters.gradients(), {}, skipped=run.skipped)
        hits = traps.check(figures)
        gate = run.gate
        if not hits or (gate is not None and (gate.aimed or hits[0][0].id in gate.stopped_for)):
            return None
        self._stepping.breakpoints.count([hits[0][0]])
        self._repeat.note_hit(step, *hits[0])
        return hits[0]
