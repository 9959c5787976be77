"""Maps a slice of a tensor to rows and columns of its table or picture, and back to elements."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from gradviz.errors import InvalidValueError
from gradviz.language import tr


@dataclass(frozen=True, slots=True)
class Plane:
    """A slice laid out in rows and columns: the last dimension goes along the columns, all others down the rows.

    One entry of `axes` for each dimension of the tensor: a fixed index, or the indices that are shown.
    """

    axes: tuple[int | range, ...]

    @property
    def shown(self) -> tuple[range, ...]:
        """Return the dimensions that were not fixed."""
        return tuple(axis for axis in self.axes if isinstance(axis, range))

    @property
    def shape(self) -> tuple[int, int]:
        """Return rows and columns; a scalar is 1 × 1 and a vector one row."""
        *rows, columns = self.shown or (range(1),)
        return math.prod(map(len, rows)), len(columns)

    def element(self, row: int, column: int) -> tuple[int, ...]:
        """Return the index in the whole tensor of the element at `row` and `column`, both from 0."""
        places = iter((*self._row(row), column))
        return tuple(axis if isinstance(axis, int) else axis[next(places)] for axis in self.axes)

    def row_label(self, row: int) -> str:
        """Return the indices that all elements of a row share, among the dimensions shown; empty for a vector."""
        *rows, _ = self.shown or (range(1),)
        return ", ".join(str(axis[place]) for axis, place in zip(rows, self._row(row), strict=True))

    def column_label(self, column: int) -> str:
        """Return the index of a column in the last dimension shown; empty for a scalar."""
        shown = self.shown
        return str(shown[-1][column]) if shown else ""

    def cut(self, shape: Sequence[int]) -> Plane:
        """Return the plane of the first `shape` elements of each dimension shown: what was sent of a larger slice."""
        sizes = iter(shape)
        return Plane(tuple(axis if isinstance(axis, int) else axis[: next(sizes)] for axis in self.axes))

    def _row(self, row: int) -> list[int]:
        places = []
        for axis in reversed((self.shown or (range(1),))[:-1]):
            row, place = divmod(row, len(axis))
            places.append(place)
        return places[::-1]


def plane(text: str, shape: Sequence[int]) -> Plane:
    """Return the plane that `text`, as in Python's brackets, shows of a tensor of `shape`; missing dimensions: whole.

    Raises:
        InvalidValueError: the text is not a slice of such a tensor.
    """
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    if len(parts) > len(shape):
        raise InvalidValueError(
            tr("{text!r} has {parts} dimensions, the tensor {shape}.").format(
                text=text, parts=len(parts), shape=len(shape)
            )
        )
    return Plane(tuple(_axis(part, size) for part, size in itertools.zip_longest(parts, shape, fillvalue=":")))


def _axis(part: str, size: int | str) -> int | range:
    size = int(size)
    try:
        numbers = [int(piece) if piece else None for piece in part.split(":")]
        if len(numbers) > 1:
            return range(size)[slice(*numbers)]
        return range(size)[numbers[0]] if numbers[0] is not None else range(size)
    except (ValueError, TypeError):
        raise InvalidValueError(tr("{part!r} is not an index; write one as 3, 0:4 or ::2.").format(part=part)) from None
    except IndexError:
        raise InvalidValueError(
            tr("Index {part} is out of range for a dimension of {size}.").format(part=part, size=size)
        ) from None


def blocks(size: int, cells: int) -> list[range]:
    """Return which of `size` rows each of `cells` cells of a picture covers, as evenly as possible."""
    return [range(round(size * i / cells), round(size * (i + 1) / cells)) for i in range(cells)]
