"""Which optimizers step in an iteration of a script, and which of them ends it."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import ReferenceType, ref

import torch


class OptimizerSteps:
    """Counts steps from one iteration to the next. Steps within steps (a wrapper around an optimizer) are one."""

    def __init__(self) -> None:
        self._open: list[torch.optim.Optimizer] = []
        self._stepped: list[ReferenceType[torch.optim.Optimizer]] = []
        self._before: list[ReferenceType[torch.optim.Optimizer]] = []

    @property
    def open(self) -> torch.optim.Optimizer | None:
        """The optimizer that is in its step, the outermost; None between steps."""
        return self._open[0] if self._open else None

    @property
    def any(self) -> bool:
        """Whether one has stepped in this iteration."""
        return bool(self._stepped)

    def begins(self, optimizer: torch.optim.Optimizer) -> bool:
        """Whether this is no step within another."""
        if self._open and _holds(self._open, optimizer):
            self._open.clear()  # it raised the last time
        self._open.append(optimizer)
        return len(self._open) == 1

    def ended(self, optimizer: torch.optim.Optimizer, *, late: bool) -> bool:
        """Whether this was no step within another. `late`: no backward came since the iteration before ended, so that
        the step belongs to that."""
        if not _holds(self._open, optimizer):
            return False
        while self._open.pop() is not optimizer:
            pass  # it raised, and was caught in the step around it
        if self._open:
            return False
        (self._before if late else self._stepped).append(ref(optimizer))
        return True

    def is_last(self, optimizer: torch.optim.Optimizer, known: Sequence[torch.optim.Optimizer]) -> bool:
        """Whether no other is expected: in the iteration before, none stepped after it; in the first, none of the
        others that are `known` has gradients to step with."""
        before = [each() for each in self._before]
        if not before:
            stepped = [each() for each in self._stepped]
            return not any(_has_gradients(each) for each in known if not any(each is other for other in stepped))
        return before[-1] is optimizer or not any(each is optimizer for each in before)

    def next_iteration(self) -> None:
        """What has stepped, has stepped in the iteration that is over."""
        self._before, self._stepped = self._stepped, []


def _holds(optimizers: list[torch.optim.Optimizer], wanted: torch.optim.Optimizer) -> bool:
    return any(each is wanted for each in optimizers)


def _has_gradients(optimizer: torch.optim.Optimizer) -> bool:
    return any(parameter.grad is not None for group in optimizer.param_groups for parameter in group["params"])
