"""Values around zero as colors: the color table, one color for a bar, and cells as an image of whole pixels each."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from gradviz.appearance.palette import Palette, mix

Cells = npt.NDArray[np.float32]
_LARGEST_CELL = 40


# Cells are square where that fills half of the room in both directions. Beyond that they grow longer, up to this many
# times, so that a vector or a tall matrix is not a hair.
_LONGEST_CELL = 12


LEVELS = 253  # odd, so that exactly zero has a color of its own
ZERO = LEVELS // 2
NOT_FINITE = 254
NOT_FINITE_GROUND = 255


@lru_cache(maxsize=4)
def color_table(palette: Palette) -> list[int]:
    """Return 256 colors as 0xAARRGGBB: from -limit to limit, then of cells that are not finite. Do not change it."""
    shades = [diverging_color(palette, 2 * i / (LEVELS - 1) - 1) for i in range(LEVELS)]
    # The one before NOT_FINITE is not used; 256 entries make every index valid.
    shades += [palette.panel, palette.error, palette.text]
    return [0xFF000000 | int(name[1:], 16) for name in shades]


def diverging_color(palette: Palette, fraction: float) -> str:
    """Return the color, as `#RRGGBB`, of a value that is `fraction` (-1 to 1, beyond is cut) of the limit."""
    stops = palette.diverging
    place = (min(1.0, max(-1.0, fraction)) + 1) / 2 * (len(stops) - 1)
    below = min(int(place), len(stops) - 2)
    return mix(stops[below + 1], stops[below], place - below)


def color_indices(cells: npt.NDArray[np.floating], limit: float) -> npt.NDArray[np.uint8]:
    """Return places in the table for cells of any shape; what lies beyond ±`limit` takes the last color."""
    finite = np.isfinite(cells)
    fractions = np.divide(cells, limit or 1.0, where=finite, out=np.zeros(cells.shape, np.float64))
    places: npt.NDArray[np.uint8] = np.rint(np.clip(fractions, -1, 1) * ZERO + ZERO).astype(np.uint8)
    # A value that differs from zero must not look like zero.
    places[(places == ZERO) & finite & (cells > 0)] = ZERO + 1
    places[(places == ZERO) & finite & (cells < 0)] = ZERO - 1
    places[~finite] = NOT_FINITE
    return places


def image_size(shape: tuple[int, int], room: tuple[float, float], ratio: float = 1.0) -> tuple[int, int]:
    """Return width and height, in device pixels, of a picture of (rows, columns) cells in a room of (width, height).

    `ratio` is how many device pixels are one of the window's.
    """
    side = min(room[0] / shape[1], room[1] / shape[0], _LARGEST_CELL * ratio)

    def length(cells: int, most: float) -> int:
        return max(1, _extent(cells, min(max(side, most / 2 / cells), _LONGEST_CELL * side, _LARGEST_CELL * ratio)))

    return length(shape[1], room[0]), length(shape[0], room[1])


def _extent(cells: int, pixels: float) -> int:
    """Return the length of `cells` cells of about `pixels` each: all equal if that fills most of the room."""
    equal = int(pixels)
    return equal * cells if equal >= 0.85 * pixels else int(pixels * cells)


def cell_image(cells: Cells, limit: float, width: int, height: int, palette: Palette) -> QImage:
    """Return an indexed image of `width` × `height` pixels, colors from -`limit` to `limit`.

    Where there are more cells than pixels, a pixel shows the mean of its cells, NaN if one of them is.
    """
    cells = _reduce(_reduce(cells, height, 0), width, 1)
    rows, columns = cells.shape
    down, across = np.arange(height) * rows // height, np.arange(width) * columns // width
    places = color_indices(cells, limit)[np.ix_(down, across)]
    wrong = places == NOT_FINITE
    smallest = min(height // rows, width // columns)
    if wrong.any() and smallest >= 2:
        y, x = np.indices(places.shape)
        # Stripes where a cell has room for them, a checker where it has two pixels, else the plain color.
        ground = (x + y) % 6 >= 4 if smallest >= 4 else (x + y) % 2 == 1
        places[wrong & ground] = NOT_FINITE_GROUND
    data = np.ascontiguousarray(places)
    # Copied, since the image would look into memory that Python frees.
    image = QImage(data.data, width, height, width, QImage.Format.Format_Indexed8).copy()
    image.setColorTable(color_table(palette))
    return image


def _reduce(cells: Cells, most: int, axis: int) -> Cells:
    size = cells.shape[axis]
    if size <= most:
        return cells
    bounds = np.rint(np.linspace(0, size, most + 1)).astype(int)
    shape = [1, 1]
    shape[axis] = most
    means = np.add.reduceat(cells, bounds[:-1], axis) / np.diff(bounds).reshape(shape)
    return means.astype(np.float32)
