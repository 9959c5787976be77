"""States of a run between iterations, kept at a stride within a byte budget, so that one can go back to any iteration:
weights, what the optimizer and the model keep, random states, and the position in the data."""

from __future__ import annotations

from copy import copy
from time import perf_counter
from typing import Any

import torch

from gradviz.engine.replay.data_position import DataPosition, TakenBatches
from gradviz.engine.replay.kept_values import Budget
from gradviz.engine.replay.model_state import ModelState, TakenState
from gradviz.engine.replay.own_generators import OwnGenerators
from gradviz.engine.replay.random_states import RandomStates
from gradviz.engine.replay.weights import WeightCopies
from gradviz.engine.tensors.value_cache import size_of
from gradviz.experiment import Experiment

FIRST_STRIDE = 16
SHARE = 0.01
"""Most of the training's time that keeping may take: the stride is doubled where it takes more."""


class KeptState:
    """The state of a run before iteration `step`."""

    def __init__(self, step: int, weights: WeightCopies, values: TakenState, random: RandomStates,
                 data: TakenBatches, manner: Any, size: int) -> None:  # fmt: skip
        self.step = step
        self.weights = weights
        self.values = values
        self.random = random
        self.data = data
        self.manner = manner
        """How the run trained then: device and optimizer, as the run notes them."""
        self.size = size
        self.pinned = False
        """Whether something was changed here by the user, which nothing repeats: it is not thinned out."""

    def put_back(self, data: DataPosition) -> None:
        """Make everything as it was.

        Raises:
            NotRepeatableError: something was changed of which there is no copy.
        """
        self.weights.put_back()
        self.values.put_back()
        data.go_to(self.data)
        self.random.put_back()


class KeptStates:
    """The states of one run, in the order of their iterations."""

    def __init__(self, experiment: Experiment, own: OwnGenerators | None = None) -> None:
        self.limit = 0
        """How many bytes they may take together; 0 keeps none."""
        self.states: list[KeptState] = []
        self.stride = FIRST_STRIDE
        self._experiment = experiment
        self._budget = Budget(0)
        """Of one state."""
        self._model = ModelState(experiment, self._budget, between=True)
        self._own = own
        self._random = RandomStates(own)
        self._next = 0
        self._pins = False
        self._kept_at = 0.0

    @property
    def size(self) -> int:
        """How many bytes they take."""
        return sum(state.size for state in self.states)

    def is_due(self, step: int) -> bool:
        """Return whether a state is to be kept before iteration `step`. Quick: this is asked in each iteration."""
        return step >= self._next and self.limit > 0

    def keep(self, step: int, optimizer: torch.optim.Optimizer | None, data: DataPosition, manner: Any) -> None:
        """Keep the present state, unless it alone is over the budget; thin out if all together are."""
        began = perf_counter()
        if self._own is not None and len(self.states) == 1:
            self._own.search()  # once more: the first iterations may have made some
        self._next = step + self.stride
        state = self.take(step, optimizer, data, manner)
        if state is None:
            return
        state.pinned, self._pins = self._pins, False
        self.states = [kept for kept in self.states if kept.step != step]
        self.states.append(state)
        self.states.sort(key=lambda kept: kept.step)
        while self.size > self.limit and len(self.states) > 2:
            self._thin_out()
        now = perf_counter()
        if len(self.states) > 2 and now - began > SHARE * (now - self._kept_at):
            self.stride *= 2
        self._next, self._kept_at = self.states[-1].step + self.stride, now

    def take(
        self, step: int, optimizer: torch.optim.Optimizer | None, data: DataPosition, manner: Any, limit: int = 0
    ) -> KeptState | None:
        """Return the present state; None if it is over the budget, or over another `limit`."""
        self._budget.limit, self._budget.used = limit or self.limit, 0
        weights = WeightCopies(self._budget)
        if not weights.note(self._experiment.named_parameters(), optimizer):
            return None
        shared = {id(place.copy) for kept in self.states[-1:] for place in kept.values.places}
        self._model.note()
        values = self._model.take()
        self._random.note()
        size = weights.size + sum(
            size_of(place.copy) for place in values.places if place.copy is not None and id(place.copy) not in shared
        )
        return KeptState(step, weights, values, copy(self._random), data.now, manner, size)

    def nearest(self, step: int) -> KeptState | None:
        """Return the last state that is not after iteration `step`."""
        return next((state for state in reversed(self.states) if state.step <= step), None)

    def forget_from(self, step: int) -> None:
        """Drop the states from iteration `step` on: they are no longer those of this run."""
        self.states = [state for state in self.states if state.step < step]
        self._next = min(self._next, step)

    def renew(self, step: int, optimizer: torch.optim.Optimizer | None, manner: Any) -> None:
        """Let a state that was kept before iteration `step`, which is under way, have another optimizer."""
        for state in self.states:
            if state.step == step:
                state.weights.note_optimizer(optimizer)
                state.manner = manner

    def keep_next(self) -> None:
        """Keep a state before the next iteration: the user has changed something, which nothing repeats."""
        self._next, self._pins = 0, True

    def _thin_out(self) -> None:
        """Drop every other state and double the stride; the first and the newest stay, and those that are pinned as
        long as there are others."""
        first, *others, newest = self.states
        loose = [state for state in others if not state.pinned]
        dropped = set(map(id, loose[::2] if loose else others[::2]))
        self.states = [first, *(state for state in others if id(state) not in dropped), newest]
        self.stride *= 2
