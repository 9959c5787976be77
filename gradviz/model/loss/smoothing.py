"""Smooths a growing row of numbers by an exponential moving average, a batch at a time."""

from __future__ import annotations

import math

import numpy as np

from gradviz.model.loss.minmax_pyramid import Floats


class Smoother:
    """The weighted mean of all numbers so far, in which each counts `factor` times as much as the one after it.

    The weights sum to one from the first number on (the bias correction of Adam's paper, Kingma and Ba 2015, section
    3), so the average starts at the first number and not at zero. NaN and Inf are skipped: NaN stands in their place
    and the average goes on after them as if they were not there.
    """

    def __init__(self, factor: float) -> None:
        """`factor` is from 0 (no smoothing) to less than 1.

        Raises:
            ValueError: `factor` is outside of that range.
        """
        if not 0 <= factor < 1:
            raise ValueError(f"a smoothing factor is from 0 to less than 1, not {factor}")
        self.factor = factor
        self._mean = 0.0
        self._count = 0

    def smooth(self, values: Floats) -> Floats:
        """The averages at the next `values`, shape (n,), in the same shape."""
        finite = np.isfinite(values)
        taken = values[finite]
        result = np.full(len(values), np.nan)
        if not self.factor:
            result[finite] = taken
            return result
        means = self._decayed_sums(taken * (1 - self.factor))
        counts = np.arange(self._count + 1, self._count + 1 + len(taken))
        result[finite] = means / -np.expm1(counts * math.log(self.factor))
        self._count += len(taken)
        return result

    def _decayed_sums(self, values: Floats) -> Floats:
        """`sum = factor * sum + value` at each value, going on from the last call.

        The recurrence is cut into rows in which `factor ** width` stays above 1e-6, so that a row is one cumulative
        sum of weighted values without loss of precision; only the carry from row to row is a loop.
        """
        width = min(1 + int(math.log(1e-6) / math.log(self.factor)), 1024)
        rows = -(-len(values) // width)
        padded = np.zeros(rows * width)
        padded[: len(values)] = values
        weights = self.factor ** np.arange(width - 1, -1, -1.0)
        sums = np.cumsum(padded.reshape(rows, width) * weights, axis=1) / weights
        carries = np.empty(rows)
        carry, decay = self._mean, self.factor**width
        for row, end in enumerate(sums[:, -1].tolist()):
            carries[row] = carry
            carry = carry * decay + end
        sums += carries[:, None] * self.factor ** np.arange(1.0, width + 1)
        result = sums.reshape(-1)[: len(values)]
        if len(result):
            self._mean = float(result[-1])
        return result
