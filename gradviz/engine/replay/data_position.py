"""Where an experiment is in its batches: what gives them cannot be copied, but it can be gone through again."""

from __future__ import annotations

from collections import deque
from copy import copy
from typing import NamedTuple

from gradviz.engine.replay.random_states import RandomStates
from gradviz.experiment import Experiment

_DRAWS = 4
"""How many of the last batches that drew random numbers are remembered. What is drawn (an order of rows, a seed) lives
until it is drawn again, so that the last one counts; more of them for what draws in several places."""


class TakenBatches(NamedTuple):
    """A position in the batches. Random states are those from before a batch was taken."""

    taken: int
    """How many batches were taken since they were begun."""
    begun: RandomStates | None
    draws: tuple[tuple[int, RandomStates], ...]


class DataPosition:
    """Takes the batches of an experiment, and goes back to a position in them."""

    def __init__(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self._before = RandomStates()
        self._taken = 0
        self._begun: RandomStates | None = None
        self._draws: deque[tuple[int, RandomStates]] = deque(maxlen=_DRAWS)

    def next_batch(self) -> None:
        """Take the next batch."""
        experiment = self._experiment
        if not experiment.has_batches:
            return
        self._before.note()
        iterator = experiment.batch_iterator
        experiment.next_batch()
        if experiment.batch_iterator is not iterator:
            self._taken, self._begun = 0, copy(self._before)
            self._draws.clear()
        self._taken += 1
        if not self._before.are_present:
            self._draws.append((self._taken, copy(self._before)))

    @property
    def before(self) -> tuple[TakenBatches, RandomStates]:
        """Return the position from before the batch that was taken last, and the random states there."""
        if self._taken == 1:  # an order begins with it, and is begun again
            return TakenBatches(0, None, ()), copy(self._before)
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
        experiment.batch_iterator = None
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
