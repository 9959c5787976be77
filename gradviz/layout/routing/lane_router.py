"""Router of the many skips of a dense level around it: one lane for all lines of a source, right of the boxes."""

from __future__ import annotations

from collections.abc import Sequence

from gradviz.layout.geometry import bezier as curves
from gradviz.layout.geometry.level_shape import Points

_FIRST = 20.0
_PITCH = 7.0
"""Gaps in pixels between boxes and lanes, and between lanes."""
_MOST_ROOM = 240.0
"""However many lanes there are, they take no more than this."""
_STUB = 9.0
"""How far a line leaves its box, and meets the next, before it turns."""
_RADIUS = 7.0

End = tuple[int, float, float]
"""An item's number, x, y."""


def routed(ends: Sequence[tuple[End, End]], right: float) -> list[Points]:
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
    pitch = min(_PITCH, _MOST_ROOM / max(len(lanes), 1))
    paths = []
    for (tail, x0, y0), (_, x1, y1) in ends:
        x = right + _FIRST + pitch * lane_of[tail, x0]
        corners = [(x0, y0), (x0, y0 + _STUB), (x, y0 + _STUB), (x, y1 - _STUB), (x1, y1 - _STUB), (x1, y1)]
        paths.append(curves.rounded(corners, _RADIUS))
    return paths
