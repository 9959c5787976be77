"""How large the docks are at first, by the size of the window: for the docks, and for a picture of them."""

from __future__ import annotations

from typing import Literal

SMALL_WIDTH, SMALL_HEIGHT = 1400, 860
LEAST_WIDTH, LEAST_HEIGHT = 900, 580
"""A window below either has one dock for all panels, beside the canvas."""
MOST = 0.47
"""At most this share of the width of such a window is taken from the canvas."""
LEFT, BOTTOM = 284, 232
LOW = 128
"""Height of a dock whose panel in front is empty, and of the timeline at a stop."""
LOWER = 320
"""Height of lesson and breakpoints below the networks."""
_RIGHT, _RIGHT_SMALL = 400, 392
_BARS = 28 + 48 + 28

Manner = Literal["large", "small", "least"]


def manner_of(width: int, height: int) -> Manner:
    """Return how panels are arranged in a window of a size."""
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return "least"
    return "small" if width < SMALL_WIDTH or height < SMALL_HEIGHT else "large"


def right_width(manner: Manner, width: int) -> int:
    """Return how wide the docks at the right should be in a window of a width."""
    if manner == "least":
        return min(_RIGHT_SMALL, round(0.44 * width))
    return _RIGHT if manner == "large" else _RIGHT_SMALL


def bottom_height(height: int) -> int:
    """Return how high the dock at the bottom should be in a window of a height."""
    return min(BOTTOM, round(0.3 * height))


def right_heights(manner: Manner, height: int) -> tuple[int, int]:
    """Return the heights of inspector and source in a window of a height."""
    tall = side_height(height)
    share = round(tall * (0.62 if manner == "large" else 0.68))
    return share, tall - share


def side_height(height: int) -> int:
    """Return how high the docks at the sides are together."""
    return max(height - _BARS, 400)
