"""Texts of a box: name and second line, direction and order, the loss, the value that an overlay shows."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from gradviz.appearance import text_styles as styles
from gradviz.appearance.boxes import ONLY_LINE, SECOND_LINE, TITLE_LINE, BoxKind, BoxStyle, place_value
from gradviz.gui.scene.data.node_states import NodeState
from gradviz.gui.scene.painting import paint_context as levels
from gradviz.gui.scene.painting.paint_context import PaintContext
from gradviz.gui.style import icons
from gradviz.gui.style.qt_colors import brush, color
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry import stack_geometry as stacks

_SLOT = 9.0
_BEFORE_ORDER = 3.0
"""Between a name and the number behind it."""
_MOST_SLOTS = 3
"""The box leaves room for so many beside its second line."""
_AFTER_SLOTS = 8.0
"""Room for a number of two digits between the terms and the tip."""
# A member of an enumeration takes a look-up each time; a hundred boxes ask for some six hundred.
_LOSS, _PARAMETER = int(BoxKind.LOSS), int(BoxKind.PARAMETER)
_FUNCTIONAL = frozenset((int(BoxKind.FUNCTION), int(BoxKind.CUSTOM)))
_PADS = {
    _PARAMETER: m.LEAF_PAD,
    int(BoxKind.DATA): 16.0,
    int(BoxKind.LEAF): 16.0,
    int(BoxKind.FROZEN): 16.0,
}
_PLAIN, _FORWARD_RAN, _BACKWARD_RAN = (
    int(state) for state in (NodeState.PLAIN, NodeState.FORWARD_RAN, NodeState.BACKWARD_RAN)
)


def write(context: PaintContext, box: int, kind: int, rect: list[float], node: int, style: BoxStyle) -> None:
    """Write the texts of one box, in view pixels."""
    if kind == _LOSS:
        _write_loss(context, box, rect, node, style)
    elif (write_kind := _WRITERS.get(kind)) is not None:
        write_kind(context, box, rect, style)
    elif context.drawing.placement.box_compact[box]:
        _write_compact(context, box, rect, node, style)
    else:
        _write_two_lines(context, box, kind, rect, node, style)


def _write_two_lines(context: PaintContext, box: int, kind: int, rect: list[float], node: int, style: BoxStyle) -> None:
    x, y, width, height = rect
    pad = _PADS.get(kind, m.NODE_PAD / 2)
    middle = y + height / 2
    functional = kind in _FUNCTIONAL
    room = width - 2 * pad + (4 if functional else 0)
    title = context.drawing.title(box)
    if context.zoom < levels.VIEW_TITLES:
        _text(context, title, styles.STRONG, x + pad, middle + ONLY_LINE, style.title, room)
        return
    second = context.drawing.subtitle(box)
    baseline = middle + TITLE_LINE if second and context.zoom >= levels.SECOND_LINES else middle + ONLY_LINE
    value, mark = _value(context, box), 0.0
    slots = context.states.slots.get(node, ())
    if value:
        mark, second = _place_value(context, value, title, second, rect, pad, room, baseline, style)
    elif functional:
        mark = _mark(context, x + width, baseline, node)
    elif kind == _PARAMETER:
        right = width - m.LEAF_POINT  # where the sides begin to meet in the tip
        left = right - pad if slots else pad + context.texts.width(title, styles.STRONG) + _BEFORE_ORDER
        line = SECOND_LINE if slots and baseline < middle else ONLY_LINE
        _order(context, node, x + right, middle + line, right - left)
    _text(context, title, styles.STRONG, x + pad, baseline, style.title, room - mark)
    if slots:
        paint_slots(context, slots, x + width - pad - _AFTER_SLOTS, middle + (9 if baseline < middle else 0))
    if baseline < middle:
        _text(context, second, styles.CODE_SMALL, x + pad, middle + SECOND_LINE, style.second, room + pad / 2)


def _place_value(
    context: PaintContext, value: str, title: str, second: str, rect: list[float], pad: float, room: float,
    baseline: float, style: BoxStyle,
) -> tuple[float, str]:  # fmt: skip
    """Write the number where it leaves the name whole: beside it, beside the second line, or in its place.

    Return the room that it takes of the first line, and the second line that is left.
    """
    x, y, width, height = rect
    wide, low = context.texts.width(value, styles.CODE_SMALL) + 6, y + height / 2 + SECOND_LINE
    widths = (wide, context.texts.width(title, styles.STRONG), context.texts.width(second, styles.CODE_SMALL))
    two_lines = bool(second) and baseline < y + height / 2
    match place_value(widths, (room + 2, room + pad / 2, width - 16), two_lines=two_lines):
        case "title":
            return _write_value(context, value, x + width - pad + 4, baseline, style), second
        case "second":
            _write_value(context, value, x + width - pad + 4, low, style)
        case "instead":
            left = x + (pad if wide <= width - pad - 8 else (width - wide) / 2 + 3)
            _text(context, value, styles.CODE_SMALL, left, low - 0.5, style.title)
            return 0.0, ""
    return 0.0, second


def paint_slots(context: PaintContext, slots: tuple[bool, ...], right: float, middle: float) -> None:
    """Paint a circle for each term of a sum, filled when it has come; of many terms the count."""
    palette, painter = context.palette, context.painter
    if len(slots) > _MOST_SLOTS:
        text = f"{sum(slots)}/{len(slots)}"
        _text(context, text, styles.CODE_SMALL, right, middle + 4, palette.backward.text, align=1.0)
        return
    across = _SLOT * context.zoom
    for place, filled in enumerate(reversed(slots)):
        x, y = context.camera.to_view(right - _SLOT / 2 - place * (_SLOT + 4), middle)
        if filled:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(brush(palette.backward.fill))
            painter.drawEllipse(QPointF(x, y), across / 2, across / 2)
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(context.pen(palette.backward.fill, 1.5, (2, 1.5)))
            painter.drawEllipse(QPointF(x, y), across / 2 - 0.75, across / 2 - 0.75)


def _mark(context: PaintContext, right: float, baseline: float, node: int) -> float:
    """Write direction, order or number at the upper right; return the width it takes."""
    state = int(context.states.state[node])
    palette = context.palette
    if state == _FORWARD_RAN:
        _glyph(context, "arrow-down-bold", right - 23, baseline - 11, 13, palette.forward.text)
        return 20
    if state == _BACKWARD_RAN:
        order = str(int(context.states.order[node]) or "")
        room = context.texts.width(order, styles.CODE_SMALL)
        _text(context, order, styles.CODE_SMALL, right - 10, baseline, palette.backward.text, align=1.0)
        _glyph(context, "arrow-up-bold", right - 25 - room, baseline - 11, 13, palette.backward.text)
        return 24 + room
    if state == _PLAIN and context.numbered:
        number = f"#{context.drawing.graph.nodes[node].id}"
        _text(context, number, styles.CODE_SMALL, right - 10, baseline, palette.text3, align=1.0)
        return context.texts.width(number, styles.CODE_SMALL) + 4
    return 0


def _order(context: PaintContext, node: int, right: float, baseline: float, room: float) -> None:
    """Write a node's place in backward, once it has one, where there is room for it."""
    if order := int(context.states.order[node]):
        text = str(order)
        if context.texts.width(text, styles.CODE_SMALL) <= room:
            _text(context, text, styles.CODE_SMALL, right, baseline, context.palette.backward.text, align=1.0)


def _write_compact(context: PaintContext, box: int, rect: list[float], node: int, style: BoxStyle) -> None:
    x, y, width, height = rect
    if context.zoom >= levels.VIEW_TITLES or height > m.COMPACT_HEIGHT + 4:
        title = context.drawing.title(box)
        pad = 11.0
        value, baseline = _value(context, box), y + height / 2 + ONLY_LINE
        fits = value and sum(context.texts.width(t, f) for t, f in (
            (title, styles.CAPTION_STRONG), (value, styles.CODE_SMALL))) + 6 <= width - 2 * pad + 4  # fmt: skip
        taken = _write_value(context, value, x + width - pad, baseline, style) if fits else 0
        if not value:
            left = pad + context.texts.width(title, styles.CAPTION_STRONG) + 4
            _order(context, node, x + width - 6, baseline, width - 6 - left)
        _text(context, title, styles.CAPTION_STRONG, x + pad, baseline, style.title, width - 2 * pad + 2 - taken)


def _value(context: PaintContext, box: int) -> str:
    """Return the number that an overlay shows on a box; empty for none."""
    return context.coloring.value[box] if context.coloring is not None and context.zoom >= levels.VIEW_TITLES else ""


def _write_value(context: PaintContext, value: str, right: float, baseline: float, style: BoxStyle) -> float:
    """Write the number at the right; return the width it takes."""
    _text(context, value, styles.CODE_SMALL, right, baseline - 0.5, style.title, align=1.0)
    return context.texts.width(value, styles.CODE_SMALL) + 6


def _write_loss(context: PaintContext, box: int, rect: list[float], node: int, style: BoxStyle) -> None:
    x, y, width, height = rect
    baseline = y + height / 2 + ONLY_LINE
    value = context.loss if context.drawing.graph.nodes[node].kind == "loss" else ""
    room = width - 36 - (context.texts.width(value, styles.CODE_LARGE) + 8 if value else 0)
    _text(context, context.drawing.title(box), styles.STRONG, x + 18, baseline, style.title, max(room, 30))
    if value and context.zoom >= levels.VIEW_TITLES:
        _text(context, value, styles.CODE_LARGE, x + width - 18, baseline, style.title, align=1.0)


def _write_badge(context: PaintContext, box: int, rect: list[float], style: BoxStyle) -> None:
    x, y, width, height = rect
    if context.zoom < levels.VIEW_TITLES:
        return
    _glyph(context, "link-bold", x + 10, y + height / 2 - 6, 12, style.second)
    _text(context, context.drawing.title(box), styles.SMALL_MEDIUM, x + 27, y + height / 2 + 4, style.title, width - 35)


def _write_stub(context: PaintContext, box: int, rect: list[float], style: BoxStyle) -> None:
    x, y, width, height = rect
    if context.zoom < levels.VIEW_TITLES:
        return
    title, reason = context.drawing.title(box), context.drawing.subtitle(box)
    middle = y + height / 2
    both = title and reason and context.zoom >= levels.SECOND_LINES
    baseline = middle + TITLE_LINE if both else middle + ONLY_LINE
    _glyph(context, "prohibit", x + 13, baseline - 11.5, 14, style.second)
    _text(context, title or reason, styles.CAPTION, x + 34, baseline, style.title, width - 44)
    if both:
        _text(
            context,
            reason,
            styles.CODE_SMALL,
            x + m.PILL_PAD,
            middle + SECOND_LINE,
            style.second,
            width - 1.5 * m.PILL_PAD,
        )


def _write_cluster(context: PaintContext, box: int, rect: list[float], style: BoxStyle) -> None:
    x, y, width, height = rect
    drawing, stack = context.drawing, context.drawing.kind[box] == BoxKind.STACK
    middle = y + (stacks.HEAD - 14 if stack and height >= stacks.HEAD + stacks.FOOT else height / 2)
    baseline = middle + ONLY_LINE
    _glyph(context, "caret-right-bold", x + 12, middle - 6, 12, style.second)
    value = "" if stack else _value(context, box)
    count = (
        "" if stack or drawing.group[box] >= 0 else str(drawing.cluster_counts[int(drawing.placement.box_cluster[box])])
    )
    side = value or (drawing.subtitle(box) if stack else count)
    face = styles.CODE_SMALL if value else styles.SMALL
    taken = context.texts.width(side, face) + 20
    name = drawing.title(box)
    room = width - 30 - (0 if stack else taken)
    _text(context, name, styles.STRONG, x + 29, baseline, style.title, room)
    if context.zoom < levels.VIEW_TITLES:
        return
    used = context.texts.width(name, styles.STRONG) + 8
    if stack:
        _text(context, side, styles.CAPTION, x + 29 + used, baseline, style.second, max(room - used, 0))
        return
    _text(context, side, face, x + width - 12, baseline, style.title if value else style.second, align=1.0)
    second = drawing.subtitle(box)
    if used + 24 < room and second != name:
        _text(context, second, styles.CAPTION, x + 29 + used, baseline, style.second, room - used)


_WRITERS = {
    int(BoxKind.BADGE): _write_badge,
    int(BoxKind.STUB): _write_stub,
    int(BoxKind.CLUSTER): _write_cluster,
    int(BoxKind.STACK): _write_cluster,
}


def _text(
    context: PaintContext,
    text: str,
    face: styles.TextStyle,
    x: float,
    baseline: float,
    shade: str,
    room: float | None = None,
    *,
    align: float = 0.0,
) -> None:
    """Write at a scene position, cut to `room` scene units."""
    texts, camera, zoom = context.texts, context.camera, context.camera.zoom
    if room is not None:
        text = texts.fit(text, face, room)
    view_x, view_y = x * zoom + camera.dx, baseline * zoom + camera.dy
    texts.draw(context.painter, text, face, zoom, view_x, view_y, color(shade), align=align)


def _glyph(context: PaintContext, name: str, x: float, y: float, size: float, shade: str) -> None:
    """Paint an icon at a scene position."""
    pixels = max(round(size * context.zoom), 1)
    view_x, view_y = context.camera.to_view(x, y)
    picture = icons.pixmap(name, pixels, shade, context.ratio)
    context.painter.drawPixmap(round(view_x), round(view_y), picture)
