"""Arranges a level of several rows: Graphviz places them and routes the lines; ports and ends are set right after.
A level is written for it as a sheet: rows as blocks with ports, links as lines with weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from gradviz.layout.arranging.graphviz_dot import DotLine, DotNode, Sheet
from gradviz.layout.arranging.line_routers import DetourRouter, route_in_lanes
from gradviz.layout.arranging.rows import ItemRow, LevelCanvas, is_dense, is_leaf_link, weights_of
from gradviz.layout.geometry import bezier as curves
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry.placement import IN, OUT, LevelLink, Points, Port


class SheetWriter:
    """Blocks are rows in order, then for in-ports, then for out-ports."""

    def __init__(self, canvas: LevelCanvas) -> None:
        self.canvas = canvas
        self.shape = canvas.shape
        self.blocks = [DotNode(row.width, row.height - 2 * self._trim(row)) for row in canvas.rows]
        self.in_block = {port: len(self.blocks) + port for port in range(len(canvas.ins))}
        self.out_block = {port: len(self.blocks) + len(canvas.ins) + port for port in range(len(canvas.outs))}
        self._sides = self._folded_sides()
        self._anchors: dict[tuple[int, int, bool], str] = {}

    def write(self, drawn: Sequence[int]) -> tuple[Sheet, list[int]]:
        """Return the sheet and the links that have a line on it; the others of `drawn` are skips of a dense level."""
        weights = weights_of(self.shape, drawn)
        dense = is_dense(len(drawn), len(self.blocks))
        written = [n for n in drawn if not (dense and weights[n] == 1 and self._between_items(n))]
        dots = [DotNode(2.0, 2.0) for _ in range(len(self.in_block) + len(self.out_block))]
        sheet = Sheet(
            [*self.blocks, *dots],
            first=list(self.in_block.values()),
            last=list(self.out_block.values()),
            rank_gap=m.RANK_GAP_COMPACT if self.shape.compact else m.RANK_GAP,
            column_gap=m.COLUMN_GAP,
            hurried=len(written) > m.HURRIED_LINKS,
        )
        if len(self.blocks) <= m.TIDY_LEVEL:
            leaves = (n for n, row in enumerate(self.canvas.rows) if self._kind(row.core) in ("leaf", "data"))
            sheet.late = frozenset(leaves)
        early = self._early_uses(written)
        steps = self._steps(written)
        if steps:
            sheet.aligned = list(dict.fromkeys(steps.values()))
            sheet.rank_gap = max(sheet.rank_gap, m.RANK_GAP_STEPS)
            weights = {number: 1 if number in steps else weight for number, weight in weights.items()}
        sheet.lines = [self._line(number, weights[number], number in early) for number in written]
        return sheet, written

    def _steps(self, written: Sequence[int]) -> dict[int, tuple[int, int]]:
        """Return lines from one turn of a loop to the next, which would drift sideways if straight; with the blocks.

        A cell's state leaves it at another place than it entered.
        """
        items, steps = self.shape.items, {}
        for number in written:
            link = self.shape.links[number]
            if link.tail == IN or link.head == OUT or link.head <= link.tail:
                continue
            tail, head = items[link.tail], items[link.head]
            if tail.layout == -1 or tail.layout != head.layout:
                continue
            out = self.canvas.item_port(link.tail, link.tail_port, head=False)
            into = self.canvas.item_port(link.head, link.head_port, head=True)
            if abs(out.x - into.x) > m.PORT_GAP:
                steps[number] = (self.canvas.row_of[link.tail], self.canvas.row_of[link.head])
        return steps

    def head(self, number: int) -> Port:
        """Return where a link meets its head, from the head's upper left corner."""
        link = self.shape.links[number]
        item = self.shape.items[link.head]
        side = self._sides.get(number)
        if side is not None:
            return Port("left" if side == "left" else "right", 0.0 if side == "left" else item.width, item.height / 2)
        return self.canvas.item_port(link.head, link.head_port, head=True)

    def side(self, number: int) -> str:
        """Return the side of its head that a link enters."""
        return "bottom" if self.shape.links[number].head == OUT else self.head(number).side

    def _between_items(self, number: int) -> bool:
        link = self.shape.links[number]
        return link.tail != IN and link.head != OUT

    def _kind(self, item: int) -> str:
        return self.shape.items[item].kind

    def _trim(self, row: ItemRow) -> float:
        return m.CLUSTER_TRIM if self.shape.items[row.core].kind == "cluster" else 0.0

    def _folded_sides(self) -> dict[int, str]:
        """Return link → the side where it enters a folded cluster: leaves come from left and right."""
        sides: dict[int, str] = {}
        seen: dict[int, int] = {}
        for number, link in enumerate(self.shape.links):
            if link.head == OUT or link.tail == IN or self.shape.items[link.head].kind != "folded":
                continue
            alone = len(self.canvas.rows[self.canvas.row_of[link.head]].items) == 1
            if self._kind(link.tail) == "leaf" and alone:
                order = seen.setdefault(link.head, 0)
                seen[link.head] += 1
                if order < 2:
                    sides[number] = ("left", "right")[order]
        return sides

    def _early_uses(self, drawn: list[int]) -> set[int]:
        """Return lines from a leaf up to the first half of its uses, where those are entered from the side."""
        uses: dict[int, list[int]] = {}
        for number in drawn:
            link = self.shape.links[number]
            if link.tail != IN and is_leaf_link(self.shape, link):
                uses.setdefault(link.tail, []).append(number)
        early: set[int] = set()
        for numbers in uses.values():
            sides = [self.side(n) for n in numbers]
            if len(numbers) > 1 and all(side in ("left", "right") for side in sides):
                early.update(numbers[: len(numbers) // 2])
        return early

    def _line(self, number: int, weight: int, early: bool) -> DotLine:
        link = self.shape.links[number]
        tail = self.in_block[link.tail_port] if link.tail == IN else self.canvas.row_of[link.tail]
        head = self.out_block[link.head_port] if link.head == OUT else self.canvas.row_of[link.head]
        tail_port = "" if link.tail == IN else self._anchor(link.tail, link.tail_port, None)
        head_port = "" if link.head == OUT else self._anchor(link.head, link.head_port, number)
        if not tail_port and link.tail != IN and is_leaf_link(self.shape, link):
            tail_port = "n" if early else "s"
        if link.head != OUT and self.shape.items[link.head].kind in ("loss", "stack"):
            head_port = head_port or "n"
        if link.tail != IN and self.shape.items[link.tail].kind == "stack":
            tail_port = tail_port or "s"
        return DotLine(tail, head, tail_port, head_port, weight, early)

    def _anchor(self, item: int, port: int, entering: int | None) -> str:
        """Return the name of a port on the item's block; empty for a plain node alone, which lines meet anywhere.

        `entering` is the link that ends there; None for those that leave.
        """
        row = self.canvas.rows[self.canvas.row_of[item]]
        if self.shape.items[item].layout == -1 and entering not in self._sides:
            if len(row.items) == 1:
                return ""
            port = 0
        elif entering in self._sides:
            port = -1 if self._sides[entering] == "left" else -2
        key = (item, port, entering is not None)
        if key not in self._anchors:
            at = self.canvas.item_port(item, port, head=False) if entering is None else self.head(entering)
            self._anchors[key] = self._new_anchor(row, item, at)
        return self._anchors[key]

    def _new_anchor(self, row: ItemRow, item: int, at: Port) -> str:
        block = self.blocks[self.canvas.row_of[item]]
        dx, dy = row.offsets[item]
        if at.side in ("left", "right"):
            column = block.left if at.side == "left" else block.right
            column[len(column)] = dy + at.y - self._trim(row)
            return f"{at.side[0]}{len(column) - 1}"
        strip = block.top if at.side == "top" else block.bottom
        strip.append(dx + at.x)
        return f"{at.side[0]}{len(strip) - 1}"


Placer = Callable[[Sheet], tuple[Points, list[Points]]]
"""Centers of blocks and Bézier points of lines, for a sheet: Graphviz or the plainer fallback."""

_LONG = 50.0
"""Lines shorter than this, in pixels, are left as they are."""


class GraphvizArranger:
    """The way through Graphviz, for levels of more than one row."""

    def __init__(self, canvas: LevelCanvas) -> None:
        self.canvas = canvas
        self.shape = canvas.shape
        self.writer = SheetWriter(canvas)
        self.in_block = self.writer.in_block
        self.out_block = self.writer.out_block

    def arrange(self, place: Placer) -> None:
        """Place the items and lines of the canvas."""
        drawn = [n for n, link in enumerate(self.shape.links) if not self.canvas.in_one_row(link)]
        self.sheet, written = self.writer.write(drawn)
        self.centers, paths = place(self.sheet)
        for number, row in enumerate(self.canvas.rows):
            corner = self.centers[number] - (row.width / 2, row.height / 2)
            for i in row.items:
                self.canvas.corners[i] = np.round(corner + row.offsets[i])
        for number, path in zip(written, paths, strict=True):
            self.canvas.paths[number] = path
        skips = sorted(set(drawn) - set(written))
        self._close_ports(written)
        for number in written:
            self._square_ends(number)
        self._hug(written)
        self._lead_around(skips)

    def _hug(self, written: list[int]) -> None:
        """Draw long ways close to what they go around; the shorter ones run inside."""
        canvas = self.canvas
        sizes = np.array([(row.width / 2, row.height / 2) for row in canvas.rows])
        centers = self.centers[: len(canvas.rows)]
        hugger = DetourRouter(np.hstack([centers - sizes, centers + sizes]))
        candidates = []
        for number in written:
            link = self.shape.links[number]
            if link.head != OUT and self.writer.side(number) != "top":
                continue
            start, end = self._start(link), self._end(number, link)
            candidates.append((end[1] - start[1], number, start, end))
        for length, number, start, end in sorted(candidates):
            if length < _LONG:
                continue
            link = self.shape.links[number]
            ends = {canvas.row_of[i] for i in (link.tail, link.head) if i not in (IN, OUT)}
            path = hugger.way(canvas.paths[number], start, end, ends)
            if path is not None:
                canvas.paths[number] = path

    def _start(self, link: LevelLink) -> tuple[float, float]:
        if link.tail == IN:
            return self.canvas.ins[link.tail_port].x, self.canvas.ins[link.tail_port].y
        at, corner = self.canvas.item_port(link.tail, link.tail_port, head=False), self.canvas.corners[link.tail]
        return float(corner[0]) + at.x, float(corner[1]) + at.y

    def _end(self, number: int, link: LevelLink) -> tuple[float, float]:
        if link.head == OUT:
            return self.canvas.outs[link.head_port].x, self.canvas.outs[link.head_port].y
        at, corner = self.writer.head(number), self.canvas.corners[link.head]
        return float(corner[0]) + at.x, float(corner[1]) + at.y

    def _lead_around(self, skips: list[int]) -> None:
        if not skips:
            return
        items = self.shape.items
        right = max(float(x) + item.width for (x, _), item in zip(self.canvas.corners, items, strict=True))
        ends = []
        for number in skips:
            link = self.shape.links[number]
            out, into = self.canvas.item_port(link.tail, link.tail_port, head=False), self.writer.head(number)
            x0, y0 = (self.canvas.corners[link.tail] + (out.x, out.y)).tolist()
            x1, y1 = (self.canvas.corners[link.head] + (into.x, into.y)).tolist()
            ends.append(((link.tail, x0, y0), (link.head, x1, y1)))
        for number, path in zip(skips, route_in_lanes(ends, right), strict=True):
            self.canvas.paths[number] = path

    def _close_ports(self, drawn: list[int]) -> None:
        """Bring the ports from their ranks to the frame's border, and the lines with them."""
        canvas = self.canvas
        top = float(canvas.corners[:, 1].min())
        bottom = float(max(canvas.corners[i, 1] + item.height for i, item in enumerate(self.shape.items)))
        rise, drop = top - self.canvas.header, bottom + m.CLUSTER_PAD
        for port, block in self.in_block.items():
            canvas.ins[port] = Port("top", float(np.round(self.centers[block, 0])), rise)
        for port, block in self.out_block.items():
            canvas.outs[port] = Port("bottom", float(np.round(self.centers[block, 0])), drop)
        first = min((float(self.centers[b, 1]) for b in self.sheet.first), default=top)
        last = max((float(self.centers[b, 1]) for b in self.sheet.last), default=bottom)
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
        elif self._is_fixed(link.tail):
            at = canvas.item_port(link.tail, link.tail_port, head=False)
            curves.upright(path, 0, *(canvas.corners[link.tail] + (at.x, at.y)).tolist())
        if link.head == OUT:
            curves.upright(path, -1, canvas.outs[link.head_port].x, canvas.outs[link.head_port].y)
        elif self._is_fixed(link.head) or self.writer.side(number) in ("left", "right"):
            at = self.writer.head(number)
            square = curves.level if at.side in ("left", "right") else curves.upright
            square(path, -1, *(canvas.corners[link.head] + (at.x, at.y)).tolist())

    def _is_fixed(self, item: int) -> bool:
        """Return whether lines meet an item at one place only: a cluster's port, or the middle of a row's core.

        A row is as high as its highest item; its core may be lower, and lines shall reach it.
        """
        if self.shape.items[item].kind == "stack":
            return True
        return self.shape.items[item].layout != -1 or len(self.canvas.rows[self.canvas.row_of[item]].items) > 1

    def _bent(self, number: int) -> Points:
        """Return a line into a cluster's side with one corner, if its tail is beside it and the way is free."""
        canvas, link = self.canvas, self.shape.links[number]
        path = canvas.paths[number]
        side = self.writer.side(number)
        if link.tail == IN or side not in ("left", "right"):
            return path
        at = self.writer.head(number)
        x1, y1 = (canvas.corners[link.head] + (at.x, at.y)).tolist()
        item = self.shape.items[link.tail]
        x0, y0 = (canvas.corners[link.tail] + (item.width / 2, 0)).tolist()
        y0 += item.height if y1 > y0 else 0
        beside = x1 - x0 if side == "left" else x0 - x1
        bend = curves.around_corner(x0, y0, x1, y1)
        return bend if beside >= m.ROW_GAP and self._free(bend, link) else path

    def _free(self, path: Points, link: LevelLink) -> bool:
        """Return whether a line runs through no box but those it joins."""
        points = curves.sample(path)
        for number, (row, center) in enumerate(zip(self.canvas.rows, self.centers, strict=False)):
            if number in (self.canvas.row_of[link.tail], self.canvas.row_of[link.head]):
                continue
            near = np.abs(points - center) < (row.width / 2 + 4, row.height / 2 + 4)
            if near.all(axis=1).any():
                return False
        return True
