"""What an overlay of the window puts on an exported picture, as plain data: a shade for each box, and the legend."""

from __future__ import annotations

from msgspec import Struct

from gradviz.appearance.palette import Palette
from gradviz.export.xdot_pen import AnyPen
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry.text_metrics import width

Rect = tuple[float, float, float, float]
_HATCH = 7.0
_VALUE_GAP = 6.0


class Shade(Struct, frozen=True):
    """How one box is drawn; what is empty stays as it is without an overlay. Colours are `#rrggbb`."""

    fill: str = ""
    ink: str = ""
    """Of its words."""
    line: str = ""
    hatched: bool = False
    """Not measured: lines at 45° and a dashed border."""
    beyond: bool = False
    """A pointer at the right: the value lies beyond the scale."""
    value: str = ""
    cells: tuple[str, ...] = ()
    """Of a stack, the colour of each member; an empty one was not measured."""


class LegendContent(Struct, frozen=True):
    """What the colours mean, in the words of the window."""

    title: str
    quantity: str
    """What exactly is shown, with its unit."""
    bar: tuple[str, ...] = ()
    """Colours from the low end to the high one, evenly apart; empty for groups."""
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


def hatch(pen: AnyPen, rect: Rect, line: str, *, inset: float = 2.0, apart: float = _HATCH) -> None:
    """Lines at 45° over a rectangle, `inset` away from its left and right sides."""
    x, y, w, h = rect
    left, right, bottom = x + inset, x + w - inset, y + h
    start = left - h
    while start < right:
        begin, end = max(start, left), min(start + h, right)
        if end - begin > 1:
            step = (end - begin) / 3
            points = [(begin + k * step, bottom - (begin - start) - k * step) for k in range(4)]
            pen.spline(points, line, 1.0)
        start += apart


def pointer(pen: AnyPen, rect: Rect, shade: str) -> None:
    """The sign of a value beyond the scale, at the right of a box."""
    x, y, w, h = rect
    right, middle = x + w, y + h / 2
    pen.polygon([(right - 9, middle - 4), (right - 4, middle), (right - 9, middle + 4)], shade, shade)


def write_value(pen: AnyPen, rect: Rect, words: tuple[str, str], pad: float, shade: Shade, palette: Palette) -> bool:
    """Write the value where it leaves the box's two lines (the second may be empty) whole; whether it is in the place
    of the second."""
    x, y, w, h = rect
    title, second = words
    value, colour = shade.value, shade.ink or palette.text
    if not value:
        return False
    wide = width(value, "mono", m.SUBTITLE_SIZE)
    right = x + w - min(pad, m.NODE_PAD / 2) + 4
    low = y + h / 2 + 12.5
    if pad + width(title, "title", m.TITLE_SIZE) + _VALUE_GAP + wide <= right - x:
        baseline = y + h / 2 + (-4 if second else 4.5)
    elif second and pad + width(second, "mono", m.SUBTITLE_SIZE) + _VALUE_GAP + wide <= right - x:
        baseline = low
    elif second and wide <= w - 16:
        pen.text(x + (pad if wide <= w - pad - 8 else (w - wide) / 2), low, value, "mono", m.SUBTITLE_SIZE, colour)
        return True
    else:
        return False
    pen.text(right, baseline, value, "mono", m.SUBTITLE_SIZE, colour, 1)
    return False
