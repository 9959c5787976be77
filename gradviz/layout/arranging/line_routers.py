"""Routers of long lines: detours around the boxes between two ends, and lanes beside a dense level;
and the placement of labels on lines."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from gradviz.layout.geometry import bezier as curves
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry.placement import IN, OUT, LevelShape, Points

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


_HALF = 6.0
"""Half the height of a label's line."""
_NORM = 92.0
"""What a gradient's norm takes at a stop: away from the line, so that the shape makes way."""
_MOST_LABELED = 1500
"""In a level of more links, labels would take longer than all else, and none could be found."""


def place_labels(shape: LevelShape, corners: Points, paths: list[Points]) -> Points:
    """(links, 2) left middle of each label; NaN where there is none, or no room for it."""
    places = np.full((len(shape.links), 2), np.nan)
    wanted = [number for number, width in enumerate(shape.label_widths) if width > 0]
    if not wanted or len(shape.links) > _MOST_LABELED:
        return places
    lines = [curves.sample(path) for path in paths]
    room = _Room(shape, corners, lines)
    fan = [0] * len(shape.items)
    for link in shape.links:
        if link.tail != IN:
            fan[link.tail] += 1
    for number in wanted:
        link = shape.links[number]
        shared = link.tail != IN and fan[link.tail] > 1
        near_head = shared and link.head != OUT
        width = shape.label_widths[number]
        found = _best(lines[number], width, room, near_head=near_head, clear=shared)
        if found is not None:
            places[number] = found
            room.take(*found, width)
    return places


class _Room:
    """What is taken: rectangles of boxes and labels, and the segments of all lines."""

    def __init__(self, shape: LevelShape, corners: Points, lines: list[Points]) -> None:
        sizes = np.array([(item.width, item.height) for item in shape.items])
        self._rects = np.column_stack([corners - (2, 1), corners + sizes + (2, 1)])
        self._starts = np.vstack([line[:-1] for line in lines])
        self._ends = np.vstack([line[1:] for line in lines])
        self._norms = np.zeros((0, 4))

    def take(self, x: float, y: float, width: float) -> None:
        """Record a label."""
        self._rects = np.vstack([self._rects, (x - 4, y - _HALF, x + width + 4, y + _HALF)])

    def take_for_norm(self, x: float, y: float, width: float) -> None:
        """Record where a label is with the norm that it may get."""
        self._norms = np.vstack([self._norms, (x - 4, y - _HALF, x + width + 4, y + _HALF)])

    def is_free(self, x: float, y: float, width: float) -> bool:
        """Return whether nothing at all is where a label and its norm would be."""
        return (
            not self.taken(x, y, width) and not self.taken(x, y, width, self._norms) and not self.crossings(x, y, width)
        )

    def taken(self, x: float, y: float, width: float, by: Points | None = None) -> bool:
        """Return whether a box or a label (or one of these rectangles) is where a label would be."""
        r = self._rects if by is None else by
        return bool(((x < r[:, 2]) & (x + width > r[:, 0]) & (y - _HALF < r[:, 3]) & (y + _HALF > r[:, 1])).any())

    def crossings(self, x: float, y: float, width: float) -> int:
        """Return how many segments of lines run through a label."""
        a, b = self._starts, self._ends
        # Only the part of a segment that lies in the label's band of heights counts.
        near = (np.minimum(a[:, 1], b[:, 1]) < y + _HALF) & (np.maximum(a[:, 1], b[:, 1]) > y - _HALF)
        a, b = a[near], b[near]
        rise = b[:, 1] - a[:, 1]
        rise = np.where(np.abs(rise) < 1e-6, 1e-6, rise)
        at = [np.clip((level - a[:, 1]) / rise, 0.0, 1.0) for level in (y - _HALF, y + _HALF)]
        x0, x1 = (a[:, 0] + (b[:, 0] - a[:, 0]) * t for t in at)
        return int(((np.minimum(x0, x1) < x + width + 3) & (np.maximum(x0, x1) > x - 3)).sum())


def _best(line: Points, width: float, room: _Room, *, near_head: bool, clear: bool) -> tuple[float, float] | None:
    """Return the left middle of one label; with `clear` None rather than crossed: another edge has the same."""
    start, end = line[0], line[-1]
    if abs(end[1] - start[1]) < 2 * _HALF:
        return None  # a level line would run through its own label
    half = min(m.RANK_GAP / 2, abs(end[1] - start[1]) / 2)
    down = 1 if end[1] >= start[1] else -1
    heights = [float(start[1] + down * half), float(end[1] - down * half)]
    if near_head:
        heights.reverse()
    places: list[tuple[float, float, float]] = []
    for y in dict.fromkeys(heights):
        band = [x for level in (y - _HALF, y, y + _HALF) if (x := curves.crossing(line, level)) is not None]
        if not band:
            continue
        right, left = max(band) + m.LABEL_GAP, min(band) - m.LABEL_GAP - width
        # On the outer side of a bend: the inner one is where other lines come together.
        both = [(right, y, right), (left, y, left - _NORM)]
        places += reversed(both) if end[0] - start[0] > 4 * down else both
    for x, y, begin in places:
        if room.is_free(begin, y, width + _NORM):
            room.take_for_norm(begin, y, width + _NORM)
            return x, y
    open_places = [(room.crossings(x, y, width), x, y) for x, y, _ in places if not room.taken(x, y, width)]
    if not open_places:
        return None
    crossed, x, y = min(open_places, key=lambda place: place[0])
    return None if crossed and clear else (x, y)
