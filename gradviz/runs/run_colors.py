"""The colors that recorded runs are given: chosen by the user, or one for each configuration of a race."""

from __future__ import annotations

import colorsys

from gradviz.language import translatable

COLORS: tuple[tuple[str, str], ...] = (
    (translatable("Blue"), "#4a8ee0"),
    (translatable("Green"), "#3a9c78"),
    (translatable("Orange"), "#d9772b"),
    (translatable("Pink"), "#d0609c"),
    (translatable("Teal"), "#2f9fb0"),
    (translatable("Yellow"), "#b08c20"),
)
"""Each differs enough from panel and canvas in both themes, and none is the accent, which is the current run."""
_GOLDEN = 0.618034
"""Turns of hue between two colors beyond the named ones: any number of them lies far apart."""
_NEXT_TO_EACH_OTHER = (0, 2, 1, 3, 4, 5)
"""Places in `COLORS`, those that differ most first."""


def color_of(place: int) -> str:
    """Return the color of the configuration at a place, from 0."""
    if place < len(COLORS):
        return COLORS[_NEXT_TO_EACH_OTHER[place]][1]
    rgb = colorsys.hls_to_rgb(place * _GOLDEN % 1.0, 0.52, 0.5)
    return "#" + "".join(f"{round(part * 255):02x}" for part in rgb)
