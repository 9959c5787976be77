"""Rows of a level, each an op with the leaves beside it, and the canvas on which an arranger places them;
and the lines that shall run straight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry.placement import IN, OUT, LevelLayout, LevelLink, LevelShape, Points, Port


@dataclass(slots=True)
class ItemRow:
    """Items on one line, left to right; all lines in and out meet the `core`, but for those of its side ports."""

    core: int
    left: list[int] = field(default_factory=list)
    """Outermost first."""
    right: list[int] = field(default_factory=list)
    """Innermost first."""
    left_port: int = -1
    """In-port of the level that feeds the left end; -1 for none."""
    right_port: int = -1
    width: float = 0.0
    height: float = 0.0
    offsets: dict[int, tuple[float, float]] = field(default_factory=dict)
    """Item → its upper left corner within the row."""

    @property
    def items(self) -> list[int]:
        """From left to right."""
        return [*self.left, self.core, *self.right]

    def measure(self, shape: LevelShape) -> None:
        """Compute offsets and size."""
        items = self.items
        self.height = max(shape.items[i].height for i in items)
        x = 0.0
        for position, i in enumerate(items):
            if position:
                badge = "badge" in (shape.items[i].kind, shape.items[items[position - 1]].kind)
                x += m.BADGE_GAP if badge else m.ROW_GAP
            self.offsets[i] = (x, (self.height - shape.items[i].height) / 2)
            x += shape.items[i].width
        self.width = x


@dataclass(frozen=True, slots=True)
class _Chain:
    """A leaf and the views between it and an op; `port` is the in-port where a leaf outside enters, -1 for none."""

    items: tuple[int, ...]
    port: int
    link: int


class _Neighbors:
    def __init__(self, shape: LevelShape) -> None:
        self.ins: list[list[int]] = [[] for _ in shape.items]
        self.outs: list[list[int]] = [[] for _ in shape.items]
        for number, link in enumerate(shape.links):
            if link.head != OUT:
                self.ins[link.head].append(number)
            if link.tail != IN:
                self.outs[link.tail].append(number)


def rows_of(shape: LevelShape) -> list[ItemRow]:
    """Group all items of a level in rows, most of them alone, in order of execution."""
    rows = {i: ItemRow(i) for i in range(len(shape.items))}
    near = _Neighbors(shape)
    for i, item in enumerate(shape.items):
        if item.kind in ("op", "folded", "stack"):
            for chain, side in _sides(shape, near, i):
                _join(rows, i, chain, side)
    if len(rows) > 1:
        # A leaf outside can reach into a row from the side only where nothing else is in the cluster.
        for row in rows.values():
            row.left_port = row.right_port = -1
    for row in rows.values():
        row.measure(shape)
    return list(rows.values())


def _join(rows: dict[int, ItemRow], core: int, chain: _Chain, side: str) -> None:
    row = rows[core]
    for i in chain.items:
        rows.pop(i, None)
    if side == "left":
        row.left, row.left_port = list(chain.items), chain.port
    else:
        row.right, row.right_port = list(reversed(chain.items)), chain.port


def _sides(shape: LevelShape, near: _Neighbors, core: int) -> list[tuple[_Chain, str]]:
    """Return at most two chains of `core` and their sides; at least one other line must reach it from above."""
    chains = [chain for link in near.ins[core] if (chain := _chain(shape, near, link)) is not None]
    badges = [chain for chain in chains if _starts_with(shape, chain, "badge")]
    others = [chain for chain in chains if shape.rows and chain not in badges]
    if (len(others) > 1 or not shape.framed) and others and len(near.ins[core]) == len(badges) + len(others):
        # Nothing would come from above: data stays there, or else the first operand.
        data = [chain for chain in others if _starts_with(shape, chain, "data")]
        others.remove(data[0] if data else others[0])
    # The longest chain (a leaf with its views) goes left, as operands are read.
    chosen = sorted((badges + others)[:2], key=lambda chain: (-len(chain.items) - (chain.port != -1), chain.link))
    return list(zip(chosen, ("left", "right"), strict=False))


def _starts_with(shape: LevelShape, chain: _Chain, kind: str) -> bool:
    return bool(chain.items) and chain.port == -1 and shape.items[chain.items[0]].kind == kind


def _chain(shape: LevelShape, near: _Neighbors, link: int) -> _Chain | None:
    first = link
    items: list[int] = []
    while True:
        tail = shape.links[link].tail
        if tail == IN:
            port = shape.links[link].tail_port
            return _Chain(tuple(reversed(items)), port, first) if shape.leaf_ports[port] else None
        item = shape.items[tail]
        if len(near.outs[tail]) != 1:
            return None
        items.append(tail)
        if item.kind in ("leaf", "badge", "data"):
            return _Chain(tuple(reversed(items)), -1, first)
        if item.kind != "view" or len(near.ins[tail]) != 1 or len(items) > 2:
            return None
        link = near.ins[tail][0]


class LevelCanvas:
    """An arranger fills in `corners` and `paths`; lengths in pixels, y down, any origin."""

    def __init__(self, shape: LevelShape, layouts: Sequence[LevelLayout]) -> None:
        self.shape = shape
        self.layouts = layouts
        self.rows = rows_of(shape)
        self.row_of = {i: number for number, row in enumerate(self.rows) for i in row.items}
        self.corners = np.zeros((len(shape.items), 2))
        self.paths: list[Points] = [np.empty((0, 2))] * len(shape.links)
        self.ins: list[Port] = [Port("top", 0.0, 0.0)] * len(shape.leaf_ports)
        self.outs: list[Port] = [Port("bottom", 0.0, 0.0)] * shape.outs

    @property
    def header(self) -> float:
        """Height of the title above the first row."""
        return m.CLUSTER_HEADER if self.shape.framed else 0.0

    def item_port(self, item: int, port: int, *, head: bool) -> Port:
        """Return where a link meets an item, from the item's upper left corner."""
        what = self.shape.items[item]
        if what.layout != -1:
            layout = self.layouts[what.layout]
            return layout.ins[port] if head else layout.outs[port]
        return Port("top", what.width / 2, 0.0) if head else Port("bottom", what.width / 2, what.height)

    def in_one_row(self, link: LevelLink) -> bool:
        """Return whether a link runs between two neighbors of one row."""
        return link.tail != IN and link.head != OUT and self.row_of[link.tail] == self.row_of[link.head]


STRAIGHT = 24
"""Weight of a line that is the main one for both its ends; Graphviz bends others before it."""
HALF = 4
"""Weight of one that is so for one end only."""
_LEAF = 2


def is_leaf_link(shape: LevelShape, link: LevelLink) -> bool:
    """Return whether a leaf or data feeds this line, in the level or through a port."""
    if link.tail == IN:
        return shape.leaf_ports[link.tail_port]
    return shape.items[link.tail].kind in ("leaf", "data", "badge")


def is_dense(lines: int, blocks: int) -> bool:
    """Return whether a level has so many lines that its skips are led around it in lanes."""
    return lines > m.DENSE_LINKS and lines > m.DENSE_LINKS_PER_ITEM * blocks


def weights_of(shape: LevelShape, drawn: Sequence[int]) -> dict[int, int]:
    """Return link number → how straight it should be.

    The longest way through a level is what a reader takes for its trunk. Going straight along it also brings what
    enters a cluster out of it at the same place, so that a chain of clusters does not drift sideways.
    """
    flow = [number for number in drawn if not is_leaf_link(shape, shape.links[number])]
    above, below = _heights(shape, flow)
    best_in: dict[tuple[int, int], tuple[float, int]] = {}
    best_out: dict[tuple[int, int], tuple[float, int]] = {}
    for number in flow:
        link = shape.links[number]
        head, tail = _head(link), _tail(link)
        # Of equal ways in, the one that ran last; of equal ways on, the one that runs first.
        best_in[head] = max(best_in.get(head, (-1.0, -1)), (above.get(tail, 0.0), number))
        best_out[tail] = max(best_out.get(tail, (-1.0, -number)), (below.get(head, 0.0), -number))
    weights = dict.fromkeys(drawn, _LEAF)
    for number in flow:
        link = shape.links[number]
        main = (best_in[_head(link)][1] == number) + (best_out[_tail(link)][1] == -number)
        weights[number] = (1, HALF, STRAIGHT)[main]
    return weights


def _heights(
    shape: LevelShape, flow: Sequence[int]
) -> tuple[dict[tuple[int, int], float], dict[tuple[int, int], float]]:
    """Return the longest ways from the level's start to an item's end, and from its start to the level's end."""
    # Items are in order of execution, so one pass over the links by head, and one back by tail, meets them in order.
    above: dict[tuple[int, int], float] = {}
    below: dict[tuple[int, int], float] = {}
    for number in sorted(flow, key=lambda n: _order(_head(shape.links[n]))):
        link = shape.links[number]
        way = above.get(_tail(link), _height(shape, _tail(link))) + _height(shape, _head(link))
        above[_head(link)] = max(above.get(_head(link), 0.0), way)
    for number in sorted(flow, key=lambda n: -_order(_tail(shape.links[n]))):
        link = shape.links[number]
        way = below.get(_head(link), _height(shape, _head(link))) + _height(shape, _tail(link))
        below[_tail(link)] = max(below.get(_tail(link), 0.0), way)
    return above, below


def _tail(link: LevelLink) -> tuple[int, int]:
    return (link.tail, link.tail_port if link.tail == IN else 0)


def _head(link: LevelLink) -> tuple[int, int]:
    return (link.head, link.head_port if link.head == OUT else 0)


def _order(end: tuple[int, int]) -> int:
    return 1 << 30 if end[0] == OUT else end[0]


def _height(shape: LevelShape, end: tuple[int, int]) -> float:
    return 0.0 if end[0] in (IN, OUT) else shape.items[end[0]].height
