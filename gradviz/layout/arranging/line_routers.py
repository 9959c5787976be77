"""Routers of long lines: detours around the boxes between two ends, and lanes beside a dense level."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from gradviz.layout.geometry import bezier as curves
from gradviz.layout.geometry.level_shape import Points

_AWAY = 12.0
"""From the boxes that a line goes around to the line."""
_ABOVE = 7.0
"""From the first of them up to where the line turns, and from the last of them down."""
_PITCH = 8.0
_RADIUS = 8.0
_BULGE = 24.0
"""A line that swings out less than this may stay as it is."""


class DetourRouter:
    """Rows of one level as (rows, 4) left, top, right, bottom; remembers the ways it has given."""

    def __init__(self, rects: Points) -> None:
        self._rects = rects
        self._taken: list[tuple[float, float, float]] = []

    def way(self, path: Points, start: tuple[float, float], end: tuple[float, float], ends: set[int]) -> Points | None:
        """Return a better way than `path` from `start` down to `end`; None if that is good, or there is none.

        `ends` are the rows where it starts and ends.
        """
        (x0, y0), (x1, y1) = start, end
        others = np.array([row not in ends for row in range(len(self._rects))])
        between = self._rects[others & (self._rects[:, 1] < y1) & (self._rects[:, 3] > y0)]
        right = float(path[:, 0].max()) - max(x0, x1)
        left = min(x0, x1) - float(path[:, 0].min())
        if not len(between) or max(left, right) < _BULGE:
            return None
        turn, back = float(between[:, 1].min()) - _ABOVE, float(between[:, 3].max()) + _ABOVE
        if turn <= y0 or back >= y1:
            return None
        to_right = right >= left
        lane = max(float(between[:, 2].max()), x0, x1) if to_right else min(float(between[:, 0].min()), x0, x1)
        step = _PITCH if to_right else -_PITCH
        lane += _AWAY if to_right else -_AWAY
        while any(abs(lane - x) < _PITCH and turn < low and back > high for x, high, low in self._taken):
            lane += step
        reach = float(path[:, 0].max()) if to_right else float(path[:, 0].min())
        if (lane - reach) * step > _PITCH * abs(step):
            return None
        corners = [(x0, y0), (x0, turn), (lane, turn), (lane, back), (x1, back), (x1, y1)]
        if not self._is_free(corners, self._rects[others]):
            return None
        self._taken.append((lane, turn, back))
        return curves.round_corners(corners, _RADIUS)

    def _is_free(self, corners: list[tuple[float, float]], rects: Points) -> bool:
        for (ax, ay), (bx, by) in itertools.pairwise(corners):
            low, high = (min(ax, bx) - 2, min(ay, by) - 2), (max(ax, bx) + 2, max(ay, by) + 2)
            hit = (rects[:, 0] < high[0]) & (rects[:, 2] > low[0]) & (rects[:, 1] < high[1]) & (rects[:, 3] > low[1])
            if hit.any():
                return False
        return True


_FIRST_LANE = 20.0
_LANE_PITCH = 7.0
"""Gaps in pixels between boxes and lanes, and between lanes."""
_MOST_ROOM = 240.0
"""However many lanes there are, they take no more than this."""
_LANE_STUB = 9.0
"""How far a line leaves its box, and meets the next, before it turns."""
_LANE_RADIUS = 7.0

End = tuple[int, float, float]
"""An item's number, x, y."""


def route_in_lanes(ends: Sequence[tuple[End, End]], right: float) -> list[Points]:
    """Return Bézier points from tail to head for every pair; `right` is the right border of all boxes."""
    spans: dict[tuple[int, float], tuple[float, float]] = {}
    for (tail, x0, y0), (_, _, y1) in ends:
        low, high = spans.get((tail, x0), (y0, y1))
        spans[tail, x0] = (min(low, y0, y1), max(high, y0, y1))
    lanes: list[float] = []
    lane_of: dict[tuple[int, float], int] = {}
    for key, (low, high) in sorted(spans.items(), key=lambda entry: entry[1]):
        # The first lane that is free again; a new one where none is.
        lane = next((i for i, until in enumerate(lanes) if until < low), len(lanes))
        lanes[lane : lane + 1] = [high]
        lane_of[key] = lane
    pitch = min(_LANE_PITCH, _MOST_ROOM / max(len(lanes), 1))
    paths = []
    for (tail, x0, y0), (_, x1, y1) in ends:
        x = right + _FIRST_LANE + pitch * lane_of[tail, x0]
        corners = [
            (x0, y0),
            (x0, y0 + _LANE_STUB),
            (x, y0 + _LANE_STUB),
            (x, y1 - _LANE_STUB),
            (x1, y1 - _LANE_STUB),
            (x1, y1),
        ]
        paths.append(curves.round_corners(corners, _LANE_RADIUS))
    return paths
