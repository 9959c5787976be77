"""Arranges a level of several rows: they become blocks, Graphviz places them and routes the lines between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np

from gradviz.layout import curves
from gradviz.layout import measures as m
from gradviz.layout.canvas import Canvas
from gradviz.layout.dot import Block, Line, Sheet
from gradviz.layout.rows import Row
from gradviz.layout.shape import IN, OUT, Link, Points, Port

Placer = Callable[[Sheet], tuple[Points, list[Points]]]
"""Centres of blocks and Bézier points of lines, for a sheet: Graphviz or the plainer fallback."""


class SeveralRows:
    """The way through Graphviz, for levels of more than one row."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.shape = canvas.shape
        self.blocks = [Block(row.width, row.height - 2 * self._trim(row)) for row in canvas.rows]
        self.sides = self._folded_sides()
        self.anchors: dict[tuple[int, int, bool], str] = {}
        self.in_block = {port: len(self.blocks) + port for port in range(len(canvas.ins))}
        self.out_block = {port: len(self.blocks) + len(canvas.ins) + port for port in range(len(canvas.outs))}
        dots = [Block(2.0, 2.0) for _ in range(len(canvas.ins) + len(canvas.outs))]
        self.sheet = Sheet(
            [*self.blocks, *dots],
            first=list(self.in_block.values()),
            last=list(self.out_block.values()),
            rank_gap=m.RANK_GAP_COMPACT if self.shape.compact else m.RANK_GAP,
            column_gap=m.COLUMN_GAP,
        )
        if len(self.blocks) <= m.TIDY_LEVEL:
            leaves = (n for n, row in enumerate(canvas.rows) if self.shape.items[row.core].kind in ("leaf", "data"))
            self.sheet.late = frozenset(leaves)
        count = len(self.shape.links)
        self.sheet.hurried = count > m.DENSE_LINKS / 2
        self.sheet.straight = count > m.DENSE_LINKS and count > m.DENSE_LINKS_PER_ITEM * len(self.shape.items)

    def arrange(self, place: Placer) -> None:
        drawn = [n for n, link in enumerate(self.shape.links) if not self.canvas.in_one_row(link)]
        main = self._main_links(drawn)
        early = self._early_uses(drawn)
        self._ends = self._count_ends(drawn)
        for number in drawn:
            self.sheet.lines.append(self._line(number, number in main, number in early))
        centres, paths = place(self.sheet)
        self.centres = centres
        for number, row in enumerate(self.canvas.rows):
            corner = centres[number] - (row.width / 2, row.height / 2)
            for i in row.items:
                self.canvas.corners[i] = np.round(corner + row.offsets[i])
        for number, path in zip(drawn, paths, strict=True):
            self.canvas.paths[number] = path
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
        main = sorted(number for rank, number in best.values() if rank > -2)
        # Where a line forks in two, only what runs first goes straight on.
        forks: dict[tuple[int, int], list[int]] = {}
        for number in main:
            link = self.shape.links[number]
            forks.setdefault((link.tail, link.tail_port if link.tail == IN else 0), []).append(number)
        return {number for numbers in forks.values() for number in (numbers[:1] if len(numbers) == 2 else numbers)}

    def _leaf_tail(self, link: Link) -> bool:
        if link.tail == IN:
            return self.shape.leaf_ports[link.tail_port]
        return self.shape.items[link.tail].kind in ("leaf", "data", "badge")

    def _count_ends(self, drawn: list[int]) -> Counter[tuple[int, int, int]]:
        """(item, port of the frame, 0 tail or 1 head) → how many lines meet there, leaves not counted."""
        ends: Counter[tuple[int, int, int]] = Counter()
        for number in drawn:
            link = self.shape.links[number]
            if not self._leaf_tail(link):
                ends[link.tail, link.tail_port if link.tail == IN else 0, 0] += 1
                ends[link.head, link.head_port if link.head == OUT else 0, 1] += 1
        return ends

    def _early_uses(self, drawn: list[int]) -> set[int]:
        """Lines from a leaf up to the first half of its uses, where those are entered from the side."""
        uses: dict[int, list[int]] = {}
        for number in drawn:
            link = self.shape.links[number]
            if link.tail != IN and self._leaf_tail(link):
                uses.setdefault(link.tail, []).append(number)
        early: set[int] = set()
        for numbers in uses.values():
            sides = [self._side(n) for n in numbers]
            if len(numbers) > 1 and all(side in ("left", "right") for side in sides):
                early.update(numbers[: len(numbers) // 2])
        return early

    def _trim(self, row: Row) -> float:
        return m.CLUSTER_TRIM if self.shape.items[row.core].kind == "cluster" else 0.0

    def _folded_sides(self) -> dict[int, str]:
        """Link → the side where it enters a folded cluster: leaves come from left and right, as into an open one."""
        sides: dict[int, str] = {}
        seen: dict[int, int] = {}
        for number, link in enumerate(self.shape.links):
            if link.head == OUT or link.tail == IN or self.shape.items[link.head].kind != "folded":
                continue
            if (
                self.shape.items[link.tail].kind == "leaf"
                and len(self.canvas.rows[self.canvas.row_of[link.head]].items) == 1
            ):
                order = seen.setdefault(link.head, 0)
                seen[link.head] += 1
                if order < 2:
                    sides[number] = ("left", "right")[order]
        return sides

    def _head(self, number: int) -> Port:
        """Where a link meets its head, from the head's upper left corner."""
        link = self.shape.links[number]
        item = self.shape.items[link.head]
        side = self.sides.get(number)
        if side is not None:
            return Port("left" if side == "left" else "right", 0.0 if side == "left" else item.width, item.height / 2)
        return self.canvas.item_port(link.head, link.head_port, head=True)

    def _side(self, number: int) -> str:
        return "bottom" if self.shape.links[number].head == OUT else self._head(number).side

    def _line(self, number: int, main: bool, early: bool) -> Line:
        link = self.shape.links[number]
        tail = self.in_block[link.tail_port] if link.tail == IN else self.canvas.row_of[link.tail]
        head = self.out_block[link.head_port] if link.head == OUT else self.canvas.row_of[link.head]
        tail_port = "" if link.tail == IN else self._anchor(link.tail, link.tail_port, None)
        head_port = "" if link.head == OUT else self._anchor(link.head, link.head_port, number)
        if not tail_port and link.tail != IN and self._leaf_tail(link):
            tail_port = "n" if early else "s"
        if link.head != OUT and self.shape.items[link.head].kind == "loss":
            head_port = "n"
        return Line(tail, head, tail_port, head_port, self._weight(link, main), early)

    def _weight(self, link: Link, main: bool) -> int:
        """How straight a line wants to be. Where lines fork or meet there is a bend anyway: chains shall have none."""
        if not main:
            return 2 if self._leaf_tail(link) else 1
        alone = self._ends[link.tail, link.tail_port if link.tail == IN else 0, 0] == 1
        return 24 if alone and self._ends[link.head, link.head_port if link.head == OUT else 0, 1] == 1 else 8

    def _anchor(self, item: int, port: int, entering: int | None) -> str:
        """The name of a port on the item's block; empty for a plain node alone, which lines meet where they like.

        `entering` is the link that ends there; None for those that leave.
        """
        row = self.canvas.rows[self.canvas.row_of[item]]
        if self.shape.items[item].inside == -1 and entering not in self.sides:
            if len(row.items) == 1:
                return ""
            port = 0
        elif entering in self.sides:
            port = -1 if self.sides[entering] == "left" else -2
        key = (item, port, entering is not None)
        if key not in self.anchors:
            at = self.canvas.item_port(item, port, head=False) if entering is None else self._head(entering)
            self.anchors[key] = self._new_anchor(row, item, at)
        return self.anchors[key]

    def _new_anchor(self, row: Row, item: int, at: Port) -> str:
        block = self.blocks[self.canvas.row_of[item]]
        dx, dy = row.offsets[item]
        if at.side in ("left", "right"):
            column = block.left if at.side == "left" else block.right
            column[len(column)] = dy + at.y - self._trim(row)
            return f"{at.side[0]}{len(column) - 1}"
        strip = block.top if at.side == "top" else block.bottom
        strip.append(dx + at.x)
        return f"{at.side[0]}{len(strip) - 1}"

    # After

    def _close_ports(self, centres: Points, drawn: list[int]) -> None:
        """Bring the ports from their ranks to the frame's border, and the lines with them."""
        canvas = self.canvas
        top = float(canvas.corners[:, 1].min())
        bottom = float(max(canvas.corners[i, 1] + item.height for i, item in enumerate(self.shape.items)))
        rise, drop = top - self.canvas.header, bottom + m.CLUSTER_PAD
        for port, block in self.in_block.items():
            canvas.ins[port] = Port("top", float(np.round(centres[block, 0])), rise)
        for port, block in self.out_block.items():
            canvas.outs[port] = Port("bottom", float(np.round(centres[block, 0])), drop)
        first = min((float(centres[b, 1]) for b in self.sheet.first), default=top)
        last = max((float(centres[b, 1]) for b in self.sheet.last), default=bottom)
        for number in drawn:
            y = canvas.paths[number][:, 1]
            if self.sheet.first and first < top:
                y[y < top] = top + (y[y < top] - top) * ((rise - top) / (first - top))
            if self.sheet.last and last > bottom:
                y[y > bottom] = bottom + (y[y > bottom] - bottom) * ((drop - bottom) / (last - bottom))

    def _square_ends(self, number: int) -> None:
        """Let lines cross borders at right angles, so that two levels' pieces join without a bend."""
        canvas, link = self.canvas, self.shape.links[number]
        path = canvas.paths[number] = self._bent(number)
        if link.tail == IN:
            curves.upright(path, 0, canvas.ins[link.tail_port].x, canvas.ins[link.tail_port].y)
        elif self.shape.items[link.tail].inside != -1:
            at = canvas.item_port(link.tail, link.tail_port, head=False)
            curves.upright(path, 0, *(canvas.corners[link.tail] + (at.x, at.y)).tolist())
        if link.head == OUT:
            curves.upright(path, -1, canvas.outs[link.head_port].x, canvas.outs[link.head_port].y)
        elif self.shape.items[link.head].inside != -1 or number in self.sides:
            at = self._head(number)
            square = curves.level if at.side in ("left", "right") else curves.upright
            square(path, -1, *(canvas.corners[link.head] + (at.x, at.y)).tolist())

    def _bent(self, number: int) -> Points:
        """A line into a cluster's side turns one corner, if its tail stands beside the cluster and the way is free."""
        canvas, link = self.canvas, self.shape.links[number]
        path = canvas.paths[number]
        side = self._side(number)
        if link.tail == IN or side not in ("left", "right"):
            return path
        at = self._head(number)
        x1, y1 = (canvas.corners[link.head] + (at.x, at.y)).tolist()
        item = self.shape.items[link.tail]
        x0, y0 = (canvas.corners[link.tail] + (item.width / 2, 0)).tolist()
        y0 += item.height if y1 > y0 else 0
        beside = x1 - x0 if side == "left" else x0 - x1
        bend = curves.around_corner(x0, y0, x1, y1)
        return bend if beside >= m.ROW_GAP and self._free(bend, link) else path

    def _free(self, path: Points, link: Link) -> bool:
        """Whether a line runs through no box but those it joins."""
        points = curves.sampled(path)
        for number, (row, centre) in enumerate(zip(self.canvas.rows, self.centres, strict=False)):
            if number in (self.canvas.row_of[link.tail], self.canvas.row_of[link.head]):
                continue
            near = np.abs(points - centre) < (row.width / 2 + 4, row.height / 2 + 4)
            if near.all(axis=1).any():
                return False
        return True
