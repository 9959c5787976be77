"""Places small texts on a plot so that none covers another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QRectF

HEIGHT = 20.0
PITCH = 24.0
GAP = 7.0
"""Between a mark's line and its tag."""
_BETWEEN = 4.0

Tone = Literal["plain", "error", "warning"]


@dataclass(frozen=True, slots=True)
class Tag:
    """A text that belongs to the place `x`, in pixels from the left; `brief` stands in where `text` has no room."""

    x: float
    text: str
    brief: str
    icon: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class PlacedTag:
    """Where a tag is drawn, and with which of its two texts."""

    tag: Tag
    text: str
    rect: QRectF


def placed(
    tags: Sequence[Tag], width_of: Callable[[str], float], area: QRectF, obstacles: Iterable[QRectF] = ()
) -> list[PlacedTag]:
    """A place for each tag beside its line, in lanes from the top of `area`; tags without any room are left out.

    A tag keeps its whole text if any lane in the upper two thirds has room for it, to the right of the line or else
    to the left. `width_of` gives the width of a tag with a text.
    """
    taken = list(obstacles)
    lanes = max(1, int(area.height() * 2 / 3 / PITCH))
    result = []
    for tag in sorted(tags, key=lambda tag: tag.x):
        for rect, text in _candidates(tag, width_of, area, lanes):
            if area.left() <= rect.left() and rect.right() <= area.right() and is_free(rect, taken):
                taken.append(rect)
                result.append(PlacedTag(tag, text, rect))
                break
    return result


def is_free(rect: QRectF, taken: Iterable[QRectF]) -> bool:
    """Whether `rect` keeps its distance from all of `taken`."""
    room = rect.adjusted(-_BETWEEN, -1, _BETWEEN, 1)
    return not any(room.intersects(other) for other in taken)


def _candidates(tag: Tag, width_of: Callable[[str], float], area: QRectF, lanes: int) -> Iterable[tuple[QRectF, str]]:
    for text in (tag.text, tag.brief):
        width = width_of(text)
        for left in (tag.x + GAP, tag.x - GAP - width):
            for lane in range(lanes):
                yield QRectF(round(left), area.top() + lane * PITCH, width, HEIGHT), text
