"""Fonts of the two families, Inter and JetBrains Mono, by the names of `appearance.text_styles`."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF

from gradviz.appearance.text_styles import TextStyle
from gradviz.assets import asset
from gradviz.errors import GradvizError

UI_FAMILY = "Inter"
MONO_FAMILY = "JetBrains Mono"
_FILES = (
    "Inter-Regular.otf",
    "Inter-Medium.otf",
    "Inter-SemiBold.otf",
    "Inter-Italic.otf",
    "JetBrainsMono-Regular.ttf",
    "JetBrainsMono-SemiBold.ttf",
)


@lru_cache(maxsize=1)
def install() -> None:
    """Give Qt the shipped fonts. Needs a QGuiApplication; later calls do nothing.

    Raises:
        GradvizError: Qt cannot read a font file.
        FileNotFoundError: a font file was not shipped.
    """
    for name in _FILES:
        path = asset(f"fonts/{name}")
        if QFontDatabase.addApplicationFont(str(path)) < 0:
            raise GradvizError(f"Qt cannot read the font {path}; reinstall gradviz.")


def font(style: TextStyle, *, scale: float = 1.0, italic: bool = False) -> QFont:
    """Return the font of a text style, `scale` times as large; Inter has tabular figures."""
    return QFont(_font(MONO_FAMILY if style.mono else UI_FAMILY, style.size * scale, style.weight, italic))


def digit_width(style: TextStyle) -> float:
    """Return how wide a digit of a text style is; in a mono style, the point and the minus too."""
    return QFontMetricsF(font(style)).horizontalAdvance("0")


def ui(size: float = 13, weight: int = 400, *, italic: bool = False) -> QFont:
    """Return Inter with tabular figures; `size` in whole pixels at 100 %, `weight` as in CSS (400, 500, 600)."""
    return QFont(_font(UI_FAMILY, size, weight, italic))


def mono(size: float = 12, weight: int = 400) -> QFont:
    """Return JetBrains Mono; `size` in whole pixels at 100 %, `weight` as in CSS (400, 600)."""
    return QFont(_font(MONO_FAMILY, size, weight, False))


@lru_cache(maxsize=4096)
def _font(family: str, size: float, weight: int, italic: bool) -> QFont:
    font = QFont(family)
    font.setPixelSize(max(round(size), 1))  # Qt rounds sizes to whole pixels, given in points too
    font.setWeight(QFont.Weight(weight))
    font.setItalic(italic)
    # Unhinted advances are the same at every zoom and on every system, as the layout's table of widths supposes.
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if family == UI_FAMILY:
        font.setFeature(QFont.Tag("tnum"), 1)
    else:  # `->` and `!=` in code stay as they were typed
        font.setFeature(QFont.Tag("calt"), 0)
        font.setStyleHint(QFont.StyleHint.Monospace)
    return font
