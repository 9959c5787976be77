"""The lines of a placement as Qt paints them: bounds, paths, arrowheads, and many lines as one for small zooms."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QPainterPath, QPolygonF, QTransform

from gradviz.layout.geometry.placement import Placement

ARROW = 7.0
"""Length and width of an arrowhead."""
CHUNK = 128
"""Edges that are drawn as one path where they are too small to be distinguished."""


class EdgeLines:
    """The E edges of one placement, made into paths when they are first asked for."""

    def __init__(self, placement: Placement) -> None:
        self._placement = placement
        self._paths: dict[int, QPainterPath] = {}
        self._segments: dict[tuple[int, float], list[QLineF]] = {}
        self._heads: dict[int, QPolygonF] = {}
        self._turned: dict[int, tuple[QPainterPath, QPolygonF]] = {}

    @cached_property
    def bounds(self) -> npt.NDArray[np.float32]:
        """(E, 4) rectangle around each edge's control points and label."""
        starts = self._placement.edge_start[:-1]
        if not len(starts):
            return np.zeros((0, 4), np.float32)
        low = np.minimum.reduceat(self._placement.points, starts) - ARROW
        high = np.maximum.reduceat(self._placement.points, starts) + ARROW
        label = self._placement.label_position
        has = ~np.isnan(label[:, 0])
        high[has] = np.maximum(high[has], label[has] + (190, 10))
        low[has] = np.minimum(low[has], label[has] - (0, 10))
        return np.hstack([low, high - low]).astype(np.float32)

    @cached_property
    def _tips(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """(E, 2) tips of the arrowheads and (E, 2) unit vectors towards them."""
        last = self._placement.edge_start[1:] - 1
        tip = self._placement.points[last].astype(np.float64)
        way = tip - self._placement.points[last - 1]
        flat = np.hypot(way[:, 0], way[:, 1]) < 1e-3
        way[flat] = tip[flat] - self._placement.points[self._placement.edge_start[:-1][flat]]
        length = np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-6)
        return tip, way / length[:, None]

    def path(self, edge: int) -> QPainterPath:
        """Return the line of an edge, ending inside its arrowhead."""
        path = self._paths.get(edge)
        if path is None:
            path = self._paths[edge] = self._traced(edge)
        return path

    def segments(self, edge: int, detail: float) -> list[QLineF]:
        """Return the line of an edge as straight pieces, which look like the curve up to a zoom of `detail`.

        Qt paints them several times as quickly as a path that is wider than a pixel.
        """
        found = self._segments.get((edge, detail))
        if found is None:
            (polygon,) = self.path(edge).toSubpathPolygons(QTransform.fromScale(detail, detail))
            points = [point / detail for point in polygon.toList()]
            found = self._segments[edge, detail] = [QLineF(*ends) for ends in pairwise(points)]
        return found

    def _traced(self, edge: int) -> QPainterPath:
        first, stop = self._placement.edge_start[edge : edge + 2].tolist()
        points = self._placement.points[first:stop].tolist()
        way = self._tips[1][edge] * (ARROW - 1.5)
        points[-1] = [points[-1][0] - way[0], points[-1][1] - way[1]]
        if len(points) > 2:
            points[-2] = [points[-2][0] - way[0], points[-2][1] - way[1]]
        path = QPainterPath(QPointF(*points[0]))
        for i in range(1, len(points) - 2, 3):
            path.cubicTo(*points[i], *points[i + 1], *points[i + 2])
        return path

    def arrowhead(self, edge: int, scale: float = 1.0) -> QPolygonF:
        """Return the triangle at an edge's end."""
        head = self._heads.get(edge) if scale == 1.0 else None
        if head is None:
            tips, ways = self._tips
            (x, y), (u, v) = tips[edge].tolist(), ways[edge].tolist()
            back, half = ARROW * scale, ARROW * scale / 2
            left = QPointF(x - u * back - v * half, y - v * back + u * half)
            right = QPointF(x - u * back + v * half, y - v * back - u * half)
            head = QPolygonF([QPointF(x, y), left, right])
            if scale == 1.0:
                self._heads[edge] = head
        return head

    def turned(self, edge: int) -> tuple[QPainterPath, QPolygonF]:
        """Return the line and the arrowhead of an edge along which something runs back to where it comes from."""
        found = self._turned.get(edge)
        if found is None:
            found = self._turned[edge] = self._turn(edge)
        return found

    def _turn(self, edge: int) -> tuple[QPainterPath, QPolygonF]:
        first, stop = self._placement.edge_start[edge : edge + 2].tolist()
        points = self._placement.points[first:stop].astype(np.float64)
        tip = points[0].copy()
        way = tip - points[1]
        if np.hypot(*way) < 1e-3:
            way = tip - points[-1]
        way /= max(float(np.hypot(*way)), 1e-6)
        for i in (0, 1) if len(points) > 2 else (0,):
            points[i] -= way * (ARROW - 1.5)
        path = QPainterPath(QPointF(*points[0].tolist()))
        for i in range(1, len(points) - 2, 3):
            path.cubicTo(*(QPointF(*point) for point in points[i : i + 3].tolist()))
        (x, y), (u, v) = tip.tolist(), way.tolist()
        back, half = ARROW * 1.15, ARROW * 0.6
        left = QPointF(x - u * back - v * half, y - v * back + u * half)
        right = QPointF(x - u * back + v * half, y - v * back - u * half)
        return path, QPolygonF([QPointF(x, y), left, right])

    @cached_property
    def chunks(self) -> tuple[npt.NDArray[np.float32], list[QPainterPath]]:
        """Bounds and paths of groups of `CHUNK` successive edges, for small zooms."""
        bounds = self.bounds
        count = len(bounds)
        if not count:
            return np.zeros((0, 4), np.float32), []
        starts = np.arange(0, count, CHUNK)
        low = np.minimum.reduceat(bounds[:, :2], starts)
        high = np.maximum.reduceat(bounds[:, :2] + bounds[:, 2:], starts)
        paths = []
        for start in starts.tolist():
            path = QPainterPath()
            for edge in range(start, min(start + CHUNK, count)):
                path.addPath(self._traced(edge))
            paths.append(path)
        return np.hstack([low, high - low]).astype(np.float32), paths
