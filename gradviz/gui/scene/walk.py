"""Walks the graph by keys: up to producers, down to consumers, sideways to what stands beside."""

from __future__ import annotations

from typing import Literal

import numpy as np

from gradviz.gui.scene.drawing import Drawing

Way = Literal["up", "down", "left", "right", "first", "last", "next", "previous"]


def walk(drawing: Drawing, start: int | None, way: Way) -> int | None:
    """The node id reached from node `start` (None: nothing is selected yet), or None where the way ends.

    `next` and `previous` follow the order of execution through every node that is drawn, so that no node is out of
    reach; `up` and `down` follow edges, to the nearest across if there are several.
    """
    order = [node.id for node in drawing.graph.nodes if drawing.box_of(node.id) is not None]
    if not order:
        return None
    if way == "last":
        return order[-1]
    if way == "first" or start is None or drawing.box_of(start) is None:
        return order[0]
    if way in ("next", "previous"):
        place = order.index(start) + (1 if way == "next" else -1)
        return order[place] if 0 <= place < len(order) else None
    if way in ("left", "right"):
        return _beside(drawing, start, -1 if way == "left" else 1)
    graph = drawing.graph
    if way == "up":
        found = [edge.source for edge in graph.incoming[start]]
    else:
        found = [edge.target for edge in graph.outgoing[start]]
    return _nearest_across(drawing, start, found)


def _nearest_across(drawing: Drawing, start: int, nodes: list[int]) -> int | None:
    own = drawing.box_of(start)
    distances = []
    for node in nodes:
        box = drawing.box_of(node)
        if box is not None and own is not None and box != own:
            distances.append((abs(_middle(drawing, box)[0] - _middle(drawing, own)[0]), node))
    return min(distances)[1] if distances else None


def _beside(drawing: Drawing, start: int, sign: int) -> int | None:
    own = drawing.box_of(start)
    if own is None:
        return None
    x, y = _middle(drawing, own)
    centres = drawing.rect[:, :2] + drawing.rect[:, 2:] / 2
    away = (centres[:, 0] - x) * sign
    aslant = np.abs(centres[:, 1] - y)
    # What lies more to the side than above or below; a box a little aslant loses against one straight beside.
    cost = np.where((away > 1) & (aslant <= away * 1.5) & ~drawing.folded, away + 2 * aslant, np.inf)
    box = int(np.argmin(cost))
    return int(drawing.placement.box_node[box]) if np.isfinite(cost[box]) else None


def _middle(drawing: Drawing, box: int) -> tuple[float, float]:
    x, y, width, height = drawing.rect[box].tolist()
    return x + width / 2, y + height / 2
