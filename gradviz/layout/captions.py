"""Finds room for the labels of a level's edges: beside the line, in the gap between ranks, clear of boxes and lines."""

from __future__ import annotations

import numpy as np

from gradviz.layout import curves
from gradviz.layout import measures as m
from gradviz.layout.shape import IN, OUT, Points, Shape

_HALF = 7.0
"""Half the height of a label's line."""


def place_labels(shape: Shape, corners: Points, paths: list[Points]) -> Points:
    """(links, 2) left middle of each label; NaN where there is none, or no room for it."""
    places = np.full((len(shape.links), 2), np.nan)
    wanted = [number for number, width in enumerate(shape.label_widths) if width > 0]
    if not wanted:
        return places
    samples = [curves.sampled(path) for path in paths]
    taken = [
        (x - 2, y - 1, x + item.width + 2, y + item.height + 1)
        for (x, y), item in zip(corners.tolist(), shape.items, strict=True)
    ]
    fan = [0] * len(shape.items)
    for link in shape.links:
        if link.tail != IN:
            fan[link.tail] += 1
    for number in wanted:
        link = shape.links[number]
        shared = link.tail != IN and fan[link.tail] > 1
        near_head = shared and link.head != OUT
        found = _best(number, shape.label_widths[number], samples, taken, near_head=near_head, clear=shared)
        if found is not None:
            x, y = found
            places[number] = x, y
            taken.append((x - 4, y - _HALF, x + shape.label_widths[number] + 4, y + _HALF))
    return places


def _best(
    number: int,
    width: float,
    samples: list[Points],
    taken: list[tuple[float, float, float, float]],
    *,
    near_head: bool,
    clear: bool,
) -> tuple[float, float] | None:
    """Left middle of one label. With `clear` it is left out rather than crossed: another edge says the same."""
    line = samples[number]
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
        for place in (left, right) if end[0] - start[0] > 4 * down else (right, left):
            if _overlaps(place, y, width, taken):
                continue
            crossed = sum(_runs_through(other, place, y, width) for other in samples)
            if best is None or crossed < best[0]:
                best = (crossed, place, y)
            if not crossed:
                return place, y
    return None if best is None or clear else best[1:]


def _overlaps(x: float, y: float, width: float, taken: list[tuple[float, float, float, float]]) -> bool:
    return any(x < x1 and x + width > x0 and y - _HALF < y1 and y + _HALF > y0 for x0, y0, x1, y1 in taken)


def _runs_through(line: Points, x: float, y: float, width: float) -> bool:
    inside = (np.abs(line[:, 1] - y) < _HALF) & (line[:, 0] > x - 3) & (line[:, 0] < x + width + 3)
    x_at = curves.crossing(line, y)
    return bool(inside.any()) or (x_at is not None and x - 3 < x_at < x + width + 3)
