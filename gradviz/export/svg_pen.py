"""Writes drawing operations as SVG, in pixels, y down: the same pen as for other formats, without Graphviz."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from gradviz.layout.geometry.text_metrics import Face

_FONTS: dict[Face, str] = {
    "title": 'font-family="Inter,Helvetica,sans-serif" font-weight="600"',
    "text": 'font-family="Inter,Helvetica,sans-serif"',
    "mono": 'font-family="JetBrains Mono,Menlo,monospace"',
}
_DASHES = {"dashed": ' stroke-dasharray="4 3"', "dotted": ' stroke-dasharray="1.25 2.5"'}
_ANCHORS = {-1: "", 0: ' text-anchor="middle"', 1: ' text-anchor="end"'}


class SvgPen:
    """Collects operations, as `pen.Pen` does; the picture is `width` × `height`."""

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

    def rounded(self, rect: Sequence[float], radius: float, fill: str, line: str, style: str = "solid") -> None:
        """A rectangle (x, y, width, height) with round corners; half the height makes a pill."""
        x, y, w, h = rect
        r = min(radius, w / 2, h / 2)
        place = f'x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" rx="{r:g}"'
        self._parts.append(f'<rect {place} fill="{fill}" stroke="{line}"{_DASHES.get(style, "")}/>')

    def polygon(self, points: Sequence[Sequence[float]], fill: str, line: str, style: str = "solid") -> None:
        """A filled, closed outline."""
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._parts.append(f'<polygon points="{way}" fill="{fill}" stroke="{line}"{_DASHES.get(style, "")}/>')

    def spline(self, points: Sequence[Sequence[float]], line: str, width: float, style: str = "solid") -> None:
        """A cubic Bézier spline of 3n + 1 points."""
        first, *others = (f"{x:.1f} {y:.1f}" for x, y in points)
        way = f"M{first}C{' '.join(others)}"
        pen = f'fill="none" stroke="{line}" stroke-width="{width:g}"{_DASHES.get(style, "")}'
        self._parts.append(f'<path d="{way}" {pen}/>')

    def text(self, x: float, baseline: float, text: str, face: Face, size: float, colour: str, align: int = -1) -> None:
        """One line; `align` is -1 for a left edge at x, 0 for a middle, 1 for a right edge."""
        if text:
            place = f'x="{x:.1f}" y="{baseline:.1f}"{_ANCHORS[align]}'
            font = f'{_FONTS[face]} font-size="{size:g}" fill="{colour}"'
            self._parts.append(f"<text {place} {font}>{escape(text)}</text>")

    def chevron(self, x: float, y: float, line: str) -> None:
        """A sign that something unfolds; (x, y) is its left middle."""
        way = f"M{x:g} {y - 4:g}L{x + 4.5:g} {y:g}L{x:g} {y + 4:g}"
        self._parts.append(f'<path d="{way}" fill="none" stroke="{line}" stroke-width="1.5"/>')

    def tip(self, rect: Sequence[float], text: str) -> None:
        """A sentence that browsers show over a rectangle."""
        x, y, w, h = rect
        place = f'x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}"'
        self._parts.append(f'<rect {place} fill="none" pointer-events="all"><title>{escape(text)}</title></rect>')
