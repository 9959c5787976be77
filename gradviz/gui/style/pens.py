"""Pens and brushes of the palette, made once for a theme."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPen

from gradviz.gui.style.palette import Palette, color, contrast


class Stroke(NamedTuple):
    """How a line is drawn, in pixels; `dashes` are line and gap by turns."""

    shade: str
    width: float = 1.0
    dashes: tuple[float, ...] = ()


@lru_cache(maxsize=512)
def pen(line: Stroke, ratio: float = 1.0) -> QPen:
    """A pen that keeps its width at every zoom, on a screen of device pixel ratio `ratio`. Shared: do not change it.

    Qt takes the width of such a pen in device pixels.
    """
    shade, width, dashes = line
    result = QPen(color(shade), width * ratio)
    result.setCosmetic(True)
    result.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    result.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dashes:  # Qt counts dashes in widths of the pen
        result.setDashPattern([length / width for length in dashes])
    return result


@lru_cache(maxsize=512)
def brush(shade: str, alpha: float = 1.0) -> QBrush:
    """A filled brush. Shared: do not change it."""
    return QBrush(color(shade, alpha))


def tag_colors(palette: Palette, shade: str) -> tuple[QColor, QColor]:
    """Ground and word of a tag in this shade: the stronger of dark and white."""
    words = max((palette.inverse_text if palette.dark else palette.text, "#FFFFFF"), key=lambda w: contrast(shade, w))
    return color(shade), color(words)
