"""What the user chose of a picture: theme, size, title, the part of the graph, and what its loss is now."""

from __future__ import annotations

from msgspec import Struct

SCALES = (1, 2, 3, 4)
"""Pixels of a PNG for one unit of the drawing; a length of the window at 100 %."""


class PictureStyle(Struct, frozen=True):
    """The defaults are those of `gradviz render`."""

    theme: str = "light"
    scale: int = 2
    title: str = ""
    """A line above the graph; none if empty."""
    part: tuple[float, float, float, float] | None = None
    """Left, top, width and height of what is drawn of a placement; None for all of it."""
    loss: str = ""
    """Written on the loss node."""
