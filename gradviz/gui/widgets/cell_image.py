"""Draws cells as an image of indexed colours, and says how large: whole pixels for each cell, no smoothing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from gradviz.appearance.palette import Palette
from gradviz.gui.widgets import diverging_colors as diverging

Cells = npt.NDArray[np.float32]
_LARGEST_CELL = 40


# Cells are square where that fills half of the room in both directions. Beyond that they grow longer, up to this many
# times, so that a vector or a tall matrix is not a hair.
_LONGEST_CELL = 12


def image_size(shape: tuple[int, int], room: tuple[float, float], ratio: float = 1.0) -> tuple[int, int]:
    """Width and height, in device pixels, of a picture of `shape` cells (rows, columns) in a `room` (width, height).

    `ratio` is how many device pixels are one of the window's.
    """
    side = min(room[0] / shape[1], room[1] / shape[0], _LARGEST_CELL * ratio)

    def length(cells: int, most: float) -> int:
        return max(1, _extent(cells, min(max(side, most / 2 / cells), _LONGEST_CELL * side, _LARGEST_CELL * ratio)))

    return length(shape[1], room[0]), length(shape[0], room[1])


def _extent(cells: int, pixels: float) -> int:
    """Length of `cells` cells of about `pixels` each: all equal if that fills most of the room, else nearly equal."""
    equal = int(pixels)
    return equal * cells if equal >= 0.85 * pixels else int(pixels * cells)


def cell_image(cells: Cells, limit: float, width: int, height: int, palette: Palette) -> QImage:
    """An indexed image of `width` × `height` pixels, colours from -`limit` to `limit`.

    Where there are more cells than pixels, a pixel shows the mean of its cells, NaN if one of them is.
    """
    cells = _reduced(_reduced(cells, height, 0), width, 1)
    rows, columns = cells.shape
    down, across = np.arange(height) * rows // height, np.arange(width) * columns // width
    places = diverging.indices(cells, limit)[np.ix_(down, across)]
    wrong = places == diverging.NOT_FINITE
    smallest = min(height // rows, width // columns)
    if wrong.any() and smallest >= 2:
        y, x = np.indices(places.shape)
        # Stripes where a cell has room for them, a checker where it has two pixels, else the plain colour.
        ground = (x + y) % 6 >= 4 if smallest >= 4 else (x + y) % 2 == 1
        places[wrong & ground] = diverging.NOT_FINITE_GROUND
    data = np.ascontiguousarray(places)
    # Copied, since the image would look into memory that Python frees.
    image = QImage(data.data, width, height, width, QImage.Format.Format_Indexed8).copy()
    image.setColorTable(diverging.table(palette))
    return image


def _reduced(cells: Cells, most: int, axis: int) -> Cells:
    size = cells.shape[axis]
    if size <= most:
        return cells
    bounds = np.rint(np.linspace(0, size, most + 1)).astype(int)
    shape = [1, 1]
    shape[axis] = most
    means = np.add.reduceat(cells, bounds[:-1], axis) / np.diff(bounds).reshape(shape)
    return means.astype(np.float32)
