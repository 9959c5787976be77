"""Finds room for the labels of a level's edges: beside the line, in the gap between ranks, clear of boxes and lines."""

from __future__ import annotations

import numpy as np

from gradviz.layout.geometry import bezier as curves
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry.level_shape import IN, OUT, LevelShape, Points

_HALF = 7.0
"""Half the height of a label's line."""


def place_labels(shape: LevelShape, corners: Points, paths: list[Points]) -> Points:
    """(links, 2) left middle of each label; NaN where there is none, or no room for it."""
    places = np.full((len(shape.links), 2), np.nan)
    wanted = [number for number, width in enumerate(shape.label_widths) if width > 0]
    if not wanted:
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

    def take(self, x: float, y: float, width: float) -> None:
        """Record a label."""
        self._rects = np.vstack([self._rects, (x - 4, y - _HALF, x + width + 4, y + _HALF)])

    def taken(self, x: float, y: float, width: float) -> bool:
        """Return whether a box or a label is where a label would be."""
        r = self._rects
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
    half = min(m.RANK_GAP / 2, abs(end[1] - start[1]) / 2)
    down = 1 if end[1] >= start[1] else -1
    heights = [float(start[1] + down * half), float(end[1] - down * half)]
    if near_head:
        heights.reverse()
    best: tuple[int, float, float] | None = None
    for y in dict.fromkeys(heights):
        band = [x for level in (y - _HALF, y, y + _HALF) if (x := curves.crossing(line, level)) is not None]
        if not band:
            continue
        right, left = max(band) + m.LABEL_GAP, min(band) - m.LABEL_GAP - width
        # On the outer side of a bend: the inner one is where other lines come together.
        for x in (left, right) if end[0] - start[0] > 4 * down else (right, left):
            if room.taken(x, y, width):
                continue
            crossed = room.crossings(x, y, width)
            if not crossed:
                return x, y
            if best is None or crossed < best[0]:
                best = (crossed, x, y)
    return None if best is None or clear else best[1:]
