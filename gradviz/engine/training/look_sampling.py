"""Decides which iterations of a free run are looked at, so that looking costs the training next to nothing."""

from __future__ import annotations

# At most five looks a second, and at most one hundredth of the time.
SHORTEST_PAUSE = 0.2
SHARE = 0.01
_SMOOTHING = 0.1


class Sampling:
    """Keeps the account of what looking costs. Times are in seconds, of a monotonic clock."""

    def __init__(self) -> None:
        self._next = 0.0
        self._last = 0.0
        self._plain = 0.0

    def due(self, now: float, *, wanted: bool = False) -> bool:
        """Whether to look at the next iteration. Somebody who `wanted` to see one waits the shortest pause only."""
        if not self._plain:
            return False  # what a look costs can only be told from what an iteration costs without
        return now >= self._next or (wanted and now >= self._last + SHORTEST_PAUSE)

    def passed(self, seconds: float) -> None:
        """A whole iteration took this long, without being looked at."""
        self._plain += (seconds - self._plain) * (_SMOOTHING if self._plain else 1.0)

    def looked(self, now: float, seconds: float) -> None:
        """An iteration that ended at `now` took this long, being looked at."""
        cost = max(0.0, seconds - self._plain)
        self._last = now
        self._next = now + max(SHORTEST_PAUSE, cost / SHARE)
