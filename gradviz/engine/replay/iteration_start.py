"""Notes how an iteration starts, and runs it again from there: the same batch, random numbers, buffers and weights.

Until the update the weights are those that the iteration began with, so that nothing else needs a copy.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import torch

from gradviz.engine.replay.kept_values import Budget, NotRepeatableError
from gradviz.engine.replay.model_state import ModelState, TakenState
from gradviz.engine.replay.own_generators import OwnGenerators
from gradviz.engine.replay.random_states import RandomStates
from gradviz.engine.replay.weights import WeightCopies
from gradviz.engine.tensors.reductions import norm
from gradviz.engine.tensors.value_cache import DEFAULT_BUDGET
from gradviz.experiment import Experiment
from gradviz.language import tr


class Repeatable(Protocol):
    """A run of a network, as `training.runner.Runner` is one."""

    experiment: Experiment

    @property
    def held_loss(self) -> Any:
        """The loss, once forward has run."""

    def forward(self, *, captured: bool = False, again: bool = False) -> None:
        """Run the forward; `again`: on the same batch."""

    def backward(self) -> None:
        """Run the backward."""


class IterationStart:
    """The start of the iteration that is under way, of one run."""

    def __init__(self, experiment: Experiment, limit: int = DEFAULT_BUDGET, own: OwnGenerators | None = None) -> None:
        """`limit`: how many bytes the copies may take."""
        self.budget = Budget(limit)
        self.weights = WeightCopies(self.budget)
        self._experiment = experiment
        self._own = own
        self._random = RandomStates(own)
        self._state = ModelState(experiment, self.budget)
        self.wanted = False
        """Whether the starts of iterations are noted, so that they can be run again."""
        self.noted: int | None = None
        """The iteration whose start was noted."""
        self.rewound = False
        """Whether the iteration begins anew with the next forward, on its batch."""
        self.refusal = ""
        """Why iterations of this run cannot be run again exactly, once that has shown; a sentence."""

    @property
    def held(self) -> int:
        """How many bytes the copies take."""
        return self.budget.used

    def note(self, step: int) -> None:
        """Note that iteration `step` starts now, and has its batch, if that is wanted."""
        if self.refusal or not self.wanted:
            return
        self._random.note()
        self._state.note()
        self.noted = step

    @property
    def random(self) -> RandomStates:
        """The random states that were noted."""
        return self._random

    def correct(self, taken: TakenState) -> None:
        """Make of a state that was taken in the midst of the iteration the one that was noted."""
        self._state.correct(taken)

    def forget(self) -> None:
        """Keep no copies."""
        if self.noted is not None:
            self.noted = None
            self.weights.forget()
            self._state = ModelState(self._experiment, self.budget)
            self.budget.used = 0

    def put_back(self, *, weights: bool = False) -> None:
        """Make everything as it was when the iteration started; with `weights`, an update is undone, too.

        Raises:
            NotRepeatableError: something was changed that cannot be put back.
        """
        if weights:
            self.weights.put_back()
        try:
            self._state.put_back()
        except NotRepeatableError as error:
            raise self._refused(str(error)) from None
        self._random.put_back()
        if self._experiment.has_autograd:
            self._experiment.zero_gradients()
            if any(float(norm(gradient)) for gradient in self._experiment.gradients().values()):
                raise self._refused(tr("its gradients are added to those of the iterations before"))

    def rewind(self) -> None:
        """Put everything back, so that the iteration begins anew with the next forward. Raises as `put_back`."""
        self.put_back()
        self.rewound = True

    def run_again(self, run: Repeatable, loss: Any, before: Callable[[], object], *, weights: bool = False) -> None:
        """Run forward and backward of the iteration again, which gave `loss`.

        `before` is called between putting back and running: to open a gate. With `weights`, an update is undone first.

        Raises:
            NotRepeatableError: it gave another loss, and backward has not run; or it cannot be put back. The message is
                a sentence.
        """
        self.put_back(weights=weights)
        before()
        first = number_of(loss)
        run.forward(captured=True, again=True)
        again = number_of(run.held_loss)
        self.compare(first, again)
        run.backward()

    def compare(self, first: float, again: float) -> None:
        """Raise a `NotRepeatableError` if a forward that ran again gave another loss than the first time."""
        if not is_same(first, again):
            text = tr("its forward gave the loss {again:.9g} after {first:.9g}")
            raise self._refused(text.format(again=again, first=first))

    @contextmanager
    def aside(self, parameters: dict[str, Any]) -> Iterator[None]:
        """Context manager: the iteration starts again within, and what was there comes back at the end: random states,
        what the model keeps, and the gradients of `parameters`.

        Raises as `put_back`.
        """
        present = IterationStart(self._experiment, self.budget.limit, self._own)
        present.wanted = True
        present.note(0)
        gradients = [(value, value.grad) for value in parameters.values() if hasattr(value, "grad")]
        for value, _ in gradients:
            value.grad = None  # so that it is not written to
        try:
            self.put_back()
            yield
        finally:
            present._state.put_back()
            present._random.put_back()
            for value, gradient in gradients:
                value.grad = gradient

    def _refused(self, why: str) -> NotRepeatableError:
        text = tr("This iteration cannot be run again exactly: {why}. From now on iterations pass the gate instead.")
        self.refusal = text.format(why=why)
        return NotRepeatableError(self.refusal)


def number_of(loss: Any) -> float:
    """Return a loss as a number."""
    return float(loss.detach() if isinstance(loss, torch.Tensor) else loss)


def is_same(one: float, other: float) -> bool:
    """Return whether two losses are the same number, bit for bit."""
    return struct.pack("d", one) == struct.pack("d", other) or (math.isnan(one) and math.isnan(other))
