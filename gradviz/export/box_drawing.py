"""Draws the boxes of a placement with a pen: outlines, texts, chevrons of folded boxes, cells of stacks."""

from __future__ import annotations

from dataclasses import replace

from gradviz.appearance.boxes import (
    DASHED,
    ONLY_LINE,
    PILLS,
    SECOND_LINE,
    TITLE_LINE,
    BoxKind,
    BoxStyle,
    Rect,
    hexagon,
    kind_of,
    outline_of,
    place_value,
    printed_style_of_kind,
)
from gradviz.appearance.palette import Palette, Stroke
from gradviz.export.overlay_shading import PLAIN, Shade
from gradviz.export.pens import Pen, hatch, pointer
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry import stack_geometry as stacks
from gradviz.layout.geometry.placement import Placement
from gradviz.layout.geometry.text_metrics import width
from gradviz.model.graph.graph import Graph

_VALUE_GAP = 6.0


def draw_box(pen: Pen, graph: Graph, placement: Placement, box: int, palette: Palette, shade: Shade = PLAIN) -> None:
    """Draw one box with its texts, in the colors of an overlay if there is one."""
    x, y, _, h = rect = _rect(placement, box)
    if int(placement.box_count[box]) > 1 or int(placement.box_cluster[box]) != -1:
        _draw_folded(pen, graph, placement, box, rect, palette, shade)
        return
    kind = kind_of(graph.node(int(placement.box_node[box])), graph.frozen)
    is_badge = bool(placement.box_badge[box])
    style = _style(palette, kind, shade)
    _draw_outline(pen, kind, rect, style, palette)
    pad = _pad(kind, h)
    title, second = placement.box_title[box], placement.box_subtitle[box]
    if is_badge:
        _draw_link(pen, x + 10, y + h / 2, style)
        pen.text(x + 27, y + h / 2 + 4, title, "text", m.SUBTITLE_SIZE, style.title)
    elif kind == BoxKind.STUB:
        middle = y + h / 2
        both = bool(title and second)
        baseline = middle + (TITLE_LINE if both else ONLY_LINE)
        _draw_prohibited(pen, x + 14, baseline - 4.5, style)
        pen.text(x + 34, baseline, title or second, "text", m.HEADER_SIZE, style.title)
        if both:
            pen.text(x + pad, middle + SECOND_LINE, second, "mono", m.SUBTITLE_SIZE, style.second)
    elif second and h >= m.NODE_HEIGHT:
        pen.text(x + pad, y + h / 2 + TITLE_LINE, title, "title", m.TITLE_SIZE, style.title)
        if not _write_value(pen, rect, (title, second), pad, shade, style.title):
            pen.text(x + pad, y + h / 2 + SECOND_LINE, second, "mono", m.SUBTITLE_SIZE, style.second)
    else:
        pen.text(x + pad, y + h / 2 + ONLY_LINE, title or second, "title", m.TITLE_SIZE, style.title)
        _write_value(pen, rect, (title or second, ""), pad, shade, style.title)


def _draw_link(pen: Pen, x: float, y: float, style: BoxStyle) -> None:
    """Draw two links of a chain: the leaf is drawn at several places."""
    for left in (x, x + 4.5):
        pen.rectangle((left, y - 2.5, 7.5, 5), 2.5, style.fill, Stroke(style.second))


def _draw_prohibited(pen: Pen, x: float, y: float, style: BoxStyle) -> None:
    """Draw a circle with a bar: no gradient comes here; (x, y) is its left middle."""
    pen.rectangle((x, y - 6, 12, 12), 6, style.fill, Stroke(style.second))
    pen.spline([(x + 2 + 8 * k / 3, y - 4 + 8 * k / 3) for k in range(4)], Stroke(style.second))


def _rect(placement: Placement, box: int) -> Rect:
    x, y, w, h = (float(v) for v in placement.box_rect[box])
    return x, y, w, h


def _pad(kind: BoxKind, height: float) -> float:
    """Return the distance of a box's text from its left side."""
    if kind == BoxKind.PARAMETER:
        return m.LEAF_PAD if height > m.COMPACT_HEIGHT else m.LEAF_PAD_COMPACT
    return m.PILL_PAD if kind in (*PILLS, BoxKind.FROZEN) else m.NODE_PAD / 2


def _style(palette: Palette, kind: BoxKind, shade: Shade, *, dashed: bool = False) -> BoxStyle:
    """Return the style of a box under an overlay; `dashed` borders are also those of regions."""
    style = printed_style_of_kind(palette, kind)
    dashes = style.border.dashes if not shade.fill else ()
    if kind != BoxKind.LOSS and not dashes and (shade.hatched or dashed):
        dashes = DASHED
    return replace(
        style,
        fill=shade.fill or (palette.canvas if shade.hatched and kind != BoxKind.LOSS else style.fill),
        border=Stroke(shade.line or style.border.shade, 1.0, dashes),
        title=shade.ink or style.title,
        second=shade.ink or style.second,
        hatched=shade.hatched,
        beyond=shade.beyond,
    )


def _draw_outline(pen: Pen, kind: BoxKind, rect: Rect, style: BoxStyle, palette: Palette) -> None:
    x, y, w, h = rect
    form, inset = outline_of(kind, h, printed=True), 2.0
    if form.point:
        pen.polygon(hexagon(rect, form.point), style.fill, style.border)
        inset = form.point
    elif form.cut:
        right = x + w
        corners = [(x, y), (right - form.cut, y), (right, y + form.cut), (right, y + h), (x, y + h)]
        pen.polygon(corners, style.fill, style.border)
    else:
        pen.rectangle(rect, form.radius, style.fill, style.border)
        inset = form.radius if kind in PILLS and kind != BoxKind.LOSS else inset
    if style.hatched:
        hatch(pen, rect, palette.cluster_border, inset=inset)
    if style.beyond:
        pointer(pen, rect, style.title)


def _write_value(pen: Pen, rect: Rect, texts: tuple[str, str], pad: float, shade: Shade, ink: str) -> bool:
    """Write the value where it leaves the box's two lines (the second may be empty) whole.

    Return whether it is in the place of the second.
    """
    if not shade.value:
        return False
    x, y, w, h = rect
    title, second = texts
    wide = width(shade.value, "mono", m.SUBTITLE_SIZE)
    right = w - min(pad, m.NODE_PAD / 2) + 4
    widths = (wide + _VALUE_GAP, width(title, "title", m.TITLE_SIZE), width(second, "mono", m.SUBTITLE_SIZE))
    place = place_value(widths, (right - pad, right - pad, w - 16 + _VALUE_GAP), two_lines=bool(second))
    at, align = x + right, 1
    if place == "instead":
        at, align = x + (pad if wide <= w - pad - 8 else (w - wide) / 2), -1
    line = (TITLE_LINE if second else ONLY_LINE) if place == "title" else SECOND_LINE
    if place:
        pen.text(at, y + h / 2 + line, shade.value, "mono", m.SUBTITLE_SIZE, shade.ink or ink, align)
    return place == "instead"


def _draw_folded(
    pen: Pen, graph: Graph, placement: Placement, box: int, rect: Rect, palette: Palette, shade: Shade
) -> None:
    """Draw a folded cluster, a stack of siblings, or a loop or chain in one box."""
    x, y, w, h = rect
    cluster, count = int(placement.box_cluster[box]), int(placement.box_count[box])
    is_stack = cluster != -1 and count > 1
    kind = BoxKind.STACK if is_stack else BoxKind.CLUSTER
    for card in range(stacks.CARDS if is_stack else 0, 0, -1):
        away = card * stacks.OFFSET
        back = Stroke(palette.cluster_border)
        pen.rectangle((x + away, y + away, w, h), m.RADIUS, palette.cluster[card % 2], back)
    style = _style(palette, kind, shade, dashed=cluster != -1 and graph.clusters[cluster].kind == "region")
    _draw_outline(pen, kind, rect, style, palette)
    middle = y + (stacks.HEAD / 2 + 1 if is_stack else h / 2)
    baseline = middle + ONLY_LINE
    pen.chevron(x + 14, middle, style.second)
    title, second = placement.box_title[box], placement.box_subtitle[box]
    pen.text(x + 29, baseline, title, "title", m.TITLE_SIZE, style.title)
    after = x + 29 + width(title, "title", m.TITLE_SIZE) + 8
    if is_stack:
        pen.text(after, baseline, second, "text", m.HEADER_SIZE, palette.text3)
        _draw_cells(pen, placement, box, rect, palette, shade)
    elif shade.value:
        pen.text(x + w - 12, baseline, shade.value, "mono", m.SUBTITLE_SIZE, style.title, 1)
        room = x + w - 20 - width(shade.value, "mono", m.SUBTITLE_SIZE) - after
        if second != title and width(second, "text", m.SUBTITLE_SIZE) <= room:
            pen.text(after, baseline, second, "text", m.SUBTITLE_SIZE, style.second)
    elif second != title:
        pen.text(x + w - 14, baseline, second, "text", m.SUBTITLE_SIZE, style.second, 1)


def _draw_cells(pen: Pen, placement: Placement, box: int, rect: Rect, palette: Palette, shade: Shade) -> None:
    x, y, w, h = rect
    count = int(placement.box_count[box])
    found = stacks.cells(rect, count)
    for number, cell in enumerate(found):
        if not shade.cells:
            pen.rectangle(cell, 3, palette.node, Stroke(palette.line2))
            continue
        first, end = stacks.run_of(number, len(found), count)
        color = shade.cells[(first + end - 1) // 2]
        stroke = Stroke(color) if color else Stroke(palette.edge, 1.0, DASHED)
        pen.rectangle(cell, 3, color or palette.cluster[1], stroke)
        if not color:
            hatch(pen, cell, palette.line2, distance=5)
    first_name, last_name = placement.box_range.get(box, ("", ""))
    for at, text, align in (
        (x + stacks.SIDE, first_name, -1), (x + w / 2, shade.value, 0), (x + w - stacks.SIDE, last_name, 1)
    ):  # fmt: skip
        pen.text(at, y + h - 7, text, "mono", m.SUBTITLE_SIZE, palette.text3, align)
