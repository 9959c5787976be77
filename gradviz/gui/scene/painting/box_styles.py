"""How a box looks: fill, border, stripe and inks, by kind, by state, and by the colour of an overlay."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush

from gradviz.appearance.palette import Palette, PhaseColors, Stroke
from gradviz.gui.scene.data.box_colors import Pattern
from gradviz.gui.scene.data.node_states import NEXT, NodeState, NodeTag
from gradviz.gui.scene.data.placed_graph import BoxKind
from gradviz.gui.scene.painting.box_outlines import PILLS
from gradviz.gui.style.palette import brush


@dataclass(frozen=True, slots=True)
class Style:
    """How one box is painted."""

    fill: QBrush
    border: Stroke
    title: str
    second: str
    stripe: str = ""
    seam: str = ""
    """Parts the stripe from a fill that may be of its hue."""
    hatched: bool = False
    beyond: bool = False
    """The value lies beyond the end of the scale."""


@lru_cache(maxsize=8192)
def style_of(
    palette: Palette,
    kind: int,
    state: int = NodeState.PLAIN,
    tag: int = NodeTag.NONE,
    *,
    hovered: bool = False,
    pattern: int = Pattern.PLAIN,
    fill: int = 0,
    ink: int = 0,
) -> Style:
    """The style of a box of this kind in this state, under an overlay. Shared: it is asked for at every painting."""
    body = palette.node_hover if hovered else palette.node
    rim = Stroke(palette.text3 if hovered else palette.line2)
    style = Style(brush(body), rim, palette.text, palette.text3)
    none = QBrush(Qt.BrushStyle.NoBrush)
    match kind:
        case BoxKind.DATA:
            shade = palette.text3 if hovered else palette.line2
            style = replace(style, fill=none, border=Stroke(shade, 1.25, (4, 3)), title=palette.text2)
        case BoxKind.STUB:
            shade = palette.text2 if hovered else palette.text3
            style = replace(style, fill=none, border=Stroke(shade, 1.25, (1.25, 2.5)), title=palette.text2)
        case BoxKind.LOSS:
            rim = Stroke(palette.accent if hovered else palette.inverse)
            style = Style(brush(palette.inverse), rim, palette.inverse_text, palette.inverse_text)
        case BoxKind.CLUSTER | BoxKind.STACK:
            rim = Stroke(palette.text3 if hovered else palette.cluster_border)
            style = Style(brush(palette.hover if hovered else palette.cluster[1]), rim, palette.text, palette.text3)
        case BoxKind.OPAQUE:
            style = replace(style, hatched=True)
    style = _coloured(_in_state(style, palette, kind, state), palette, pattern, fill, ink)
    if tag in (NodeTag.NAN, NodeTag.INF, NodeTag.ERROR):
        style = replace(style, border=Stroke(palette.error, 2))
    return replace(style, fill=brush(palette.error_tint)) if tag == NodeTag.ERROR else style


def _in_state(style: Style, palette: Palette, kind: int, state: int) -> Style:
    if kind in PILLS or (kind in (BoxKind.CLUSTER, BoxKind.STACK) and state not in NEXT):
        return style
    match state:
        case NodeState.NOT_RUN:
            pale = Stroke(palette.line2, 1.25, (4, 3))
            return replace(style, fill=QBrush(Qt.BrushStyle.NoBrush), border=pale, title=palette.text3)
        case NodeState.FORWARD_RAN:
            # A leaf is not run by forward; only backward brings it something.
            ran = kind in (BoxKind.FUNCTION, BoxKind.CUSTOM, BoxKind.OPAQUE)
            return replace(style, stripe=palette.forward.fill) if ran else style
        case NodeState.BACKWARD_RAN:
            return replace(style, stripe=palette.backward.fill)
        case NodeState.NEXT_FORWARD | NodeState.NEXT_BACKWARD | NodeState.NEXT_UPDATE:
            phase = phase_of(palette, state)
            return replace(style, fill=brush(phase.tint), border=Stroke(phase.fill, 2), stripe=phase.fill)
        case NodeState.UPDATED:
            return replace(style, stripe=palette.update.fill)
    return style


def phase_of(palette: Palette, state: int) -> PhaseColors:
    """The colours of the phase that a node of this state runs next in."""
    if state == NodeState.NEXT_FORWARD:
        return palette.forward
    return palette.backward if state == NodeState.NEXT_BACKWARD else palette.update


def _coloured(style: Style, palette: Palette, pattern: int, fill: int, ink: int) -> Style:
    """Under an overlay; the stripe and a thick border keep what the state says with them."""
    match pattern:
        case Pattern.FILLED | Pattern.BEYOND:
            shade, words = hex_of(fill), hex_of(ink)
            border = style.border if style.border.width > 1.5 else Stroke(_rim(shade, palette))
            return replace(
                style,
                fill=brush(shade),
                border=border,
                title=words,
                second=words,
                seam=palette.canvas,
                hatched=False,
                beyond=pattern == Pattern.BEYOND,
            )
        case Pattern.NOT_MEASURED:
            border = style.border if style.border.width > 1.5 else Stroke(palette.text3, 1.25, (4, 3))
            none = QBrush(Qt.BrushStyle.NoBrush)
            return replace(style, fill=none, border=border, title=palette.text2, hatched=True)
        case Pattern.ZERO:
            border = style.border if style.border.width > 1.5 else Stroke(palette.text2, 1.25)
            return replace(style, fill=brush(palette.canvas), border=border)
    return style


def hex_of(rgb: int) -> str:
    """`#rrggbb` of 0xRRGGBB."""
    return f"#{rgb:06x}"


@lru_cache(maxsize=4096)
def _rim(shade: str, palette: Palette) -> str:
    """A border a little apart from its fill: lighter on a dark canvas, darker on a light one."""
    red, green, blue = (int(shade[i : i + 2], 16) for i in (1, 3, 5))
    toward, share = (255, 0.22) if palette.dark else (0, 0.22)
    mixed = [round(c + (toward - c) * share) for c in (red, green, blue)]
    return "#{:02x}{:02x}{:02x}".format(*mixed)
