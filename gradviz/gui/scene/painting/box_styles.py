"""Styles of the boxes in the window: by kind, by state, and by the color of an overlay."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from gradviz.appearance.boxes import DASHED, PILLS, BoxKind, BoxStyle, style_of_kind
from gradviz.appearance.palette import Palette, PhaseColors, Stroke
from gradviz.gui.scene.data.box_colors import Pattern
from gradviz.gui.scene.data.node_states import NEXT, NodeState, NodeTag


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
) -> BoxStyle:
    """Return the style of a box of this kind in this state, under an overlay. Shared: every painting asks for it."""
    style = _in_state(style_of_kind(palette, kind, hovered=hovered), palette, kind, state)
    style = _under_overlay(style, palette, pattern, fill, ink)
    if tag in (NodeTag.NAN, NodeTag.INF, NodeTag.ERROR):
        style = replace(style, border=Stroke(palette.error, 2))
    return replace(style, fill=palette.error_tint) if tag == NodeTag.ERROR else style


def _in_state(style: BoxStyle, palette: Palette, kind: int, state: int) -> BoxStyle:
    if kind in PILLS or (kind in (BoxKind.CLUSTER, BoxKind.STACK) and state not in NEXT):
        return style
    match state:
        case NodeState.NOT_RUN:
            return replace(style, fill="", border=Stroke(palette.line2, 1.25, DASHED), title=palette.text3)
        case NodeState.FORWARD_RAN:
            # A leaf is not run by forward; only backward brings it something.
            ran = kind in (BoxKind.FUNCTION, BoxKind.CUSTOM, BoxKind.OPAQUE)
            return replace(style, stripe=palette.forward.fill) if ran else style
        case NodeState.BACKWARD_RAN:
            return replace(style, stripe=palette.backward.fill)
        case NodeState.NEXT_FORWARD | NodeState.NEXT_BACKWARD | NodeState.NEXT_UPDATE:
            phase = phase_of(palette, state)
            return replace(style, fill=phase.tint, border=Stroke(phase.fill, 2), stripe=phase.fill)
        case NodeState.UPDATED:
            return replace(style, stripe=palette.update.fill)
    return style


def phase_of(palette: Palette, state: int) -> PhaseColors:
    """Return the colors of the phase that a node of this state runs next in."""
    if state == NodeState.NEXT_FORWARD:
        return palette.forward
    return palette.backward if state == NodeState.NEXT_BACKWARD else palette.update


def _under_overlay(style: BoxStyle, palette: Palette, pattern: int, fill: int, ink: int) -> BoxStyle:
    """Color the box; the stripe and a thick border keep what they say about the state."""
    is_thick = style.border.width > 1.5
    match pattern:
        case Pattern.FILLED | Pattern.BEYOND:
            shade, text = hex_of(fill), hex_of(ink)
            return replace(
                style,
                fill=shade,
                border=style.border if is_thick else Stroke(_rim(shade, palette)),
                title=text,
                second=text,
                seam=palette.canvas,
                hatched=False,
                beyond=pattern == Pattern.BEYOND,
            )
        case Pattern.NOT_MEASURED:
            border = style.border if is_thick else Stroke(palette.text3, 1.25, DASHED)
            return replace(style, fill="", border=border, title=palette.text2, hatched=True)
        case Pattern.ZERO:
            return replace(style, fill=palette.canvas, border=style.border if is_thick else Stroke(palette.text2, 1.25))
    return style


def hex_of(rgb: int) -> str:
    """Return `#rrggbb` of 0xRRGGBB."""
    return f"#{rgb:06x}"


@lru_cache(maxsize=4096)
def _rim(shade: str, palette: Palette) -> str:
    """Return a border a little off its fill: lighter on a dark canvas, darker on a light one."""
    red, green, blue = (int(shade[i : i + 2], 16) for i in (1, 3, 5))
    toward, share = (255, 0.22) if palette.dark else (0, 0.22)
    return "#{:02x}{:02x}{:02x}".format(*(round(c + (toward - c) * share) for c in (red, green, blue)))
