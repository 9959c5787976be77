"""Arranges a level that is a single row, such as one Linear: it needs no Graphviz."""

from __future__ import annotations

from gradviz.layout.arranging.level_canvas import LevelCanvas
from gradviz.layout.arranging.rows import ItemRow
from gradviz.layout.geometry import bezier as curves
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry.level_shape import IN, OUT, LevelLink, Port


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
