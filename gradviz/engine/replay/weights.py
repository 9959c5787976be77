"""Copies of weights and of the optimizer's state from before an update, so that it can be looked at and undone."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch

from gradviz.engine.replay.kept_values import Budget
from gradviz.engine.tensors.reductions import untracked
from gradviz.engine.tensors.value_cache import size_of
from gradviz.engine.torch_compat import foreach_copy
from gradviz.language import tr


class WeightCopies:
    """The weights before an update. The memory of the copies is used again and again."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._values: list[Any] = []
        """The weights, and behind them the tensors in the optimizer's state."""
        self._copies: list[Any] = []
        self._optimizer: torch.optim.Optimizer | None = None
        self._states: list[tuple[Any, dict[str, Any]]] = []
        """Each parameter's state as it was. Of a list in it, the entries."""
        self._options: list[dict[str, Any]] = []
        self.size = 0
        """How many bytes the copies take."""
        self.names: tuple[str, ...] = ()

    def needed(self, parameters: Mapping[str, Any], optimizer: torch.optim.Optimizer | None) -> int:
        """Return how many bytes the copies take."""
        return sum(map(size_of, [*_once(parameters).values(), *_tensors_of(optimizer)]))

    def note(self, parameters: Mapping[str, Any], optimizer: torch.optim.Optimizer | None) -> bool:
        """Copy weights and state; return False if that is over the budget."""
        distinct = _once(parameters)
        values = [*distinct.values(), *_tensors_of(optimizer)]
        with untracked():
            if self.size and len(values) == len(self._values) and all(map(operator.is_, values, self._values)):
                _write(self._copies, values)
            else:
                self.forget()
                size = self.needed(parameters, optimizer)
                if not self._budget.take(size):
                    return False
                self.size, self._values = size, values
                self._copies = [v.detach().clone() if isinstance(v, torch.Tensor) else np.array(v) for v in values]
        self.names = tuple(distinct)
        self._note_rest(optimizer)
        return True

    def note_optimizer(self, optimizer: torch.optim.Optimizer | None) -> None:
        """Copy what this optimizer keeps, in place of what the one before kept."""
        count, tensors = len(self.names), list(_tensors_of(optimizer))
        self._values[count:] = tensors
        self._copies[count:] = [value.detach().clone() for value in tensors]
        self._note_rest(optimizer)

    def _note_rest(self, optimizer: torch.optim.Optimizer | None) -> None:
        self._optimizer = optimizer
        if optimizer is not None:
            self._states = [(p, {k: _entries(v) for k, v in state.items()}) for p, state in optimizer.state.items()]
            self._options = [{k: v for k, v in group.items() if k != "params"} for group in optimizer.param_groups]

    def too_large(self, parameters: Mapping[str, Any], optimizer: torch.optim.Optimizer | None) -> str:
        """Return the sentence on copies that are over the budget."""
        text = tr(
            "Updates are not watched: copies of the weights and of the optimizer's state take {needed:.0f} MB,"
            " and the byte budget is {budget:.0f} MB."
        )
        needed = self.needed(parameters, optimizer)
        return text.format(needed=needed / 2**20, budget=self._budget.limit / 2**20)

    def before(self) -> dict[str, Any]:
        """Return the weights as they were, by name."""
        return dict(zip(self.names, self._copies, strict=False))

    def optimizer_state(self) -> tuple[list[tuple[int, str, Any]], list[dict[str, Any]]]:
        """Return what the optimizer keeps (the number of the parameter among its own, what it is called, and a copy),
        and the options of its groups."""
        if self._optimizer is None:
            return [], []
        order = {id(p): i for i, p in enumerate(p for group in self._optimizer.param_groups for p in group["params"])}
        copies = {id(value): copy for value, copy in zip(self._values, self._copies, strict=True)}
        entries = [(p, key, value) for p, kept in self._states for key, value in kept.items()]
        return [(order[id(p)], key, copies.get(id(value), value)) for p, key, value in entries], self._options

    def put_back(self) -> None:
        """Make weights and optimizer what they were."""
        with untracked():
            _write(self._values, self._copies)
        if self._optimizer is None:
            return
        known = {id(parameter) for parameter, _ in self._states}
        for parameter in [p for p in self._optimizer.state if id(p) not in known]:
            del self._optimizer.state[parameter]
        for parameter, kept in self._states:
            state = self._optimizer.state[parameter]
            state.clear()
            state.update((key, _entries(value)) for key, value in kept.items())
        for group, options in zip(self._optimizer.param_groups, self._options, strict=True):
            group.update(options)

    def forget(self) -> None:
        """Keep no copies."""
        self._budget.used -= self.size
        self.size = 0
        self.names = ()
        self._values, self._copies, self._states, self._options = [], [], [], []
        self._optimizer = None


def _once(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return each parameter under the first of its names."""
    found: dict[int, tuple[str, Any]] = {}
    for name, value in parameters.items():
        found.setdefault(id(value), (name, value))
    return dict(found.values())


def _tensors_of(optimizer: torch.optim.Optimizer | None) -> Iterator[torch.Tensor]:
    for state in optimizer.state.values() if optimizer is not None else ():
        yield from (value for value in state.values() if isinstance(value, torch.Tensor))


def _entries(value: Any) -> Any:
    """Return a list's entries in a list of their own, since an update may add to it; anything else as it is."""
    return value.copy() if type(value) is list else value


def _write(places: list[Any], values: list[Any]) -> None:
    if all(isinstance(value, torch.Tensor) for value in values):
        foreach_copy(places, values)
        return
    for place, value in zip(places, values, strict=True):
        place[...] = value
