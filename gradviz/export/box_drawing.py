"""Draws the boxes of a placement with a pen: outline by kind, texts, chevrons of what is folded, cells of stacks."""

from __future__ import annotations

from gradviz.appearance.palette import Palette
from gradviz.export.overlay_shading import PLAIN, Rect, Shade, hatch, pointer, write_value
from gradviz.export.xdot_pen import AnyPen
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry import stack_geometry as stacks
from gradviz.layout.geometry.placement import Placement
from gradviz.layout.geometry.text_metrics import width
from gradviz.model.graph.graph import Graph
from gradviz.protocol.records import NodeKind


def draw_box(pen: AnyPen, graph: Graph, placement: Placement, box: int, palette: Palette, shade: Shade = PLAIN) -> None:
    """One box with its texts, in the colours of an overlay if there is one."""
    rect = _rect(placement, box)
    x, y, _, h = rect
    if int(placement.box_count[box]) > 1 or int(placement.box_cluster[box]) != -1:
        _folded(pen, graph, placement, box, rect, palette, shade)
        return
    kind, badge = graph.node(int(placement.box_node[box])).kind, bool(placement.box_badge[box])
    _outline(pen, kind, rect, palette, shade)
    ends = kind in ("loss", "output")
    text = shade.ink or (palette.inverse_text if ends else palette.text)
    below = shade.ink or (palette.inverse_text if ends else palette.text3)
    pad = _pad(kind, badge, h)
    title, subtitle = placement.box_title[box], placement.box_subtitle[box]
    if badge:
        pen.text(x + pad, y + h / 2 + 4, title, "text", m.SUBTITLE_SIZE, text)
    elif subtitle and h >= m.NODE_HEIGHT:
        pen.text(x + pad, y + h / 2 - 4, title, "title", m.TITLE_SIZE, text)
        if not write_value(pen, rect, (title, subtitle), pad, shade, palette):
            pen.text(x + pad, y + h / 2 + 12.5, subtitle, "mono", m.SUBTITLE_SIZE, below)
    else:
        pen.text(x + pad, y + h / 2 + 4.5, title or subtitle, "title", m.TITLE_SIZE, text)
        write_value(pen, rect, (title or subtitle, ""), pad, shade, palette)


def _rect(placement: Placement, box: int) -> Rect:
    x, y, w, h = (float(v) for v in placement.box_rect[box])
    return x, y, w, h


def _pad(kind: NodeKind, badge: bool, high: float) -> float:
    if kind == "parameter":
        leaf = m.LEAF_PAD if high > m.COMPACT_HEIGHT else m.LEAF_PAD_COMPACT
        return m.BADGE_PAD + m.BADGE_ICON / 2 if badge else leaf
    return m.PILL_PAD if kind in ("data", "stub", "leaf", "loss", "output") else m.NODE_PAD / 2


def _outline(pen: AnyPen, kind: NodeKind, rect: Rect, palette: Palette, shade: Shade) -> None:
    x, y, w, h = rect
    body = shade.fill or (palette.canvas if shade.hatched else palette.node)
    line, style, inset = shade.line or palette.line2, "dashed" if shade.hatched else "solid", 2.0
    if kind == "parameter":
        point, middle = min(m.LEAF_POINT, h / 2), y + h / 2
        sides = [(x + point, y), (x + w - point, y), (x + w, middle)]
        sides += [(x + w - point, y + h), (x + point, y + h), (x, middle)]
        pen.polygon(sides, body, line, style)
        inset = point
    elif kind in ("data", "stub", "leaf"):
        style = style if shade.fill else {"data": "dashed", "stub": "dotted"}.get(kind, style)
        pen.rounded(rect, h / 2, body if kind == "leaf" or shade.fill else palette.canvas, line, style)
        inset = h / 2
    elif kind in ("loss", "output"):
        pen.rounded(rect, h / 2, shade.fill or palette.inverse, shade.line or palette.inverse)
    elif kind == "custom":
        cut = m.CORNER
        sides = [(x, y), (x + w - cut, y), (x + w, y + cut), (x + w, y + h), (x, y + h)]
        pen.polygon(sides, body, line, style)
    else:
        pen.rounded(rect, m.RADIUS, body, line, style)
    _signs(pen, rect, palette, shade, inset)


def _signs(pen: AnyPen, rect: Rect, palette: Palette, shade: Shade, inset: float = 2.0) -> None:
    if shade.hatched:
        hatch(pen, rect, palette.cluster_border, inset=inset)
    if shade.beyond:
        pointer(pen, rect, shade.ink or palette.text)


def _folded(
    pen: AnyPen, graph: Graph, placement: Placement, box: int, rect: Rect, palette: Palette, shade: Shade
) -> None:
    """A folded cluster, a stack of siblings, or a loop or chain in one box."""
    x, y, w, h = rect
    cluster, count = int(placement.box_cluster[box]), int(placement.box_count[box])
    stack = cluster != -1 and count > 1
    for card in range(stacks.CARDS if stack else 0, 0, -1):
        away = card * stacks.OFFSET
        pen.rounded((x + away, y + away, w, h), m.RADIUS, palette.cluster[card % 2], palette.cluster_border)
    dashed = shade.hatched or (cluster != -1 and graph.clusters[cluster].kind == "region")
    body = shade.fill or (palette.canvas if shade.hatched else palette.cluster[1])
    pen.rounded(rect, m.RADIUS, body, shade.line or palette.cluster_border, "dashed" if dashed else "solid")
    _signs(pen, rect, palette, shade)
    middle = y + (stacks.HEAD / 2 + 1 if stack else h / 2)
    pen.chevron(x + 14, middle, shade.ink or palette.text3)
    title, subtitle = placement.box_title[box], placement.box_subtitle[box]
    pen.text(x + 29, middle + 4.5, title, "title", m.TITLE_SIZE, shade.ink or palette.text)
    after = x + 29 + width(title, "title", m.TITLE_SIZE) + 8
    if stack:
        pen.text(after, middle + 4.5, subtitle, "text", m.HEADER_SIZE, palette.text3)
        _cells(pen, placement, box, rect, palette, shade)
    elif shade.value:
        pen.text(x + w - 12, middle + 4.5, shade.value, "mono", m.SUBTITLE_SIZE, shade.ink or palette.text, 1)
        room = x + w - 20 - width(shade.value, "mono", m.SUBTITLE_SIZE) - after
        if subtitle != title and width(subtitle, "text", m.SUBTITLE_SIZE) <= room:
            pen.text(after, middle + 4.5, subtitle, "text", m.SUBTITLE_SIZE, shade.ink or palette.text3)
    elif subtitle != title:
        pen.text(x + w - 14, middle + 4.5, subtitle, "text", m.SUBTITLE_SIZE, shade.ink or palette.text3, 1)


def _cells(pen: AnyPen, placement: Placement, box: int, rect: Rect, palette: Palette, shade: Shade) -> None:
    x, y, w, h = rect
    count = int(placement.box_count[box])
    found = stacks.cells(rect, count)
    for number, cell in enumerate(found):
        if not shade.cells:
            pen.rounded(cell, 3, palette.node, palette.line2)
            continue
        first, end = stacks.run_of(number, len(found), count)
        colour = shade.cells[(first + end - 1) // 2]
        pen.rounded(cell, 3, colour or palette.cluster[1], colour or palette.edge, "solid" if colour else "dashed")
        if not colour:
            hatch(pen, cell, palette.line2, apart=5)
    first_name, last_name = placement.box_range.get(box, ("", ""))
    for at, text, align in (
        (x + stacks.SIDE, first_name, -1), (x + w / 2, shade.value, 0), (x + w - stacks.SIDE, last_name, 1)
    ):  # fmt: skip
        pen.text(at, y + h - 7, text, "mono", m.SUBTITLE_SIZE, palette.text3, align)
