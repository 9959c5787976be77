"""Decides where the view looks: first, when the drawing changes, when something is to be seen; places the cards."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QPointF

from gradviz.gui.scene.data import camera_fitting as fitting
from gradviz.gui.scene.data.camera import READABLE, Camera, Rect, center_camera
from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.scene.view.card_layout import Cards
from gradviz.gui.scene.view.home_view import HomeView
from gradviz.gui.scene.view.kept_free import MARKS, KeptFree, at_no_cost, in_view, rect_of, rect_of_box
from gradviz.gui.scene.view.mark_store import MarkStore
from gradviz.gui.scene.view.pan_zoom_canvas import PanZoomCanvas

_NEAR = 20
"""A node nearer to the border than this is not wholly in sight: its ring and tag need room."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A node or a cluster, and where its upper left corner is to be in the view."""

    place: tuple[float, float]
    node: int | None = None
    cluster: int = -1
    or_whole: bool = False
    """If all that is drawn turns out small, look at the whole as large as it can be instead."""


class Framing(QObject):
    """Moves a canvas's camera so that what matters of the drawing is in sight, clear of the cards."""

    def __init__(self, canvas: PanZoomCanvas, cards: Cards, marks: MarkStore) -> None:
        super().__init__(canvas)
        self._canvas, self._cards, self._marks = canvas, cards, marks
        self._drawing: Drawing | None = None
        self._framed = False
        self._moved_by_user = False
        self._whole = False
        """Whether the user wants to see all of it, however small, until something else is looked at."""
        self._settled_for = (0.0, 0.0)
        """The size of the viewport when the whole was looked at last."""
        self._home = HomeView(canvas, cards)
        self._kept = KeptFree(marks)
        self._anchor: Anchor | None = None
        canvas.view_changed.connect(self.update)
        canvas.moved_by_user.connect(self._leave_to_user)
        cards.legend_toggled.connect(self.make_room)
        cards.dock.changed.connect(self._show_opened)
        marks.selection_changed.connect(lambda: self._float_cards())
        cards.minimap.point_requested.connect(self._show_point)

    # What the next drawing keeps

    @property
    def is_anchored(self) -> bool:
        """Whether something stays in its place with the next drawing."""
        return self._anchor is not None

    def keep_in_place(self, key: int) -> None:
        """With the next drawing, keep the upper left corner of this cluster, or of what hides it, where it is."""
        place = self._drawing.place_of_cluster(key) if self._drawing else None
        if place is not None:
            self._anchor = Anchor(cluster=key, place=self._canvas.camera.to_view(*place))

    def keep_node_in_place(self, node_id: int, *, or_whole: bool = False) -> None:
        """With the next drawing, keep a node, or what hides it, where it is; see `Anchor` for `or_whole`."""
        rect = self._rect_of(node_id)
        if rect is not None:
            self._anchor = Anchor(node=node_id, place=self._canvas.camera.to_view(*rect[:2]), or_whole=or_whole)

    def reset(self) -> None:
        """Look at the next drawing as at one that is new."""
        self._anchor = None
        self._framed = self._moved_by_user = self._whole = False

    def set_drawing(self, drawing: Drawing | None) -> None:
        """Look at another drawing: of the same network from the same place, of another as a whole."""
        before, self._drawing = self._drawing, drawing
        if drawing is None:
            self.reset()
            return
        self.place_cards()  # where to look depends on what they cover
        anchor, self._anchor = self._anchor, None
        if before is None or not fitting.is_related(before.graph, drawing.graph):
            self._framed = False
        elif anchor is not None and (place := self._place_of(anchor, drawing)) is not None:
            self._move_to_anchor(anchor, place, drawing)
        elif not self._moved_by_user and self._framed:
            self._follow(drawing)
        self.update()

    # What is in sight

    def fit(self) -> None:
        """Look at the whole graph, never above 125 %."""
        if self._drawing is not None:
            self._moved_by_user, self._framed, self._whole = False, True, True
            self._canvas.set_camera(self._home.whole(self._drawing))

    def center_on(self, node_id: int) -> None:
        """Bring a node to the middle; a node that is not drawn is ignored."""
        rect = self._rect_of(node_id)
        if rect is not None:
            self._canvas.look_at(*_center(rect))

    def position_of(self, node_id: int) -> QPointF | None:
        """Return the middle of a node in the viewport, None where it is not drawn."""
        rect = self._rect_of(node_id)
        return QPointF(*self._canvas.camera.to_view(*_center(rect))) if rect is not None else None

    def reveal(self, node_id: int) -> None:
        """Pan only if the node is not wholly in sight, beside all cards."""
        rect = self._rect_of(node_id)
        if rect is not None:
            self._bring_in(rect)

    def reveal_box(self, box: int) -> None:
        """Pan only if the box is not wholly in sight, beside all cards."""
        assert self._drawing is not None
        self._bring_in(rect_of_box(self._drawing, box))

    def reveal_cluster(self, key: int) -> None:
        """Pan only if the cluster's header, or the box that shows it, is not in sight."""
        drawing = self._drawing
        if drawing is None:
            return
        rect, box = drawing.rect_of_cluster(key), drawing.box_of_key(key)
        if rect is not None:
            x, y, width, height = rect
            self._bring_in((x, y, min(width, 200), min(height, 120)))
        elif box is not None:
            self.reveal_box(box)

    # Cards

    def keep_clear_of(self, node_id: int | None) -> None:
        """Let no card lie over this node, the one that is next; None for none."""
        if node_id != self._kept.next:
            self._kept.next = node_id
            self.place_cards()

    def place_cards(self) -> None:
        """Put every card where it belongs, after one was shown, hidden or changed."""
        self._cards.place_docked()
        self._float_cards()

    def make_room(self) -> None:
        """Move a whole graph aside for a card that is another or larger, unless the user moved it."""
        self._cards.place_docked()
        if self._drawing is not None and self._framed and not self._moved_by_user:
            self._float_cards(at_home=True)
            self._settle(self._drawing)
        self._float_cards()

    def update(self) -> None:
        """Look for the first time where that is due, and fit minimap and cards to where the view looks."""
        self._cards.place_docked()
        size = self._size()
        drawing, minimap = self._drawing, self._cards.minimap
        if drawing is not None and self._canvas.isVisible() and size[0] > 40:
            if not self._framed or (size != self._settled_for and not self._moved_by_user):
                self._float_cards(at_home=True)
            if not self._framed:
                self._framed, self._moved_by_user = True, False
                self._canvas.set_camera(self._home.first(drawing, self._looked_at))
            elif size != self._settled_for and not self._moved_by_user:
                self._settle(drawing)
            self._settled_for = size
        minimap.set_seen(self._canvas.camera.seen(*size))
        self._float_cards()

    # Private

    def _leave_to_user(self) -> None:
        self._moved_by_user, self._whole = True, False

    def _show_point(self, x: float, y: float) -> None:
        self._moved_by_user = True
        self._canvas.look_at(x, y, animated=False)

    def _place_of(self, anchor: Anchor, drawing: Drawing) -> tuple[float, float] | None:
        if anchor.node is None:
            return drawing.place_of_cluster(anchor.cluster)
        rect = self._rect_of(anchor.node)
        return rect[:2] if rect is not None else None

    def _move_to_anchor(self, anchor: Anchor, place: tuple[float, float], drawing: Drawing) -> None:
        """Let what was unfolded stay under the pointer."""
        self._moved_by_user = self._framed = True
        (x, y), (to_x, to_y), zoom = place, anchor.place, self._canvas.zoom
        self._canvas.set_camera(Camera(zoom, to_x - x * zoom, to_y - y * zoom).snapped())
        if anchor.or_whole:
            self._enlarge(drawing)

    def _enlarge(self, drawing: Drawing) -> None:
        """Look at the whole of what is small for no reason, all of it being in view."""
        if self._canvas.zoom >= READABLE or not fitting.shows_all(drawing, self._canvas.camera, *self._size()):
            return
        wanted = fitting.whole_view(drawing, *self._size(), self._cards.floating())
        if wanted.zoom > self._canvas.zoom:
            self._moved_by_user = False
            self._canvas.set_camera(wanted)

    def _follow(self, drawing: Drawing) -> None:
        """Keep a network that changes from iteration to iteration in view, at a steady zoom while that serves."""
        if not self._home.keeps(drawing, self._canvas.camera):
            wanted = fitting.whole_view(drawing, *self._size(), self._cards.floating())
            if wanted.zoom < self._canvas.zoom:
                self._framed = False
                return
            x, y = wanted.to_view(drawing.width / 2, drawing.height / 2)
            middle = drawing.width / 2, drawing.height / 2
            self._canvas.set_camera(center_camera(self._canvas.zoom, *middle, (x, y, 0, 0)))

    def _settle(self, drawing: Drawing) -> None:
        """Look anew after what is free has another size, unless the whole is in sight already, or was before."""
        whole = self._home.whole(drawing) if self._whole else None
        self._canvas.set_camera(whole or self._home.settled(drawing, self._looked_at))

    @property
    def _looked_at(self) -> int | None:
        """The node that is to be in sight where not all can be."""
        return self._kept.next if self._kept.next is not None else self._marks.selected

    def _float_cards(self, *, at_home: bool = False) -> None:
        """Place the floating cards; `at_home` where they would be best, for a camera that is clear of them."""
        drawing = self._drawing
        partly = drawing is not None and not fitting.shows_all(drawing, self._canvas.camera, *self._size())
        cost = at_no_cost if at_home or drawing is None else self._kept.costs(drawing, self._canvas.target)
        self._cards.float_all(cost, drawn=drawing is not None, partly=partly)

    def _show_opened(self) -> None:
        """Bring what is next out from under a card that was opened over the canvas."""
        self.place_cards()
        if self._kept.next is not None:
            self.reveal(self._kept.next)

    def _rect_of(self, node_id: int) -> Rect | None:
        return rect_of(self._drawing, node_id) if self._drawing is not None else None

    def _size(self) -> tuple[float, float]:
        viewport = self._canvas.viewport()
        return float(viewport.width()), float(viewport.height())

    def _bring_in(self, rect: Rect) -> None:
        place, (wide, high) = in_view(rect, self._canvas.target), self._size()
        x, y, width, height = place
        cards = self._cards.floating()
        least_x, least_y = (min(_NEAR - MARKS, max((room - length) / 2, 0))
                            for room, length in ((wide, width), (high, height)))  # fmt: skip
        outside = x < least_x or y < least_y or x + width > wide - least_x or y + height > high - least_y
        if outside or fitting.overlaps(place, cards):
            self._whole = False
            area = fitting.free_area(wide, high, cards, (width, height))
            camera = (
                fitting.follow(self._drawing, self._canvas.zoom, _center(rect), area) if self._drawing else Camera()
            )
            straight = self._home.upright(self._drawing, camera) if self._drawing else camera
            if not fitting.overlaps(in_view(rect, straight), cards):
                camera = straight
            self._canvas.set_camera(camera, animated=True)
            self._float_cards()
            if fitting.overlaps(in_view(rect, self._canvas.target), self._cards.floating()):
                self._cards.dock.opened = None
                self.place_cards()


def _center(rect: Rect) -> tuple[float, float]:
    x, y, width, height = rect
    return x + width / 2, y + height / 2
