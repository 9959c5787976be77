"""One figure of all modules over time, as a table: modules by iterations; and what of it a column of pixels shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gradviz.model.growing_series import Flags, Floats, Indices
from gradviz.model.loss_curves import Curve

NONE, NUMBER, BROKEN = 0, 1, 2
"""What a cell shows: nothing was sampled, a number, or that one is not finite."""


@dataclass(frozen=True, slots=True)
class LayerTable:
    """`values` and `known` have a row for each of `rows`, and a column for each of `steps`."""

    rows: tuple[str, ...]
    steps: Indices
    values: Floats
    known: Flags

    def read(self, row: int, iteration: float) -> tuple[int, float] | None:
        """Return the last sample of a row up to an iteration, and its iteration; None if there is none."""
        stop = int(np.searchsorted(self.steps, iteration, side="right"))
        there = np.flatnonzero(self.known[row, :stop])
        return (int(self.steps[there[-1]]), float(self.values[row, there[-1]])) if len(there) else None

    def draw(self, edges: Floats) -> tuple[Floats, npt.NDArray[np.uint8]]:
        """Return what columns of pixels show, between `edges` in iterations: the largest value of those in it, or else
        the last before it; and which of `NONE`, `NUMBER` and `BROKEN` it is. What is not finite hides no other way."""
        count = len(edges) - 1
        values, kinds = np.zeros((len(self.rows), count)), np.zeros((len(self.rows), count), np.uint8)
        if not len(self.steps):
            return values, kinds
        places = np.searchsorted(self.steps, edges)
        begin = np.where(places[1:] > places[:-1], places[:-1], places[:-1] - 1)
        # Behind the last sample nothing is known, but for the distance to the next.
        step = int(np.median(np.diff(self.steps))) if len(self.steps) > 1 else 1
        inside = (begin >= 0) & (edges[:-1] < self.steps[-1] + step)
        if not inside.any():
            return values, kinds
        starts, stops = begin[inside], np.maximum(places[1:][inside], begin[inside] + 1)
        bounds = np.stack((starts, stops), axis=1).reshape(-1)
        finite = np.isfinite(self.values)
        padded = np.full((len(self.rows), len(self.steps) + 1), -np.inf)
        padded[:, :-1] = np.where(finite & self.known, self.values, -np.inf)
        found = np.maximum.reduceat(padded, bounds, axis=1)[:, ::2]
        broken = np.zeros(padded.shape, np.bool_)
        broken[:, :-1] = ~finite & self.known
        is_broken = np.logical_or.reduceat(broken, bounds, axis=1)[:, ::2]
        number = np.isfinite(found)
        values[:, inside] = np.where(number, found, 0.0)
        kinds[:, inside] = np.where(is_broken, BROKEN, np.where(number, NUMBER, NONE))
        return values, kinds

    def limits(self, *, log: bool) -> tuple[float, float] | None:
        """Return least and greatest finite (and positive if `log`) value; None without any."""
        counts = self.known & np.isfinite(self.values)
        counts &= self.values > 0 if log else True
        found = self.values[counts]
        return (float(found.min()), float(found.max())) if len(found) else None


def layer_table(names: Sequence[str], curves: Sequence[Curve]) -> LayerTable:
    """Return the table of the modules among `names`; where there is no module, of all."""
    within = {".".join(name.split(".")[:end]) for name in names for end in range(1, name.count(".") + 1)}
    kept = [i for i, name in enumerate(names) if name in within] or list(range(len(names)))
    steps_of = [curves[i].raw.steps for i in kept]
    known_steps = [np.arange(len(curves[i])) if s is None else s for i, s in zip(kept, steps_of, strict=True)]
    steps = np.unique(np.concatenate(known_steps)) if known_steps else np.empty(0, np.int64)
    values = np.full((len(kept), len(steps)), np.nan)
    known = np.zeros(values.shape, np.bool_)
    for row, (i, own) in enumerate(zip(kept, known_steps, strict=True)):
        at = slice(None) if len(own) == len(steps) else np.searchsorted(steps, own)
        values[row, at], known[row, at] = curves[i].losses, True
    return LayerTable(tuple(names[i] for i in kept), steps, values, known)
