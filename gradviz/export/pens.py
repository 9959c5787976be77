"""The two pens that write a picture's shapes and text, in pixels, y down: as SVG, and as Graphviz reads them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape
from typing import Protocol

from gradviz.appearance.boxes import DASHED, DOTTED, HATCH, POINTER, Rect
from gradviz.appearance.palette import Stroke
from gradviz.layout.geometry.text_metrics import Face

Points = Sequence[Sequence[float]]
_SVG_FONTS: dict[Face, str] = {
    "title": 'font-family="Inter,Helvetica,sans-serif" font-weight="600"',
    "text": 'font-family="Inter,Helvetica,sans-serif"',
    "mono": 'font-family="JetBrains Mono,Menlo,monospace"',
}
_ANCHORS = {-1: "", 0: ' text-anchor="middle"', 1: ' text-anchor="end"'}
_XDOT_FONTS: dict[Face, str] = {"title": "Inter Semi-Bold", "text": "Inter", "mono": "JetBrains Mono"}
_XDOT_STYLES: dict[tuple[float, ...], str] = {(): "solid", DASHED: "dashed", DOTTED: "dotted"}


class Pen(Protocol):
    """What a picture is drawn with."""

    def rectangle(self, rect: Sequence[float], radius: float, fill: str, stroke: Stroke) -> None:
        """Draw a rectangle (x, y, width, height) with round corners; half the height makes a pill."""

    def polygon(self, points: Points, fill: str, stroke: Stroke) -> None:
        """Draw a filled, closed outline."""

    def spline(self, points: Points, stroke: Stroke) -> None:
        """Draw a cubic Bézier spline of 3n + 1 points."""

    def text(self, x: float, baseline: float, text: str, face: Face, size: float, color: str, align: int = -1) -> None:
        """Write one line; `align` is -1 for a left edge at x, 0 for a middle, 1 for a right edge."""

    def chevron(self, x: float, y: float, color: str) -> None:
        """Draw the sign that something unfolds; (x, y) is its left middle."""

    def tooltip(self, rect: Sequence[float], text: str) -> None:
        """Attach a sentence to a rectangle, where the format can show one."""


def hatch(pen: Pen, rect: Rect, color: str, *, inset: float = 2.0, distance: float = HATCH) -> None:
    """Draw lines at 45° over a rectangle, `inset` away from its left and right sides."""
    x, y, w, h = rect
    left, right, bottom = x + inset, x + w - inset, y + h
    start = left - h
    while start < right:
        begin, end = max(start, left), min(start + h, right)
        if end - begin > 1:
            step = (end - begin) / 3
            points = [(begin + k * step, bottom - (begin - start) - k * step) for k in range(4)]
            pen.spline(points, Stroke(color))
        start += distance


def pointer(pen: Pen, rect: Rect, color: str) -> None:
    """Draw the sign of a value beyond the scale, at the right of a box."""
    x, y, w, h = rect
    pen.polygon([(x + w + away, y + h / 2 + down) for away, down in POINTER], color, Stroke(color))


class SvgPen:
    """Writes SVG, without Graphviz; the picture is `width` × `height`."""

    def __init__(self, width: float, height: float) -> None:
        self._size = width, height
        self._parts: list[str] = []

    @property
    def document(self) -> bytes:
        """The whole file."""
        width, height = (f"{length:g}" for length in self._size)
        head = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" '
            f'width="{width}" height="{height}" viewBox="0 0 {width} {height}">\n'
        )
        return (head + "\n".join(self._parts) + "\n</svg>\n").encode()

    def rectangle(self, rect: Sequence[float], radius: float, fill: str, stroke: Stroke) -> None:
        """Write a rectangle with round corners."""
        x, y, w, h = rect
        r = min(radius, w / 2, h / 2)
        place = f'x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" rx="{r:g}"'
        self._parts.append(f'<rect {place} fill="{fill}" {self._stroke(stroke)}/>')

    def polygon(self, points: Points, fill: str, stroke: Stroke) -> None:
        """Write a filled, closed outline."""
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._parts.append(f'<polygon points="{way}" fill="{fill}" {self._stroke(stroke)}/>')

    def spline(self, points: Points, stroke: Stroke) -> None:
        """Write a cubic Bézier spline."""
        first, *others = (f"{x:.1f} {y:.1f}" for x, y in points)
        width = f'stroke="{stroke.shade}" stroke-width="{stroke.width:g}"'
        self._parts.append(f'<path d="M{first}C{" ".join(others)}" fill="none" {width}/>')

    def text(self, x: float, baseline: float, text: str, face: Face, size: float, color: str, align: int = -1) -> None:
        """Write one line of text."""
        if text:
            place = f'x="{x:.1f}" y="{baseline:.1f}"{_ANCHORS[align]}'
            font = f'{_SVG_FONTS[face]} font-size="{size:g}" fill="{color}"'
            self._parts.append(f"<text {place} {font}>{escape(text, quote=False)}</text>")

    def chevron(self, x: float, y: float, color: str) -> None:
        """Write the sign that something unfolds."""
        way = f"M{x:g} {y - 4:g}L{x + 4.5:g} {y:g}L{x:g} {y + 4:g}"
        self._parts.append(f'<path d="{way}" fill="none" stroke="{color}" stroke-width="1.5"/>')

    def tooltip(self, rect: Sequence[float], text: str) -> None:
        """Write a sentence that browsers show over a rectangle."""
        x, y, w, h = rect
        place = f'x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}"'
        self._parts.append(
            f'<rect {place} fill="none" pointer-events="all"><title>{escape(text, quote=False)}</title></rect>'
        )

    @staticmethod
    def _stroke(stroke: Stroke) -> str:
        dashes = " ".join(f"{length:g}" for length in stroke.dashes)
        return f'stroke="{stroke.shade}"' + (f' stroke-dasharray="{dashes}"' if dashes else "")


class XdotPen:
    """Writes Graphviz's drawing operations (xdot); `height` of the picture turns y down into Graphviz's y up."""

    def __init__(self, height: float) -> None:
        self._height = height
        self._parts: list[str] = []

    @property
    def operations(self) -> str:
        """All operations so far."""
        return " ".join(self._parts)

    def rectangle(self, rect: Sequence[float], radius: float, fill: str, stroke: Stroke) -> None:
        """Write a rectangle with round corners as a polygon."""
        x, y, w, h = (float(v) for v in rect)
        r = min(radius, w / 2, h / 2)
        corners = ((x + w - r, y + r, -90), (x + w - r, y + h - r, 0), (x + r, y + h - r, 90), (x + r, y + r, 180))
        points = [
            (cx + r * math.cos(math.radians(start + step)), cy + r * math.sin(math.radians(start + step)))
            for cx, cy, start in corners
            for step in range(0, 91, 10)
        ]
        self.polygon(points, fill, stroke)

    def polygon(self, points: Points, fill: str, stroke: Stroke) -> None:
        """Write a filled, closed outline."""
        self._set_pen(fill, stroke)
        self._parts.append(f"P {len(points)} {self._placed(points)}")

    def spline(self, points: Points, stroke: Stroke) -> None:
        """Write a cubic Bézier spline."""
        self._set_pen(stroke.shade, stroke)
        self._parts.append(f"B {len(points)} {self._placed(points)}")

    def chevron(self, x: float, y: float, color: str) -> None:
        """Write the sign that something unfolds."""
        for end in (-4.0, 4.0):
            self.spline([(x + 4.5 * k / 3, y + end * (1 - k / 3)) for k in range(4)], Stroke(color, 1.5))

    def text(self, x: float, baseline: float, text: str, face: Face, size: float, color: str, align: int = -1) -> None:
        """Write one line of text."""
        if text:
            self._parts.append(f"c {_counted(color)} F {size:g} {_counted(_XDOT_FONTS[face])}")
            y = self._height - baseline
            self._parts.append(f"T {x:.2f} {y:.2f} {align} {len(text) * size * 0.6:.1f} {_counted(text)}")

    def tooltip(self, rect: Sequence[float], text: str) -> None:
        """Write nothing: PNG and PDF have no tooltips."""

    def _set_pen(self, fill: str, stroke: Stroke) -> None:
        style = _XDOT_STYLES[stroke.dashes]
        self._parts.append(f"S {_counted(f'setlinewidth({stroke.width:g})')} S {_counted(style)}")
        self._parts.append(f"c {_counted(stroke.shade)} C {_counted(fill)}")

    def _placed(self, points: Iterable[Sequence[float]]) -> str:
        return " ".join(f"{x:.2f} {self._height - y:.2f}" for x, y in points)


def _counted(text: str) -> str:
    # xdot gives strings with their length in bytes, and its reader does not count backslashes.
    return f"{len(text.encode()) - text.count(chr(92))} -{text}"
