"""Paths and styles of the boxes in the window: outline, corner and stripe; colors by kind, state and overlay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF

from gradviz.appearance.boxes import DASHED, HEXAGONS, PILLS, BoxKind, BoxStyle, hexagon, outline_of, style_of_kind
from gradviz.appearance.palette import Palette, PhaseColors, Stroke
from gradviz.gui.scene.data.box_colors import Pattern
from gradviz.gui.scene.data.node_states import NEXT, NodeState, NodeTag
from gradviz.layout.geometry import metrics as m


@lru_cache(maxsize=4096)
def outline(kind: int, width: float, height: float, grow: float = 0.0) -> QPainterPath:
    """Return the closed path of a box with its top left at (0, 0), `grow` pixels outside it all around.

    Shared: do not change it.
    """
    path = QPainterPath()
    rect = QRectF(-grow, -grow, width + 2 * grow, height + 2 * grow)
    form = outline_of(kind, height)
    if form.point:
        # The slanted sides keep the same distance as the flat ones when the points reach out a little further.
        wide = rect.adjusted(-grow * 0.2, 0, grow * 0.2, 0)
        return _closed(hexagon((wide.x(), wide.y(), wide.width(), wide.height()), form.point))
    if form.cut:
        return _cut(rect, form.radius + grow, form.cut)
    path.addRoundedRect(rect, form.radius + grow, form.radius + grow)
    return path


@lru_cache(maxsize=4096)
def outline_at(kind: int, x: float, y: float, width: float, height: float) -> QPainterPath:
    """Return the path that the border of the box at (x, y) runs along. Shared: do not change it."""
    return outline(kind, width, height, -0.5).translated(x, y)


def _closed(corners: Sequence[tuple[float, float]]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    path.closeSubpath()
    return path


def _cut(rect: QRectF, radius: float, cut: float) -> QPainterPath:
    left, right, top, bottom = rect.left(), rect.right(), rect.top(), rect.bottom()
    around = 2 * radius
    path = QPainterPath(QPointF(left + radius, top))
    path.lineTo(right - cut, top)
    path.lineTo(right, top + cut)
    path.lineTo(right, bottom - radius)
    path.arcTo(QRectF(right - around, bottom - around, around, around), 0, -90)
    path.lineTo(left + radius, bottom)
    path.arcTo(QRectF(left, bottom - around, around, around), -90, -90)
    path.lineTo(left, top + radius)
    path.arcTo(QRectF(left, top, around, around), 180, -90)
    path.closeSubpath()
    return path


@lru_cache(maxsize=64)
def fold(width: float, cut: float = m.CORNER) -> QPainterPath:
    """Return the turned-down corner of a custom Function."""
    path = QPainterPath(QPointF(width - cut, 0.5))
    path.lineTo(width - cut, cut - 2)
    path.quadTo(QPointF(width - cut, cut), QPointF(width - cut + 2, cut))
    path.lineTo(width - 0.5, cut)
    return path


@lru_cache(maxsize=256)
def stripe(kind: int, width: float, height: float, thick: float = m.STRIPE) -> QPainterPath:
    """Return the phase stripe at a box's left side; a chevron on a hexagon."""
    if kind in HEXAGONS:
        point = outline_of(kind, height).point
        thick *= 1.4
        return _closed(
            [
                (point, 0),
                (point + thick, 0),
                (thick, height / 2),
                (point + thick, height),
                (point, height),
                (0, height / 2),
            ]
        )
    left = QPainterPath()
    left.addRect(0, 0, thick, height)
    return outline(kind, width, height).intersected(left)


@lru_cache(maxsize=4096)
def stripe_at(kind: int, x: float, y: float, width: float, height: float, thick: float = m.STRIPE) -> QPainterPath:
    """Return the phase stripe of the box at (x, y). Shared: do not change it."""
    return stripe(kind, width, height, thick).translated(x, y)


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
    if tag in (NodeTag.NAN, NodeTag.INF, NodeTag.ERROR, NodeTag.ROLE):
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
        case NodeState.EARLIER:
            return replace(style, fill="", border=Stroke(palette.text3, 1.25), title=palette.text2, hatched=True)
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
