"""The colours of values centred on zero: a table for indexed images, and one colour for a bar."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from gradviz.appearance.palette import Palette, mix

LEVELS = 253  # odd, so that exactly zero has a colour of its own
ZERO = LEVELS // 2
NOT_FINITE = 254
NOT_FINITE_GROUND = 255


@lru_cache(maxsize=4)
def table(palette: Palette) -> list[int]:
    """256 colours as 0xAARRGGBB: from -limit to limit, then those of cells that are not finite. Do not change it."""
    shades = [shade(palette, 2 * i / (LEVELS - 1) - 1) for i in range(LEVELS)]
    # The one before NOT_FINITE is not used; 256 entries make every index valid.
    shades += [palette.panel, palette.error, palette.text]
    return [0xFF000000 | int(name[1:], 16) for name in shades]


def shade(palette: Palette, fraction: float) -> str:
    """The colour, as `#RRGGBB`, of a value that is `fraction` (-1 to 1, beyond is cut) of the limit."""
    stops = palette.diverging
    place = (min(1.0, max(-1.0, fraction)) + 1) / 2 * (len(stops) - 1)
    below = min(int(place), len(stops) - 2)
    return mix(stops[below + 1], stops[below], place - below)


def indices(cells: npt.NDArray[np.floating], limit: float) -> npt.NDArray[np.uint8]:
    """Places in the table for cells of any shape; what lies beyond ±`limit` takes the last colour."""
    finite = np.isfinite(cells)
    fractions = np.divide(cells, limit or 1.0, where=finite, out=np.zeros(cells.shape, np.float64))
    places = np.rint(np.clip(fractions, -1, 1) * ZERO + ZERO).astype(np.uint8)
    # A value that differs from zero must not look like zero.
    places[(places == ZERO) & finite & (cells > 0)] = ZERO + 1
    places[(places == ZERO) & finite & (cells < 0)] = ZERO - 1
    places[~finite] = NOT_FINITE
    return places
