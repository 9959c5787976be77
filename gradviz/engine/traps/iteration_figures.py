"""What an iteration has shown so far, as few numbers as the traps ask for, each computed once and read at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import torch

from gradviz.engine.tensors.reductions import norm, read, untracked
from gradviz.engine.tensors.tensor_reader import is_plain
from gradviz.engine.tensors.tensor_summary import summarize
from gradviz.engine.torch_compat import flattened, foreach_norm, foreach_sub

_SMALL = 8192
"""Elements of a tensor."""


class IterationFigures:
    """The figures of one iteration, at the end of its backward or of its update."""

    def __init__(
        self,
        step: int,
        loss: Any,
        gradients: Mapping[str, Any],
        weights: Mapping[str, Any],
        before: Mapping[str, Any] | None = None,
        *,
        skipped: bool = False,
    ) -> None:
        """`gradients` and `weights`: by the names of parameters. `before`: copies of the weights before the update,
        which is over. `skipped`: a gradient scaler left the update out."""
        self.step = step
        self.skipped = skipped
        self.gradients = gradients
        self.weights = weights
        self.before = before
        self._loss = loss
        self._loss_read: float | None = None
        self._norms: dict[str, float] | None = None
        self._finite: bool | None = None

    @property
    def loss(self) -> float:
        """The loss as a number."""
        if self._loss_read is None:
            loss = self._loss.detach() if isinstance(self._loss, torch.Tensor) else self._loss
            self._loss_read = float(loss)
        return self._loss_read

    @property
    def norms(self) -> dict[str, float]:
        """The norm of each gradient; on a device, all and the loss are read at once."""
        if self._norms is None:
            found = read(
                {**norms_of(self.gradients), "": self._loss_read if self._loss_read is not None else self._loss}
            )
            self._loss_read = found.pop("")
            self._norms = found
        return self._norms

    def gradient_norm(self, within: str) -> float | None:
        """Return the norm of the gradients of a parameter, of a module's parameters together, or of all (`*`); None
        if none of them has one."""
        asked = [value for name, value in self.gradients.items() if is_within(name, within)]
        found = None if self._norms is not None else _together(asked, _norm)
        if found is None:
            found = [value for name, value in self.norms.items() if is_within(name, within)]
        return math.hypot(*found) if found else None

    def gradients_are_finite(self) -> bool:
        """Return whether no gradient holds NaN or Inf. Sums show it, which are the quickest that there is; where they
        overflow, each number is looked at."""
        if self._finite is None:
            sums = None if self._norms is not None else _together(self.gradients.values(), _sum)
            found = self.norms.values() if sums is None else sums
            self._finite = all(map(math.isfinite, found)) or not not_finite(self.gradients)
        return self._finite

    @property
    def steps(self) -> dict[str, float]:
        """The norm of the step that the update made of each weight; empty before the update."""
        return self._moved[0]

    def ratios(self, within: str) -> dict[str, float]:
        """Return step over weight, by norms, of the parameters in a module, or of one. A weight of zeros has none."""
        steps, weights = self._moved
        return {n: s / weights[n] for n, s in steps.items() if weights[n] and is_within(n, within)}

    @cached_property
    def _moved(self) -> tuple[dict[str, float], dict[str, float]]:
        """The norm of each step, and of each weight before it, all read at once."""
        before = self.before or {}
        steps = differences(self.weights, before)
        found = read(norms_of({**before, **{f"step of {name}": step for name, step in steps.items()}}))
        return {name: found[f"step of {name}"] for name in before}, found


def is_within(name: str, within: str) -> bool:
    """Return whether a parameter is the one, or in the module, that `within` names; `*` and nothing are all."""
    return within in ("", "*", name) or name.startswith(f"{within}.")


def not_finite(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what is NaN or Inf in each of `values` that holds some, as `3 NaN`."""
    found = {}
    for name, value in values.items():
        summary = summarize(name, value)
        if summary.nans or summary.infs:
            found[name] = f"{summary.nans} NaN" if summary.nans else f"{summary.infs} Inf"
    return found


def _together(values: Collection[Any], reduced: Callable[[Any], float]) -> list[float] | None:
    """Return sums or norms. Small tensors are put together first, since a call takes longer than to add them up. None
    if some are not in the memory of the CPU as they are: of a class of their own, sparse, with a graph behind them."""
    small: dict[torch.dtype, list[torch.Tensor]] = {}
    found = []
    for value in values:
        if type(value) is torch.Tensor and value.is_cpu and value.layout is torch.strided and not value.requires_grad:
            if value.numel() <= _SMALL:
                small.setdefault(value.dtype, []).append(value)
                continue
        elif type(value) is not np.ndarray:
            return None
        found.append(reduced(value))
    return found + [reduced(flattened(each) if len(each) > 1 else each[0]) for each in small.values()]


def _sum(value: Any) -> float:
    if value.dtype.itemsize < 4 and isinstance(value, torch.Tensor):
        return float(value.sum(dtype=torch.float32))
    total = value.sum().item()
    return abs(total) if isinstance(total, complex) else float(total)


def _norm(value: Any) -> float:
    return float(norm(value))


def differences(values: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was added to each of `before`."""
    now = [values[name] for name in before]
    with untracked():
        if all(isinstance(value, torch.Tensor) and is_plain(value) for value in now):
            return dict(zip(before, foreach_sub(now, list(before.values())), strict=True)) if before else {}
        return {name: value - was for (name, was), value in zip(before.items(), now, strict=True)}


def norms_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the norm of each, which stays on its device; of those that can be read."""
    plain = {n: v for n, v in values.items() if isinstance(v, torch.Tensor) and is_plain(v) and v.dtype.itemsize >= 4}
    with untracked():
        found = dict(zip(plain, foreach_norm([v.detach() for v in plain.values()]), strict=True)) if plain else {}
    others = {name: norm(value) for name, value in values.items() if name not in found}
    return {**found, **{name: value for name, value in others.items() if value is not None}}
