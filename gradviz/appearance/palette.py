"""Every color by its role, in dark and in light: the one table of the window and of exported pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from gradviz.errors import UnknownNameError
from gradviz.language import tr


class Stroke(NamedTuple):
    """How a line is drawn, in pixels; `dashes` are line and gap by turns."""

    shade: str
    width: float = 1.0
    dashes: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class PhaseColors:
    """One phase: `text` for text and glyphs, `fill` for stripes, edges and bars, `tint` for grounds."""

    text: str
    fill: str
    tint: str


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """Colors as `#RRGGBB`, named for what they are used for, never for their hue. Compared by identity."""

    dark: bool
    canvas: str
    window: str
    panel: str
    raised: str
    hover: str
    node: str
    node_hover: str
    """Body of a hovered node."""
    cluster: tuple[str, str]
    """Grounds of clusters, alternating by depth."""
    cluster_border: str
    line: str
    """Separators."""
    line2: str
    """Borders of fields and nodes."""
    text: str
    text2: str
    """Labels and icons."""
    text3: str
    """Captions and units."""
    disabled: str
    accent: str
    accent_fill: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    """Text on an accent fill."""
    row_tint: str
    """Ground of the chosen row."""
    error: str
    error_tint: str
    error_fill: str
    breakpoint: str
    warning: str
    warning_tint: str
    edge: str
    inverse: str
    """Body of the loss node."""
    inverse_text: str
    forward: PhaseColors
    backward: PhaseColors
    update: PhaseColors
    sequential: tuple[str, ...]
    """From low to high; the low end is near the canvas."""
    diverging: tuple[str, ...]
    """From negative to positive; zero is the panel's tone."""
    categorical: tuple[str, ...]
    """Groups, the largest first; the last is for what is left over. Apart by 12 or more (OKLab × 100) to all eyes."""

    def phase(self, name: str) -> PhaseColors:
        """Return the colors of `forward`, `backward` or `update`.

        Raises:
            KeyError: no such phase.
        """
        return {"forward": self.forward, "backward": self.backward, "update": self.update}[name]


_CATEGORICAL = ("#4F69BF", "#E99558", "#46D7F9", "#C55B3C", "#E7DF72", "#534A6E", "#8C2A04", "#8A93A1")
_SEQUENTIAL = ("#1A2140", "#22447F", "#22719C", "#3FA39A", "#93CF8B", "#F4EFA6")

DARK = Palette(
    dark=True,
    canvas="#121419",
    window="#16191F",
    panel="#1B1E25",
    raised="#252932",
    hover="#2C313B",
    node="#252A33",
    node_hover="#2C313B",
    cluster=("#191C23", "#1F232B"),
    cluster_border="#363D49",
    line="#2D323C",
    line2="#444C5A",
    text="#E8EBF0",
    text2="#AEB6C3",
    text3="#929BAA",
    disabled="#596170",
    accent="#BDB2FF",
    accent_fill="#6A58E2",
    accent_hover="#7C6CE5",
    accent_pressed="#5748B9",
    on_accent="#FFFFFF",
    row_tint="#2C2A4A",
    error="#FF6B70",
    error_tint="#3F1F25",
    error_fill="#C8323B",
    breakpoint="#F2555A",
    warning="#E9C46A",
    warning_tint="#38321F",
    edge="#646F80",
    inverse="#E8EBF0",
    inverse_text="#14171C",
    forward=PhaseColors("#62A2F7", "#62A2F7", "#1D2C44"),
    backward=PhaseColors("#F0913A", "#F0913A", "#3A2A1C"),
    update=PhaseColors("#84DCC6", "#84DCC6", "#1E3835"),
    sequential=_SEQUENTIAL,
    diverging=("#9CCBFF", "#3F86E8", "#224A86", "#1B1E25", "#7D4513", "#E07B24", "#FFD0A0"),
    categorical=_CATEGORICAL,
)

LIGHT = Palette(
    dark=False,
    canvas="#F4F5F8",
    window="#ECEEF2",
    panel="#FFFFFF",
    raised="#F1F3F6",
    hover="#E8EBF0",
    node="#FFFFFF",
    node_hover="#F7F8FA",
    cluster=("#ECEEF3", "#E4E7ED"),
    cluster_border="#CDD3DC",
    line="#DFE3E9",
    line2="#B9C1CC",
    text="#191D24",
    text2="#4A5462",
    text3="#5F6977",
    disabled="#A2AAB6",
    accent="#4A2FBD",
    accent_fill="#5644D4",
    accent_hover="#4C3CBB",
    accent_pressed="#4738AE",
    on_accent="#FFFFFF",
    row_tint="#ECE9FC",
    error="#C4262E",
    error_tint="#FCE6E7",
    error_fill="#C4262E",
    breakpoint="#D8323A",
    warning="#8A6100",
    warning_tint="#FBF1D6",
    edge="#808B9A",
    inverse="#1E232B",
    inverse_text="#FFFFFF",
    forward=PhaseColors("#1D64DC", "#3B82F0", "#E4EDFC"),
    backward=PhaseColors("#AD5208", "#DE6F0C", "#FCEBDC"),
    update=PhaseColors("#0F6B60", "#12907F", "#DDF1EE"),
    sequential=_SEQUENTIAL[::-1],
    diverging=("#0B3C8C", "#3E7FDB", "#B3D0F5", "#F7F7F7", "#F8CBA0", "#D97316", "#7E3400"),
    categorical=_CATEGORICAL,
)

PALETTES = {"light": LIGHT, "dark": DARK}


def palette_of(theme: str) -> Palette:
    """Return the palette of theme `light` or `dark`.

    Raises:
        UnknownNameError: there is no such theme.
    """
    if theme not in PALETTES:
        raise UnknownNameError(tr("theme"), theme, list(PALETTES))
    return PALETTES[theme]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two `#RRGGBB`, from 1 to 21, by WCAG 2."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mix(one: str, other: str, share: float) -> str:
    """Return the color that `one` gives over `other` at opacity `share` from 0 to 1."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02X}" for a, b in pairs)


def _channels(name: str) -> list[int]:
    return [int(name[i : i + 2], 16) for i in (1, 3, 5)]


def _luminance(name: str) -> float:
    # Relative luminance of sRGB, WCAG 2.2.
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in _channels(name))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
