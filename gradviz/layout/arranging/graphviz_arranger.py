"""Arranges a level of several rows: Graphviz places them and routes the lines; ports and ends are set right after."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gradviz.layout.arranging.dot_sheet import SheetWriter
from gradviz.layout.arranging.graphviz_dot import Sheet
from gradviz.layout.arranging.line_routers import DetourRouter, route_in_lanes
from gradviz.layout.arranging.rows import LevelCanvas
from gradviz.layout.geometry import bezier as curves
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry.level_shape import IN, OUT, LevelLink, Points, Port

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
