"""Where the view looks: first, when the drawing changes, when something is to be seen; and the cards in its corners."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from gradviz.gui.scene.data.camera import READABLE, Camera, centred
from gradviz.gui.scene.data.marks import Marks
from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.scene.view import initial_view as framing
from gradviz.gui.scene.view.card_layout import Cards
from gradviz.gui.scene.view.pan_zoom_canvas import Canvas

_NEAR = 20
"""A node nearer to the border than this is not wholly in sight: its ring and tag need room."""
_MARKS = 10
"""So far they reach beyond it; a card must not cover them."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A node or a cluster, and where its upper left corner is to be in the view."""

    place: tuple[float, float]
    node: int | None = None
    cluster: int = -1
    or_whole: bool = False
    """If all that is drawn turns out small, look at the whole as large as it can be instead."""


class Outlook(Canvas):
    """A canvas with a drawing on it; what is painted is a subclass's affair."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawing: Drawing | None = None
        self._marks = Marks()
        self._framed = False
        self._reserved = (0, 0)
        """Width at the right that others' cards take, and how far down they reach."""
        self._anchor: Anchor | None = None
        self.cards = Cards(self.viewport())
        """What lies over the canvas."""
        self.cards.legend_toggled.connect(self._make_room)
        self.cards.overview.point_requested.connect(self._look_by_hand)

    def reserve_right(self, width: int, bottom: int = 0) -> None:
        """Leave `width` pixels at the right to cards that reach down to `bottom`; 0 takes them back."""
        if (width, bottom) == self._reserved:
            return
        before, self._reserved = self._reserved[0], (width, bottom)
        if width != before and not self._moved_by_hand:
            self._framed = False
        self.camera_moved()

    def keep_in_place(self, key: int) -> None:
        """With the next drawing, keep the upper left corner of this cluster, or of what hides it, where it is."""
        place = self._drawing.place_of_cluster(key) if self._drawing else None
        if place is not None:
            self._anchor = Anchor(cluster=key, place=self.camera.to_view(*place))

    def keep_node_in_place(self, node_id: int, *, or_whole: bool = False) -> None:
        """With the next drawing, keep a node, or what hides it, where it is; see `Anchor` for `or_whole`."""
        place = self._corner_of(node_id)
        if place is not None:
            self._anchor = Anchor(node=node_id, place=self.camera.to_view(*place), or_whole=or_whole)

    def look_anew(self) -> None:
        """Look at the next drawing as at one that is new."""
        self._anchor = None
        self._framed = self._moved_by_hand = False

    def cards_changed(self) -> None:
        """A card in a corner was shown, hidden or changed."""
        self._place_cards()

    def fit(self) -> None:
        """Look at the whole graph, never above 125 %."""
        if self._drawing is not None:
            self._moved_by_hand, self._framed = False, True
            self.set_camera(framing.whole(self._drawing, *self._room(), self.cards.rects()))

    def center_on(self, node_id: int) -> None:
        """Bring a node to the middle; a node that is not drawn is ignored."""
        centre = self._centre_of(node_id)
        if centre is not None:
            self.look_at(*centre)

    def position_of(self, node_id: int) -> QPointF | None:
        """Middle of a node in the viewport, None where it is not drawn."""
        centre = self._centre_of(node_id)
        return QPointF(*self.camera.to_view(*centre)) if centre else None

    def camera_moved(self) -> None:
        width, height = self._size()
        if self._drawing is not None and not self._framed and self.isVisible() and width > 40:
            self._framed, self._moved_by_hand = True, False
            self._take(framing.first_look(self._drawing, *self._room(), self.cards.rects(), self._marks.selected))
        self.cards.overview.set_seen(self.camera.seen(width, height))
        partly = self._drawing is not None and not framing.holds_all(self._drawing, self.camera, width, height)
        roomy = width > 420 and height - framing.EDGE - self.cards.overview.height() > max(self._reserved[1], 150)
        self.cards.overview.setVisible(partly and roomy)
        self._place_cards()

    def _make_room(self) -> None:
        """A card at the left is another or larger: a whole graph steps aside, unless a person put it where it is."""
        self._place_cards()
        drawing, cards = self._drawing, self.cards.rects()
        if drawing is None or self._moved_by_hand or not self._framed:
            return
        if framing.holds_all(drawing, self.camera, *self._size()) and framing.covers(cards, drawing, self.camera):
            wanted = framing.whole(drawing, *self._room(), cards)
            if wanted.zoom >= READABLE and not framing.covers(cards, drawing, wanted):
                self._take(wanted)

    def _keep_looking(self, before: Drawing | None, drawing: Drawing) -> None:
        anchor, self._anchor = self._anchor, None
        if before is None or not framing.related(before.graph, drawing.graph):
            self._framed = False
            return
        place = None
        if anchor is not None and anchor.node is not None:
            place = self._corner_of(anchor.node)
        elif anchor is not None:
            place = drawing.place_of_cluster(anchor.cluster)
        if anchor is not None and place is not None:  # what was unfolded stays under the pointer
            self._moved_by_hand = self._framed = True
            (x, y), (to_x, to_y) = place, anchor.place
            self._take(Camera(self.zoom, to_x - x * self.zoom, to_y - y * self.zoom).snapped())
            if anchor.or_whole:
                self._enlarge(drawing)
        elif not self._moved_by_hand and self._framed:
            self._follow(drawing)

    def _enlarge(self, drawing: Drawing) -> None:
        """What is small for no reason, all of it being in view, is looked at as a whole."""
        if self.zoom >= READABLE or not framing.holds_all(drawing, self.camera, *self._size()):
            return
        wanted = framing.whole(drawing, *self._room(), self.cards.rects())
        if wanted.zoom > self.zoom:
            self._moved_by_hand = False
            self._take(wanted)

    def _follow(self, drawing: Drawing) -> None:
        """A network that changes from iteration to iteration stays in view, at a steady zoom while that serves."""
        wanted = framing.whole(drawing, *self._room(), self.cards.rects())
        if wanted.zoom < self.zoom:
            self._framed = False
            return
        x, y = wanted.to_view(drawing.width / 2, drawing.height / 2)
        self._take(centred(self.zoom, drawing.width / 2, drawing.height / 2, (x, y, 0, 0)))

    def _look_by_hand(self, x: float, y: float) -> None:
        self._moved_by_hand = True
        self.look_at(x, y, animated=False)

    def _corner_of(self, node_id: int) -> tuple[float, float] | None:
        box = self._drawing.box_of(node_id) if self._drawing else None
        if self._drawing is None or box is None:
            return None
        x, y = self._drawing.rect[box, :2].tolist()
        return x, y

    def _centre_of(self, node_id: int) -> tuple[float, float] | None:
        box = self._drawing.box_of(node_id) if self._drawing else None
        if self._drawing is None or box is None:
            return None
        x, y, width, height = self._drawing.rect[box].tolist()
        return x + width / 2, y + height / 2

    def _size(self) -> tuple[float, float]:
        return float(self.viewport().width()), float(self.viewport().height())

    def _room(self) -> tuple[float, float]:
        """What is left beside the cards at the right."""
        width, height = self._size()
        return max(width - self._reserved[0], 200.0), height

    def _place_cards(self) -> None:
        self.cards.place(drawn=self._drawing is not None, reserved=self._reserved[0])

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.camera_moved()

    def reveal(self, node_id: int) -> None:
        """Pan only if the node is not wholly in sight, beside all cards."""
        box = self._drawing.box_of(node_id) if self._drawing else None
        if box is not None:
            self._reveal_box(box)

    def reveal_cluster(self, key: int) -> None:
        """Pan only if the cluster's header, or the box that shows it, is not in sight."""
        drawing = self._drawing
        if drawing is None:
            return
        rect, box = drawing.rect_of_cluster(key), drawing.box_of_key(key)
        if rect is not None:
            x, y, width, height = rect
            self._bring_in(x, y, min(width, 200), min(height, 120))
        elif box is not None:
            self._reveal_box(box)

    def _reveal_box(self, box: int) -> None:
        assert self._drawing is not None
        x, y, width, height = self._drawing.rect[box].tolist()
        self._bring_in(x, y, width, height)

    def _bring_in(self, x: float, y: float, width: float, height: float) -> None:
        (left, top), (right, bottom) = self.camera.to_view(x, y), self.camera.to_view(x + width, y + height)
        wide, high = self._room()
        outside = left < _NEAR or top < _NEAR or right > wide - _NEAR or bottom > high - _NEAR
        marked = (left - _MARKS, top - _MARKS, right - left + 2 * _MARKS, bottom - top + 2 * _MARKS)
        if outside or framing.overlap(marked, self.cards.shown()):
            self.look_at(x + width / 2, y + height / 2, area=(0, 0, wide, high))
