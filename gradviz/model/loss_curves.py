"""The loss curves: one for each run, with every point and every mark, and their smoothing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from gradviz.errors import ProtocolError, UnknownNameError
from gradviz.language import tr
from gradviz.model.growing_series import Floats, Growing, Indices, Series
from gradviz.protocol.records import MarkRecord

_FACTORS_KEPT = 3


class Smoother:
    """The weighted mean of all numbers so far, in which each counts `factor` times as much as the one after it.

    The weights sum to one from the first number on (the bias correction of Adam's paper, Kingma and Ba 2015, section
    3), so the average starts at the first number and not at zero. NaN and Inf are skipped: the result has NaN there,
    and the average continues after them as if they were not there.
    """

    def __init__(self, factor: float) -> None:
        """Smooth by `factor`, from 0 (no smoothing) to less than 1.

        Raises:
            ValueError: `factor` is outside of that range.
        """
        if not 0 <= factor < 1:
            raise ValueError(f"a smoothing factor is from 0 to less than 1, not {factor}")
        self.factor = factor
        self._mean = 0.0
        self._count = 0

    def smooth(self, values: Floats) -> Floats:
        """Return the averages at the next `values`, shape (n,), in the same shape."""
        finite = np.isfinite(values)
        known = values[finite]
        result = np.full(len(values), np.nan)
        if not self.factor:
            result[finite] = known
            return result
        means = self._decayed_sums(known * (1 - self.factor))
        counts = np.arange(self._count + 1, self._count + 1 + len(known))
        result[finite] = means / -np.expm1(counts * math.log(self.factor))
        self._count += len(known)
        return result

    def _decayed_sums(self, values: Floats) -> Floats:
        """Compute `sum = factor * sum + value` at each value, continuing from the last call.

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


class Curve:
    """The losses of one run by iteration, and what happened to it on the way. Those of a run of this session are from
    0 without a gap."""

    def __init__(
        self, run: int, number: int, title: str, *, name: str = "", color: str = "", steps: Indices | None = None
    ) -> None:
        """`name` and `color` are the user's for a recorded run, which has no `number`; `steps` as of a `Series`."""
        self.run = run
        self.number = number
        """What the user calls it: the first run that has a loss is run 1."""
        self.title = title
        """What distinguishes it from other runs: `Manual`, `SGD from 200`, `seed 1`."""
        self.name, self.color = name, color
        self.raw = Series(steps)
        self.times = Growing(np.float64)
        """When each point was made, in seconds since 1970, as far as that is known."""
        self.marks: list[MarkRecord] = []
        self._smoothed: dict[float, tuple[Smoother, Series]] = {}

    def __len__(self) -> int:
        return len(self.raw)

    @property
    def reach(self) -> int:
        """Return one more than the last iteration that has a loss."""
        return self.raw.reach

    @property
    def losses(self) -> Floats:
        """Return the losses, shape (points,), float64, read-only."""
        return self.raw.values

    @property
    def last(self) -> float | None:
        """Return the newest loss; None before the first."""
        return float(self.losses[-1]) if len(self) else None

    def at(self, iteration: int) -> float | None:
        """Return the loss of an iteration; None where there is none (yet)."""
        return self.raw.at(iteration)

    def add(self, steps: Indices, values: Floats, times: Floats) -> None:
        """Add points of any steps, shape (points,) each; all are sorted by step if these come out of order."""
        known = self.raw.steps
        last = known[-1:] if known is not None else np.empty(0, np.int64)
        self.times.extend(times)
        if not (np.diff(np.concatenate((last, steps))) < 0).any():
            self.raw.extend(values, steps)
            return
        assert known is not None
        steps, values = np.concatenate((known, steps)), np.concatenate((self.raw.values, values))
        order = np.argsort(steps, kind="stable")
        ordered, self.times = self.times.view[order], Growing(np.float64)
        self.times.extend(ordered)
        self.raw = Series(steps[order])
        self.raw.extend(values[order])
        self._smoothed.clear()

    def smooth(self, factor: float) -> Series:
        """Return the losses smoothed by `factor`, from 0 to less than 1 (see `Smoother`); 0 gives `raw` itself.

        The series of the last few factors are kept and only what is new is smoothed.

        Raises:
            ValueError: `factor` is outside of its range.
        """
        if factor == 0:
            return self.raw
        if factor in self._smoothed:
            smoother, series = self._smoothed.pop(factor)  # and back to the end: the order is that of use
        else:
            smoother, series = Smoother(factor), Series(self.raw.steps)
        if len(series) < len(self.raw):
            fresh = slice(len(series), len(self.raw))
            steps = None if self.raw.steps is None or series.steps is None else self.raw.steps[len(series.steps) :]
            series.extend(smoother.smooth(self.raw.values[fresh]), steps)
        self._smoothed[factor] = smoother, series
        while len(self._smoothed) > _FACTORS_KEPT:
            del self._smoothed[next(iter(self._smoothed))]
        return series


def times_of(count: int, rate: float, now: float, earliest: float) -> Floats:
    """Return when `count` iterations ended of which the last did `now`, none before `earliest`: within a batch they are
    taken to be as long as each other."""
    ages = np.arange(count - 1, -1, -1.0) / max(rate, 1e-9)
    return np.maximum(now - ages, earliest)


class Scalars:
    """The curves of all runs that are kept for comparison, in the order in which they began."""

    def __init__(self) -> None:
        self._curves: dict[int, Curve] = {}
        self.version = 0
        """Incremented by every change, so that a view can skip drawing the same again."""
        self.following = 1
        """The number of the run that begins next."""

    def __len__(self) -> int:
        return len(self._curves)

    def __contains__(self, run: int) -> bool:
        return run in self._curves

    @property
    def curves(self) -> Sequence[Curve]:
        """Return every curve, the oldest first."""
        return tuple(self._curves.values())

    @property
    def current(self) -> Curve | None:
        """Return the curve of the run of this session that began last."""
        return next((curve for curve in reversed(self._curves.values()) if not curve.name), None)

    def curve(self, run: int) -> Curve:
        """Return the curve of a run.

        Raises:
            UnknownNameError: no such run began, or it was removed.
        """
        try:
            return self._curves[run]
        except KeyError:
            raise UnknownNameError(tr("run"), str(run), [str(known) for known in self._curves]) from None

    def begin(self, run: int, title: str) -> Curve:
        """Add a run, which becomes the current one, and return its curve.

        Raises:
            ValueError: that run began before.
        """
        if run in self._curves:
            raise ValueError(f"run {run} began before")
        curve = self._curves[run] = Curve(run, self.following, title)
        self.following += 1
        self.version += 1
        return curve

    def add(self, curve: Curve) -> None:
        """Add the whole curve of a recorded run, before all others: the current run stays what it is."""
        self._curves = {curve.run: curve, **self._curves}
        self.version += 1

    def call(self, run: int, name: str, color: str) -> None:
        """Change what the user calls a recorded run, and its color.

        Raises:
            UnknownNameError: no such run.
        """
        curve = self.curve(run)
        curve.name, curve.color = name, color
        self.version += 1

    def put(self, curve: Curve) -> None:
        """Add a curve, which becomes the current one unless it is of a recorded run."""
        self._curves[curve.run] = curve
        self.version += 1

    def append(
        self, run: int, first: int, losses: bytes | Floats | Sequence[float], times: Floats | None = None
    ) -> None:
        """Append the losses of iterations `first`, `first + 1`, … of a run; bytes are little-endian float64. `times`:
        when they were, if that is known.

        Iterations that are known already are left as they are: a loss does not change once it was sent.

        Raises:
            UnknownNameError: no such run.
            ProtocolError: iterations between the last known one and `first` are missing.
        """
        curve = self.curve(run)
        values = np.frombuffer(losses, "<f8") if isinstance(losses, bytes) else np.asarray(losses, np.float64)
        if first < 0 or first > len(curve):
            raise ProtocolError(
                tr(
                    "The losses of run {run} go on at iteration {first}, but {curve} should come next; reset the run."
                ).format(run=run, first=first, curve=len(curve))
            )
        fresh = values[len(curve) - first :]
        if len(fresh):
            if times is not None:
                curve.times.extend(times[len(curve) - first :])
            curve.raw.extend(fresh)
            self.version += 1

    def mark(self, run: int, mark: MarkRecord, title: str | None = None) -> None:
        """Add a mark to a run; `title`, if given, becomes the run's title (`SGD from 200`).

        Raises:
            UnknownNameError: no such run.
        """
        curve = self.curve(run)
        curve.marks.append(mark)
        if title is not None:
            curve.title = title
        self.version += 1

    def remove(self, run: int) -> None:
        """Forget a run.

        Raises:
            UnknownNameError: no such run.
        """
        self.curve(run)
        del self._curves[run]
        self.version += 1

    def clear(self) -> None:
        """Forget every run."""
        self._curves.clear()
        self.version += 1

    def rows(self) -> Iterator[tuple[int | str, str, int, float]]:
        """Yield number or name, title, iteration and loss of every point of every run, the oldest run first."""
        for curve in self._curves.values():
            steps = range(len(curve)) if curve.raw.steps is None else curve.raw.steps.tolist()
            for iteration, loss in zip(steps, curve.losses.tolist(), strict=True):
                yield curve.name or curve.number, curve.title, iteration, loss
