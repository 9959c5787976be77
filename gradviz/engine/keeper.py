"""Values of points that have run, kept for looking back within a budget of bytes; the oldest go first."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import numpy as np
import torch

DEFAULT_BUDGET = 256 * 2**20

Key = tuple[int, str, int]
"""Position of the point, role of the tensor, its index among those of the role."""


class Keeper:
    """Copies, since the originals may be changed in place or freed once the engine goes on."""

    def __init__(self, budget: int = DEFAULT_BUDGET) -> None:
        self.budget = budget
        self.size = 0
        self._values: OrderedDict[Key, Any] = OrderedDict()

    def keep(self, key: Key, value: Any) -> bool:
        """Keep a copy of a tensor or array; False if it alone is over the budget."""
        size = _bytes(value)
        if size > self.budget or size == 0:
            return False
        self.drop(key)
        self._values[key] = value.detach().clone() if isinstance(value, torch.Tensor) else np.array(value)
        self.size += size
        while self.size > self.budget:
            oldest = next(iter(self._values))
            self.drop(oldest)
        return True

    def drop(self, key: Key) -> None:
        value = self._values.pop(key, None)
        if value is not None:
            self.size -= _bytes(value)

    def get(self, key: Key) -> Any | None:
        """The copy; None if it was never kept or had to go."""
        return self._values.get(key)

    def clear(self) -> None:
        self._values.clear()
        self.size = 0


def _bytes(value: Any) -> int:
    if isinstance(value, torch.Tensor):
        return value.numel() * value.element_size() if value.layout == torch.strided and not value.is_meta else 0
    return int(value.nbytes) if isinstance(value, np.ndarray | np.generic) else 0
