"""The iterations of a run that are over: their losses, and the way back to one of them."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable
from time import perf_counter
from typing import Any

from gradviz.engine.replay.iteration_start import is_same, number_of
from gradviz.engine.replay.kept_values import NotRepeatableError
from gradviz.engine.training.runner import Runner, restore_state
from gradviz.errors import GradvizError
from gradviz.language import tr
from gradviz.protocol.events import Event, Unchecked
from gradviz.protocol.past_events import Branched, Repeated

_PERIOD = 0.1
"""Seconds between two reports of how far the way back has come."""


class Past:
    """Of one run. Losses come in the order of the iterations; those of iterations that run again are compared."""

    def __init__(self, run: int, post: Callable[[Event], None]) -> None:
        self.run = run
        self._post = post
        self.losses = array("d")
        self.first = 0
        """The first iteration that ran in this engine; those before are not known here."""
        self.branch = 0
        """The client's number for the run that begins where iterations no longer repeat what they were."""
        self._to: int | None = None
        """The iteration that is being gone back to."""
        self._reported = 0.0

    def record(self, first: int, losses: array[float]) -> None:
        """Note the losses of iterations `first`, `first + 1`, … that are not known yet."""
        self.losses.extend(losses[len(self.losses) - first :])

    def begin_at(self, step: int) -> None:
        """Note that the run goes on from iteration `step`, of which others know the past."""
        self.first = step
        self.losses = array("d", [math.nan] * step)

    def is_on_the_way(self, step: int) -> bool:
        """Return whether iteration `step` only leads to the one that one goes back to."""
        return self._to is not None and step < self._to

    def arrives(self, runner: Runner) -> bool:
        """Return whether the run has come to the iteration that one goes back to; True once."""
        if self._to is None or runner.step != self._to:
            return False
        self._to = None
        return True

    def is_known(self, step: int) -> bool:
        """Return whether iteration `step` ran before."""
        return step < len(self.losses)

    def begin(self, runner: Runner, step: int, branch: int) -> None:
        """Go back: put back the nearest state that is not after iteration `step`, from which `step` is run to.

        Raises:
            GradvizError: that iteration has not run, or no state of this run is kept.
        """
        if step < self.first:
            text = tr("Iteration {step} ran before the run was resumed; one can go back to {first} or later.")
            raise GradvizError(text.format(step=step, first=self.first))
        if not 0 <= step <= len(self.losses):
            text = tr("Iteration {step} has not run yet; there is {first} to {last}.")
            raise GradvizError(text.format(step=step, first=self.first, last=len(self.losses)))
        state = runner.states.nearest(step)
        if state is None:
            text = tr("No state of this run is kept: one takes more than the {budget:.0f} MB for looking back.")
            raise GradvizError(text.format(budget=runner.states.limit / 2**20))
        try:
            restore_state(runner, state)
        except NotRepeatableError as error:
            runner.fail()
            text = tr("This run cannot go back: {why}. Reset it.")
            raise GradvizError(text.format(why=error)) from None
        self._to, self.branch = step, branch
        self.report(runner.step)

    def cancel(self) -> None:
        """Stay where the way back has come."""
        self._to = None

    def report(self, step: int) -> None:
        """Report how far the iterations that run again have come, ten times a second, and at their end."""
        now, to = perf_counter(), len(self.losses) if self._to is None else self._to
        if now - self._reported >= _PERIOD or step == to:
            self._reported = now
            loss = self.losses[step - 1] if step else None
            self._post(Repeated(self.run, step, to, loss, back=self._to is not None))

    def why_different(self, runner: Runner, step: int, loss: Any) -> str:
        """Return a sentence if iteration `step` had another loss the first time."""
        first, again = self.losses[step], number_of(loss)
        if is_same(first, again):
            return ""
        text = tr("Iteration {step} does not repeat itself: its loss was {first:.9g} and is {again:.9g} now.")
        return f"{text.format(step=step, first=first, again=again)} {_cause(runner)}"

    def part(self, runner: Runner, step: int, message: str) -> int:
        """Begin a branch: from iteration `step` on, the run is another one. Returns its number."""
        del self.losses[step:]
        runner.states.forget_from(step + 1)
        self.cancel()
        if self.branch:
            before, self.run, self.branch = self.run, self.branch, 0
            self._post(Branched(self.run, before, step, message))
        elif message:
            self._post(Unchecked(self.run, message))
        return self.run


def _cause(runner: Runner) -> str:
    """Return a sentence on what differed first, and why that may be."""
    data = runner.data
    if data.differs is not None:
        text = tr(
            "The batch of iteration {step} was another: what makes it draws from a generator that was not found, or"
            " counts for itself; keep that in the loader, the model or a global."
        )
        if data.goes_on:
            text = tr(
                "The batch of iteration {step} was another: `batches` gives the same iterator each time, which goes"
                " on; let it make a new one."
            )
        return text.format(step=data.differs)
    if runner.device != "cpu":
        return tr(
            "Its batch was the same; a kernel of the device may not repeat itself (torch.use_deterministic_algorithms)."
        )
    return tr(
        "Its batch was the same: the code counts or draws in a place that is not put back, such as a global, a class"
        " or a closure; keep that in an attribute of the model."
    )
