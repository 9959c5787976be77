"""Maps values to a color bar: limits that only grow, places from 0 to 1, and ticks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from gradviz.model.number_text import figure, power, with_prefix
from gradviz.model.overlay.overlay_table import Overlay
from gradviz.model.overlay.overlay_values import Column, Floats

_DECADES = 12
"""A logarithmic bar spans at most this many factors of ten; smaller values lie beyond it."""
_PERCENTILE = 99.5


class Mark(IntEnum):
    """What kind of value a node has."""

    MISSING = 0
    """Not measured."""
    VALUE = 1
    ZERO = 2
    """Exactly zero, where the scale has no place for it."""
    BEYOND = 3
    """Beyond the limits."""
    NOT_FINITE = 4
    """NaN or an infinity."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The ends of a color bar, in the unit of the values."""

    low: float
    high: float

    def join(self, other: Limits | None) -> Limits:
        """Return the limits that contain both."""
        return self if other is None else Limits(min(self.low, other.low), max(self.high, other.high))


@dataclass(frozen=True, slots=True)
class BarTick:
    """A mark at `place` (0 to 1) of the bar; small ones have no text."""

    place: float
    text: str = ""


def limits_of(overlay: Overlay, *columns: Column) -> Limits | None:
    """Return limits that contain the finite values of these columns; None where there is nothing to show."""
    values = np.concatenate([column.values[column.measured] for column in columns] or [np.empty(0)])
    values = values[np.isfinite(values)]
    match overlay.scale:
        case "categorical":
            return None
        case "linear":
            return Limits(0.0, 1.0) if overlay.unit == "share" and len(values) else _linear(values)
        case "diverging":
            if not len(values):
                return None
            end = float(np.percentile(np.abs(values), _PERCENTILE)) or float(np.abs(values).max())
            end = _round_up(end) if end else 1.0
            return Limits(-end, end)
    values = values[values > 0]
    if not len(values):
        return None
    base = 2.0 if overlay.binary else 10.0
    low = math.floor(_log(float(values.min()), base) + 1e-9)
    high = max(math.ceil(_log(float(values.max()), base) - 1e-9), low + 1)
    low = max(low, high - round(_DECADES * _log(10.0, base)))
    return Limits(base**low, base**high)


def places(overlay: Overlay, column: Column, limits: Limits | None) -> tuple[Floats, npt.NDArray[np.uint8]]:
    """Return where each value lies on the bar, from 0 to 1 (NaN for none), and its `Mark`."""
    count = len(column.values)
    place, mark = np.full(count, np.nan), np.full(count, Mark.MISSING, np.uint8)
    if overlay.is_categorical:
        return place, mark
    values, measured = column.values, column.measured
    mark[measured] = Mark.VALUE
    mark[measured & ~np.isfinite(values)] = Mark.NOT_FINITE
    if overlay.scale == "log":
        mark[measured & (values == 0)] = Mark.ZERO
    if limits is None:
        return place, mark
    shown = mark == Mark.VALUE
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if overlay.scale == "log":
            low, high = math.log(limits.low), math.log(limits.high)
            found = (np.log(np.where(shown, values, 1.0)) - low) / (high - low)
        else:
            found = (np.where(shown, values, 0.0) - limits.low) / (limits.high - limits.low)
    slack = 1e-9
    outside = shown & ~((found >= -slack) & (found <= 1 + slack))
    mark[outside] = Mark.BEYOND
    place[shown] = np.clip(found[shown], 0.0, 1.0)
    return place, mark


def ticks(overlay: Overlay, limits: Limits, most: int = 7) -> list[BarTick]:
    """Return decades (powers of two for bytes) of a log bar, at most `most` with text; ends and middle of others."""
    if overlay.scale != "log":
        return _plain_ticks(overlay, limits)
    base = 2.0 if overlay.binary else 10.0
    low, high = round(_log(limits.low, base)), round(_log(limits.high, base))
    span = max(high - low, 1)
    step = next((n for n in ((1, 2, 5, 10, 20, 40, 100) if overlay.binary else (1, 2, 3, 4, 6, 10, 20, 50, 100))
                 if span / n + 1 <= most), span)  # fmt: skip
    found = []
    for exponent in range(low, high + 1):
        # Texts are at multiples of the step, so that they do not change their kind when the bar grows.
        text = _tick_text(overlay, exponent) if exponent % step == 0 else ""
        found.append(BarTick((exponent - low) / span, text))
        if not overlay.binary and exponent < high and span <= 8:
            found += [BarTick((exponent - low + math.log10(n)) / span) for n in range(2, 10)]
    return found


def _tick_text(overlay: Overlay, exponent: int) -> str:
    if overlay.unit == "":
        return power(exponent)
    value = (2.0 if overlay.binary else 10.0) ** exponent
    return with_prefix(value, overlay.unit, digits=3, exact=True)


def _plain_ticks(overlay: Overlay, limits: Limits) -> list[BarTick]:
    if overlay.unit == "share":
        return [BarTick(n / 4, f"{25 * n} %") for n in range(5)]
    middle = (limits.low + limits.high) / 2
    rest = [BarTick(n / 8) for n in (1, 2, 3, 5, 6, 7)]
    return [BarTick(0.0, figure(limits.low)), *rest, BarTick(0.5, figure(middle)), BarTick(1.0, figure(limits.high))]


def _linear(values: npt.NDArray[np.float64]) -> Limits | None:
    if not len(values):
        return None
    low, high = float(values.min()), float(values.max())
    return Limits(low, high) if high > low else Limits(low - 0.5, high + 0.5)


def _round_up(value: float) -> float:
    """Round to two figures, away from zero, so that the ends are short to read and the bar does not move."""
    scale = 10.0 ** (math.floor(math.log10(value)) - 1)
    return math.ceil(value / scale - 1e-9) * scale


def _log(value: float, base: float) -> float:
    return math.log2(value) if base == 2.0 else math.log10(value)
