"""Arrangers without Graphviz: a level of a single row, and rows one under another in order of execution."""

from __future__ import annotations

import numpy as np

from gradviz.layout.arranging.line_routers import route_in_lanes
from gradviz.layout.arranging.rows import ItemRow, LevelCanvas
from gradviz.layout.geometry import bezier as curves
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry.placement import IN, OUT, LevelLink, Port


class SingleRowArranger:
    """Lines of leaves outside enter from the sides, all others from above."""

    def __init__(self, canvas: LevelCanvas) -> None:
        self.canvas = canvas
        self.shape = canvas.shape
        self.row = canvas.rows[0]

    def arrange(self) -> None:
        """Place the items and lines of the canvas."""
        row = self.row
        for i in row.items:
            self.canvas.corners[i] = row.offsets[i]
        edge = m.CLUSTER_PAD
        top, bottom = -self.canvas.header, row.height + m.CLUSTER_PAD
        middle = row.height / 2
        for number, link in self._port_links():
            if link.tail == IN and link.tail_port in (row.left_port, row.right_port) and not self._is_core(link, row):
                left = link.tail_port == row.left_port
                x = -edge if left else row.width + edge
                self.canvas.ins[link.tail_port] = Port("left" if left else "right", x, middle)
                corner, item = self.canvas.corners[link.head], self.shape.items[link.head]
                self.canvas.paths[number] = curves.straight(x, middle, corner[0] + (0 if left else item.width), middle)
            elif link.tail == IN:
                x, y = self._spread(link.head, link.head_port, number, head=True)
                self.canvas.ins[link.tail_port] = Port("top", x, top)
                self.canvas.paths[number] = curves.falling(x, top, x, y)
            else:
                x, y = self._spread(link.tail, link.tail_port, number, head=False)
                self.canvas.outs[link.head_port] = Port("bottom", x, bottom)
                self.canvas.paths[number] = curves.falling(x, y, x, bottom)

    def _port_links(self) -> list[tuple[int, LevelLink]]:
        return [(n, link) for n, link in enumerate(self.shape.links) if link.tail == IN or link.head == OUT]

    def _is_core(self, link: LevelLink, row: ItemRow) -> bool:
        # A leaf outside that feeds the core itself comes from the right, or from the left where there is no chain.
        ends = ({row.left[0]} if row.left else {row.core}) | ({row.right[-1]} if row.right else {row.core})
        return link.head not in ends

    def _spread(self, item: int, port: int, number: int, *, head: bool) -> tuple[float, float]:
        """Return the place of a port on an item of the only row; lines to one plain node run side by side."""
        at = self.canvas.item_port(item, port, head=head)
        x, y = self.canvas.corners[item] + (at.x, at.y)
        if self.shape.items[item].layout == -1:
            links = [n for n, k in self._port_links() if (k.head if head else k.tail) == item and not self._beside(k)]
            gap = min(m.PORT_GAP, self.shape.items[item].width * 0.8 / max(len(links), 1))
            x += (links.index(number) - (len(links) - 1) / 2) * gap
        return float(x), float(y)

    def _beside(self, link: LevelLink) -> bool:
        row = self.row
        return link.tail == IN and link.tail_port in (row.left_port, row.right_port) and not self._is_core(link, row)


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
        for (number, _, _), path in zip(skips, route_in_lanes(ends, right), strict=True):
            self.canvas.paths[number] = path
