"""Cache the values of points that have run within a budget of bytes; the oldest are evicted first."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import numpy as np
import torch
from msgspec import Struct

from gradviz.engine.tensors.tensor_reader import is_sparse, stored_in
from gradviz.engine.torch_compat import packed_values, version_now
from gradviz.errors import GradvizError
from gradviz.language import tr

DEFAULT_BUDGET = 256 * 2**20

_FREED = 16 * 2**20
"""Bytes of a block whose freeing makes the C library keep smaller ones that are freed later, up to twice as much:
an iteration whose values are held frees them all at once, and the next would get its memory page by page."""

Key = tuple[int, str, int]
"""Position of the point, role of the tensor, its index among those of the role."""


class ValueCache:
    """Holds tensors themselves, not copies, with the version they had, so that a later change in place is noticed.
    Arrays carry no version and are copied."""

    def __init__(self, budget: int = DEFAULT_BUDGET) -> None:
        self.budget = budget
        self.size = 0
        self._values: OrderedDict[Key, _CacheEntry] = OrderedDict()
        torch.empty(_FREED, dtype=torch.uint8)  # never touched, so it takes no memory

    def store(self, key: Key, value: Any, *, free: bool = False) -> bool:
        """Store a value; `free` for one that is held elsewhere anyway. Return False if it alone is over the budget."""
        size = 0 if free else size_of(value)
        if size > self.budget:
            return False
        if key in self._values:
            self._drop(key)
        self._values[key] = _cache_entry(value, size)
        self.size += size
        if self.size > self.budget:
            self.trim()
        return True

    def get(self, key: Key) -> Any:
        """Return the value.

        Raises:
            GradvizError: it is not available, and why.
        """
        held = self._values.get(key)
        if held is None:
            raise GradvizError(tr("Not available: it was over the byte budget for past values."))
        if held.is_changed():
            raise GradvizError(tr("Not available: the tensor was changed in place after this point."))
        return held.value

    def find(self, key: Key) -> Any:
        """Return the value; None if it is not available."""
        held = self._values.get(key)
        return None if held is None or held.is_changed() else held.value

    def has(self, key: Key) -> bool:
        """Return whether a value is available."""
        held = self._values.get(key)
        return held is not None and not held.is_changed()

    def trim(self) -> None:
        """Evict the oldest until the budget holds."""
        while self.size > self.budget:
            self._drop(next(iter(self._values)))

    def clear(self) -> None:
        """Evict everything."""
        self._values.clear()
        self.size = 0

    def _drop(self, key: Key) -> None:
        held = self._values.pop(key, None)
        if held is not None:
            self.size -= held.size


# These come by the thousand. Nothing that they hold leads back to one, so the garbage collector need not check them.
class _CacheEntry(Struct, gc=False):
    value: Any
    size: int
    """Its part of the budget."""
    version: int | None = None
    """Of a tensor."""

    def is_changed(self) -> bool:
        """Return whether the tensor was changed in place since it was stored."""
        return self.version is not None and self.version != version_now(self.value)


def _cache_entry(value: Any, size: int) -> _CacheEntry:
    if isinstance(value, torch.Tensor):
        # Detached: the value is stored, not the graph behind it. It shares memory and version with the original.
        try:
            tensor = value.detach()
            return _CacheEntry(tensor, size, version_now(tensor))
        except Exception:  # of a class that answers no function
            return _CacheEntry(value, size)
    return _CacheEntry(np.array(value) if isinstance(value, np.ndarray) else value, size)


def size_of(value: Any) -> int:
    """Return how many bytes the numbers of a tensor or array take."""
    if isinstance(value, torch.Tensor):
        if value.layout is torch.strided and not value.is_nested:
            return value.nbytes
        if value.is_nested:  # a jagged one has symbolic sizes, and keeps its rows end to end
            rows = packed_values(value)
            value = value if rows is None else rows
        if is_sparse(value):
            return sum(part.numel() * part.element_size() for part in stored_in(value))
        return int(value.numel() * value.element_size())
    return int(value.nbytes) if isinstance(value, np.ndarray | np.generic) else 0
