"""Where a graph is looked at while nobody moves it: the same place before, at and after a stop, if that is free."""

from __future__ import annotations

from gradviz.gui.scene.data import camera_fitting as fitting
from gradviz.gui.scene.data.camera import READABLE, Camera, center_camera
from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.scene.view.card_layout import Cards
from gradviz.gui.scene.view.kept_free import MARKS, in_view, rect_of, rect_of_box
from gradviz.gui.scene.view.pan_zoom_canvas import PanZoomCanvas

_LARGER = 1.25
"""A whole graph that could be seen larger by less than this keeps its zoom: it need not jump for so little."""
_NEARLY = 0.75
"""So much of what another camera would show is enough to stay."""


class HomeView:
    """Computes cameras for one canvas, and remembers the first, to return to it when there is room again."""

    def __init__(self, canvas: PanZoomCanvas, cards: Cards) -> None:
        self._canvas, self._cards = canvas, cards
        self._home: Camera | None = None
        """As seen from the canvas's corner."""

    def first(self, drawing: Drawing, node: int | None) -> Camera:
        """Return where to look at a drawing that is new; `node` is to be in sight where not all can be."""
        return self._remembered(self._best(drawing, node))

    def whole(self, drawing: Drawing) -> Camera:
        """Return where all of a drawing is as large as it can be."""
        return self._remembered(fitting.whole_view(drawing, *self._size, self._cards.floating()))

    def settled(self, drawing: Drawing, node: int | None) -> Camera:
        """Return where to look after what is free has another size: where all is in sight already, or was before."""
        wanted, top = self._best(drawing, node), self._canvas.viewportMargins().top()
        before = [self._home.moved(0, -top)] if self._home is not None else []
        steady = [camera for camera in (*before, self._canvas.camera)
                  if READABLE <= camera.zoom <= wanted.zoom <= camera.zoom * _LARGER]  # fmt: skip
        kept = [camera for camera in steady if self.keeps(drawing, camera) and self._lasts(drawing, camera, wanted)]
        if kept:
            return kept[0]
        if steady and self._shows_nearly_as_much(drawing, self._canvas.camera, wanted, node):
            return self._canvas.camera
        if steady:
            middle = (drawing.width / 2, drawing.height / 2)
            moved = center_camera(steady[-1].zoom, *middle, (*wanted.to_view(*middle), 0, 0))
            return moved if fitting.shows_all(drawing, moved, *self._size) else self.upright(drawing, moved)
        if self._home is not None and wanted.zoom < self._home.zoom:
            return wanted  # for as long as there is so little room
        return self._remembered(wanted)

    def keeps(self, drawing: Drawing, camera: Camera) -> bool:
        """Return whether all is in sight, clear of cards and not far off the middle: then it had better stay."""
        if not fitting.shows_all(drawing, camera, *self._size):
            return False
        if fitting.covers(self._cards.floating(), drawing, camera):
            return False
        middle = camera.to_view(drawing.width / 2, drawing.height / 2)
        return all(0.25 <= at / length <= 0.75 for at, length in zip(middle, self._size, strict=True))

    def _lasts(self, drawing: Drawing, camera: Camera, wanted: Camera) -> bool:
        """Return whether a camera shows all at a stop too, when its cards come, unless the `wanted` one does not."""
        (wide, high), aside = self._size, self._cards.dock.room_to_come
        there = [fitting.shows_all(drawing, each, wide - aside, high) for each in (camera, wanted)]
        return not aside or there[0] or not there[1]

    def _shows_nearly_as_much(self, drawing: Drawing, now: Camera, wanted: Camera, node: int | None) -> bool:
        """Return whether a move would not be worth it: neither camera shows all, and `node` is in sight and clear."""
        if self._canvas.camera.zoom != wanted.zoom or fitting.shows_all(drawing, wanted, *self._size):
            return False
        rect = rect_of(drawing, node) if node is not None else None
        if rect is not None:
            x, y, width, height = place = in_view(rect, now)
            inside = min(x, y, self._size[0] - x - width, self._size[1] - y - height) >= MARKS
            if not inside or fitting.overlaps(place, self._cards.floating()):
                return False
        shares = (fitting.share_seen(drawing, camera, *self._size) for camera in (now, wanted))
        return next(shares) >= _NEARLY * next(shares)

    def upright(self, drawing: Drawing, camera: Camera) -> Camera:
        """Return a camera that looks elsewhere without a move sideways, where all of the width is in sight."""
        now = self._canvas.target
        if camera.zoom != now.zoom or now.dx < 0 or now.dx + drawing.width * now.zoom > self._size[0]:
            return camera
        return Camera(camera.zoom, now.dx, camera.dy)

    def _best(self, drawing: Drawing, node: int | None) -> Camera:
        """Return a camera under which all stays in sight at a stop too, when its cards come; else the best for now."""
        (wide, high), cards = self._size, self._cards.floating()
        best = fitting.first_view(drawing, wide, high, cards, node)
        if aside := self._cards.dock.room_to_come:
            above = [card for card in cards if card[1] + card[3] / 2 < high / 2]  # those below find another corner
            camera = fitting.first_view(drawing, wide - aside, high, above, node)
            spare = wide - aside - fitting.MARGIN - camera.dx - drawing.width * camera.zoom
            fits = camera.zoom >= READABLE and camera.dx >= 0 and spare > -fitting.MARGIN - 1
            loses = not fitting.shows_all(drawing, camera, wide - aside, high)
            if fits and not (loses and fitting.shows_all(drawing, best, wide, high)):
                return camera.moved(round(max(min(aside / 2, spare), 0)), 0)
            return self._with_the_start_at_left(drawing, best, node, wide - aside)
        return best

    @staticmethod
    def _with_the_start_at_left(drawing: Drawing, camera: Camera, node: int | None, wide: float) -> Camera:
        """Return a camera moved so that what is looked at first is still in sight in a view that is so wide."""
        box = drawing.box_of(node) if node is not None else None
        if box is None and not drawing.order:
            return camera
        x, _, width, _ = in_view(rect_of_box(drawing, drawing.order[0] if box is None else box), camera)
        beyond = x + width + 2 * MARKS - wide
        return camera.moved(-round(min(max(beyond, 0), max(camera.dx - fitting.MARGIN, 0))), 0)

    def _remembered(self, camera: Camera) -> Camera:
        self._home = camera.moved(0, self._canvas.viewportMargins().top())
        return camera

    @property
    def _size(self) -> tuple[float, float]:
        viewport = self._canvas.viewport()
        return float(viewport.width()), float(viewport.height())
