"""Tells by how much an update moved each parameter, from copies of what they were, within a budget of bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from gradviz.engine.tensors.reductions import can_be_read, norm, untracked

# What may be copied for one update; parameters that do not fit, the largest, are not measured.
BUDGET = 512 * 2**20


class UpdateRatios:
    """The parameters as they were before an update. An optimizer changes all of them in one call, so all that fit the
    budget are copied, the small ones first."""

    def __init__(self, parameters: Mapping[int, Any]) -> None:
        """`parameters`: node id → parameter."""
        self._before: dict[int, Any] = {}
        budget = BUDGET
        for node_id, value in sorted(parameters.items(), key=lambda item: _size(item[1])):
            budget -= _size(value)
            if budget < 0:
                break
            if can_be_read(value) and getattr(value, "layout", torch.strided) == torch.strided:
                self._before[node_id] = _copy(value)

    def ratios(self, parameters: Mapping[int, Any]) -> dict[int, Any]:
        """2-norm of each change over the 2-norm of what was changed; for a parameter of zeros that is Inf, or NaN if
        it did not move. `parameters`: as they are now; a network by hand may have put others in their place."""
        found = {}
        for node_id, before in self._before.items():
            after = parameters.get(node_id)
            if not _are_alike(before, after):
                continue
            with untracked():
                change = (after.detach() if isinstance(after, torch.Tensor) else after) - before
                found[node_id] = norm(change) / norm(before)
        self._before = {}
        return found


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
