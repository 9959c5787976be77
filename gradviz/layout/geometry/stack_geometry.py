"""A stack of alike siblings: how large its card is, and where on it the cells lie, one for each sibling if they fit."""

from __future__ import annotations

import math

Rect = tuple[float, float, float, float]

OFFSET = 4.0
CARDS = 2
"""Behind the card, which alone is the box's rectangle, lie so many more, each this far right of and below the last."""
HEAD = 30.0
"""Above the cells: chevron, name and count."""
FOOT = 22.0
"""Under them: the first and the last sibling's number, and the range of the overlay."""
SIDE = 12.0
CELL_HEIGHT = 17.0
PITCH = 20.0
"""From one row of cells to the next."""
LEAST_WIDTH = 254.0
_GAP = 2.0
_LEAST_CELL = 6.0
"""A cell narrower than this cannot be hit: several siblings then share one."""
_IN_A_ROW = 17
_MOST_ROWS = 3


def height(count: int) -> float:
    """Return the height of the card of `count` siblings."""
    rows = min(_MOST_ROWS, math.ceil(count / _IN_A_ROW))
    return HEAD + FOOT + rows * PITCH - (PITCH - CELL_HEIGHT)


def cells(rect: Rect, count: int) -> list[Rect]:
    """Return the rectangles of the cells of `count` siblings, in order, on the card `rect`; none if it has no room.

    There are as many as siblings, or fewer: then each represents a run of siblings of about equal length.
    """
    x, y, width, high = rect
    rows = int((high - HEAD - FOOT + PITCH - CELL_HEIGHT) // PITCH)
    wide = width - 2 * SIDE
    if rows < 1 or count < 1 or wide < _LEAST_CELL:
        return []
    shown = min(count, rows * int((wide + _GAP) // (_LEAST_CELL + _GAP)))
    columns = math.ceil(shown / rows)
    pitch = (wide + _GAP) / columns
    return [
        (x + SIDE + i % columns * pitch, y + HEAD + i // columns * PITCH, pitch - _GAP, CELL_HEIGHT)
        for i in range(shown)
    ]


def run_of(cell: int, shown: int, count: int) -> tuple[int, int]:
    """Return the siblings (first, and one past the last) that one of `shown` cells represents."""
    return cell * count // shown, max((cell + 1) * count // shown, cell * count // shown + 1)
