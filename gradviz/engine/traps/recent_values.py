"""The median of the last values of a figure, and since when it has not fallen."""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import deque


class RecentValues:
    """The last `count` values, in order of time and of size. Numbers that are not finite are left out."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._values: deque[float] = deque()
        self._sorted: list[float] = []

    def add(self, value: float) -> None:
        """Add the latest value."""
        if not math.isfinite(value):
            return
        self._values.append(value)
        insort(self._sorted, value)
        if len(self._values) > self._count:
            del self._sorted[bisect_left(self._sorted, self._values.popleft())]

    @property
    def median(self) -> float | None:
        """The median; None before there are as many values as wanted."""
        if len(self._values) < self._count:
            return None
        middle = len(self._sorted) // 2
        if len(self._sorted) % 2:
            return self._sorted[middle]
        return (self._sorted[middle - 1] + self._sorted[middle]) / 2


class LowestValue:
    """The lowest value so far, and in which iteration it was."""

    def __init__(self) -> None:
        self._lowest = math.inf
        self._step: int | None = None

    def add(self, step: int, value: float) -> int:
        """Add the value of an iteration; return since how many iterations there was none lower."""
        if self._step is None or value < self._lowest:
            self._lowest, self._step = value, step
        return step - self._step

    def begin_again(self, step: int) -> None:
        """Count from this iteration on."""
        self._step = step
