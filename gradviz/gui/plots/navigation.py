"""Decides which iterations and losses are visible: everything, what the user zoomed to, or the newest."""

from __future__ import annotations

from gradviz.gui.plots.ranges import Range, round_up

LEAST_SPAN = 4.0
"""Iterations that the closest zoom shows."""
_ROOM_AHEAD = 0.06


class Navigation:
    """The view that the user asked for. `x` None shows everything, `y` None fits the losses that are visible."""

    def __init__(self) -> None:
        self.follow = True
        """Whether the view moves on so that the newest iteration stays in it."""
        self.x: Range | None = None
        self.y: Range | None = None
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
        self.x = self.y = None
        self.follow = True

    def set_follow(self, follow: bool) -> None:
        """Follow the newest iteration or not. Losses are fitted again when following begins."""
        if follow:
            self.y = None
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

    def set_losses(self, low: float, high: float) -> None:
        """Show this range of losses, in units of the axis, until the next fit; a range without extent is ignored."""
        if high - low > 1e-12 * max(abs(low), abs(high), 1e-300):
            self.y = (low, high)
