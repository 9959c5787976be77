"""The plainer way to arrange a level, without Graphviz: rows in order of execution, lines that skip rows in lanes."""

from __future__ import annotations

import numpy as np

from gradviz.layout.arranging.level_canvas import LevelCanvas
from gradviz.layout.geometry import bezier as curves
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry.level_shape import IN, OUT, LevelLink, Port
from gradviz.layout.routing import lane_router as lanes


class SequentialArranger:
    """Takes time in proportion to what it arranges, and no line crosses a box."""

    def __init__(self, canvas: LevelCanvas) -> None:
        self.canvas = canvas
        self.shape = canvas.shape

    def arrange(self) -> None:
        """Place the items and lines of the canvas."""
        canvas, gap = self.canvas, m.RANK_GAP_COMPACT if self.shape.compact else m.RANK_GAP
        y = 0.0
        for row in canvas.rows:
            core = self.shape.items[row.core]
            # What computes is over what computes, whatever is beside it.
            left = -row.offsets[row.core][0] - self._entry(row.core, core.width)
            for i in row.items:
                canvas.corners[i] = np.round((left + row.offsets[i][0], y + row.offsets[i][1]))
            y += row.height + gap
        self._place_ports(y - gap)
        skips = []
        for number, link in enumerate(self.shape.links):
            if canvas.in_one_row(link):
                continue
            start, end = self._start(link), self._end(link)
            if self._is_next(link):
                canvas.paths[number] = curves.falling(*start, *end)
            else:
                skips.append((number, start, end))
        self._lead_around(skips)

    def _entry(self, item: int, width: float) -> float:
        layout = self.shape.items[item].layout
        if layout == -1 or not self.canvas.layouts[layout].ins:
            return width / 2
        return self.canvas.layouts[layout].ins[0].x

    def _place_ports(self, bottom: float) -> None:
        canvas = self.canvas
        for ports, side, y in (
            (canvas.ins, "top", -canvas.header - (0.0 if self.shape.framed else m.CLUSTER_HEADER)),
            (canvas.outs, "bottom", bottom + m.CLUSTER_PAD),
        ):
            for number in range(len(ports)):
                x = m.PORT_GAP * (number - (len(ports) - 1) / 2)
                ports[number] = Port("top" if side == "top" else "bottom", x, y)

    def _start(self, link: LevelLink) -> tuple[float, float]:
        if link.tail == IN:
            return self.canvas.ins[link.tail_port].x, self.canvas.ins[link.tail_port].y
        at, (x, y) = self.canvas.item_port(link.tail, link.tail_port, head=False), self.canvas.corners[link.tail]
        return float(x) + at.x, float(y) + at.y

    def _end(self, link: LevelLink) -> tuple[float, float]:
        if link.head == OUT:
            return self.canvas.outs[link.head_port].x, self.canvas.outs[link.head_port].y
        at, (x, y) = self.canvas.item_port(link.head, link.head_port, head=True), self.canvas.corners[link.head]
        return float(x) + at.x, float(y) + at.y

    def _is_next(self, link: LevelLink) -> bool:
        rows, row_of = self.canvas.rows, self.canvas.row_of
        tail = -1 if link.tail == IN else row_of[link.tail]
        head = len(rows) if link.head == OUT else row_of[link.head]
        return head == tail + 1

    def _lead_around(self, skips: list[tuple[int, tuple[float, float], tuple[float, float]]]) -> None:
        items = self.shape.items
        right = max(float(x) + item.width for (x, _), item in zip(self.canvas.corners, items, strict=True))
        ends = []
        for number, start, end in skips:
            link = self.shape.links[number]
            tail = link.tail if link.tail != IN else -1 - link.tail_port
            ends.append(((tail, *start), (link.head, *end)))
        for (number, _, _), path in zip(skips, lanes.routed(ends, right), strict=True):
            self.canvas.paths[number] = path
