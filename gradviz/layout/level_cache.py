"""Cache of level layouts: every shape of a level is laid out once, whole, in columns, or the plainer way."""

from __future__ import annotations

import math
from time import monotonic

import numpy as np

from gradviz.errors import LayoutError
from gradviz.layout.arranging import graphviz_dot as dot
from gradviz.layout.arranging.column_arranger import ColumnArranger
from gradviz.layout.arranging.column_partition import effort, is_wide, parts_of
from gradviz.layout.geometry.level_shape import LevelLayout, LevelShape
from gradviz.layout.level_layout import lay_out_level

_OFF = 1.4
"""How far a level in columns may be from the view's shape before another count of columns is tried."""
_SMALL = 60
"""A level of fewer items is no work worth an estimate."""
_MOST_EFFORT = 150_000.0
"""More than this in one level, and Graphviz would work for seconds on it."""


class LevelCache:
    """Layouts by number. `deadline` is a time of `time.monotonic`, `aspect` the view's width over its height."""

    def __init__(self, deadline: float, aspect: float) -> None:
        self.layouts: list[LevelLayout] = []
        self.simplified = 0
        """How many levels were arranged the plainer way to save time."""
        self._deadline, self._aspect = deadline, aspect
        self._known: dict[tuple[LevelShape, bool], int] = {}

    def number_of(self, shape: LevelShape, share: float = 0.0) -> int:
        """Return the number of a level's layout; `share` is how much of the graph's nodes it holds."""
        return self._number_of(shape, share, column=False)

    def _number_of(self, shape: LevelShape, share: float, *, column: bool) -> int:
        key = (shape, column)
        if key not in self._known:
            layout = self._whole(shape) if column else self._level(shape, share)
            self.layouts.append(layout)
            self._known[key] = len(self.layouts) - 1
        return self._known[key]

    def _level(self, shape: LevelShape, share: float) -> LevelLayout:
        if not shape.items:
            return LevelLayout(0.0, 0.0, np.zeros((0, 2)), (), (), (), np.zeros((0, 2)))
        if len(shape.items) >= _SMALL and not shape.sequential:
            if is_wide(shape):
                return self._level(shape._replace(sequential=True), share)
            parts = parts_of(shape, self._aspect, outermost=_is_outermost(shape, share))
            if effort({part.shape for part in parts} or {shape}) > _MOST_EFFORT:
                self.simplified += 1
                return self._level(shape._replace(sequential=True), share)
        return self._in_columns(shape, share) or self._whole(shape)

    def _in_columns(self, shape: LevelShape, share: float) -> LevelLayout | None:
        """Return a level in columns; None if it shall stay whole."""
        first = self._arrange_columns(shape, self._aspect, share)
        if first is None:
            return None
        off = first.width / first.height / self._aspect
        if 1 / _OFF < off < _OFF:
            return first
        # Widths are known now; before, they were guessed.
        second = self._arrange_columns(shape, self._aspect / off, share)
        return first if second is None else min(first, second, key=self._misfit)

    def _arrange_columns(self, shape: LevelShape, aspect: float, share: float) -> LevelLayout | None:
        parts = parts_of(shape, aspect, outermost=_is_outermost(shape, share))
        if not parts:
            return None
        columns = [self.layouts[self._number_of(part.shape, 0.0, column=True)] for part in parts]
        return ColumnArranger(shape, parts, columns, self.layouts).layout()

    def _misfit(self, layout: LevelLayout) -> float:
        return abs(math.log(layout.width / layout.height / self._aspect))

    def _whole(self, shape: LevelShape) -> LevelLayout:
        if shape.sequential:
            return lay_out_level(shape, self.layouts, dot.lay_out)
        if monotonic() < self._deadline:
            try:
                return lay_out_level(shape, self.layouts, dot.lay_out)
            except LayoutError:
                pass  # Graphviz has shapes it cannot do; a plainer drawing is better than none, and the notes say so
        self.simplified += 1
        return lay_out_level(shape._replace(sequential=True), self.layouts, dot.lay_out)


def _is_outermost(shape: LevelShape, share: float) -> bool:
    return not shape.framed or share > 0.5
