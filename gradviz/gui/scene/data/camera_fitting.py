"""Compute cameras that show a drawing beside the cards: the whole if it stays readable, else a readable part."""

from __future__ import annotations

from itertools import product

import numpy as np

from gradviz.gui.scene.data.camera import FLOOR, READABLE, Camera, Rect, fit_camera
from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.layout.geometry.metrics import CLUSTER_HEADER
from gradviz.model.graph.graph import Graph

EDGE = 14
"""Cards keep this from the canvas's edge."""
_NUDGE = 12
_ABOVE = 0.25
"""A module that begins so much of the view's height above the first box is shown with it."""
_FIRST = 8
"""Boxes that count as the beginning: leaves of the first op are beside and above it."""
_LABEL = (110, 8)
"""From where a label begins, so far to the right and to either side of its line it reaches."""
_LEAST = 0.85
"""A part is shown so small at least, for the whole of its width."""
MARGIN = 10
"""The drawing keeps this from the canvas's edge; its placement has a margin of its own."""


def whole_view(drawing: Drawing, width: float, height: float, cards: list[Rect]) -> Camera:
    """Return the camera that shows everything, as large as it can be without a card lying over a box."""
    cameras = [fit_camera(drawing.width, drawing.height, area) for area in _areas(width, height, cards)]
    best, best_worth = Camera(), -1.0
    for camera in sorted(cameras, key=lambda camera: -camera.zoom):
        if camera.zoom <= best_worth * 1.001:
            break
        cleared = _clear(drawing, camera, width, cards)
        # A covered box costs more than a somewhat smaller picture, and is not made up for by one larger than life.
        worth = min(cleared.zoom, 1.0) * 0.7 if covers(cards, drawing, cleared) else cleared.zoom
        if worth > best_worth * 1.001:
            best, best_worth = cleared, worth
    return best


def first_view(drawing: Drawing, width: float, height: float, cards: list[Rect], node: int | None) -> Camera:
    """Show everything if that is readable, else the surroundings of `node` (of the first, if None) at `FLOOR`."""
    camera = whole_view(drawing, width, height, cards)
    if camera.zoom >= READABLE or not len(drawing):
        return camera
    zoom = width / drawing.width if _LEAST <= width / drawing.width < FLOOR else FLOOR  # rather than cut its sides
    box = drawing.box_of(node) if node is not None else None
    if box is None:
        return _beginning(drawing, zoom, width, height, cards)
    x, y, wide, high = drawing.rect[box].tolist()
    return follow(drawing, zoom, (x + wide / 2, y + high / 2), (0, 0, width, height))


def follow(drawing: Drawing, zoom: float, point: tuple[float, float], area: Rect) -> Camera:
    """Return a camera with a point in sight, and around it as much of the drawing as `area` can hold."""
    places = []
    for at, whole, start, room in zip(point, (drawing.width, drawing.height), area[:2], area[2:], strict=True):
        length = whole * zoom
        if length <= room:
            places.append(start + (room - length) / 2)
        else:
            places.append(min(max(start + room / 2 - at * zoom, start + room - length), start))
    return Camera(zoom, *places).snapped()


def _beginning(drawing: Drawing, zoom: float, width: float, height: float, cards: list[Rect]) -> Camera:
    """Show what runs first at the top, with the left border if both fit; under the upper cards where those would cover
    it or the head of a module around it or a little above. A card that reaches into the lower half is none of these:
    what began below it would have hardly any room, and such a card finds another place, or none."""
    # Not the uppermost of all: in a drawing of several columns that one may be at the head of any of them.
    begins = drawing.order[:_FIRST] or [0]
    x, y, wide, _ = drawing.rect[min(begins, key=lambda box: float(drawing.rect[box, 1]))].tolist()
    y = min([y, *(top for top in drawing.cluster_rect[:, 1].tolist() if top > y - height * _ABOVE)])
    middle = (x + wide / 2) * zoom
    if zoom < FLOOR or drawing.width * zoom <= width - 2 * MARGIN:
        left = (width - drawing.width * zoom) / 2
    else:
        left = MARGIN if MARGIN + middle <= width * 0.7 else width / 2 - middle
    camera = Camera(zoom, left, MARGIN + 24 - y * zoom)
    upper = [card for card in cards if card[1] + card[3] < height / 2]
    if not covers(upper, drawing, camera) and not covers_heads(upper, drawing, camera):
        return camera
    return Camera(zoom, left, max(card[1] + card[3] for card in upper) + MARGIN - y * zoom)


def _clear(drawing: Drawing, camera: Camera, width: float, cards: list[Rect]) -> Camera:
    """Move to the right as little as uncovers all boxes, if the view is wide enough for that."""
    room = width - MARGIN - (camera.dx + drawing.width * camera.zoom)
    for away in range(0, max(int(room), 0) + 1, _NUDGE):
        moved = camera.moved(away, 0)
        if not covers(cards, drawing, moved):
            return moved
    return camera


def shows_all(drawing: Drawing, camera: Camera, width: float, height: float) -> bool:
    """Return whether the whole drawing is inside the view."""
    x, y, wide, high = camera.seen(width, height)
    slack = 18 / camera.zoom
    return x <= slack and y <= slack and x + wide >= drawing.width - slack and y + high >= drawing.height - slack


def share_seen(drawing: Drawing, camera: Camera, width: float, height: float) -> float:
    """Return how much of the drawing is inside the view, from 0 to 1."""
    share = 1.0
    for start, length, room in ((camera.dx, drawing.width, width), (camera.dy, drawing.height, height)):
        seen = min(start + length * camera.zoom, room) - max(start, 0)
        share *= max(seen, 0) / max(length * camera.zoom, 1)
    return share


def _areas(width: float, height: float, cards: list[Rect]) -> list[Rect]:
    """Return the whole view, and what is left of it beside, above and below some or all of the cards."""
    lefts, tops, rights, bottoms = {float(MARGIN)}, {float(MARGIN)}, {width - MARGIN}, {height - MARGIN}
    for x, y, wide, high in cards:
        if x + wide / 2 < width / 2:
            lefts.add(x + wide + 2)
        else:
            rights.add(x - 2)
        if y + high / 2 < height / 2:
            tops.add(y + high)
        else:
            bottoms.add(y)
    areas = [(left, top, right - left, bottom - top)
             for left, top, right, bottom in product(lefts, tops, rights, bottoms)]  # fmt: skip
    return [area for area in areas if area[2] > 40 and area[3] > 40] or [
        (MARGIN, MARGIN, width - 2 * MARGIN, height - 2 * MARGIN)
    ]


def free_area(width: float, height: float, cards: list[Rect], wanted: tuple[float, float]) -> Rect:
    """Return the largest part of the view beside cards that has room for `wanted`; the whole view if none has."""
    areas = [
        area
        for area in _areas(width, height, cards)
        if area[2] >= wanted[0] and area[3] >= wanted[1] and not overlaps(area, cards)
    ]
    return max(areas, key=lambda area: area[2] * area[3], default=(0.0, 0.0, width, height))


def covers(cards: list[Rect], drawing: Drawing, camera: Camera) -> bool:
    """Return whether a card lies over a box."""
    for x, y, wide, high in cards:
        left, top = camera.to_scene(x, y)
        if len(drawing.boxes_in((left, top, wide / camera.zoom, high / camera.zoom))):
            return True
    return False


def covers_heads(cards: list[Rect], drawing: Drawing, camera: Camera) -> bool:
    """Return whether a card lies over the head of an open module."""
    left, top, wide, _ = drawing.cluster_rect.T
    for x, y, card_wide, card_high in cards:
        (from_x, from_y), (to_x, to_y) = camera.to_scene(x, y), camera.to_scene(x + card_wide, y + card_high)
        across = (left < to_x) & (left + wide > from_x)
        if np.any(across & (top < to_y) & (top + CLUSTER_HEADER > from_y)):
            return True
    return False


def covers_labels(card: Rect, drawing: Drawing, camera: Camera) -> bool:
    """Return whether a card lies over what is written beside an edge: its shape, and the norm that a stop adds."""
    if camera.zoom < READABLE:
        return False  # none is written
    left, top = camera.to_scene(card[0], card[1])
    right, bottom = left + card[2] / camera.zoom, top + card[3] / camera.zoom
    x, y = drawing.placement.label_position.T
    near = (y > top - _LABEL[1]) & (y < bottom + _LABEL[1]) & (x < right) & (x > left - _LABEL[0])
    return bool(np.any(near))


def overlaps(rect: Rect, cards: list[Rect]) -> bool:
    """Return whether a card lies over a part of `rect`, both in the view."""
    x, y, wide, high = rect
    return any(x < left + w and left < x + wide and y < top + h and top < y + high for left, top, w, h in cards)


def is_related(before: Graph, after: Graph) -> bool:
    """Return whether two graphs are of one network: most of the smaller one's nodes are in the other."""
    if before is after:
        return True
    one = {(node.id, node.name) for node in before.nodes}
    other = {(node.id, node.name) for node in after.nodes}
    return len(one & other) * 2 >= min(len(one), len(other))
