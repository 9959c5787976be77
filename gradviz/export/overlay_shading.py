"""What an overlay of the window puts on an exported picture: a shade for each box, and the legend drawn under it."""

from __future__ import annotations

from itertools import pairwise

from msgspec import Struct

from gradviz.appearance.boxes import DASHED
from gradviz.appearance.palette import Palette, Stroke
from gradviz.export.pens import Pen, hatch, pointer
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry.text_metrics import width


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


WIDTH = 344.0
_HEAD = 26.0
_BAR, _TICKS = 13.0, 24.0
_ROW = 24.0
_SWATCH = (26.0, 14.0)
_STEPS = 96
"""Rectangles that make a bar: neither Graphviz's drawings nor the pen know gradients."""


def height(legend: LegendContent) -> float:
    """Return how much a picture grows by it."""
    bar = _BAR + _TICKS if legend.bar else 0.0
    return _HEAD + bar + _ROW * (len(_rows(legend)) + bool(legend.note)) + m.MARGIN


def draw_legend(pen: Pen, legend: LegendContent, x: float, y: float, palette: Palette) -> None:
    """Draw the legend, with its top left at (x, y)."""
    pen.text(x, y + 14, legend.title, "title", m.TITLE_SIZE, palette.text)
    pen.text(x + WIDTH, y + 14, legend.quantity, "text", m.HEADER_SIZE, palette.text3, 1)
    y += _HEAD
    if legend.bar:
        _draw_bar(pen, legend, x, y, palette)
        y += _BAR + _TICKS
    for row in _rows(legend):
        for number, (shade, words) in enumerate(row):
            _draw_sample(pen, x + number * WIDTH / 2, y, shade, words, palette)
        y += _ROW
    pen.text(x, y + 16, legend.note, "text", m.HEADER_SIZE, palette.text3)


def _rows(legend: LegendContent) -> list[tuple[tuple[Shade, str], ...]]:
    """Set two samples beside each other, unless one is too long for its half."""
    room = WIDTH / 2 - _SWATCH[0] - 16
    columns = 2 if all(width(words, "text", m.HEADER_SIZE) <= room for _, words in legend.samples) else 1
    return [legend.samples[start : start + columns] for start in range(0, len(legend.samples), columns)]


def _draw_bar(pen: Pen, legend: LegendContent, x: float, y: float, palette: Palette) -> None:
    wide = WIDTH / _STEPS
    for step in range(_STEPS):
        shade = _between(legend.bar, step / (_STEPS - 1))
        pen.rectangle((x + step * wide, y, wide, _BAR), 0, shade, Stroke(shade))
    for place, text in legend.ticks:
        at = x + place * WIDTH
        pen.spline([(at, y + _BAR + 1 + k * 4 / 3) for k in range(4)], Stroke(palette.text3))
        half = width(text, "text", m.LABEL_SIZE) / 2
        pen.text(min(max(at, x + half), x + WIDTH - half), y + _BAR + 17, text, "text", m.LABEL_SIZE, palette.text3, 0)


def _between(colors: tuple[str, ...], place: float) -> str:
    """Return the color at a place from 0 to 1 of evenly spaced ones."""
    at = place * (len(colors) - 1)
    low = min(int(at), len(colors) - 2)
    begin, end = list(pairwise(colors))[low]
    mixed = (int(begin[i : i + 2], 16) + (at - low) * (int(end[i : i + 2], 16) - int(begin[i : i + 2], 16))
             for i in (1, 3, 5))  # fmt: skip
    return "#" + "".join(f"{round(channel):02x}" for channel in mixed)


def _draw_sample(pen: Pen, x: float, y: float, shade: Shade, words: str, palette: Palette) -> None:
    wide, high = _SWATCH
    box = (x + 0.5, y + (_ROW - high) / 2, wide, high)
    stroke = Stroke(shade.line or shade.fill or palette.text3, 1.0, DASHED if shade.hatched else ())
    pen.rectangle(box, 3, shade.fill or palette.canvas, stroke)
    if shade.hatched:
        hatch(pen, box, palette.cluster_border, distance=5)
    if shade.beyond:
        pointer(pen, box, shade.ink or palette.canvas)
    pen.text(x + wide / 2, y + _ROW / 2 + 3.5, shade.value, "mono", 10, shade.ink or palette.text, 0)
    pen.text(x + wide + 8, y + _ROW / 2 + 4.5, words, "text", m.HEADER_SIZE, palette.text)
