"""Lays out the inside of one level: rows become blocks, Graphviz places them, ports are set on the frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from gradviz.layout import curves
from gradviz.layout import measures as m
from gradviz.layout.captions import place_labels
from gradviz.layout.dot import Block, Line, Sheet
from gradviz.layout.rows import Row, rows_of
from gradviz.layout.shape import IN, OUT, Inside, Link, Points, Port, Shape

Placer = Callable[[Sheet], tuple[Points, list[Points]]]
"""Centres of blocks and Bézier points of lines, for a sheet: Graphviz or the plainer fallback."""


def lay_out_inside(shape: Shape, book: Sequence[Inside], place: Placer) -> Inside:
    """The inside of a level of this shape; `book` holds the insides of its clusters."""
    return _Work(shape, book).done(place)


class _Work:
    def __init__(self, shape: Shape, book: Sequence[Inside]) -> None:
        self.shape = shape
        self.book = book
        self.rows = rows_of(shape)
        self.row_of = {i: number for number, row in enumerate(self.rows) for i in row.items}
        self.corners = np.zeros((len(shape.items), 2))
        self.paths: list[Points] = [np.empty((0, 2))] * len(shape.links)
        self.ins: list[Port] = [Port("top", 0.0, 0.0)] * len(shape.leaf_ports)
        self.outs: list[Port] = [Port("bottom", 0.0, 0.0)] * shape.outs

    def done(self, place: Placer) -> Inside:
        if len(self.rows) == 1:
            self._single()
        else:
            _Several(self).run(place)
        for number, link in enumerate(self.shape.links):
            if self._in_one_row(link):
                self.paths[number] = self._across(link)
        return self._framed()

    # Ports of items

    def item_port(self, item: int, port: int, *, head: bool) -> Port:
        """Where a link meets an item, from the item's upper left corner."""
        what = self.shape.items[item]
        if what.inside != -1:
            inside = self.book[what.inside]
            return inside.ins[port] if head else inside.outs[port]
        return Port("top", what.width / 2, 0.0) if head else Port("bottom", what.width / 2, what.height)

    def _in_one_row(self, link: Link) -> bool:
        return link.tail != IN and link.head != OUT and self.row_of[link.tail] == self.row_of[link.head]

    def _across(self, link: Link) -> Points:
        tail, head = self.shape.items[link.tail], self.shape.items[link.head]
        (x0, y0), (x1, _) = self.corners[link.tail], self.corners[link.head]
        y = y0 + tail.height / 2
        return curves.straight(x0 + tail.width, y, x1, y) if x0 < x1 else curves.straight(x0, y, x1 + head.width, y)

    # One row: no Graphviz

    def _single(self) -> None:
        row = self.rows[0]
        for i in row.items:
            self.corners[i] = row.offsets[i]
        edge = m.CLUSTER_PAD
        top, bottom = -_header(self.shape), row.height + m.CLUSTER_PAD
        middle = row.height / 2
        for number, link in self._port_links():
            if link.tail == IN and link.tail_port in (row.left_port, row.right_port) and not self._is_core(link, row):
                left = link.tail_port == row.left_port
                x = -edge if left else row.width + edge
                self.ins[link.tail_port] = Port("left" if left else "right", x, middle)
                corner, item = self.corners[link.head], self.shape.items[link.head]
                self.paths[number] = curves.straight(x, middle, corner[0] + (0 if left else item.width), middle)
            elif link.tail == IN:
                x, y = self._spread(link.head, link.head_port, number, head=True)
                self.ins[link.tail_port] = Port("top", x, top)
                self.paths[number] = curves.falling(x, top, x, y)
            else:
                x, y = self._spread(link.tail, link.tail_port, number, head=False)
                self.outs[link.head_port] = Port("bottom", x, bottom)
                self.paths[number] = curves.falling(x, y, x, bottom)

    def _port_links(self) -> list[tuple[int, Link]]:
        return [(n, link) for n, link in enumerate(self.shape.links) if link.tail == IN or link.head == OUT]

    def _is_core(self, link: Link, row: Row) -> bool:
        # A leaf outside that feeds the core itself comes from the right, or from the left where no chain stands.
        ends = ({row.left[0]} if row.left else {row.core}) | ({row.right[-1]} if row.right else {row.core})
        return link.head not in ends

    def _spread(self, item: int, port: int, number: int, *, head: bool) -> tuple[float, float]:
        """The place of a port on an item of the only row; lines to one plain node stand side by side."""
        at = self.item_port(item, port, head=head)
        x, y = self.corners[item] + (at.x, at.y)
        if self.shape.items[item].inside == -1:
            links = [n for n, k in self._port_links() if (k.head if head else k.tail) == item and not self._beside(k)]
            gap = min(m.PORT_GAP, self.shape.items[item].width * 0.8 / max(len(links), 1))
            x += (links.index(number) - (len(links) - 1) / 2) * gap
        return float(x), float(y)

    def _beside(self, link: Link) -> bool:
        row = self.rows[0]
        return link.tail == IN and link.tail_port in (row.left_port, row.right_port) and not self._is_core(link, row)

    # The frame

    def _framed(self) -> Inside:
        labels = place_labels(self.shape, self.corners, self.paths)
        sizes = np.array([(item.width, item.height) for item in self.shape.items]).reshape(-1, 2)
        low, high = self.corners.min(axis=0), (self.corners + sizes).max(axis=0)
        if self.shape.framed:
            lines = np.vstack(self.paths) if self.paths else self.corners
            sides = [x for port in self.ins if port.side in ("left", "right") for x in (port.x,)]
            inner = lines[(lines[:, 0] != min(sides)) & (lines[:, 0] != max(sides))] if sides else lines
            pad = m.CLUSTER_PAD
            x0 = min(low[0] - pad, float(inner[:, 0].min(initial=low[0])) - pad)
            x1 = max(high[0] + pad, float(inner[:, 0].max(initial=high[0])) + pad)
            spare = max(0.0, self.shape.least_width - (x1 - x0))
            x0, x1 = x0 - spare // 2, x1 + spare - spare // 2
            y0, y1 = low[1] - _header(self.shape), high[1] + pad
        else:
            everything = np.vstack([self.corners, self.corners + sizes, *self.paths, *self._label_corners(labels)])
            (x0, y0), (x1, y1) = everything.min(axis=0), everything.max(axis=0)
        return self._shifted(labels, np.floor([x0, y0]), np.ceil([x1, y1]))

    def _label_corners(self, labels: Points) -> list[Points]:
        widths = np.array(self.shape.label_widths)
        shown = ~np.isnan(labels[:, 0])
        return [labels[shown], labels[shown] + np.column_stack([widths[shown], np.zeros(shown.sum())])]

    def _shifted(self, labels: Points, low: Points, high: Points) -> Inside:
        width, height = (high - low).tolist()
        ins = tuple(self._on_border(port, low, width) for port in self.ins)
        outs = tuple(self._on_border(port, low, width) for port in self.outs)
        paths = [path - low for path in self.paths]
        for number, link in enumerate(self.shape.links):
            if link.tail == IN and ins[link.tail_port].side in ("left", "right"):
                paths[number] = paths[number].copy()
                curves.level(paths[number], 0, ins[link.tail_port].x, ins[link.tail_port].y)
        return Inside(width, height, self.corners - low, ins, outs, tuple(paths), labels - low)

    @staticmethod
    def _on_border(port: Port, low: Points, width: float) -> Port:
        x = {"left": 0.0, "right": width}.get(port.side, port.x - float(low[0]))
        return Port(port.side, x, port.y - float(low[1]))


class _Several:
    """The way through Graphviz, for levels of more than one row."""

    def __init__(self, work: _Work) -> None:
        self.work = work
        self.shape = work.shape
        self.blocks = [Block(row.width, row.height) for row in work.rows]
        self.anchors: dict[tuple[int, int, bool], str] = {}
        self.in_block = {port: len(self.blocks) + port for port in range(len(work.ins))}
        self.out_block = {port: len(self.blocks) + len(work.ins) + port for port in range(len(work.outs))}
        dots = [Block(0.5, 0.5) for _ in range(len(work.ins) + len(work.outs))]
        self.sheet = Sheet(
            [*self.blocks, *dots],
            first=list(self.in_block.values()),
            last=list(self.out_block.values()),
            rank_gap=m.RANK_GAP_COMPACT if self.shape.compact else m.RANK_GAP,
            column_gap=m.COLUMN_GAP,
        )
        count = len(self.shape.links)
        self.sheet.hurried = count > m.DENSE_LINKS / 2
        self.sheet.straight = count > m.DENSE_LINKS and count > m.DENSE_LINKS_PER_ITEM * len(self.shape.items)

    def run(self, place: Placer) -> None:
        drawn = [n for n, link in enumerate(self.shape.links) if not self.work._in_one_row(link)]
        main = self._main_links(drawn)
        early = self._early_uses(drawn)
        for number in drawn:
            self.sheet.lines.append(self._line(self.shape.links[number], number in main, number in early))
        centres, paths = place(self.sheet)
        for number, row in enumerate(self.work.rows):
            corner = centres[number] - (row.width / 2, row.height / 2)
            for i in row.items:
                self.work.corners[i] = np.round(corner + row.offsets[i])
        for number, path in zip(drawn, paths, strict=True):
            self.work.paths[number] = path
        self._close_ports(centres, drawn)
        for number in drawn:
            self._square_ends(number)

    # Before

    def _main_links(self, drawn: list[int]) -> set[int]:
        """For each item the line from what ran last before it: together they are the chain that is drawn straight."""
        best: dict[int, tuple[int, int]] = {}
        for number in drawn:
            link = self.shape.links[number]
            is_leaf = self._leaf_tail(link)
            rank = (-2 if is_leaf else -1) if link.tail == IN else -2 if is_leaf else link.tail
            key = link.head if link.head != OUT else -10 - link.head_port
            if key not in best or rank > best[key][0]:
                best[key] = (rank, number)
        return {number for rank, number in best.values() if rank > -2}

    def _leaf_tail(self, link: Link) -> bool:
        if link.tail == IN:
            return self.shape.leaf_ports[link.tail_port]
        return self.shape.items[link.tail].kind in ("leaf", "data", "badge")

    def _early_uses(self, drawn: list[int]) -> set[int]:
        """Lines from a leaf up to the first half of its uses, where those are entered from the side."""
        uses: dict[int, list[int]] = {}
        for number in drawn:
            link = self.shape.links[number]
            if link.tail != IN and self._leaf_tail(link):
                uses.setdefault(link.tail, []).append(number)
        early: set[int] = set()
        for numbers in uses.values():
            sides = [self._side(self.shape.links[n]) for n in numbers]
            if len(numbers) > 1 and all(side in ("left", "right") for side in sides):
                early.update(numbers[: len(numbers) // 2])
        return early

    def _side(self, link: Link) -> str:
        return "bottom" if link.head == OUT else self.work.item_port(link.head, link.head_port, head=True).side

    def _line(self, link: Link, main: bool, early: bool) -> Line:
        tail = self.in_block[link.tail_port] if link.tail == IN else self.work.row_of[link.tail]
        head = self.out_block[link.head_port] if link.head == OUT else self.work.row_of[link.head]
        tail_port = "" if link.tail == IN else self._anchor(link.tail, link.tail_port, head=False)
        head_port = "" if link.head == OUT else self._anchor(link.head, link.head_port, head=True)
        if not tail_port and link.tail != IN and self._leaf_tail(link):
            tail_port = "n" if early else "s"
        if link.head != OUT and self.shape.items[link.head].kind == "loss":
            head_port = "n"
        return Line(tail, head, tail_port, head_port, 12 if main else 2 if self._leaf_tail(link) else 1, early)

    def _anchor(self, item: int, port: int, *, head: bool) -> str:
        """The name of a port on the item's block; empty for a plain node alone, which lines meet where they like."""
        row = self.work.rows[self.work.row_of[item]]
        if self.shape.items[item].inside == -1:
            if len(row.items) == 1:
                return ""
            port = 0
        key = (item, port, head)
        if key not in self.anchors:
            self.anchors[key] = self._new_anchor(row, item, port, head)
        return self.anchors[key]

    def _new_anchor(self, row: Row, item: int, port: int, head: bool) -> str:
        block = self.blocks[self.work.row_of[item]]
        at = self.work.item_port(item, port, head=head)
        dx, dy = row.offsets[item]
        if at.side in ("left", "right"):
            column = block.left if at.side == "left" else block.right
            column[len(column)] = dy + at.y
            return f"{at.side[0]}{len(column) - 1}"
        strip = block.top if at.side == "top" else block.bottom
        strip.append(dx + at.x)
        return f"{at.side[0]}{len(strip) - 1}"

    # After

    def _close_ports(self, centres: Points, drawn: list[int]) -> None:
        """Bring the ports from their ranks to the frame's border, and the lines with them."""
        work = self.work
        top = float(work.corners[:, 1].min())
        bottom = float(max(work.corners[i, 1] + item.height for i, item in enumerate(self.shape.items)))
        rise, drop = top - _header(self.shape), bottom + m.CLUSTER_PAD
        for port, block in self.in_block.items():
            work.ins[port] = Port("top", float(np.round(centres[block, 0])), rise)
        for port, block in self.out_block.items():
            work.outs[port] = Port("bottom", float(np.round(centres[block, 0])), drop)
        first = min((float(centres[b, 1]) for b in self.sheet.first), default=top)
        last = max((float(centres[b, 1]) for b in self.sheet.last), default=bottom)
        for number in drawn:
            y = work.paths[number][:, 1]
            if self.sheet.first and first < top:
                y[y < top] = top + (y[y < top] - top) * ((rise - top) / (first - top))
            if self.sheet.last and last > bottom:
                y[y > bottom] = bottom + (y[y > bottom] - bottom) * ((drop - bottom) / (last - bottom))

    def _square_ends(self, number: int) -> None:
        """Let lines cross borders at right angles, so that two levels' pieces join without a bend."""
        work, link, path = self.work, self.shape.links[number], self.work.paths[number]
        for end, item, port, head in ((0, link.tail, link.tail_port, False), (-1, link.head, link.head_port, True)):
            if item in (IN, OUT):
                at = work.ins[port] if item == IN else work.outs[port]
                curves.upright(path, end, at.x, at.y)
            elif self.shape.items[item].inside != -1:
                at = work.item_port(item, port, head=head)
                x, y = (work.corners[item] + (at.x, at.y)).tolist()
                square = curves.level if at.side in ("left", "right") else curves.upright
                square(path, end, x, y)


def _header(shape: Shape) -> float:
    return m.CLUSTER_HEADER if shape.framed else 0.0
