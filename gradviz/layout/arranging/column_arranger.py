"""Arranger of a level in columns, side by side, with lines from one to the next: under it, up the gap, into the top."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradviz.layout.arranging.column_partition import Bundle, Part, bundles_of
from gradviz.layout.geometry import bezier as curves
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry.placement import IN, OUT, LevelLayout, LevelLink, LevelShape, Points, Port

_PITCH = 8.0
_SIDE = 18.0
"""Between a column and the lanes beside, above or below it."""
_RADIUS = 10.0
_STUB = 7.0
"""How far a line on its way to a bus leaves its box before it turns."""
_MOST_ROOM = 240.0
"""However many lanes there are, they take no more than this."""
_CENTRED = 4
"""Up to so many columns have their middles on one height, more their tops."""


class ColumnArranger:
    """Columns with a place, and the lanes between them."""

    def __init__(
        self, shape: LevelShape, parts: Sequence[Part], columns: Sequence[LevelLayout], layouts: Sequence[LevelLayout]
    ) -> None:
        self.shape, self.parts, self.columns = shape, parts, columns
        self.layouts = layouts
        self.place_of = {item: place for part in parts for place, item in enumerate(part.items)}
        self.column_of = {item: number for number, part in enumerate(parts) for item in part.items}
        self._lanes()
        self._place_columns()

    def _lanes(self) -> None:
        """Assign the lines that go up the gap before each column, and those that come the long way under others."""
        self.values = bundles_of(self.shape)
        arriving: list[dict[Bundle, None]] = [dict.fromkeys(part.arriving) for part in self.parts]
        beside: list[dict[Bundle, None]] = [{} for _ in self.parts]
        for link, value in zip(self.shape.links, self.values, strict=True):
            if value.kind in ("bus", "skip") and self.column_of[link.tail] != self.column_of[link.head]:
                arriving[self.column_of[link.head]][value] = None
                beside[self.column_of[link.tail]][value] = None
        self.beside = [_lanes(values) for values in beside]
        """Per column, value that leaves it by a lane of its own → how far right of the column that runs."""
        self.gaps: list[dict[Bundle, int]] = []
        far: dict[Bundle, None] = {}
        for number, values in enumerate(arriving):
            near = [v for v in values if v.kind in ("output", "item") and self.column_of[v.number] == number - 1]
            # Lines from the right turn first, so that none crosses another on its way.
            near.sort(key=lambda value: -self._out(value).x)
            known = set(near)
            others = [value for value in values if value.kind != "in" and value not in known]
            self.gaps.append({value: lane for lane, value in enumerate(near + others)})
            far |= dict.fromkeys(others)
        self.far = {value: lane for lane, value in enumerate(far)}
        above = dict.fromkeys(v for values in arriving for v in values if v.kind == "in")
        self.from_above = {value: lane for lane, value in enumerate(above)}

    def _out(self, value: Bundle) -> Port:
        number = self.column_of[value.number]
        return self.columns[number].outs[self.parts[number].leaving[value]]

    def _place_columns(self) -> None:
        framed = self.shape.framed
        rooms = [_room(len(gap)) for gap in self.gaps]
        header = m.CLUSTER_HEADER if framed else 0.0
        above = max(rooms) + (_room(len(self.from_above)) if len(self.from_above) > 1 else 0.0)
        pad = m.CLUSTER_PAD if framed else 0.0
        self.pad = pad
        self.top = header + above
        tallest = max(layout.height for layout in self.columns)
        self.bottom = self.top + tallest
        x = pad - _SIDE
        self.corners = np.zeros((len(self.parts), 2))
        for number, (layout, room) in enumerate(zip(self.columns, rooms, strict=True)):
            x += max(room, _SIDE) + _SIDE if number else _SIDE
            spare = (tallest - layout.height) / 2 if len(self.parts) <= _CENTRED else 0.0
            self.corners[number] = np.round((x, self.top + spare))
            x += layout.width + max(self.beside[number].values(), default=0.0)
        below = max([_room(len(self.far)), *rooms]) if self.far or any(rooms) else 0.0
        self.low = self.bottom + below
        """Where the lanes to the out-ports begin."""
        below += _room(self.shape.outs)
        self.width = max(x + pad, self.shape.least_width)
        self.width += self.width % 2
        self.height = np.ceil(self.bottom + below + pad)

    def layout(self) -> LevelLayout:
        """Return the level as if it had been laid out in one piece."""
        shape = self.shape
        corners = np.zeros((len(shape.items), 2))
        paths: list[Points] = [np.empty((0, 2))] * len(shape.links)
        labels = np.full((len(shape.links), 2), np.nan)
        for part, layout, corner in zip(self.parts, self.columns, self.corners, strict=True):
            corners[list(part.items)] = layout.corners + corner
            for number, inner in part.links.items():
                paths[number] = layout.paths[inner] + corner
                labels[number] = layout.labels[inner] + corner
        ins = self._in_ports()
        outs = self._out_ports(ins)
        for number, link in enumerate(shape.links):
            if not len(paths[number]):
                paths[number] = self._across(number, link.tail, link.head, ins, outs)
        return LevelLayout(
            float(self.width), float(self.height), corners, tuple(ins), tuple(outs), tuple(paths), labels
        )

    def _in_ports(self) -> list[Port]:
        ports = [Port("top", self.pad, 0.0)] * len(self.shape.leaf_ports)
        for number in reversed(range(len(self.parts))):
            for value, port in self.parts[number].arriving.items():
                if value.kind == "in":
                    x = self.columns[number].ins[port].x + self.corners[number, 0]
                    ports[value.number] = Port("top", float(x), 0.0)
        return ports

    def _out_ports(self, ins: list[Port]) -> list[Port]:
        """Put the out-ports under where lines enter, or a chain of such levels would drift to the right."""
        middle = ins[0].x if ins else self.width / 2
        ports = [Port("bottom", middle, float(self.height))] * self.shape.outs
        for place in range(self.shape.outs):
            x = middle + m.PORT_GAP * (place - (self.shape.outs - 1) / 2)
            ports[place] = Port("bottom", float(min(max(x, m.PORT_GAP), self.width - m.PORT_GAP)), float(self.height))
        return ports

    def _across(self, number: int, tail: int, head: int, ins: list[Port], outs: list[Port]) -> Points:
        link, value = self.shape.links[number], self.values[number]
        if tail == IN and head == OUT:
            a, b = ins[link.tail_port], outs[link.head_port]
            return curves.falling(a.x, a.y, b.x, b.y)
        if tail == IN:
            return curves.join([self._from_above(value, head, ins[link.tail_port]), self._arrival(number, head)])
        column = self.column_of[tail]
        if value.kind == "skip":
            return self._beside(link, value, column, self._ends_at(link))
        if value.kind == "bus":
            return curves.join([self._beside(link, value, column), self._arrival(number, head)])
        departure = self.columns[column].paths[self.parts[column].departures[number]] + self.corners[column]
        x, y = departure[-1].tolist()
        if head == OUT:
            return curves.join([departure, self._to_below(x, y, outs, link.head_port)])
        return curves.join([departure, self._around(value, column, head, x, y), self._arrival(number, head)])

    def _to_below(self, x: float, y: float, outs: list[Port], port: int) -> Points:
        out = outs[port]
        if abs(out.x - x) < 0.5:
            return curves.straight(x, y, out.x, out.y)
        lane = self.low + _pitch(len(outs)) * port
        return curves.round_corners([(x, y), (x, lane), (out.x, lane), (out.x, out.y)], _RADIUS)

    def _beside(self, link: LevelLink, value: Bundle, column: int, end: tuple[float, float] | None = None) -> Points:
        """Lead a line out of the item, right, and down beside the column with all others of its kind."""
        x, y = self._corner(link.tail)
        item = self.shape.items[link.tail]
        if item.layout != -1:
            at = self.layouts[item.layout].outs[link.tail_port]
            x, y = x + at.x, y + at.y
        else:
            x, y = x + item.width / 2, y + item.height
        lane = float(self.corners[column, 0]) + self.columns[column].width + self.beside[column][value]
        return self._around(value, column, link.head, x, y, [(x, y), (x, y + _STUB), (lane, y + _STUB)], end)

    def _ends_at(self, link: LevelLink) -> tuple[float, float]:
        x, y = self._corner(link.head)
        item = self.shape.items[link.head]
        if item.layout == -1:
            return x + item.width / 2, y
        at = self.layouts[item.layout].ins[link.head_port]
        return x + at.x, y + at.y

    def _corner(self, item: int) -> tuple[float, float]:
        column = self.column_of[item]
        x, y = (self.columns[column].corners[self.place_of[item]] + self.corners[column]).tolist()
        return x, y

    def _arrival(self, number: int, head: int) -> Points:
        column = self.column_of[head]
        path: Points = self.columns[column].paths[self.parts[column].arrivals[number]] + self.corners[column]
        return path

    def _entry(self, value: Bundle, head: int) -> tuple[float, float]:
        column = self.column_of[head]
        port = self.columns[column].ins[self.parts[column].arriving[value]]
        return port.x + float(self.corners[column, 0]), port.y + float(self.corners[column, 1])

    def _from_above(self, value: Bundle, head: int, port: Port) -> Points:
        x, y = self._entry(value, head)
        if abs(x - port.x) < 0.5:
            return curves.straight(port.x, port.y, x, y)
        pitch = _pitch(len(self.from_above))
        lane = (m.CLUSTER_HEADER if self.shape.framed else 0.0) + _SIDE / 2 + pitch * self.from_above[value]
        return curves.round_corners([(port.x, port.y), (port.x, lane), (x, lane), (x, y)], _RADIUS)

    def _around(
        self,
        value: Bundle,
        column: int,
        head: int,
        x: float,
        y: float,
        first: Sequence[tuple[float, float]] = (),
        end: tuple[float, float] | None = None,
    ) -> Points:
        """Lead a line from (x, y), or by the corners in `first`, under the column and up the gap before the target.

        From there into the target's top, or where `end` is given, from the left over the item whose top that is.
        """
        target = self.column_of[head]
        gap = self.gaps[target]
        lane, pitch = gap[value], _pitch(len(gap))
        end_x, end_y = end or self._entry(value, head)
        if value in self.far:
            under = self.bottom + _SIDE / 2 + _pitch(len(self.far)) * self.far[value]
        else:
            under = y + _SIDE / 2 + pitch * lane
        up = float(self.corners[target, 0]) - _SIDE - pitch * (len(gap) - 1 - lane)
        over = end_y - (_STUB if end else _SIDE / 2 + pitch * (len(gap) - 1 - lane))
        begin = [*first, (first[-1][0], under)] if first else [(x, y), (x, under)]
        return curves.round_corners([*begin, (up, under), (up, over), (end_x, over), (end_x, end_y)], _RADIUS)


def _lanes(values: dict[Bundle, None]) -> dict[Bundle, float]:
    pitch = _pitch(len(values))
    return {value: _SIDE / 2 + lane * pitch for lane, value in enumerate(values)}


def _pitch(lanes: int) -> float:
    return min(_PITCH, _MOST_ROOM / max(lanes, 1))


def _room(lanes: int) -> float:
    return _SIDE + _pitch(lanes) * (lanes - 1) if lanes else 0.0
