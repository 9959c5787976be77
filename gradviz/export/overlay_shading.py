"""What an overlay of the window puts on an exported picture, as plain data: a shade for each box, and the legend."""

from __future__ import annotations

from msgspec import Struct


class Shade(Struct, frozen=True):
    """How one box is drawn; what is empty stays as it is without an overlay. Colors are `#rrggbb`."""

    fill: str = ""
    ink: str = ""
    """Of its text."""
    line: str = ""
    hatched: bool = False
    """Not measured: lines at 45° and a dashed border."""
    beyond: bool = False
    """A pointer at the right: the value lies beyond the scale."""
    value: str = ""
    cells: tuple[str, ...] = ()
    """Of a stack, the color of each member; an empty one was not measured."""


class LegendContent(Struct, frozen=True):
    """What the colors mean, in the text of the window."""

    title: str
    quantity: str
    """What exactly is shown, with its unit."""
    bar: tuple[str, ...] = ()
    """Colors from the low end to the high one, evenly apart; empty for groups."""
    ticks: tuple[tuple[float, str], ...] = ()
    """Place on the bar from 0 to 1, and the value there."""
    samples: tuple[tuple[Shade, str], ...] = ()
    """What lies on no bar, or the groups."""
    note: str = ""


class Shading(Struct, frozen=True):
    """An overlay on one placement."""

    boxes: dict[int, Shade]
    """By the number of the box; the others are plain."""
    legend: LegendContent


PLAIN = Shade()
