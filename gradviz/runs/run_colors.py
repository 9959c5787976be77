"""The colors that the runs of a race are given: one for each configuration."""

from __future__ import annotations

import colorsys

from gradviz.runs.run_records import COLORS

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
