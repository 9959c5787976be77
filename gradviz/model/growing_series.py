"""Numbers appended one by one, with the smallest and largest of every stretch at hand: what a curve is drawn from."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

BLOCK = 4
"""Values in a block of the lowest level; each level above holds two blocks of the one below."""


class Growing:
    """An array that grows at its end, in amortised constant time for one value."""

    def __init__(self, dtype: type[np.generic]) -> None:
        self._buffer: npt.NDArray[Any] = np.empty(64, dtype)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def view(self) -> npt.NDArray[Any]:
        """Return the values, shape (len,), read-only; a later `extend` leaves an old view unchanged."""
        view = self._buffer[: self._count]
        view.flags.writeable = False
        return view

    def extend(self, values: npt.NDArray[Any]) -> None:
        """Add `values`, shape (any,), at the end."""
        needed = self._count + len(values)
        if needed > len(self._buffer):
            grown = np.empty(max(needed, len(self._buffer) * 2), self._buffer.dtype)
            grown[: self._count] = self._buffer[: self._count]
            self._buffer = grown
        self._buffer[self._count : needed] = values
        self._count = needed


class Pyramid:
    """The index of the least and of the greatest value in every full block of 4, 8, 16, … values.

    It stores indices, not values, so every result is a real point of the array. Only finite values count, and
    only positive ones if `positive`; a block without any gives one that does not count. Memory: 8 bytes a value.
    """

    def __init__(self, *, positive: bool = False) -> None:
        self._positive = positive
        self._least: list[Growing] = []
        self._greatest: list[Growing] = []

    def counts(self, values: Floats) -> Flags:
        """Return which of `values` count, in the shape of `values`."""
        return np.isfinite(values) & (values > 0) if self._positive else np.isfinite(values)

    def update(self, values: Floats) -> None:
        """Index what was added to `values` since the last call; the values before must not have changed."""
        done = len(self._least[0]) if self._least else 0
        if (full := len(values) // BLOCK) == done:
            return
        fresh = np.arange(done * BLOCK, full * BLOCK, dtype=np.int64).reshape(-1, BLOCK)
        self._grow(0, values, fresh, fresh)
        level = 1
        while (full := len(self._least[level - 1]) // 2) > 0:
            done = len(self._least[level]) if level < len(self._least) else 0
            if full == done:
                break
            rows = slice(done * 2, full * 2)
            least, greatest = self._least[level - 1].view[rows], self._greatest[level - 1].view[rows]
            self._grow(level, values, least.reshape(-1, 2), greatest.reshape(-1, 2))
            level += 1

    def sample(self, values: Floats, start: int, stop: int, columns: int) -> Indices:
        """Return ascending indices of `start <= i < stop` that draw like all of them, at most about 4 a column.

        Among them are the first, the last, and the least and the greatest that count of every block; all of them if
        they are few. `update(values)` must have been called.
        """
        per_column = (stop - start) / max(columns, 1)
        level = int(np.log2(per_column / BLOCK)) if per_column >= BLOCK else -1
        level = min(level, len(self._least) - 1)
        if level < 0:
            return np.arange(start, stop, dtype=np.int64)
        block = BLOCK << level
        first, last = -(-start // block), stop // block
        if first >= last:
            pieces = [self._extremes(values, start, stop)]
        else:
            pieces = [
                self._extremes(values, start, first * block),
                self._least[level].view[first:last],
                self._greatest[level].view[first:last],
                self._extremes(values, last * block, stop),
            ]
        ends = np.array([start, stop - 1], dtype=np.int64)
        return np.unique(np.concatenate([*pieces, ends]))

    def _extremes(self, values: Floats, start: int, stop: int) -> Indices:
        part = values[start:stop]
        if not len(part):
            return np.empty(0, np.int64)
        counts = self.counts(part)
        least = np.argmin(np.where(counts, part, np.inf))
        greatest = np.argmax(np.where(counts, part, -np.inf))
        return np.array([start + least, start + greatest], dtype=np.int64)

    def _grow(self, level: int, values: Floats, least: Indices, greatest: Indices) -> None:
        """Add one entry to `level` for each row of candidates."""
        if level == len(self._least):
            self._least.append(Growing(np.int64))
            self._greatest.append(Growing(np.int64))
        rows = np.arange(len(least))
        found = values[least]
        self._least[level].extend(least[rows, np.argmin(np.where(self.counts(found), found, np.inf), axis=1)])
        found = values[greatest]
        self._greatest[level].extend(greatest[rows, np.argmax(np.where(self.counts(found), found, -np.inf), axis=1)])


class Polyline(NamedTuple):
    """Points to draw: all of them are points of the series, and finite."""

    steps: Indices
    """Shape (n,), ascending."""
    values: Floats
    """Shape (n,)."""
    joined: Flags
    """Shape (n - 1,), or (0,): whether point i joins point i + 1; False where a NaN or Inf lies between."""


class Series:
    """Numbers by steps, stored exactly; NaN and Inf are indexed by their places. Steps are 0, 1, … unless given."""

    def __init__(self, steps: Indices | None = None) -> None:
        """Begin without numbers. `steps` are those of what will be added: they do not descend, but may have gaps. None:
        they are 0, 1, 2 and so on."""
        self._steps: Growing | None = None
        if steps is not None:
            self._steps = Growing(np.int64)
            self._steps.extend(steps)
        self._values = Growing(np.float64)
        self._broken = Growing(np.int64)
        self._non_positive = Growing(np.int64)
        self._pyramid = Pyramid()
        self._positive_pyramid: Pyramid | None = None

    def __len__(self) -> int:
        return len(self._values)

    @property
    def steps(self) -> Indices | None:
        """Return all steps, in their order, read-only; None if they are 0, 1, 2 and so on."""
        return None if self._steps is None else self._steps.view

    @property
    def values(self) -> Floats:
        """Return all numbers, shape (len,), read-only."""
        return self._values.view

    @property
    def broken(self) -> Indices:
        """Return the steps of NaN and ±Inf, ascending, read-only."""
        return self._steps_at(self._broken.view)

    @property
    def non_positive(self) -> Indices:
        """Return the steps of finite numbers of zero or less, which have no logarithm; ascending, read-only."""
        return self._steps_at(self._non_positive.view)

    @property
    def reach(self) -> int:
        """Return one more than the last step; 0 without any."""
        return len(self) if self.steps is None or not len(self) else int(self.steps[len(self) - 1]) + 1

    def places(self, steps: Indices) -> Indices:
        """Return where in `values` the numbers of these steps are, which it has."""
        return steps if self.steps is None else np.searchsorted(self.steps, steps)

    def at(self, step: int) -> float | None:
        """Return the number of a step, the last one if it has several; None if it has none."""
        start, stop = self._clamp(step, step + 1)
        return float(self.values[stop - 1]) if start < stop else None

    def nearest(self, step: int) -> int | None:
        """Return the step nearest to this one that has a number; None without any."""
        if not len(self):
            return None
        if self.steps is None:
            return min(max(step, 0), len(self) - 1)
        place = int(np.searchsorted(self.steps, step))
        around: list[int] = self.steps[max(place - 1, 0) : place + 1].tolist()
        return min(around, key=lambda known: abs(known - step))

    def beyond(self, step: int, ahead: int) -> int | None:
        """Return the next step after this one that has a number, the one before it for an `ahead` of -1; None if there
        is none."""
        if ahead < 0:
            return found if (found := self.last_to(step - 1)) >= 0 else None
        _, place = self._clamp(0, step + 1)
        place = max(place, 0)
        if place >= len(self):
            return None
        return place if self.steps is None else int(self.steps[place])

    def last_to(self, step: float) -> int:
        """Return the last step that has a number and is not after this one; -1 if there is none."""
        _, stop = self._clamp(0, int(np.floor(step)) + 1)
        return -1 if stop <= 0 else stop - 1 if self.steps is None else int(self.steps[stop - 1])

    def extend(self, values: Floats, steps: Indices | None = None) -> None:
        """Add `values`, shape (any,), float64, at the end, with their `steps` unless these are known."""
        first = len(self)
        if steps is not None and self._steps is not None:
            self._steps.extend(steps)
        self._values.extend(values)
        finite = np.isfinite(values)
        if not finite.all():
            self._broken.extend(first + np.flatnonzero(~finite))
        low = finite & (values <= 0)
        if low.any():
            self._non_positive.extend(first + np.flatnonzero(low))
        self._pyramid.update(self.values)
        if self._positive_pyramid is not None:
            self._positive_pyramid.update(self.values)

    def extremes(self, start: int, stop: int, *, positive: bool = False) -> tuple[float, float] | None:
        """Return least and greatest finite (and `positive`) number of steps `start <= i < stop`; None if there is
        none."""
        start, stop = self._clamp(start, stop)
        if start >= stop:
            return None
        pyramid = self._pyramid_of_positive() if positive else self._pyramid
        # 256 columns read the blocks of one level, about 1000 numbers at the most, however long the stretch is.
        found = self.values[pyramid.sample(self.values, start, stop, 256)]
        found = found[pyramid.counts(found)]
        return (float(found.min()), float(found.max())) if len(found) else None

    def polyline(self, start: int, stop: int, columns: int) -> Polyline:
        """Return points that draw steps `start <= i < stop` on `columns` pixels with every peak, at most about 4 a
        pixel; where steps have gaps, with the one before and the one after."""
        start, stop = self._clamp(start, stop)
        if self.steps is not None:
            start, stop = max(start - 1, 0), min(stop + 1, len(self))
        if start >= stop:
            return Polyline(np.empty(0, np.int64), np.empty(0), np.empty(0, np.bool_))
        indices = self._pyramid.sample(self.values, start, stop, columns)
        values = self.values[indices]
        if not len(self._broken):
            return Polyline(self._steps_at(indices), values, np.ones(len(indices) - 1, np.bool_))
        finite = np.isfinite(values)
        indices, values = indices[finite], values[finite]
        breaks_before = np.searchsorted(self._broken.view, indices)
        return Polyline(self._steps_at(indices), values, breaks_before[1:] == breaks_before[:-1])

    def _clamp(self, start: int, stop: int) -> tuple[int, int]:
        """Return the places of steps `start <= i < stop`."""
        if self.steps is not None:
            start, stop = np.searchsorted(self.steps, (start, stop)).tolist()
        return max(start, 0), min(stop, len(self))

    def _steps_at(self, places: Indices) -> Indices:
        return places if self.steps is None else self.steps[places]

    def _pyramid_of_positive(self) -> Pyramid:
        if not len(self._non_positive):
            return self._pyramid
        if self._positive_pyramid is None:
            # Most losses never need it: built for the first log view of a series with a zero.
            self._positive_pyramid = Pyramid(positive=True)
            self._positive_pyramid.update(self.values)
        return self._positive_pyramid
