"""Colors, patterns and texts that an overlay puts on the boxes of one drawing, as plain data by box."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import numpy.typing as npt

NOT_MEASURED = -1
"""The color of a cell of a stack whose member was not measured: hatched, with a dashed border."""


class Pattern(IntEnum):
    """How an overlay fills a box."""

    PLAIN = 0
    """As it is without an overlay, which has nothing about such boxes."""
    FILLED = 1
    NOT_MEASURED = 2
    """Hatched, with a dashed border."""
    ZERO = 3
    """Measured, and exactly zero: an empty box with a 0."""
    BEYOND = 4
    """Filled with the end of the scale, with a pointer: the value lies beyond it."""


@dataclass(frozen=True, slots=True)
class BoxColoring:
    """The colors of a drawing of B boxes. Colors are 0xRRGGBB.

    It fits one placement: when the view draws another it emits `GraphView.drawing_changed` and forgets the coloring.
    """

    pattern: npt.NDArray[np.uint8]
    """(B,) of `Pattern`."""
    fill: npt.NDArray[np.int32]
    """(B,) of meaning where the pattern is FILLED or BEYOND."""
    ink: npt.NDArray[np.int32]
    """(B,) the color of texts on that fill."""
    value: tuple[str, ...]
    """(B,) the number at the right of a box, in the middle under a stack's cells; empty for none."""
    cells: Mapping[int, npt.NDArray[np.int32]] = field(default_factory=dict)
    """Box of a stack → a color for each of its `box_count` members, `NOT_MEASURED` where there is none."""
    explain: Callable[[int], str] | None = None
    """The tooltip of a box's value."""

    @classmethod
    def plain(cls, count: int) -> BoxColoring:
        """Return a coloring of `count` boxes about which an overlay states nothing."""
        return cls(np.zeros(count, np.uint8), np.zeros(count, np.int32), np.zeros(count, np.int32), ("",) * count)

    def tooltip(self, box: int | None) -> str:
        """Return lines for the tooltip of a box; empty for none."""
        return self.explain(box) if self.explain is not None and box is not None else ""
