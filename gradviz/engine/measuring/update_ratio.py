"""The measure of how far an update moved each parameter, from copies of what they were, within a budget of bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from gradviz.engine.measuring.clocks import Clock
from gradviz.engine.measuring.measure import Measure
from gradviz.engine.tensors.reductions import can_be_read, norm, untracked
from gradviz.protocol.records import MeasureKind

# What may be copied for one update; parameters that do not fit, the largest, are not measured.
BUDGET = 512 * 2**20


class UpdateRatio(Measure):
    """Measures the 2-norm of the change of each parameter over the 2-norm of what was changed; for a parameter of zeros
    that is Inf, or NaN if it did not move.

    An optimizer changes all parameters in one call, so all that fit the budget are copied, the small ones first.
    """

    kinds = ("update_ratio",)

    def __init__(self, clock: Clock | None, memory: dict[Any, Any]) -> None:
        super().__init__(clock, memory)
        self._before: dict[int, Any] = {}

    def begin_update(self, parameters: Mapping[int, Any]) -> None:
        """Copy the parameters."""
        budget = BUDGET
        for node_id, value in sorted(parameters.items(), key=lambda item: _size(item[1])):
            budget -= _size(value)
            if budget < 0:
                break
            if can_be_read(value) and getattr(value, "layout", torch.strided) == torch.strided:
                self._before[node_id] = _copy(value)

    def end_update(self, parameters: Mapping[int, Any]) -> None:
        """Compare the parameters with their copies."""
        before, self._before = self._before, {}
        for node_id, old in before.items():
            new = parameters.get(node_id)
            if _are_alike(old, new):
                with untracked():
                    change = (new.detach() if isinstance(new, torch.Tensor) else new) - old
                    self._put("update_ratio", node_id, norm(change) / norm(old))

    def of_update(self, node_id: int, before: Any, change: Any) -> Mapping[MeasureKind, Any]:
        """Return the ratio of cached values."""
        of_change, of_before = norm(change), norm(before)
        if of_change is None or of_before is None:
            return {}
        with untracked():
            return {"update_ratio": of_change / of_before}


def _are_alike(before: Any, after: Any) -> bool:
    if type(before) is np.ndarray:
        return isinstance(after, np.ndarray) and before.shape == after.shape
    return isinstance(after, torch.Tensor) and before.shape == after.shape and before.device == after.device


def _size(value: Any) -> int:
    if isinstance(value, torch.Tensor):
        return value.numel() * value.element_size()
    return int(getattr(value, "nbytes", 0))


def _copy(value: Any) -> Any:
    return value.detach().clone() if isinstance(value, torch.Tensor) else np.array(value)
