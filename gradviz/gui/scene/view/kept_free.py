"""What no card may lie over: the nodes that are next, selected and found."""

from __future__ import annotations

from collections.abc import Callable

from gradviz.gui.scene.data import camera_fitting as fitting
from gradviz.gui.scene.data.camera import Camera, Rect
from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.scene.view.mark_store import MarkStore

MARKS = 10
"""So far rings and tags reach beyond a node; a card must not cover them."""
_MANY = 40
"""More than so many matches cannot all be kept free of cards."""

LABEL = 0.5
Cost = Callable[[Rect], float]
"""What it costs that a rectangle of the viewport is covered: 2 for a node that is next, selected or found, 1 for any
other or a header, `LABEL` for what is written beside an edge, 0 for none."""


def at_no_cost(_rect: Rect) -> float:
    """Return that it costs nothing."""
    return 0


class KeptFree:
    """Knows the nodes that are kept free of cards."""

    def __init__(self, marks: MarkStore) -> None:
        self._marks = marks
        self.next: int | None = None
        """The node that runs next."""

    def costs(self, drawing: Drawing, camera: Camera) -> Cost:
        """Return what it costs to cover parts of the viewport, as a camera sees the drawing."""
        kept = [in_view(rect, camera) for rect in self._rects(drawing)]

        def cost(rect: Rect) -> float:
            if fitting.overlaps(rect, kept):
                return 2
            if fitting.covers([rect], drawing, camera) or fitting.covers_heads([rect], drawing, camera):
                return 1
            return LABEL if fitting.covers_labels(rect, drawing, camera) else 0

        return cost

    def _rects(self, drawing: Drawing) -> list[Rect]:
        marks = self._marks.current
        found = [node for node in (self.next, marks.selected) if node is not None]
        if len(marks.matches) <= _MANY:
            found += marks.matches
        rects = [rect_of(drawing, node) for node in found]
        if marks.selected_cluster is not None:
            box = drawing.box_of_key(marks.selected_cluster)
            rects.append(rect_of_box(drawing, box) if box is not None else None)
        return [rect for rect in rects if rect is not None]


def in_view(rect: Rect, camera: Camera) -> Rect:
    """Return where a camera sees a box with its marks."""
    x, y, width, height = rect
    left, top = camera.to_view(x, y)
    return left - MARKS, top - MARKS, width * camera.zoom + 2 * MARKS, height * camera.zoom + 2 * MARKS


def rect_of(drawing: Drawing, node_id: int) -> Rect | None:
    """Return the rectangle of the box that shows a node; None where none does."""
    box = drawing.box_of(node_id)
    return rect_of_box(drawing, box) if box is not None else None


def rect_of_box(drawing: Drawing, box: int) -> Rect:
    """Return the rectangle of a box."""
    x, y, width, height = drawing.rect[box].tolist()
    return x, y, width, height
