"""Cubic Bézier splines as arrays of points (3n + 1, 2): made, joined, sampled."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from gradviz.layout.geometry.placement import Points

_HANDLE = 9.0
"""Least length in pixels of the straight start of a line that crosses a border."""
_CORNER = 48.0
"""How high a bend is at least, in pixels, where there is room."""
_KAPPA = 0.5523
"""A quarter of a circle as a cubic."""
_T = np.linspace(0.0, 1.0, 13)[:-1, None]


def straight(x0: float, y0: float, x1: float, y1: float) -> Points:
    """Return a straight line."""
    start, end = np.array([x0, y0]), np.array([x1, y1])
    return np.array([start, start + (end - start) / 3, end - (end - start) / 3, end])


def falling(x0: float, y0: float, x1: float, y1: float) -> Points:
    """Return a curve from above to below, upright at both ends; straight where they are over each other."""
    half = (y1 - y0) / 2
    return np.array([[x0, y0], [x0, y0 + half], [x1, y1 - half], [x1, y1]])


def around_corner(x0: float, y0: float, x1: float, y1: float) -> Points:
    """Return a curve upright at the start and level at the end: straight, then a quarter of an ellipse."""
    reach = min(abs(y1 - y0), max(abs(x1 - x0), _CORNER))
    turn = y1 - np.copysign(reach, y1 - y0)
    corner = np.array(
        [[x0, turn], [x0, turn + (y1 - turn) * _KAPPA], [x1 + (x0 - x1) * (1 - _KAPPA), y1], [x1, y1]], dtype=np.float64
    )
    return corner if abs(turn - y0) < 0.5 else join([straight(x0, y0, x0, float(turn)), corner])


def round_corners(corners: Sequence[tuple[float, float]], radius: float) -> Points:
    """Return straight lines through `corners`, each but the ends rounded by a quarter circle where there is room."""
    # Plain numbers: there can be tens of thousands of these, and arrays of two are slow.
    path: list[tuple[float, float]] = [corners[0]]
    for (ax, ay), (bx, by), (cx, cy) in zip(corners, corners[1:], corners[2:], strict=False):
        before, after = math.hypot(bx - ax, by - ay), math.hypot(cx - bx, cy - by)
        length = min(radius, before / 2, after / 2)
        if length < 0.5:
            continue
        tx, ty = bx - (bx - ax) / before * length, by - (by - ay) / before * length
        lx, ly = bx + (cx - bx) / after * length, by + (cy - by) / after * length
        _add_straight(path, tx, ty)
        path.append((tx + (bx - tx) * _KAPPA, ty + (by - ty) * _KAPPA))
        path.append((lx + (bx - lx) * _KAPPA, ly + (by - ly) * _KAPPA))
        path.append((lx, ly))
    _add_straight(path, *corners[-1])
    return np.array(path, dtype=np.float64)


def _add_straight(path: list[tuple[float, float]], x: float, y: float) -> None:
    x0, y0 = path[-1]
    dx, dy = (x - x0) / 3, (y - y0) / 3
    path += [(x0 + dx, y0 + dy), (x - dx, y - dy), (x, y)]


def upright(path: Points, end: int, x: float, y: float) -> None:
    """Move one end (0 the first, -1 the last) to (x, y), and let the spline arrive there vertically."""
    _square(path, end, x, y, 1)


def level(path: Points, end: int, x: float, y: float) -> None:
    """Move one end (0 the first, -1 the last) to (x, y), and let the spline arrive there horizontally."""
    _square(path, end, x, y, 0)


def _square(path: Points, end: int, x: float, y: float, axis: int) -> None:
    point, handle, other = (0, 1, 3) if end == 0 else (-1, -2, -4)
    reach = float(path[handle, axis] - path[point, axis])
    path[point] = x, y
    # The piece's own extent along the axis bounds the handle: a longer one would swing out beyond the other end.
    extent = float(path[other, axis] - path[point, axis])
    sign = np.sign(reach) or np.sign(extent) or 1.0
    length = min(max(abs(reach), _HANDLE), max(abs(extent) * 0.7, 2.0))
    path[handle] = x, y
    path[handle, axis] += sign * length


def sample(path: Points) -> Points:
    """Return points on the spline, twelve for each piece and its end."""
    p0, p1, p2, p3 = (path[k : len(path) - 3 + k : 3] if k < 3 else path[3::3] for k in range(4))
    t, u = _T, 1 - _T
    curve = (
        p0[:, None] * (u**3) + p1[:, None] * (3 * u * u * t) + p2[:, None] * (3 * u * t * t) + p3[:, None] * (t**3)
    ).reshape(-1, 2)
    return np.vstack([curve, path[-1:]])


def crossing(samples: Points, y: float) -> float | None:
    """Return x where a sampled line first crosses the height y; None where it does not."""
    below = samples[:, 1] >= y
    change = np.flatnonzero(below[1:] != below[:-1])
    if not len(change):
        return None
    (x0, y0), (x1, y1) = samples[change[0]], samples[change[0] + 1]
    return float(x0 + (x1 - x0) * ((y - y0) / (y1 - y0) if y1 != y0 else 0.0))


def join(paths: list[Points]) -> Points:
    """Join splines; each must begin where the one before it ends."""
    if len(paths) == 1:
        return paths[0]
    return np.vstack([paths[0], *(path[1:] for path in paths[1:])])
