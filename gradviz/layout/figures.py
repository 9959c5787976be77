"""Draws the boxes of a placement with a pen: outline by kind, texts, chevrons of what is folded, cells of stacks."""

from __future__ import annotations

from gradviz.layout import measures as m
from gradviz.layout import stacks
from gradviz.layout.inks import Inks
from gradviz.layout.pen import AnyPen
from gradviz.layout.placement import Placement
from gradviz.layout.text import width
from gradviz.model.graph import Graph

Rect = tuple[float, float, float, float]


def draw_box(pen: AnyPen, graph: Graph, placement: Placement, box: int, ink: Inks) -> None:
    """One box with its texts."""
    x, y, w, h = (float(v) for v in placement.box_rect[box])
    if int(placement.box_count[box]) > 1 or int(placement.box_cluster[box]) != -1:
        _folded(pen, graph, placement, box, (x, y, w, h), ink)
        return
    kind = graph.node(int(placement.box_node[box])).kind
    text, below, pad = ink.text, ink.text3, m.NODE_PAD / 2
    if kind == "parameter":
        badge = placement.box_badge[box]
        pad = m.BADGE_PAD + m.BADGE_ICON / 2 if badge else m.LEAF_PAD if h > m.COMPACT_HEIGHT else m.LEAF_PAD_COMPACT
        point, middle = min(m.LEAF_POINT, h / 2), y + h / 2
        sides = [(x + point, y), (x + w - point, y), (x + w, middle)]
        sides += [(x + w - point, y + h), (x + point, y + h), (x, middle)]
        pen.polygon(sides, ink.node, ink.node_line)
    elif kind in ("data", "stub", "leaf"):
        pad = m.PILL_PAD
        style = {"data": "dashed", "stub": "dotted"}.get(kind, "solid")
        pen.rounded((x, y, w, h), h / 2, ink.node if kind == "leaf" else ink.canvas, ink.node_line, style)
    elif kind in ("loss", "output"):
        text, below, pad = ink.inverse_text, ink.inverse_text, m.PILL_PAD
        pen.rounded((x, y, w, h), h / 2, ink.inverse, ink.inverse)
    elif kind == "custom":
        cut = m.CORNER
        sides = [(x, y), (x + w - cut, y), (x + w, y + cut), (x + w, y + h), (x, y + h)]
        pen.polygon(sides, ink.node, ink.node_line)
    else:
        pen.rounded((x, y, w, h), m.RADIUS, ink.node, ink.node_line)
    title, subtitle = placement.box_title[box], placement.box_subtitle[box]
    if placement.box_badge[box]:
        pen.text(x + pad, y + h / 2 + 4, title, "text", m.SUBTITLE_SIZE, text)
    elif subtitle and h >= m.NODE_HEIGHT:
        pen.text(x + pad, y + h / 2 - 4, title, "title", m.TITLE_SIZE, text)
        pen.text(x + pad, y + h / 2 + 12.5, subtitle, "mono", m.SUBTITLE_SIZE, below)
    else:
        pen.text(x + pad, y + h / 2 + 4.5, title or subtitle, "title", m.TITLE_SIZE, text)


def _folded(pen: AnyPen, graph: Graph, placement: Placement, box: int, rect: Rect, ink: Inks) -> None:
    """A folded cluster, a stack of siblings, or a loop or chain in one box."""
    x, y, w, h = rect
    cluster, count = int(placement.box_cluster[box]), int(placement.box_count[box])
    stack = cluster != -1 and count > 1
    for card in range(stacks.CARDS if stack else 0, 0, -1):
        away = card * stacks.OFFSET
        pen.rounded((x + away, y + away, w, h), m.RADIUS, ink.clusters[card % 2], ink.cluster_line)
    region = cluster != -1 and graph.clusters[cluster].kind == "region"
    pen.rounded(rect, m.RADIUS, ink.clusters[1], ink.cluster_line, "dashed" if region else "solid")
    middle = y + (stacks.HEAD / 2 + 1 if stack else h / 2)
    pen.chevron(x + 14, middle, ink.text3)
    title, subtitle = placement.box_title[box], placement.box_subtitle[box]
    pen.text(x + 29, middle + 4.5, title, "title", m.TITLE_SIZE, ink.text)
    after = x + 29 + width(title, "title", m.TITLE_SIZE) + 8
    if stack:
        pen.text(after, middle + 4.5, subtitle, "text", m.HEADER_SIZE, ink.text3)
        _cells(pen, placement, box, rect, ink)
    elif subtitle != title:
        pen.text(x + w - 14, middle + 4.5, subtitle, "text", m.SUBTITLE_SIZE, ink.text3, 1)


def _cells(pen: AnyPen, placement: Placement, box: int, rect: Rect, ink: Inks) -> None:
    x, y, w, h = rect
    for cell in stacks.cells(rect, int(placement.box_count[box])):
        pen.rounded(cell, 3, ink.node, ink.node_line)
    first, last = placement.box_range.get(box, ("", ""))
    pen.text(x + stacks.SIDE, y + h - 7, first, "mono", m.SUBTITLE_SIZE, ink.text3)
    pen.text(x + w - stacks.SIDE, y + h - 7, last, "mono", m.SUBTITLE_SIZE, ink.text3, 1)
