"""Writes drawing operations as Graphviz reads them (xdot): outlines, splines and lines of text, in pixels, y down."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from gradviz.export.svg_pen import SvgPen
from gradviz.layout.geometry.text_metrics import Face

_FONTS: dict[Face, str] = {"title": "Inter Semi-Bold", "text": "Inter", "mono": "JetBrains Mono"}


class Pen:
    """Collects operations; `height` of the picture turns y down into Graphviz's y up."""

    def __init__(self, height: float) -> None:
        self._height = height
        self._parts: list[str] = []

    @property
    def written(self) -> str:
        """All operations so far."""
        return " ".join(self._parts)

    def rounded(self, rect: Sequence[float], radius: float, fill: str, line: str, style: str = "solid") -> None:
        """A rectangle (x, y, width, height) with round corners; half the height makes a pill."""
        x, y, w, h = (float(v) for v in rect)
        r = min(radius, w / 2, h / 2)
        corners = ((x + w - r, y + r, -90), (x + w - r, y + h - r, 0), (x + r, y + h - r, 90), (x + r, y + r, 180))
        points = [
            (cx + r * math.cos(math.radians(start + step)), cy + r * math.sin(math.radians(start + step)))
            for cx, cy, start in corners
            for step in range(0, 91, 10)
        ]
        self.polygon(points, fill, line, style)

    def polygon(self, points: Sequence[Sequence[float]], fill: str, line: str, style: str = "solid") -> None:
        """A filled, closed outline."""
        self._pens(fill, line, style)
        self._parts.append(f"P {len(points)} {self._points(points)}")

    def spline(self, points: Sequence[Sequence[float]], line: str, width: float, style: str = "solid") -> None:
        """A cubic Bézier spline of 3n + 1 points."""
        self._pens(line, line, style, width)
        self._parts.append(f"B {len(points)} {self._points(points)}")

    def chevron(self, x: float, y: float, line: str) -> None:
        """A sign that something unfolds; (x, y) is its left middle."""
        for end in (-4.0, 4.0):
            run = [(x + 4.5 * k / 3, y + end * (1 - k / 3)) for k in range(4)]
            self.spline(run, line, 1.5)

    def text(self, x: float, baseline: float, text: str, face: Face, size: float, colour: str, align: int = -1) -> None:
        """One line; `align` is -1 for a left edge at x, 0 for a middle, 1 for a right edge."""
        if text:
            self._parts.append(f"c {_counted(colour)} F {size:g} {_counted(_FONTS[face])}")
            y = self._height - baseline
            self._parts.append(f"T {x:.2f} {y:.2f} {align} {len(text) * size * 0.6:.1f} {_counted(text)}")

    def tip(self, rect: Sequence[float], text: str) -> None:
        """Pictures that are only looked at have no tips."""

    def _pens(self, fill: str, line: str, style: str, width: float = 1.0) -> None:
        self._parts.append(f"S {_counted(f'setlinewidth({width:g})')} S {_counted(style)}")
        self._parts.append(f"c {_counted(line)} C {_counted(fill)}")

    def _points(self, points: Iterable[Sequence[float]]) -> str:
        return " ".join(f"{x:.2f} {self._height - y:.2f}" for x, y in points)


def _counted(text: str) -> str:
    # xdot gives strings with their length in bytes, and its reader does not count backslashes.
    return f"{len(text.encode()) - text.count(chr(92))} -{text}"


AnyPen = Pen | SvgPen
