"""Finds the first iteration of a run's past that meets a condition: in the losses, where they show it; else by running
the iterations again from a kept state, with that condition as the only breakpoint."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

import numpy as np
import torch

from gradviz.engine.gate.gate import Stop
from gradviz.engine.replay.kept_states import KeptState
from gradviz.engine.stepping.step_controller import StepController
from gradviz.engine.training.past import Past
from gradviz.engine.training.runner import Runner
from gradviz.engine.traps.iteration_figures import IterationFigures, is_within
from gradviz.engine.traps.trap_kinds import TRAPS, Memory, nearest
from gradviz.errors import GradvizError
from gradviz.language import tr
from gradviz.protocol.commands import FindFirst, SetBreakpoints
from gradviz.protocol.events import Event
from gradviz.protocol.past_events import FirstFound


class Search:
    """One search at a time, of one run."""

    def __init__(self, past: Past, stepping: StepController, post: Callable[[Event], None]) -> None:
        self._past = past
        self._stepping = stepping
        self._post = post
        self._command: FindFirst | None = None
        self._others = SetBreakpoints(())
        """The breakpoints of the user, which stop nothing meanwhile."""

    def begin(self, runner: Runner, command: FindFirst) -> None:
        """Begin to look from iteration `command.step` on, or report at once what the losses show.

        Raises:
            GradvizError: no iteration is over, or one cannot go back there.
        """
        record, past = command.breakpoint, self._past
        if command.step >= len(past.losses):
            text = tr("Iteration {step} has not run yet; one can look from {first} to {last}.")
            raise GradvizError(text.format(step=command.step, first=past.first, last=len(past.losses) - 1))
        trap, start = TRAPS.get(record.kind), max(command.step, past.first)
        if trap is not None and trap.needs_loss_alone(record):
            step, message, memory = _first_in(past.losses, command, start)
            before = nearest(memory)
            self._post(FirstFound(past.run, command.breakpoint, step, message, before, start, len(past.losses)))
            past.begin(runner, runner.step if step is None else step, command.branch)
            return
        if record.kind == "changed":
            start = _last_unchanged(runner.states.states, record.within, start)
        past.begin(runner, start, command.branch)
        self._command = command

    def arrive(self, runner: Runner) -> bool:
        """Begin to look, where the run has come back to the iteration to begin with; return whether it is to."""
        if self._command is None:
            return False
        stepping = self._stepping
        self._others = SetBreakpoints(stepping.breakpoints.records)
        stepping.set_breakpoints(SetBreakpoints((self._command.breakpoint,)))
        stepping.traps.forget()
        stepping.before_stop = self._meet
        runner.begin(len(self._past.losses))
        return True

    @property
    def looks(self) -> bool:
        """Return whether iterations run again to be looked at."""
        return self._command is not None and self._stepping.before_stop == self._meet

    def set_breakpoints(self, command: SetBreakpoints) -> None:
        """Replace the user's breakpoints, once the search is over."""
        if self.looks:
            self._others = command
        else:
            self._stepping.set_breakpoints(command)

    def end(self, runner: Runner) -> None:
        """Report that nothing was found in the iterations that ran, if they were looked at; the run is paused."""
        if not self.looks:
            self._command = None
            return
        whole = runner.step >= len(self._past.losses)
        hit = bool(self._stepping.breakpoints.hits)
        self._report(runner.step - 1 if hit else None, "", runner.step, interrupted=not (whole or hit))
        runner.pause_at_end()

    def _meet(self, stop: Stop) -> None:
        """Report the iteration that stops at the condition, or at an error that it raised."""
        step = stop.here.step
        met = stop.breakpoint == _NUMBER
        self._report(step if met else None, stop.message, step + met, interrupted=not met)

    def _report(self, step: int | None, message: str, end: int, *, interrupted: bool) -> None:
        command, self._command = self._command, None
        assert command is not None
        before = nearest(self._stepping.traps.memory(command.breakpoint))
        start = max(command.step, self._past.first)
        self._post(FirstFound(self._past.run, command.breakpoint, step, message, before, start, end, interrupted))
        self._stepping.before_stop = _nothing
        self._stepping.set_breakpoints(self._others)


_NUMBER = 0
"""The id of a condition that is no breakpoint of the client's."""


def _nothing(stop: Stop) -> None:
    """Report nothing: the search is over."""


def _first_in(losses: Sequence[float], command: FindFirst, start: int) -> tuple[int | None, str, Memory]:
    """Return the first iteration whose loss meets a condition, and the sentence on it."""
    record, memory = command.breakpoint, Memory()
    check = TRAPS[record.kind].check
    for step in range(start, len(losses)):
        found = check(record, IterationFigures(step, losses[step], {}, {}), memory)
        if found is not None:
            return step, found.message, memory
    return None, "", memory


def _last_unchanged(states: Sequence[KeptState], within: str, start: int) -> int:
    """Return the iteration of the last kept state from `start` on in which weights are those of the first: found by
    halving, since what was changed once is taken to be so from then on."""
    kept = [state for state in states if state.step >= start]
    if not kept:
        return start
    first = _weights(kept[0], within)
    changed = bisect_left(kept, True, key=lambda state: not _are_same(first, _weights(state, within)))
    return start if changed <= 1 else kept[changed - 1].step


def _weights(state: KeptState, within: str) -> dict[str, object]:
    return {name: value for name, value in state.weights.before().items() if is_within(name, within)}


def _are_same(first: dict[str, object], other: dict[str, object]) -> bool:
    for name, value in other.items():
        was = first.get(name)
        if isinstance(value, torch.Tensor) and isinstance(was, torch.Tensor):
            if not torch.equal(value, was):
                return False
        elif not np.array_equal(np.asarray(value), np.asarray(was)):
            return False
    return True
