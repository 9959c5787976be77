"""The table at the end of a race: what each configuration reached, and when, over its seeds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from statistics import fmean, stdev
from typing import NamedTuple

from msgspec import Struct

from gradviz.race.race import Lane


class Spread(NamedTuple):
    """A value over several seeds."""

    mean: float
    deviation: float | None
    """The sample's standard deviation; None for a single seed."""


class ConfigurationResult(Struct, frozen=True):
    """One configuration. None where it has no finite value."""

    configuration: str
    seeds: tuple[int, ...]
    """Those that finished, or at least had a loss."""
    best: Spread | None
    final: Spread | None
    reached: int
    """Seeds that reached the threshold."""
    iterations: Spread | None
    """Iterations until the threshold, of the seeds that reached it."""
    seconds: Spread | None
    """Seconds of training until then."""
    errors: tuple[str, ...] = ()


def results(lanes: Sequence[Lane], threshold: float | None = None) -> tuple[float | None, list[ConfigurationResult]]:
    """Return the threshold, and the configurations, the least best loss first.

    By default the threshold is the lowest loss that all runs have come down to, those apart that diverged: what there
    is to win is how soon.
    """
    groups = [list(group) for _, group in groupby(lanes, key=lambda lane: lane.entry.configuration)]
    if threshold is None:
        threshold = max((_best(lane) for lane in lanes if _has_learnt(lane)), default=None)
    found = [_result(group, threshold) for group in groups]
    return threshold, sorted(found, key=lambda each: each.best.mean if each.best is not None else math.inf)


def _result(lanes: list[Lane], threshold: float | None) -> ConfigurationResult:
    ran = [lane for lane in lanes if lane.losses]
    places = [
        (lane, place) for lane in ran if threshold is not None and (place := lane.first_below(threshold)) is not None
    ]
    return ConfigurationResult(
        lanes[0].entry.configuration,
        tuple(lane.entry.open.seed for lane in ran),
        _spread([_best(lane) for lane in ran]),
        _spread([lane.losses[-1] for lane in ran]),
        len(places),
        _spread([float(place + 1) for _, place in places]),
        _spread([lane.seconds[place] for lane, place in places]),
        tuple(dict.fromkeys(lane.error for lane in lanes if lane.error)),
    )


def _has_learnt(lane: Lane) -> bool:
    best = lane.best
    return best is not None and math.isfinite(lane.losses[-1]) and best < lane.losses[0]


def _best(lane: Lane) -> float:
    return math.nan if lane.best is None else lane.best


def _spread(values: list[float]) -> Spread | None:
    """Return mean and deviation; None without values, or where one of them is not finite."""
    if not values or not all(map(math.isfinite, values)):
        return None
    return Spread(fmean(values), stdev(values) if len(values) > 1 else None)
