"""Navigation by keys: up to producers, down to consumers, sideways to neighbors, into and out of clusters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from PySide6.QtCore import Qt

from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.scene.painting.hit_testing import HitTarget
from gradviz.gui.scene.view.framing import Framing
from gradviz.gui.scene.view.graph_scene import GraphScene
from gradviz.gui.scene.view.mark_store import MarkStore

Way = Literal["up", "down", "left", "right", "first", "last", "next", "previous"]
_WAYS: dict[int, Way] = {
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
    Qt.Key.Key_Home: "first",
    Qt.Key.Key_End: "last",
    Qt.Key.Key_PageDown: "next",
    Qt.Key.Key_PageUp: "previous",
}


class KeyboardNavigation:
    """Chooses and toggles what the keys lead to, and brings it into sight."""

    def __init__(
        self,
        scene: GraphScene,
        marks: MarkStore,
        framing: Framing,
        choose: Callable[[HitTarget], None],
        toggle: Callable[[int | None, int], None],
    ) -> None:
        """Connect to the view: `toggle` is given the key that stays in place and the id to fold or unfold."""
        self._scene, self._marks, self._framing = scene, marks, framing
        self._choose, self._toggle = choose, toggle

    def handle(self, key: int) -> bool:
        """Act on a key without modifiers; return whether it is one for navigation."""
        drawing, cluster = self._scene.drawing, self._marks.selected_cluster
        if drawing is not None and cluster is not None and self._handle_on_cluster(key, drawing, cluster):
            return True
        if key not in _WAYS and key != Qt.Key.Key_Backspace:
            return False
        if drawing is not None:
            if key in _WAYS:
                self._go_to(drawing, walk(drawing, self._start(drawing), _WAYS[key]))
            else:
                self._go_out(drawing)
        return True

    def _handle_on_cluster(self, key: int, drawing: Drawing, cluster: int) -> bool:
        """Act on a key as trees do, with a cluster selected; return whether it is one of theirs."""
        is_open = drawing.rect_of_cluster(cluster) is not None
        box = drawing.box_of_key(cluster)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._toggle(cluster, cluster if is_open or box is None else drawing.fold_id(box))
        elif key == Qt.Key.Key_Right and box is not None:
            self._toggle(cluster, drawing.fold_id(box))
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_Down) and is_open:
            self._go_to(drawing, first_inside(drawing, cluster))
        elif key == Qt.Key.Key_Left and is_open:
            self._toggle(cluster, cluster)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Backspace):
            self._go_out(drawing)
        else:
            return False
        return True

    def _start(self, drawing: Drawing) -> int | None:
        """Return the box to walk from; None where nothing is selected."""
        cluster = self._marks.selected_cluster
        if self._marks.selected is not None:
            return drawing.box_of(self._marks.selected)
        if cluster is None:
            return None
        box = drawing.box_of_key(cluster)
        return first_inside(drawing, cluster) if box is None else box

    def _go_to(self, drawing: Drawing, box: int | None) -> None:
        """Choose what a box shows."""
        if box is None:
            return
        self._framing.reveal_box(box)
        if drawing.folded[box]:
            self._choose(HitTarget(key=drawing.key_of(box), fold=drawing.fold_id(box)))
        else:
            self._choose(HitTarget(node=int(drawing.placement.box_node[box])))

    def _go_out(self, drawing: Drawing) -> None:
        """Choose the open cluster around what is chosen."""
        key, node = self._marks.selected_cluster, self._marks.selected
        box = drawing.box_of(node) if node is not None else None
        if key is not None:
            box = drawing.box_of_key(key)
        around = cluster_around(drawing, box) if box is not None else None
        if box is None and key is not None:
            around = cluster_above(drawing, key)
        if around is not None:
            self._choose(HitTarget(key=around, fold=around, is_open=True))


def walk(drawing: Drawing, start: int | None, way: Way) -> int | None:
    """Return the box reached from box `start` (None: nothing is selected yet), or None where the way ends.

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
    """Return the first box, in order of execution, within an open cluster."""
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
    """Return the innermost open cluster around a box; None at the top."""
    row = int(drawing.box_cluster_row[box])
    return int(drawing.placement.cluster_id[row]) if row >= 0 else None


def cluster_above(drawing: Drawing, cluster: int) -> int | None:
    """Return the open cluster around an open cluster; None at the top."""
    rows = np.nonzero(drawing.placement.cluster_id == cluster)[0]
    row = int(drawing.cluster_parent_row[rows[0]]) if len(rows) else -1
    return int(drawing.placement.cluster_id[row]) if row >= 0 else None


def _nearest_across(drawing: Drawing, start: int, boxes: list[int]) -> int | None:
    own = _middle(drawing, start)[0]
    distances = [(abs(_middle(drawing, box)[0] - own), box) for box in boxes if box != start]
    return min(distances)[1] if distances else None


def _beside(drawing: Drawing, start: int, sign: int) -> int | None:
    x, y = _middle(drawing, start)
    centers = drawing.rect[:, :2] + drawing.rect[:, 2:] / 2
    away = (centers[:, 0] - x) * sign
    aslant = np.abs(centers[:, 1] - y)
    # What lies more to the side than above or below; a box a little aslant loses against one straight beside.
    cost = np.where((away > 1) & (aslant <= away * 1.5), away + 2 * aslant, np.inf)
    box = int(np.argmin(cost))
    return box if np.isfinite(cost[box]) else None


def _middle(drawing: Drawing, box: int) -> tuple[float, float]:
    x, y, width, height = drawing.rect[box].tolist()
    return x + width / 2, y + height / 2
