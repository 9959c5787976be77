"""The one description of a box: its kind, outline, colors by role, and the place of an overlay's value."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Literal, NamedTuple

from gradviz.appearance.palette import Palette, Stroke
from gradviz.layout.geometry import metrics as m
from gradviz.protocol.records import NodeKind, NodeRecord

Rect = tuple[float, float, float, float]
DASHED = (4.0, 3.0)
DOTTED = (1.25, 2.5)
HATCH = 7.0
"""Distance of the lines at 45° over what was not measured, along the box."""
POINTER = ((-9.0, -4.0), (-4.0, 0.0), (-9.0, 4.0))
"""The sign of a value beyond the scale, as seen from the right middle of a box."""
TITLE_LINE, SECOND_LINE, ONLY_LINE = -4.0, 12.5, 4.5
"""Baselines of two lines of text and of a single one, from the middle of a box."""


class BoxKind(IntEnum):
    """What a box looks like."""

    FUNCTION = 0
    CUSTOM = 1
    PARAMETER = 2
    LEAF = 3
    DATA = 4
    STUB = 5
    OPAQUE = 6
    LOSS = 7
    BADGE = 8
    CLUSTER = 9
    STACK = 10
    """Equal siblings, folded into one."""
    FROZEN = 11
    """A parameter that wants no gradient."""


KINDS: dict[NodeKind, BoxKind] = {
    "function": BoxKind.FUNCTION,
    "op": BoxKind.FUNCTION,
    "custom": BoxKind.CUSTOM,
    "parameter": BoxKind.PARAMETER,
    "leaf": BoxKind.LEAF,
    "data": BoxKind.DATA,
    "stub": BoxKind.STUB,
    "opaque": BoxKind.OPAQUE,
    "loss": BoxKind.LOSS,
    "output": BoxKind.LOSS,
}
"""The kind of a node → the kind of its box."""
PILLS = (BoxKind.LEAF, BoxKind.DATA, BoxKind.STUB, BoxKind.LOSS)
HEXAGONS = (BoxKind.PARAMETER, BoxKind.BADGE, BoxKind.FROZEN)


def kind_of(node: NodeRecord, frozen: Collection[int]) -> BoxKind:
    """Return the kind of a node's box; `frozen` leaves are parameters too."""
    return BoxKind.FROZEN if node.id in frozen and node.kind == "leaf" else KINDS[node.kind]


class Outline(NamedTuple):
    """A rectangle with round corners, unless it is a hexagon (`point`) or its upper right corner is cut (`cut`)."""

    radius: float = 0.0
    point: float = 0.0
    """How far the points of a hexagon reach out, left and right."""
    cut: float = 0.0


def outline_of(kind: int, height: float, *, printed: bool = False) -> Outline:
    """Return the outline by which a kind is recognized; `printed` ones have longer points and sharper corners."""
    if kind in PILLS:
        return Outline(height / 2)
    if kind in HEXAGONS:
        return Outline(point=min(m.LEAF_POINT, height * (0.5 if printed else 0.4)))
    if kind == BoxKind.CUSTOM:
        return (
            Outline(cut=m.CORNER) if printed else Outline(min(m.RADIUS, height * 0.3), cut=min(m.CORNER, height * 0.4))
        )
    return Outline(min(m.RADIUS, height * 0.3))


def hexagon(rect: Rect, point: float) -> list[tuple[float, float]]:
    """Return the corners of a hexagon that fills `rect`."""
    left, top, right, bottom = rect[0], rect[1], rect[0] + rect[2], rect[1] + rect[3]
    middle = top + rect[3] / 2
    return [
        (left + point, top),
        (right - point, top),
        (right, middle),
        (right - point, bottom),
        (left + point, bottom),
        (left, middle),
    ]


@dataclass(frozen=True, slots=True)
class BoxStyle:
    """How one box is painted. Colors are `#RRGGBB`, empty for none."""

    fill: str
    border: Stroke
    title: str
    """Of the first line of text."""
    second: str
    stripe: str = ""
    seam: str = ""
    """Parts the stripe from a fill that may be of its hue."""
    hatched: bool = False
    beyond: bool = False
    """The value lies beyond the end of the scale."""


def style_of_kind(palette: Palette, kind: int, *, hovered: bool = False) -> BoxStyle:
    """Return the style of a box of this kind, without state and overlay."""
    rim = Stroke(palette.text3 if hovered else palette.line2)
    style = BoxStyle(palette.node_hover if hovered else palette.node, rim, palette.text, palette.text3)
    match kind:
        case BoxKind.DATA | BoxKind.FROZEN:
            return replace(style, fill="", border=Stroke(rim.shade, 1.25, DASHED), title=palette.text2)
        case BoxKind.STUB:
            shade = palette.text2 if hovered else palette.text3
            return replace(style, fill="", border=Stroke(shade, 1.25, DOTTED), title=palette.text2)
        case BoxKind.LOSS:
            rim = Stroke(palette.accent if hovered else palette.inverse)
            return BoxStyle(palette.inverse, rim, palette.inverse_text, palette.inverse_text)
        case BoxKind.CLUSTER | BoxKind.STACK:
            rim = Stroke(palette.text3 if hovered else palette.cluster_border)
            return BoxStyle(palette.hover if hovered else palette.cluster[1], rim, palette.text, palette.text3)
        case BoxKind.OPAQUE:
            return replace(style, hatched=True)
    return style


def printed_style_of_kind(palette: Palette, kind: int) -> BoxStyle:
    """Return the style of a box in an exported picture.

    All borders are one pixel wide, boxes without a fill have the canvas's, and nothing is hatched but what was not
    measured.
    """
    style = style_of_kind(palette, kind)
    border = Stroke(palette.line2 if kind == BoxKind.STUB else style.border.shade, 1.0, style.border.dashes)
    title = style.title if style.fill else palette.text
    return replace(style, fill=style.fill or palette.canvas, border=border, title=title, hatched=False)


def place_value(
    widths: tuple[float, float, float], rooms: tuple[float, float, float], *, two_lines: bool
) -> Literal["title", "second", "instead", ""]:
    """Return where the number of an overlay leaves the name whole: beside a line, or in the place of the second.

    `widths` are those of the number with its gap, the title and the second line; `rooms` those that title and number,
    second line and number, and the number alone may take. Empty: there is no room for it.
    """
    value, title, second = widths
    if title + value <= rooms[0]:
        return "title"
    if not two_lines:
        return ""
    if second + value <= rooms[1]:
        return "second"
    return "instead" if value <= rooms[2] else ""
