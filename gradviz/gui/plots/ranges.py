"""What an axis spans, its ticks and their labels, and the range that the user asked to see; numbers, no drawing."""

from __future__ import annotations

import math
from typing import NamedTuple

from gradviz.model import number_text

Range = tuple[float, float]
_WHOLES = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_DECADES = (1, 2, 4, 5, 10, 20, 50, 100)
_MANTISSAS = (1, 2, 5)
_SLACK = 1.5
LIMIT = 1e300
"""Nothing further from zero is placed, so that a range can still be measured in floating point."""


class AxisTick(NamedTuple):
    """One tick: `position` in units of the axis (the exponent on a log axis) and its label."""

    position: float
    label: str


def nice_step(span: float, most: float) -> float:
    """Return the least of 1, 2, 5 times a power of ten that cuts `span` into at most `most` parts."""
    raw = span / max(most, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= raw * (1 - 1e-9))


def round_up(count: int) -> int:
    """Return the next number of iterations that is easy to read, so that an axis without an end grows in few steps."""
    if count <= 1:
        return 1
    power = 10.0 ** math.floor(math.log10(count))
    return round(next(m * power for m in _WHOLES if m * power >= count))


def iteration_ticks(shown: Range, most: float) -> list[AxisTick]:
    """Return at most about `most` whole iterations of the range `shown`."""
    step = max(1, round(nice_step(max(shown[1] - shown[0], 1e-9), most)))
    first, last = math.ceil(shown[0] / step), math.floor(shown[1] / step)
    return [AxisTick(i * step, number_text.whole(i * step)) for i in range(first, last + 1) if i >= 0]


def loss_ticks(shown: Range, most: float, log: bool) -> list[AxisTick]:
    """Return at most about `most` ticks of a loss axis that shows `shown` (exponents of ten if `log`)."""
    low, high = shown
    if not log:
        return _linear_ticks(shown, most)
    decades = high - low
    if decades < 0.6:
        # Less than a factor of four: a log scale is all but straight, so its ticks are those of the numbers themselves.
        ticks = _linear_ticks((10.0**low, 10.0**high), most)
        return [AxisTick(math.log10(tick.position), tick.label) for tick in ticks if tick.position > 0]
    if decades * len(_MANTISSAS) <= most + _SLACK:
        places = [(m, e) for e in range(math.floor(low), math.ceil(high) + 1) for m in _MANTISSAS]
        ticks = [AxisTick(e + math.log10(m), tick_label(m * 10.0**e, 10.0**e, m * 10.0**e)) for m, e in places]
        return [tick for tick in ticks if low - 1e-9 <= tick.position <= high + 1e-9]
    step = next((step for step in _DECADES if decades / step <= most), _DECADES[-1])
    exponents = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    return [AxisTick(e * step, number_text.power(e * step)) for e in exponents]


def fit_range(extremes: Range | None, most: float, log: bool) -> Range:
    """Return the range that shows losses from least to greatest and ends on ticks, at most about `most` of them.

    In units of the axis: exponents of ten if `log`, and then `extremes` must be positive. None: nothing to show.
    """
    if extremes is None:
        return (-1.0, 1.0) if log else (0.0, 1.0)
    if log:
        return _fit_log_range(math.log10(extremes[0]), math.log10(extremes[1]), most)
    low, high = (min(max(e, -LIMIT), LIMIT) for e in extremes)
    if 0 < low < high * 0.4:
        low = 0.0  # most of the way to zero is on the plot anyway; an axis that starts there shows more
    if high - low <= abs(high) * 1e-12:
        margin = abs(high) * 0.1 or 1.0
        low, high = low - margin, high + margin
    step = nice_step(high - low, most)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def _fit_log_range(low: float, high: float, most: float) -> Range:
    if high - low < 0.5:
        middle, half = (low + high) / 2, max((high - low) * 0.55, 0.02)
        return middle - half, middle + half
    bottom, top = _down_to_mantissa(low), -_down_to_mantissa(-high, -1)
    if (top - bottom) * len(_MANTISSAS) <= most + _SLACK:
        return bottom, top
    for step in _DECADES:
        bottom, top = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
        if (top - bottom) / step <= most:
            break
    return bottom, top


def _down_to_mantissa(exponent: float, sign: int = 1) -> float:
    """Return the greatest log of 1, 2 or 5 times a power of ten not above `exponent`; mirrored if `sign` is -1."""
    whole = math.floor(exponent)
    places = [whole + step + sign * math.log10(m) for step in (0, 1) for m in _MANTISSAS]
    return max(place for place in places if place <= exponent + 1e-9)


def _linear_ticks(shown: Range, most: float) -> list[AxisTick]:
    low, high = shown
    if not high > low:
        return []
    step = nice_step(high - low, most)
    positions = [i * step for i in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]
    greatest = max((abs(p) for p in positions), default=0.0)
    return [AxisTick(p, tick_label(p, step, greatest)) for p in positions]


def tick_label(value: float, step: float, greatest: float) -> str:
    """Return the label of a tick, with as many decimals as ticks `step` apart need; none is beyond `greatest`."""
    if value == 0:
        return "0"
    if 1e-3 <= greatest < 1e5:
        return _with_decimals(value, step)
    exponent = math.floor(math.log10(greatest) + 1e-9)
    return f"{_with_decimals(value / 10.0**exponent, step / 10.0**exponent)}×{number_text.power(exponent)}"


def _with_decimals(value: float, step: float) -> str:
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{value:,.{decimals}f}".replace("-", number_text.MINUS)


LEAST_SPAN = 4.0
"""Iterations that the closest zoom shows."""
_ROOM_AHEAD = 0.06


class Navigation:
    """The iterations that the user asked for, on all plots together. `x` None shows everything."""

    def __init__(self) -> None:
        self.follow = True
        """Whether the view moves on so that the newest iteration stays in it."""
        self.x: Range | None = None
        self._expected = 0
        self._count = 0
        self._newest = 0

    def set_extent(self, expected: int, count: int, newest: int) -> None:
        """Set the iterations expected, those of the longest curve, and the newest of the current run."""
        if not self.follow and self.x is None and self._count:
            # Without following the view does not move, also when the run grows past its edge.
            grown = (expected, count) != (self._expected, self._count) and count > max(self._expected, self._count)
            if grown:
                self.x = self.everything
        self._expected, self._count, self._newest = expected, count, newest

    @property
    def everything(self) -> Range:
        """Return all iterations, those still expected included."""
        if self._count - 1 <= self._expected:
            return (0.0, float(max(self._expected, 1)))
        return (0.0, float(round_up(self._count - 1)))

    @property
    def window(self) -> Range:
        """Return the iterations to show now."""
        if self.x is None:
            return self.everything
        left, right = self.x
        span = right - left
        if self.follow and not left <= self._newest <= right - span * _ROOM_AHEAD:
            right = self._newest + span * _ROOM_AHEAD
            self.x = (right - span, right)
        return self.x

    def fit(self) -> None:
        """Show everything, from now on."""
        self.x = None
        self.follow = True

    def set_follow(self, follow: bool) -> None:
        """Follow the newest iteration or not."""
        self.follow = follow

    def zoom(self, factor: float, about: float) -> None:
        """Show `factor` times as many iterations, with iteration `about` where it is. Keep following if possible."""
        left, right = self.window
        low, high = self.everything
        span = min(max((right - left) * factor, LEAST_SPAN), high - low)
        share = (about - left) / (right - left)
        if span >= high - low:
            self.x = None
            return
        left = min(max(about - share * span, low), high - span)
        self.x = (left, left + span)
        self.follow = self.follow and left <= self._newest <= left + span

    def pan(self, iterations: float) -> None:
        """Move the window later by so many iterations; following ends. Half a window beyond the ends is the limit."""
        left, right = self.window
        low, high = self.everything
        span = right - left
        left = min(max(left + iterations, low - span / 2), high - span / 2)
        self.x = (left, left + span)
        self.follow = False
