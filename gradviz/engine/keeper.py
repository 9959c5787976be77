"""Values of points that have run, held for looking back within a budget of bytes; the oldest go first."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import numpy as np
import torch

from gradviz.errors import GradvizError

DEFAULT_BUDGET = 256 * 2**20

Key = tuple[int, str, int]
"""Position of the point, role of the tensor, its index among those of the role."""


class Keeper:
    """Holds tensors themselves, not copies, with the version they had: what is changed in place later is known to be
    gone. Arrays carry no version and are copied."""

    def __init__(self, budget: int = DEFAULT_BUDGET) -> None:
        self.budget = budget
        self.size = 0
        self._values: OrderedDict[Key, tuple[Any, int]] = OrderedDict()

    def keep(self, key: Key, value: Any, *, free: bool = False) -> bool:
        """Hold a value; `free` for one that is held elsewhere anyway. False if it alone is over the budget."""
        size = 0 if free else _bytes(value)
        if size > self.budget:
            return False
        if key in self._values:
            self._drop(key)
        self._values[key] = _held(value), size
        self.size += size
        if self.size > self.budget:
            self.trim()
        return True

    def get(self, key: Key) -> Any:
        """The value.

        Raises:
            GradvizError: it is gone, and why.
        """
        held = self._values.get(key)
        if held is None:
            raise GradvizError("Gone: it was over the byte budget for past values.")
        value = held[0]
        if isinstance(value, _Versioned):
            if value.version != _version(value.tensor):
                raise GradvizError("Gone: it was changed in place since.")
            return value.tensor
        return value

    def has(self, key: Key) -> bool:
        held = self._values.get(key)
        return held is not None and not (
            isinstance(held[0], _Versioned) and held[0].version != _version(held[0].tensor)
        )

    def trim(self) -> None:
        """Let the oldest go until the budget holds."""
        while self.size > self.budget:
            self._drop(next(iter(self._values)))

    def clear(self) -> None:
        self._values.clear()
        self.size = 0

    def _drop(self, key: Key) -> None:
        held = self._values.pop(key, None)
        if held is not None:
            self.size -= held[1]


class _Versioned:
    __slots__ = ("tensor", "version")

    def __init__(self, tensor: torch.Tensor) -> None:
        # Detached: the value is to be held, not the graph behind it. It shares memory and version with the original.
        self.tensor = tensor.detach()
        self.version = _version(self.tensor)


def _held(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return _Versioned(value)
    return np.array(value) if isinstance(value, np.ndarray) else value


def _version(tensor: torch.Tensor) -> int:
    return -1 if tensor.is_inference() else tensor._version


def _bytes(value: Any) -> int:
    if isinstance(value, torch.Tensor):
        return value.numel() * value.element_size()
    return int(value.nbytes) if isinstance(value, np.ndarray | np.generic) else 0
