"""Finds the lines of a level that shall run straight: of each fork and each meeting, the one on the longest way."""

from __future__ import annotations

from collections.abc import Sequence

from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry.level_shape import IN, OUT, LevelLink, LevelShape

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
