"""Where an experiment is in its batches: what gives them cannot be copied, but it can be gone through again."""

from __future__ import annotations

from array import array
from collections import deque
from copy import copy
from ctypes import string_at
from typing import Any, NamedTuple
from zlib import crc32

import torch

from gradviz.engine.replay.own_generators import OwnGenerators
from gradviz.engine.replay.random_states import RandomStates
from gradviz.experiment import Experiment

_DRAWS = 4
"""How many of the last batches that drew random numbers are remembered. What is drawn (an order of rows, a seed) lives
until it is drawn again, so that the last one counts; more of them for what draws in several places."""

_CHECKED = 512
"""Bytes of a batch, from its middle, by which it is known again."""


class TakenBatches(NamedTuple):
    """A position in the batches. Random states are those from before a batch was taken."""

    taken: int
    """How many batches were taken since they were begun."""
    begun: RandomStates | None
    draws: tuple[tuple[int, RandomStates], ...]


class DataPosition:
    """Takes the batches of an experiment, and goes back to a position in them."""

    def __init__(self, experiment: Experiment, own: OwnGenerators | None = None) -> None:
        self._experiment = experiment
        self.own = own
        self._before = RandomStates(own)
        self._taken = 0
        self._begun: RandomStates | None = None
        self._draws: deque[tuple[int, RandomStates]] = deque(maxlen=_DRAWS)
        self._marks = array("L")
        """Of the batch of each iteration a checksum; 0 of one that has none."""
        self.differs: int | None = None
        """The first iteration that ran again with another batch than the first time, since one went back."""
        self._left: Any = None
        """What gave the batches before one went back."""

    def next_batch(self, step: int) -> None:
        """Take the batch of iteration `step`."""
        experiment = self._experiment
        if not experiment.has_batches:
            return
        self._before.note()
        begun = self._begun
        experiment.next_batch(self._begin)
        self._taken += 1
        if self._begun is begun and not self._before.are_present:
            self._draws.append((self._taken, copy(self._before)))
        self._mark(step, _checksum(experiment.inputs, _checksum(experiment.targets)))

    def _mark(self, step: int, mark: int) -> None:
        marks = self._marks
        if step < len(marks):
            if marks[step] == mark:
                return
            self.differs = step if self.differs is None else self.differs
            del marks[step:]
        marks.extend([0] * (step - len(marks)))
        marks.append(mark)

    @property
    def goes_on(self) -> bool:
        """Return whether what gives the batches could not be begun again, but went on."""
        return self._left is not None and self._left is self._experiment.batch_iterator

    def _begin(self) -> None:
        self._taken, self._begun = 0, RandomStates(self.own)
        self._begun.note()
        self._draws.clear()

    @property
    def before(self) -> tuple[TakenBatches, RandomStates]:
        """Return the position from before the batch that was taken last, and the random states there."""
        if self._taken == 1 and self._begun is not None:  # an order begins with it, and is begun again
            return TakenBatches(0, None, ()), copy(self._begun)
        draws = tuple(draw for draw in self._draws if draw[0] < self._taken)
        return TakenBatches(self._taken - 1, self._begun, draws), copy(self._before)

    @property
    def now(self) -> TakenBatches:
        """Return the present position."""
        return TakenBatches(self._taken, self._begun, tuple(self._draws))

    def go_to(self, position: TakenBatches) -> None:
        """Go to a position: begin again, and pass over what was taken, with the random states of the first time. The
        states at the end are those of the last batch that drew."""
        experiment = self._experiment
        self.differs, self._left, experiment.batch_iterator = None, experiment.batch_iterator, None
        self._taken, self._begun = position.taken, position.begun
        self._draws = deque(position.draws, _DRAWS)
        if position.begun is None:
            return
        position.begun.put_back()
        states = dict(position.draws)
        for number in range(1, position.taken + 1):
            if number in states:
                states[number].put_back()
            experiment.next_batch()


def _checksum(value: Any, mark: int = 1) -> int:
    """Return a checksum of some bytes of a tensor, the first of a pair or a dict, which takes a microsecond."""
    while isinstance(value, tuple | list | dict) and value:
        value = next(iter(value.values())) if isinstance(value, dict) else value[0]
    if type(value) is not torch.Tensor or not value.is_cpu or not value.is_contiguous():
        return mark
    size = value.nbytes
    return crc32(string_at(value.data_ptr() + max(size - _CHECKED, 0) // 2, min(size, _CHECKED)), mark)
