"""What is known of the losses: one curve for each run, with every point and every mark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from gradviz.errors import ProtocolError, UnknownNameError
from gradviz.model.loss.growing_series import Series
from gradviz.model.loss.minmax_pyramid import Floats
from gradviz.model.loss.smoothing import Smoother
from gradviz.protocol.records import MarkRecord

_FACTORS_KEPT = 3


class Curve:
    """The losses of one run by iteration, from 0 without a gap, and what happened to it on the way."""

    def __init__(self, run: int, title: str) -> None:
        self.run = run
        self.title = title
        """What tells it from other runs: `Manual`, `SGD from 200`, `seed 1`."""
        self.raw = Series()
        self.marks: list[MarkRecord] = []
        self._smoothed: dict[float, tuple[Smoother, Series]] = {}

    def __len__(self) -> int:
        return len(self.raw)

    @property
    def losses(self) -> Floats:
        """Shape (iterations,), float64, read-only."""
        return self.raw.values

    @property
    def last(self) -> float | None:
        """The newest loss; None before the first."""
        return float(self.losses[-1]) if len(self) else None

    def at(self, iteration: int) -> float | None:
        """The loss of an iteration; None where there is none (yet)."""
        return float(self.losses[iteration]) if 0 <= iteration < len(self) else None

    def smoothed(self, factor: float) -> Series:
        """The losses smoothed by `factor`, from 0 to less than 1 (see `Smoother`); 0 gives `raw` itself.

        The series of the last few factors are kept and only what is new is smoothed.

        Raises:
            ValueError: `factor` is outside of its range.
        """
        if factor == 0:
            return self.raw
        if factor in self._smoothed:
            smoother, series = self._smoothed.pop(factor)  # and to the end again: the order is that of use
        else:
            smoother, series = Smoother(factor), Series()
        if len(series) < len(self.raw):
            series.extend(smoother.smooth(self.raw.values[len(series) :]))
        self._smoothed[factor] = smoother, series
        while len(self._smoothed) > _FACTORS_KEPT:
            del self._smoothed[next(iter(self._smoothed))]
        return series


class Scalars:
    """The curves of all runs that are kept for comparison, in the order in which they began."""

    def __init__(self) -> None:
        self._curves: dict[int, Curve] = {}
        self.version = 0
        """Grows with every change, so that a view knows whether it has anything to do."""

    def __len__(self) -> int:
        return len(self._curves)

    def __contains__(self, run: int) -> bool:
        return run in self._curves

    @property
    def curves(self) -> Sequence[Curve]:
        """Every curve, the oldest first."""
        return tuple(self._curves.values())

    @property
    def current(self) -> Curve | None:
        """The curve of the run that began last."""
        return next(reversed(self._curves.values()), None)

    def curve(self, run: int) -> Curve:
        """The curve of a run.

        Raises:
            UnknownNameError: no such run began, or it was removed.
        """
        try:
            return self._curves[run]
        except KeyError:
            raise UnknownNameError("run", str(run), [str(known) for known in self._curves]) from None

    def begin(self, run: int, title: str) -> Curve:
        """A new run, which is the current one from now on.

        Raises:
            ValueError: that run began before.
        """
        if run in self._curves:
            raise ValueError(f"run {run} began before")
        curve = self._curves[run] = Curve(run, title)
        self.version += 1
        return curve

    def append(self, run: int, first: int, losses: bytes | Floats | Sequence[float]) -> None:
        """The losses of iterations `first`, `first + 1`, … of a run; bytes are little-endian float64.

        Iterations that are known already are left as they are: a loss, once told, does not change.

        Raises:
            UnknownNameError: no such run.
            ProtocolError: iterations between the last known one and `first` are missing.
        """
        curve = self.curve(run)
        values = np.frombuffer(losses, "<f8") if isinstance(losses, bytes) else np.asarray(losses, np.float64)
        if first < 0 or first > len(curve):
            raise ProtocolError(
                f"The losses of run {run} go on at iteration {first}, but {len(curve)} should come next; reset the run."
            )
        fresh = values[len(curve) - first :]
        if len(fresh):
            curve.raw.extend(fresh)
            self.version += 1

    def mark(self, run: int, mark: MarkRecord, title: str | None = None) -> None:
        """Something happened to a run; `title`, if given, is what the run is called from now on (`SGD from 200`).

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

    def rows(self) -> Iterator[tuple[int, str, int, float]]:
        """Run, title, iteration and loss of every point of every run, the oldest run first."""
        for curve in self._curves.values():
            for iteration, loss in enumerate(curve.losses.tolist()):
                yield curve.run, curve.title, iteration, loss
