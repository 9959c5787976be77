"""Layouts of levels: every shape of a level is laid out once, whole, in columns, or the plainer way."""

from __future__ import annotations

import math
from collections.abc import Sequence
from time import monotonic

import numpy as np

from gradviz.errors import LayoutError
from gradviz.layout.arranging import graphviz_dot as dot
from gradviz.layout.arranging.column_arranger import ColumnArranger
from gradviz.layout.arranging.column_partition import effort, is_wide, parts_of
from gradviz.layout.arranging.graphviz_arranger import GraphvizArranger, Placer
from gradviz.layout.arranging.line_routers import place_labels
from gradviz.layout.arranging.row_arrangers import SequentialArranger, SingleRowArranger
from gradviz.layout.arranging.rows import LevelCanvas
from gradviz.layout.geometry import bezier as curves
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry.placement import IN, OUT, LevelLayout, LevelLink, LevelShape, Points, Port


def lay_out_level(shape: LevelShape, layouts: Sequence[LevelLayout], place: Placer) -> LevelLayout:
    """Return the layout of a level of this shape; `layouts` holds those of its clusters."""
    canvas = LevelCanvas(shape, layouts)
    if len(canvas.rows) == 1:
        SingleRowArranger(canvas).arrange()
    elif shape.sequential:
        SequentialArranger(canvas).arrange()
    else:
        GraphvizArranger(canvas).arrange(place)
    for number, link in enumerate(shape.links):
        if canvas.in_one_row(link):
            canvas.paths[number] = _across(canvas, link)
    return _framed(canvas)


def _across(canvas: LevelCanvas, link: LevelLink) -> Points:
    tail, head = canvas.shape.items[link.tail], canvas.shape.items[link.head]
    (x0, y0), (x1, _) = canvas.corners[link.tail], canvas.corners[link.head]
    y = y0 + tail.height / 2
    return curves.straight(x0 + tail.width, y, x1, y) if x0 < x1 else curves.straight(x0, y, x1 + head.width, y)


def _framed(canvas: LevelCanvas) -> LevelLayout:
    labels = place_labels(canvas.shape, canvas.corners, canvas.paths)
    low, high = _extent(canvas, labels)
    if canvas.shape.framed:
        pad = m.CLUSTER_PAD
        low -= (pad, canvas.header)
        high += pad
        # Boxes alone set the height: lines through ports end at the border.
        spare = max(0.0, canvas.shape.least_width - (high[0] - low[0]))
        low[0] -= spare // 2
        high[0] += spare - spare // 2
    low, high = np.floor(low), np.ceil(high)
    # An even width keeps the middle, and with it every straight line, on whole pixels.
    high[0] += (high[0] - low[0]) % 2
    return _shifted(canvas, labels, low, float(high[0] - low[0]), float(high[1] - low[1]))


def _extent(canvas: LevelCanvas, labels: Points) -> tuple[Points, Points]:
    """Return upper left and lower right corner of all that is drawn inside, without the ways to the ports."""
    sizes = np.array([(item.width, item.height) for item in canvas.shape.items]).reshape(-1, 2)
    widths = np.array(canvas.shape.label_widths)
    shown = ~np.isnan(labels[:, 0])
    text = np.column_stack([widths[shown], np.zeros(int(shown.sum()))])
    lines = [
        path if link.tail != IN else path[3:]
        for path, link in zip(canvas.paths, canvas.shape.links, strict=True)
        if link.head != OUT
    ]
    boxes = np.vstack([canvas.corners, canvas.corners + sizes])
    everything = np.vstack([boxes, *lines, labels[shown], labels[shown] + text])
    low, high = everything.min(axis=0), everything.max(axis=0)
    if canvas.shape.framed:
        low[1], high[1] = boxes[:, 1].min(), boxes[:, 1].max()
    return low, high


def _shifted(canvas: LevelCanvas, labels: Points, low: Points, width: float, height: float) -> LevelLayout:
    ins = tuple(_on_border(port, low, width) for port in canvas.ins)
    outs = tuple(_on_border(port, low, width) for port in canvas.outs)
    paths = [path - low for path in canvas.paths]
    for number, link in enumerate(canvas.shape.links):
        if link.tail == IN and ins[link.tail_port].side in ("left", "right"):
            curves.level(paths[number], 0, ins[link.tail_port].x, ins[link.tail_port].y)
    return LevelLayout(width, height, canvas.corners - low, ins, outs, tuple(paths), labels - low)


def _on_border(port: Port, low: Points, width: float) -> Port:
    x = {"left": 0.0, "right": width}.get(port.side, port.x - float(low[0]))
    return Port(port.side, x, port.y - float(low[1]))


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
