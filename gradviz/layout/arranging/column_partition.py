"""Partition of a level that would be far taller than wide into columns, where few lines cross."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np

from gradviz.layout.arranging.rows import ItemRow, is_dense, rows_of, weights_of
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry.placement import IN, OUT, LevelLink, LevelShape

TALL = 1600.0
TALL_COMPACT = 1200.0
TALL_INSIDE = 2000.0
"""Heights in pixels up to which a level stays one column: of a small graph, of a large one, of an open cluster."""
_GAP = 60.0
"""Expected distance of columns; what lines need is not known yet."""
_MOST_CROSSINGS = 12
"""Where more values than this pass, no line could be followed around the corner."""
_MANY = 60
_WIDE = 10.0
"""A level of so many items that is so many times as wide as high is a band."""
_BUS = 8
"""So many lines into one item share a way, and so do those out of one."""
_PER_CROSSING = 0.2
_AT_CLUSTER = 0.3
"""What a crossing line costs, and what a border of a tall cluster is worth, in column heights off the mark."""


class Bundle(NamedTuple):
    """What lines between columns share a way: all lines of one output, of one item's many outputs, or into one item.

    Lines of a `bus` run beside the column that they leave, those of a `skip` also beside the one that they enter: they
    are no part of a column's own layout.
    """

    kind: Literal["in", "output", "item", "bus", "skip"]
    number: int
    """Of a port of the level, of the item that it comes from, or for a bus of the item that it leads to."""
    port: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One column. `items` are the level's; the shape has one port for each value that comes from or goes elsewhere."""

    items: tuple[int, ...]
    shape: LevelShape
    links: dict[int, int]
    """Link of the level → link of the shape, for those that lie inside."""
    arriving: dict[Bundle, int]
    """What comes from elsewhere → in-port."""
    arrivals: dict[int, int]
    """Link of the level that ends here and starts elsewhere → link of the shape."""
    leaving: dict[Bundle, int]
    """What goes elsewhere → out-port."""
    departures: dict[int, int]
    """Link of the level that starts here and ends elsewhere → link of the shape; those of a bus are not in it."""


def bundles_of(shape: LevelShape) -> list[Bundle]:
    """Return per link the way that it would take from column to column."""
    outs, ins = [0] * len(shape.items), [0] * len(shape.items)
    for link in shape.links:
        if link.tail != IN and link.head != OUT:
            outs[link.tail] += 1
            ins[link.head] += 1
    dense = is_dense(len(shape.links), len(shape.items))
    weights = weights_of(shape, range(len(shape.links))) if dense and not shape.sequential else {}
    values = []
    for number, link in enumerate(shape.links):
        if link.tail == IN:
            values.append(Bundle("in", link.tail_port))
        elif shape.sequential and link.head != OUT:
            # What many lines share is the item that they come from, or the one that they lead to.
            into = ins[link.head] >= _BUS and outs[link.tail] <= 3
            single = outs[link.tail] < _BUS
            values.append(Bundle("skip", link.head, -1) if into else Bundle("skip", link.tail, link.tail_port * single))
        elif dense and link.head != OUT and weights[number] == 1:
            values.append(Bundle("skip", link.tail, link.tail_port))
        elif link.head != OUT and ins[link.head] >= _BUS and outs[link.tail] <= 3:
            values.append(Bundle("bus", link.head))
        elif outs[link.tail] >= _BUS and shape.items[link.tail].layout == -1:
            values.append(Bundle("item", link.tail))
        else:
            values.append(Bundle("output", link.tail, link.tail_port))
    return values


def parts_of(shape: LevelShape, aspect: float, *, outermost: bool) -> list[Part]:
    """Return the columns of a level, for a view that is `aspect` times as wide as high; empty if it shall stay whole.

    `outermost`: the level is most of what is drawn, so that it alone shall fit the view.
    """
    tall = TALL_INSIDE if not outermost else TALL_COMPACT if shape.compact else TALL
    if sum(item.height for item in shape.items) < tall / 2:
        return []
    level = _Estimate(shape)
    if level.height <= tall:
        return []
    starts = _best_starts(level, aspect)
    if len(starts) < 2:
        return []
    column = [0] * len(shape.items)
    for number, (begin, end) in enumerate(pairwise([*starts, len(level.rows)])):
        for row in level.rows[begin:end]:
            for item in row.items:
                column[item] = number
    return _parts(shape, column, len(starts))


class _Estimate:
    """A level's rows in order of execution, how high they will be, and how many values pass between them."""

    def __init__(self, shape: LevelShape) -> None:
        self.shape = shape
        rows = rows_of(shape)
        row_of = {item: row for row in rows for item in row.items}
        # Badges come last among the items, but belong to what they feed.
        first_use: dict[int, int] = {}
        for link in reversed(shape.links):
            if link.tail != IN and link.head != OUT:
                first_use[link.tail] = min(link.head, first_use.get(link.tail, link.head))
        entered = {link.head for link in shape.links if link.tail != IN}

        def order(row: ItemRow) -> float:
            late = row.core not in entered and shape.items[row.core].kind in ("leaf", "badge", "data")
            return first_use.get(row.core, row.core) - 0.5 if late else row.core

        self.rows = sorted(rows, key=order)
        place = {id(row): number for number, row in enumerate(self.rows)}
        self._row_of = [place[id(row_of[item])] for item in range(len(shape.items))]
        self._place()
        self.crossings = self._crossings()

    def _place(self) -> None:
        shape, count = self.shape, len(self.rows)
        gap = m.RANK_GAP_COMPACT if shape.compact else m.RANK_GAP
        if shape.sequential:
            ends = np.cumsum([row.height + gap for row in self.rows])
            self.reached = np.concatenate([[0.0], ends])
            self.height = float(self.reached[-1])
            self.widths = np.array([row.width for row in self.rows])
            self.length = 0.0
            return
        after: list[list[int]] = [[] for _ in range(count)]
        for link in shape.links:
            if link.tail != IN and link.head != OUT:
                tail, head = self._row_of[link.tail], self._row_of[link.head]
                if tail < head:
                    after[tail].append(head)
        top = np.zeros(count)
        for row in range(count):
            bottom = top[row] + self.rows[row].height + gap
            for head in after[row]:
                top[head] = max(top[head], bottom)
        bottoms = top + [row.height + gap for row in self.rows]
        self.reached = np.concatenate([[0.0], np.maximum.accumulate(bottoms)])
        """(rows + 1,) how far down all rows before each cut reach."""
        self.height = float(self.reached[-1])
        self.widths = np.array([row.width for row in self.rows])
        # What nothing leads to can be anywhere above its use, so its line need not be long.
        free = {row for row in range(count) if not top[row]}
        links = [k for k in shape.links if k.tail != IN and k.head != OUT and self._row_of[k.tail] not in free]
        tails = np.array([self._row_of[link.tail] for link in links], dtype=np.int64)
        heads = np.array([self._row_of[link.head] for link in links], dtype=np.int64)
        self.length = float(np.maximum(top[heads] - bottoms[tails], 0.0).sum()) if links else 0.0
        """How long all lines are together, beyond the gap between two ranks."""

    def width(self, begin: int, end: int) -> float:
        """Estimate how wide the rows from `begin` to `end` will be together."""
        widths = self.widths[begin:end]
        height = max(float(self.reached[end] - self.reached[begin]), 1.0)
        heights = np.array([row.height + m.RANK_GAP_COMPACT for row in self.rows[begin:end]])
        # Rows side by side share one height.
        return max(float(widths.max()), float((widths * heights).sum()) / height)

    def _crossings(self) -> np.ndarray:
        """(rows + 1,) how many values of rows before each cut are used after it."""
        spans: dict[Bundle, tuple[int, int]] = {}
        for link, value in zip(self.shape.links, bundles_of(self.shape), strict=True):
            if link.tail != IN and link.head != OUT and value.kind != "skip":
                tail, head = self._row_of[link.tail], self._row_of[link.head]
                low, high = spans.get(value, (tail, head))
                spans[value] = (min(low, tail), max(high, head))
        steps = np.zeros(len(self.rows) + 2, dtype=np.int64)
        for low, high in spans.values():
            if high > low:
                steps[low + 1] += 1
                steps[high + 1] -= 1
        return np.cumsum(steps)[: len(self.rows) + 1]


def _best_starts(level: _Estimate, aspect: float) -> list[int]:
    """Return the first row of each column, so that the whole is seen largest in the view."""
    width = level.width(0, len(level.rows))
    ideal = math.sqrt(aspect * level.height / (width + _GAP))
    best: tuple[float, list[int]] = (_size([0], level, aspect) * 1.25, [0])
    for count in range(max(2, math.floor(ideal)), math.ceil(ideal) + 3):
        starts = _starts(level, level.height / count)
        best = max(best, (_size(starts, level, aspect), starts), key=lambda entry: entry[0])
    return best[1]


def _size(starts: Sequence[int], level: _Estimate, aspect: float) -> float:
    """Return how large the columns are seen in a view of width `aspect` and height 1."""
    ends = [*starts, len(level.rows)]
    width = sum(level.width(a, b) + _GAP for a, b in pairwise(ends))
    height = max(float(level.reached[b] - level.reached[a]) for a, b in pairwise(ends))
    return min(aspect / width, 1 / max(height, 1.0))


def _starts(level: _Estimate, height: float) -> list[int]:
    starts, count = [0], len(level.rows)
    reached, crossings = level.reached, level.crossings
    borders = np.zeros(count + 1)
    for number, row in enumerate(level.rows):
        if level.shape.items[row.core].layout != -1 and row.height > height / 2:
            borders[number] = borders[number + 1] = _AT_CLUSTER
    cost = np.where(crossings <= _MOST_CROSSINGS, np.maximum(crossings - 1, 0) * _PER_CROSSING, np.inf) - borders
    while reached[-1] - reached[starts[-1]] > height * 1.3:
        start = starts[-1]
        low = int(np.searchsorted(reached, reached[start] + height * 0.5))
        high = int(np.searchsorted(reached, reached[start] + height * 1.3, side="right"))
        low = max(low, start + 1)
        high = min(max(high, low + 1), count)
        if low >= high:
            break
        away = np.abs(reached[low:high] - reached[start] - height) / height
        scores = cost[low:high] + away
        if not np.isfinite(scores).any():
            break
        starts.append(low + int(np.argmin(scores)))
    return starts


def _parts(shape: LevelShape, column: Sequence[int], count: int) -> list[Part]:
    members: list[list[int]] = [[] for _ in range(count)]
    for item, number in enumerate(column):
        members[number].append(item)
    drafts = [_Draft(shape, items) for items in members]
    for number, (link, value) in enumerate(zip(shape.links, bundles_of(shape), strict=True)):
        tail = None if link.tail == IN else column[link.tail]
        head = None if link.head == OUT else column[link.head]
        if tail == head and tail is not None:
            drafts[tail].add_inner(number, link)
            continue
        if tail is not None and value.kind not in ("bus", "skip"):
            drafts[tail].add_departure(number, link, value)
        if head is not None and value.kind != "skip":
            drafts[head].add_arrival(number, link, value)
    return [draft.done() for draft in drafts]


def is_wide(shape: LevelShape) -> bool:
    """Return whether a level would be so wide a band that rows one after the other show it better."""
    if len(shape.items) < _MANY:
        return False
    level = _Estimate(shape)
    return level.width(0, len(level.rows)) > _WIDE * level.height


def effort(shapes: Collection[LevelShape]) -> float:
    """Estimate the work for Graphviz: the length in pixels of what runs between rows."""
    dense = [is_dense(len(shape.links), len(shape.items)) for shape in shapes]
    return sum(_Estimate(shape).length for shape, skips in zip(shapes, dense, strict=True) if not skips)


class _Draft:
    def __init__(self, shape: LevelShape, items: list[int]) -> None:
        self.shape, self.items = shape, items
        self.place = {item: number for number, item in enumerate(items)}
        self.numbers: dict[LevelLink, int] = {}
        self.widths: dict[int, float] = {}
        self.links: dict[int, int] = {}
        self.arriving: dict[Bundle, int] = {}
        self.arrivals: dict[int, int] = {}
        self.leaving: dict[Bundle, int] = {}
        self.departures: dict[int, int] = {}

    def add_inner(self, number: int, link: LevelLink) -> None:
        """Add a link that lies inside the column."""
        self.links[number] = self._add(link._replace(tail=self.place[link.tail], head=self.place[link.head]))
        self.widths[self.links[number]] = self.shape.label_widths[number]

    def add_departure(self, number: int, link: LevelLink, value: Bundle) -> None:
        """Add a link that leaves the column."""
        port = self.leaving.setdefault(value, len(self.leaving))
        output = 0 if value.kind == "item" else link.tail_port
        self.departures[number] = self._add(LevelLink(self.place[link.tail], output, OUT, port))

    def add_arrival(self, number: int, link: LevelLink, value: Bundle) -> None:
        """Add a link that enters the column."""
        port = self.arriving.setdefault(value, len(self.arriving))
        self.arrivals[number] = self._add(LevelLink(IN, port, self.place[link.head], link.head_port))

    def _add(self, link: LevelLink) -> int:
        return self.numbers.setdefault(link, len(self.numbers))

    def done(self) -> Part:
        """Return the finished column."""
        shape = self.shape._replace(
            items=tuple(self.shape.items[item] for item in self.items),
            links=tuple(self.numbers),
            label_widths=tuple(self.widths.get(number, 0.0) for number in range(len(self.numbers))),
            leaf_ports=(False,) * len(self.arriving),
            outs=len(self.leaving),
            least_width=0.0,
            framed=True,
        )
        return Part(tuple(self.items), shape, self.links, self.arriving, self.arrivals, self.leaving, self.departures)
