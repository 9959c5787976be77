"""The palette in force as Qt needs it: colors, and the pens and brushes of them, made once."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QGuiApplication, QPalette, QPen

from gradviz.appearance.palette import DARK, LIGHT, Palette, Stroke, contrast


def current() -> Palette:
    """Return the palette that the application has now, read from its QPalette; `DARK` before a theme is applied.

    A widget that paints by itself asks again on `QEvent.PaletteChange`.
    """
    app = QGuiApplication.instance()
    if not isinstance(app, QGuiApplication):
        return DARK
    ground = QGuiApplication.palette().color(QPalette.ColorRole.Window)
    return DARK if ground.lightness() < 128 else LIGHT


@lru_cache(maxsize=1024)
def color(name: str, alpha: float = 1.0) -> QColor:
    """Return a `QColor` of `#RRGGBB` with opacity `alpha` from 0 to 1. Shared: do not change it."""
    result = QColor(name)
    result.setAlphaF(alpha)
    return result


@lru_cache(maxsize=512)
def pen(stroke: Stroke, ratio: float = 1.0) -> QPen:
    """Return a pen that keeps its width at every zoom, on a screen of device pixel ratio `ratio`.

    Shared: do not change it. Qt takes the width of such a pen in device pixels.
    """
    shade, width, dashes = stroke
    result = QPen(color(shade), width * ratio)
    result.setCosmetic(True)
    result.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    result.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dashes:  # Qt counts dashes in widths of the pen
        result.setDashPattern([length / width for length in dashes])
    return result


@lru_cache(maxsize=8192)
def brush(shade: str, alpha: float = 1.0) -> QBrush:
    """Return a filled brush. Shared: do not change it."""
    return QBrush(color(shade, alpha))


def tag_colors(palette: Palette, shade: str) -> tuple[QColor, QColor]:
    """Return the ground of a tag in this shade and the color of its text, the stronger of dark and white."""
    texts = (palette.inverse_text if palette.dark else palette.text, "#FFFFFF")
    return color(shade), color(max(texts, key=lambda text: contrast(shade, text)))
