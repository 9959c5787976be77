"""Walks the drawing by keys: up to producers, down to consumers, sideways to what stands beside, in and out."""

from __future__ import annotations

from typing import Literal

import numpy as np

from gradviz.gui.scene.data.placed_graph import Drawing

Way = Literal["up", "down", "left", "right", "first", "last", "next", "previous"]


def walk(drawing: Drawing, start: int | None, way: Way) -> int | None:
    """The box reached from box `start` (None: nothing is selected yet), or None where the way ends.

    `next` and `previous` follow the order of execution through every box, so that none is out of reach; `up` and
    `down` follow edges, to the nearest across if there are several.
    """
    order = drawing.order
    if not order:
        return None
    if way == "last":
        return order[-1]
    if way == "first" or start is None:
        return order[0]
    if way in ("next", "previous"):
        place = order.index(start) + (1 if way == "next" else -1) if start in order else 0
        return order[place] if 0 <= place < len(order) else None
    if way in ("left", "right"):
        return _beside(drawing, start, -1 if way == "left" else 1)
    ends = drawing.placement
    here, there = (ends.edge_target, ends.edge_source) if way == "up" else (ends.edge_source, ends.edge_target)
    found = there[here == start]
    return _nearest_across(drawing, start, found.tolist())


def first_inside(drawing: Drawing, cluster: int) -> int | None:
    """The first box, in order of execution, within an open cluster."""
    rows = np.nonzero(drawing.placement.cluster_id == cluster)[0]
    if not len(rows):
        return None
    wanted = {int(rows[0])}
    for row, parent in enumerate(drawing.cluster_parent_row.tolist()):
        if parent in wanted:
            wanted.add(row)
    inner = drawing.box_cluster_row
    return next((box for box in drawing.order if int(inner[box]) in wanted), None)


def cluster_around(drawing: Drawing, box: int) -> int | None:
    """The innermost open cluster around a box; None at the top."""
    row = int(drawing.box_cluster_row[box])
    return int(drawing.placement.cluster_id[row]) if row >= 0 else None


def cluster_above(drawing: Drawing, cluster: int) -> int | None:
    """The open cluster around an open cluster; None at the top."""
    rows = np.nonzero(drawing.placement.cluster_id == cluster)[0]
    row = int(drawing.cluster_parent_row[rows[0]]) if len(rows) else -1
    return int(drawing.placement.cluster_id[row]) if row >= 0 else None


def _nearest_across(drawing: Drawing, start: int, boxes: list[int]) -> int | None:
    own = _middle(drawing, start)[0]
    distances = [(abs(_middle(drawing, box)[0] - own), box) for box in boxes if box != start]
    return min(distances)[1] if distances else None


def _beside(drawing: Drawing, start: int, sign: int) -> int | None:
    x, y = _middle(drawing, start)
    centres = drawing.rect[:, :2] + drawing.rect[:, 2:] / 2
    away = (centres[:, 0] - x) * sign
    aslant = np.abs(centres[:, 1] - y)
    # What lies more to the side than above or below; a box a little aslant loses against one straight beside.
    cost = np.where((away > 1) & (aslant <= away * 1.5), away + 2 * aslant, np.inf)
    box = int(np.argmin(cost))
    return box if np.isfinite(cost[box]) else None


def _middle(drawing: Drawing, box: int) -> tuple[float, float]:
    x, y, width, height = drawing.rect[box].tolist()
    return x + width / 2, y + height / 2
