"""A level while it is being laid out: what is known of its shape, and where its parts have been put so far."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradviz.layout.arranging.rows import rows_of
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry.level_shape import IN, OUT, LevelLayout, LevelLink, LevelShape, Points, Port


class LevelCanvas:
    """An arranger fills in `corners` and `paths`; lengths in pixels, y down, any origin."""

    def __init__(self, shape: LevelShape, layouts: Sequence[LevelLayout]) -> None:
        self.shape = shape
        self.layouts = layouts
        self.rows = rows_of(shape)
        self.row_of = {i: number for number, row in enumerate(self.rows) for i in row.items}
        self.corners = np.zeros((len(shape.items), 2))
        self.paths: list[Points] = [np.empty((0, 2))] * len(shape.links)
        self.ins: list[Port] = [Port("top", 0.0, 0.0)] * len(shape.leaf_ports)
        self.outs: list[Port] = [Port("bottom", 0.0, 0.0)] * shape.outs

    @property
    def header(self) -> float:
        """Height of the title above the first row."""
        return m.CLUSTER_HEADER if self.shape.framed else 0.0

    def item_port(self, item: int, port: int, *, head: bool) -> Port:
        """Return where a link meets an item, from the item's upper left corner."""
        what = self.shape.items[item]
        if what.layout != -1:
            layout = self.layouts[what.layout]
            return layout.ins[port] if head else layout.outs[port]
        return Port("top", what.width / 2, 0.0) if head else Port("bottom", what.width / 2, what.height)

    def in_one_row(self, link: LevelLink) -> bool:
        """Return whether a link runs between two neighbours of one row."""
        return link.tail != IN and link.head != OUT and self.row_of[link.tail] == self.row_of[link.head]
