"""Paints nodes, badges and folded clusters: outline by kind, stripe and border by state, words by zoom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen, QTransform

from gradviz.gui import icons
from gradviz.gui.palette import Palette, color
from gradviz.gui.scene import frame as levels
from gradviz.gui.scene import texts as faces
from gradviz.gui.scene.drawing import BoxKind, Indices
from gradviz.gui.scene.frame import Frame
from gradviz.gui.scene.inks import Line, brush, pen
from gradviz.gui.scene.outlines import PILLS, fold, outline, stripe
from gradviz.gui.scene.states import NodeState, Tag
from gradviz.layout import measures as m

PALE = 0.35
"""Opacity of what is off the highlighted path."""
_SLOT = 9.0
_MOST_SLOTS = 4


@dataclass(frozen=True, slots=True)
class Style:
    """How one box is painted."""

    fill: QBrush
    border: Line
    title: str
    second: str
    stripe: str = ""
    hatched: bool = False


@lru_cache(maxsize=256)
def style_of(
    palette: Palette, kind: int, state: int = NodeState.PLAIN, tag: int = Tag.NONE, *, hovered: bool = False
) -> Style:
    """The style of a box of this kind in this state. Shared: it is asked for at every painting."""
    body = palette.node_hover if hovered else palette.node
    rim = Line(palette.text3 if hovered else palette.line2)
    style = Style(brush(body), rim, palette.text, palette.text3)
    none = QBrush(Qt.BrushStyle.NoBrush)
    match kind:
        case BoxKind.DATA:
            shade = palette.text3 if hovered else palette.line2
            style = replace(style, fill=none, border=Line(shade, 1.25, (4, 3)), title=palette.text2)
        case BoxKind.STUB:
            shade = palette.text2 if hovered else palette.text3
            style = replace(style, fill=none, border=Line(shade, 1.25, (1.25, 2.5)), title=palette.text2)
        case BoxKind.LOSS:
            rim = Line(palette.accent if hovered else palette.inverse)
            style = Style(brush(palette.inverse), rim, palette.inverse_text, palette.inverse_text)
        case BoxKind.CLUSTER:
            rim = Line(palette.text3 if hovered else palette.cluster_border)
            style = Style(brush(palette.hover if hovered else palette.cluster[1]), rim, palette.text, palette.text3)
        case BoxKind.OPAQUE:
            style = replace(style, hatched=True)
    style = _in_state(style, palette, kind, state)
    if tag in (Tag.NAN, Tag.ERROR):
        style = replace(style, border=Line(palette.error, 2))
    return replace(style, fill=brush(palette.error_tint)) if tag == Tag.ERROR else style


def _in_state(style: Style, palette: Palette, kind: int, state: int) -> Style:
    if kind in PILLS or kind == BoxKind.CLUSTER:
        return style
    match state:
        case NodeState.NOT_RUN:
            pale = Line(palette.line2, 1.25, (4, 3))
            return replace(style, fill=QBrush(Qt.BrushStyle.NoBrush), border=pale, title=palette.text3)
        case NodeState.FORWARD_RAN:
            # A leaf is not run by forward; only backward brings it something.
            ran = kind in (BoxKind.FUNCTION, BoxKind.CUSTOM, BoxKind.OPAQUE)
            return replace(style, stripe=palette.forward.fill) if ran else style
        case NodeState.BACKWARD_RAN:
            return replace(style, stripe=palette.backward.fill)
        case NodeState.NEXT_FORWARD | NodeState.NEXT_BACKWARD:
            phase = palette.forward if state == NodeState.NEXT_FORWARD else palette.backward
            return replace(style, fill=brush(phase.tint), border=Line(phase.fill, 2), stripe=phase.fill)
        case NodeState.NEXT_UPDATE:
            phase = palette.update
            return replace(style, fill=brush(phase.tint), border=Line(phase.fill, 2), stripe=phase.fill)
        case NodeState.UPDATED:
            return replace(style, stripe=palette.update.fill)
    return style


def paint_nodes(frame: Frame, boxes: Indices) -> int:
    """Paint these boxes and their words; returns how many were painted."""
    if frame.zoom < levels.CLUSTER_INSIDES:
        return _paint_plain(frame, boxes)
    drawing, painter = frame.drawing, frame.painter
    rects = drawing.rect[boxes].tolist()
    kinds = drawing.kind[boxes].tolist()
    nodes = drawing.node_at[boxes].tolist()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    hovered = drawing.box_of(frame.marks.hovered) if frame.marks.hovered is not None else None
    written = []
    for box, rect, kind, node in zip(boxes.tolist(), rects, kinds, nodes, strict=True):
        state = int(frame.states.state[node]) if node >= 0 else NodeState.PLAIN
        tag = int(frame.states.tag[node]) if node >= 0 else Tag.NONE
        style = style_of(frame.palette, kind, state, tag, hovered=box == hovered)
        pale = frame.marks.path is not None and _is_pale(frame, box, node)
        painter.setOpacity(PALE if pale else 1.0)
        _paint_shape(frame, kind, rect, style)
        written.append((box, rect, kind, node, style, pale))
    frame.in_view()
    for box, rect, kind, node, style, pale in written:
        painter.setOpacity(PALE if pale else 1.0)
        _write(frame, box, kind, rect, node, style)
    painter.setOpacity(1.0)
    return len(written)


def _is_pale(frame: Frame, box: int, node: int) -> bool:
    path = frame.marks.path
    if path is None:
        return False
    if node >= 0:
        return frame.drawing.graph.nodes[node].id not in path
    return not any(frame.drawing.box_of(node_id) == box for node_id in path)


def _paint_shape(frame: Frame, kind: int, rect: list[float], style: Style) -> None:
    painter, zoom = frame.painter, frame.zoom
    x, y, width, height = rect
    painter.setWorldTransform(QTransform(zoom, 0, 0, zoom, x * zoom + frame.camera.dx, y * zoom + frame.camera.dy))
    path = outline(kind, width, height, -0.5)
    painter.setPen(Qt.PenStyle.NoPen)
    if style.fill.style() != Qt.BrushStyle.NoBrush:
        painter.setBrush(style.fill)
        painter.drawPath(path)
    if style.hatched:
        painter.setClipPath(path)
        hatch(painter, QRectF(0, 0, width, height), frame.pen(frame.palette.line))
        painter.setClipping(False)
    if style.stripe:
        painter.fillPath(stripe(kind, width, height), color(style.stripe))
    painter.setPen(pen(style.border, frame.ratio))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    if kind == BoxKind.CUSTOM:
        painter.drawPath(fold(width))


def hatch(painter: QPainter, rect: QRectF, ink: QPen) -> None:
    """Lines at 45°, 7 apart, over `rect`."""
    painter.setPen(ink)
    height = rect.height()
    x = rect.left() - height
    while x < rect.right():
        painter.drawLine(int(x), int(rect.bottom()), int(x + height), int(rect.top()))
        x += 7


def _write(frame: Frame, box: int, kind: int, rect: list[float], node: int, style: Style) -> None:
    match kind:
        case BoxKind.LOSS:
            _write_loss(frame, box, rect, node, style)
        case BoxKind.BADGE:
            _write_badge(frame, box, rect, style)
        case BoxKind.STUB:
            _write_stub(frame, box, rect, style)
        case BoxKind.CLUSTER:
            _write_cluster(frame, box, rect, style)
        case _ if frame.drawing.placement.box_compact[box]:
            _write_compact(frame, box, rect, node, style)
        case _:
            _write_two_lines(frame, box, kind, rect, node, style)


def _write_two_lines(frame: Frame, box: int, kind: int, rect: list[float], node: int, style: Style) -> None:
    x, y, width, height = rect
    pad = {BoxKind.PARAMETER: m.LEAF_PAD, BoxKind.DATA: 16.0, BoxKind.LEAF: 16.0}.get(BoxKind(kind), m.NODE_PAD / 2)
    second = frame.drawing.subtitle(box)
    middle = y + height / 2
    functional = kind in (BoxKind.FUNCTION, BoxKind.CUSTOM)
    room = width - 2 * pad + (4 if functional else 0)
    baseline = middle - 4 if second and frame.zoom >= levels.SECOND_LINES else middle + 4.5
    mark = _mark(frame, x + width, baseline, node) if functional else 0
    _text(frame, frame.drawing.title(box), faces.TITLE, x + pad, baseline, style.title, room - mark)
    slots = frame.states.slots.get(node, ())
    if slots and frame.zoom >= levels.VIEW_TITLES:
        paint_slots(frame, slots, x + width - pad - 2, middle + (9 if baseline < middle else 0))
    if baseline < middle:
        _text(frame, second, faces.SECOND, x + pad, middle + 12.5, style.second, room + pad / 2)


def paint_slots(frame: Frame, slots: tuple[bool, ...], right: float, middle: float) -> None:
    """A circle for each term of a sum, filled when it has come; of many terms the count."""
    palette, painter = frame.palette, frame.painter
    if len(slots) > _MOST_SLOTS:
        text = f"{sum(slots)}/{len(slots)}"
        _text(frame, text, faces.ORDER, right, middle + 4, palette.backward.text, align=1.0)
        return
    across = _SLOT * frame.zoom
    for place, filled in enumerate(reversed(slots)):
        x, y = frame.camera.to_view(right - _SLOT / 2 - place * (_SLOT + 4), middle)
        if filled:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(brush(palette.backward.fill))
            painter.drawEllipse(QPointF(x, y), across / 2, across / 2)
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(frame.pen(palette.backward.fill, 1.5, (2, 1.5)))
            painter.drawEllipse(QPointF(x, y), across / 2 - 0.75, across / 2 - 0.75)


def _mark(frame: Frame, right: float, baseline: float, node: int) -> float:
    """Direction, order or number at the upper right; returns the width it takes."""
    if frame.zoom < levels.VIEW_TITLES:
        return 0
    state = int(frame.states.state[node])
    palette = frame.palette
    if state == NodeState.FORWARD_RAN:
        _glyph(frame, "arrow-down-bold", right - 23, baseline - 11, 13, palette.forward.text)
        return 20
    if state == NodeState.BACKWARD_RAN:
        order = str(int(frame.states.order[node]) or "")
        room = frame.texts.width(order, faces.ORDER)
        _text(frame, order, faces.ORDER, right - 10, baseline, palette.backward.text, align=1.0)
        _glyph(frame, "arrow-up-bold", right - 25 - room, baseline - 11, 13, palette.backward.text)
        return 24 + room
    if state == NodeState.PLAIN and frame.numbered:
        number = f"#{frame.drawing.graph.nodes[node].id}"
        _text(frame, number, faces.ORDER, right - 10, baseline, palette.text3, align=1.0)
        return frame.texts.width(number, faces.ORDER) + 4
    return 0


def _write_compact(frame: Frame, box: int, rect: list[float], node: int, style: Style) -> None:
    x, y, width, height = rect
    if frame.zoom >= levels.VIEW_TITLES or height > m.COMPACT_HEIGHT + 4:
        title = frame.drawing.title(box)
        pad = 13.0
        _text(frame, title, faces.COMPACT_TITLE, x + pad, y + height / 2 + 4.5, style.title, width - 2 * pad + 4)


def _write_loss(frame: Frame, box: int, rect: list[float], node: int, style: Style) -> None:
    x, y, width, height = rect
    baseline = y + height / 2 + 4.5
    value = frame.loss if frame.drawing.graph.nodes[node].kind == "loss" else ""
    room = width - 36 - (frame.texts.width(value, faces.VALUE) + 8 if value else 0)
    _text(frame, frame.drawing.title(box), faces.TITLE, x + 18, baseline, style.title, max(room, 30))
    if value and frame.zoom >= levels.VIEW_TITLES:
        _text(frame, value, faces.VALUE, x + width - 18, baseline, style.title, align=1.0)


def _write_badge(frame: Frame, box: int, rect: list[float], style: Style) -> None:
    x, y, width, height = rect
    if frame.zoom < levels.VIEW_TITLES:
        return
    _glyph(frame, "link-bold", x + 10, y + height / 2 - 6, 12, style.second)
    _text(frame, frame.drawing.title(box), faces.BADGE, x + 27, y + height / 2 + 4, style.title, width - 35)


def _write_stub(frame: Frame, box: int, rect: list[float], style: Style) -> None:
    x, y, width, height = rect
    if frame.zoom < levels.VIEW_TITLES:
        return
    words = frame.drawing.title(box) or frame.drawing.subtitle(box)
    _glyph(frame, "prohibit", x + 13, y + height / 2 - 7, 14, style.second)
    _text(frame, words, faces.STUB, x + 34, y + height / 2 + 4.5, style.title, width - 44)


def _write_cluster(frame: Frame, box: int, rect: list[float], style: Style) -> None:
    x, y, width, height = rect
    baseline = y + height / 2 + 4.5
    count = str(frame.drawing.cluster_counts[int(frame.drawing.placement.box_cluster[box])])
    side = frame.texts.width(count, faces.CLUSTER_SIDE) + 20
    _glyph(frame, "caret-right-bold", x + 12, y + height / 2 - 6, 12, style.second)
    name = frame.drawing.title(box)
    room = width - 30 - side
    _text(frame, name, faces.TITLE, x + 29, baseline, style.title, room)
    if frame.zoom < levels.VIEW_TITLES:
        return
    _text(frame, count, faces.CLUSTER_SIDE, x + width - 12, baseline, style.second, align=1.0)
    used = frame.texts.width(name, faces.TITLE) + 8
    if used + 24 < room:
        _text(
            frame, frame.drawing.subtitle(box), faces.CLUSTER_CLASS, x + 29 + used, baseline, style.second, room - used
        )


def _paint_plain(frame: Frame, boxes: Indices) -> int:
    """Too small for words and outlines: rectangles by colour, many at once."""
    painter, palette = frame.painter, frame.palette
    frame.in_scene()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, frame.zoom > levels.ALL_BUT_BOXES)
    rects = frame.drawing.qrects
    groups: dict[tuple[str, str, bool], list[QRectF]] = {}
    states = frame.states.state
    for box, kind, node in zip(
        boxes.tolist(), frame.drawing.kind[boxes].tolist(), frame.drawing.node_at[boxes].tolist(), strict=True
    ):
        fill, rim = palette.node, palette.line2
        if kind == BoxKind.LOSS:
            fill = rim = palette.inverse
        elif kind == BoxKind.DATA or kind == BoxKind.STUB:
            fill = palette.canvas
        elif kind in (BoxKind.FUNCTION, BoxKind.CUSTOM) and states[node] != NodeState.PLAIN:
            phase = palette.backward if states[node] in (NodeState.BACKWARD_RAN, NodeState.NEXT_BACKWARD) else None
            phase = phase or (palette.forward if states[node] != NodeState.NOT_RUN else None)
            fill, rim = (phase.tint, phase.fill) if phase else (palette.canvas, palette.line2)
        pale = frame.marks.path is not None and _is_pale(frame, box, node)
        groups.setdefault((fill, rim, pale), []).append(rects[box])
    for (fill, rim, pale), members in groups.items():
        painter.setOpacity(PALE if pale else 1.0)
        painter.setPen(frame.pen(rim))
        painter.setBrush(brush(fill))
        painter.drawRects(members)
    painter.setOpacity(1.0)
    return len(boxes)


def _text(
    frame: Frame,
    text: str,
    face: faces.Face,
    x: float,
    baseline: float,
    shade: str,
    room: float | None = None,
    *,
    align: float = 0.0,
) -> None:
    """Write at a scene position, cut to `room` scene units."""
    if room is not None:
        text = frame.texts.fitted(text, face, room)
    view_x, view_y = frame.camera.to_view(x, baseline)
    frame.texts.draw(frame.painter, text, face, frame.zoom, view_x, view_y, color(shade), align=align)


def _glyph(frame: Frame, name: str, x: float, y: float, size: float, shade: str) -> None:
    """An icon at a scene position."""
    pixels = max(round(size * frame.zoom), 1)
    view_x, view_y = frame.camera.to_view(x, y)
    picture = icons.pixmap(name, pixels, shade, frame.ratio)
    frame.painter.drawPixmap(round(view_x), round(view_y), picture)
