"""Copies of weights and of the optimizer's state from before an update, so that it can be looked at and undone."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import numpy as np
import torch

from gradviz.engine.replay.kept_values import Budget
from gradviz.engine.tensors.reductions import untracked
from gradviz.engine.tensors.value_cache import size_of
from gradviz.engine.torch_compat import foreach_copy


class WeightCopies:
    """The weights before an update. The memory of the copies is used again and again."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._values: list[Any] = []
        self._copies: list[Any] = []
        self._states: list[tuple[Any, dict[str, tuple[Any, Any]]]] = []
        """Each parameter's state: key → the value itself, and its copy if it is a tensor, or holds some (LBFGS)."""
        self._optimizer: torch.optim.Optimizer | None = None
        self._options: list[dict[str, Any]] = []
        self.size = 0
        """How many bytes the copies take."""
        self.names: tuple[str, ...] = ()

    def needed(self, parameters: Mapping[str, Any], optimizer: torch.optim.Optimizer | None) -> int:
        """Return how many bytes the copies take."""
        states = optimizer.state.values() if optimizer is not None else ()
        return sum(map(size_of, _once(parameters).values())) + sum(
            size_of(value) for state in states for value in state.values()
        )

    def note(self, parameters: Mapping[str, Any], optimizer: torch.optim.Optimizer | None) -> bool:
        """Copy weights and state; return False if that is over the budget."""
        distinct = _once(parameters)
        size = self.needed(parameters, optimizer)
        if size != self.size:
            self.forget()
            if not self._budget.take(size):
                return False
            self.size = size
        self.names, values = tuple(distinct), list(distinct.values())
        with untracked():
            self._copies = _copied(values, self._values, self._copies)
            self._values = values
            self.note_optimizer(optimizer)
        return True

    def before(self) -> dict[str, Any]:
        """Return the weights as they were, by name."""
        return dict(zip(self.names, self._copies, strict=True))

    def put_back(self) -> None:
        """Make weights and optimizer what they were."""
        with untracked():
            for value, copy in zip(self._values, self._copies, strict=True):
                _write(value, copy)
            if self._optimizer is None:
                return
            known = {id(parameter) for parameter, _ in self._states}
            for parameter in [p for p in self._optimizer.state if id(p) not in known]:
                del self._optimizer.state[parameter]
            for parameter, kept in self._states:
                state = self._optimizer.state[parameter]
                for key in [key for key in state if key not in kept]:
                    del state[key]
                for key, (value, copy) in kept.items():
                    state[key] = value
                    if isinstance(value, torch.Tensor):
                        value.copy_(copy)
                    elif copy is not None:
                        state[key] = deepcopy(copy)
            for group, options in zip(self._optimizer.param_groups, self._options, strict=True):
                group.update(_own(options))

    def forget(self) -> None:
        """Keep no copies."""
        self._budget.used -= self.size
        self.size = 0
        self.names = ()
        self._values, self._copies, self._states, self._options = [], [], [], []

    def note_optimizer(self, optimizer: torch.optim.Optimizer | None) -> None:
        """Copy the state and the options of an optimizer."""
        self._optimizer, self._states, self._options = optimizer, [], []
        if optimizer is None:
            return
        for parameter, state in optimizer.state.items():
            kept = {
                key: (value, value.detach().clone() if isinstance(value, torch.Tensor) else _container(value))
                for key, value in state.items()
            }
            self._states.append((parameter, kept))
        self._options = [_own({k: v for k, v in group.items() if k != "params"}) for group in optimizer.param_groups]


def _once(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return each parameter under the first of its names."""
    found: dict[int, tuple[str, Any]] = {}
    for name, value in parameters.items():
        found.setdefault(id(value), (name, value))
    return dict(found.values())


def _container(value: Any) -> Any:
    """Return a copy of a list or the like with all that it holds; None of anything else."""
    return deepcopy(value) if isinstance(value, list | dict | tuple) else None


def _own(options: dict[str, Any]) -> dict[str, Any]:
    """Return options of a group, in which a learning rate may be a tensor that is written to."""
    return {k: v.detach().clone() if isinstance(v, torch.Tensor) else v for k, v in options.items()}


def _copied(values: list[Any], before: list[Any], copies: list[Any]) -> list[Any]:
    """Return copies of `values`, in the memory of the copies of the same values before."""
    same = len(values) == len(before) and all(map(operator.is_, values, before))
    if same and all(isinstance(value, torch.Tensor) for value in values):
        foreach_copy(copies, [value.detach() for value in values])
        return copies
    return [v.detach().clone() if isinstance(v, torch.Tensor) else np.array(v) for v in values]


def _write(value: Any, copy: Any) -> None:
    if isinstance(value, torch.Tensor):
        value.detach().copy_(copy)
    else:
        value[...] = copy
