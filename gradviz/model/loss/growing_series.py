"""A growing series of numbers that can be drawn at any width without reading all of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gradviz.model.loss.minmax_pyramid import Flags, Floats, Growing, Indices, Pyramid


class Polyline(NamedTuple):
    """Points to draw: all of them are points of the series, and finite."""

    indices: Indices
    """Shape (n,), ascending."""
    values: Floats
    """Shape (n,)."""
    joined: Flags
    """Shape (n - 1,), or (0,): whether point i joins point i + 1; False where a NaN or Inf lies between."""


class Series:
    """Numbers by index from 0, stored exactly; NaN and Inf are indexed by their places."""

    def __init__(self) -> None:
        self._values = Growing(np.float64)
        self._broken = Growing(np.int64)
        self._non_positive = Growing(np.int64)
        self._pyramid = Pyramid()
        self._positive_pyramid: Pyramid | None = None

    def __len__(self) -> int:
        return len(self._values)

    @property
    def values(self) -> Floats:
        """Return all numbers, shape (len,), read-only."""
        return self._values.view

    @property
    def broken(self) -> Indices:
        """Return the indices of NaN and ±Inf, ascending, read-only."""
        return self._broken.view

    @property
    def non_positive(self) -> Indices:
        """Return the indices of finite numbers of zero or less, which have no logarithm; ascending, read-only."""
        return self._non_positive.view

    def extend(self, values: Floats) -> None:
        """Add `values`, shape (any,), float64, at the end."""
        first = len(self)
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
        """Return least and greatest finite (and `positive`) number of `start <= i < stop`; None if there is none."""
        start, stop = self._clamp(start, stop)
        if start >= stop:
            return None
        pyramid = self._pyramid_of_positive() if positive else self._pyramid
        # 256 columns read the blocks of one level, about 1000 numbers at the most, however long the stretch is.
        found = self.values[pyramid.sample(self.values, start, stop, 256)]
        found = found[pyramid.counts(found)]
        return (float(found.min()), float(found.max())) if len(found) else None

    def polyline(self, start: int, stop: int, columns: int) -> Polyline:
        """Return points that draw `start <= i < stop` on `columns` pixels with every peak, at most about 4 a pixel."""
        start, stop = self._clamp(start, stop)
        if start >= stop:
            return Polyline(np.empty(0, np.int64), np.empty(0), np.empty(0, np.bool_))
        indices = self._pyramid.sample(self.values, start, stop, columns)
        values = self.values[indices]
        if not len(self._broken):
            return Polyline(indices, values, np.ones(len(indices) - 1, np.bool_))
        finite = np.isfinite(values)
        indices, values = indices[finite], values[finite]
        breaks_before = np.searchsorted(self.broken, indices)
        return Polyline(indices, values, breaks_before[1:] == breaks_before[:-1])

    def _clamp(self, start: int, stop: int) -> tuple[int, int]:
        return max(start, 0), min(stop, len(self))

    def _pyramid_of_positive(self) -> Pyramid:
        if not len(self._non_positive):
            return self._pyramid
        if self._positive_pyramid is None:
            # Most losses never need it: built for the first log view of a series with a zero.
            self._positive_pyramid = Pyramid(positive=True)
            self._positive_pyramid.update(self.values)
        return self._positive_pyramid
