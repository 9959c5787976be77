"""Finds the stretches of a curve that no line can show: NaN, Inf, and what has no logarithm."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gradviz.gui.plots.frame import Frame
from gradviz.model import number_text
from gradviz.model.loss.growing_series import Series
from gradviz.model.loss.minmax_pyramid import Indices


class Stretch(NamedTuple):
    """Iterations `first` to `last`, both included, whose losses are all `kind`: `NaN`, `Inf` or `−Inf`."""

    first: int
    last: int
    kind: str


def stretches(series: Series, start: int, stop: int, most: int) -> tuple[list[Stretch], int]:
    """The first `most` stretches that are not finite among iterations `start <= i < stop`, and how many there are."""
    broken = _within(series.broken, start, stop)
    if not len(broken):
        return [], 0
    losses = series.values[broken]
    kinds = np.where(np.isnan(losses), 0, np.sign(losses))
    edges = np.flatnonzero((np.diff(broken) > 1) | (kinds[1:] != kinds[:-1])) + 1
    firsts = np.concatenate(([0], edges))
    lasts = np.concatenate((edges, [len(broken)])) - 1
    found = [
        Stretch(int(broken[a]), int(broken[b]), number_text.short(float(losses[a])))
        for a, b in zip(firsts[:most], lasts[:most], strict=True)
    ]
    return found, len(firsts)


def columns(indices: Indices, frame: Frame) -> list[tuple[int, int]]:
    """Pixel columns `left <= x < right` that these ascending iterations touch, neighbours joined, a pixel at least."""
    inside = _within(indices, frame.first, frame.stop)
    if not len(inside):
        return []
    gaps = np.flatnonzero(np.diff(inside) > 1)
    firsts = inside[np.concatenate(([0], gaps + 1))]
    lasts = inside[np.concatenate((gaps, [len(inside) - 1]))]
    width = int(np.ceil(frame.width))
    left = np.floor(frame.across(firsts)).astype(np.int64)
    right = np.floor(frame.across(lasts)).astype(np.int64) + 1
    seen = (right > 0) & (left < width)
    # Count how many stretches cover each column, by the steps at their ends: as quick for a million as for one.
    steps = np.zeros(width + 1, np.int64)
    np.add.at(steps, np.maximum(left[seen], 0), 1)
    np.add.at(steps, np.minimum(right[seen], width), -1)
    covered = np.concatenate(([False], np.cumsum(steps[:width]) > 0, [False]))
    bounds = np.flatnonzero(np.diff(covered.astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(bounds[::2], bounds[1::2], strict=True)]


def _within(indices: Indices, start: int, stop: int) -> Indices:
    return indices[np.searchsorted(indices, start) : np.searchsorted(indices, stop)]
