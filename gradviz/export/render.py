"""Draws a graph to a file's bytes: the window's shapes as SVG or by Graphviz's renderers, its DOT source, or JSON."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import msgspec
import numpy as np

from gradviz.appearance.boxes import DASHED
from gradviz.appearance.palette import Palette, Stroke, palette_of
from gradviz.errors import InvalidValueError, UnknownNameError
from gradviz.export.box_drawing import draw_box
from gradviz.export.dot_source import digraph, draw_source
from gradviz.export.overlay_shading import PLAIN, Shading, draw_legend
from gradviz.export.overlay_shading import WIDTH as LEGEND_WIDTH
from gradviz.export.overlay_shading import height as legend_height
from gradviz.export.pens import Pen, SvgPen, XdotPen
from gradviz.export.picture_style import PictureStyle
from gradviz.language import tr
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry.bezier import sample
from gradviz.layout.geometry.placement import Placement
from gradviz.layout.geometry.text_metrics import Face, width
from gradviz.layout.layout import place
from gradviz.model.graph.folding import open_at_depth, open_by_default
from gradviz.model.graph.graph import Graph
from gradviz.model.graph.graph_json import as_json

RENDERED = ("svg", "png", "pdf")
"""Formats that show a placement; the others hold the graph."""
FORMATS = (*RENDERED, "dot", "json")
PLAIN_STYLE = PictureStyle()
_TITLE = 36.0
"""Height of the line above a graph."""
_LARGEST_BITMAP = 24_000
"""Pixels on a side; cairo refuses more than 32,767."""


def draw(
    graph: Graph,
    fmt: str,
    *,
    depth: int | None = None,
    full: bool = False,
    style: PictureStyle = PLAIN_STYLE,
    open_clusters: Collection[int] | None = None,
) -> bytes:
    """Return the picture of a graph as `svg`, `png`, `pdf`, `dot` or `json` (always the full graph).

    Clusters deeper than `depth` are folded (0: all of them); `full` opens every one; `open_clusters` names those to
    open, as the window shows them.

    Raises:
        UnknownNameError: no such format or theme.
        InvalidValueError: `depth` is negative.
    """
    if fmt not in FORMATS:
        raise UnknownNameError(tr("picture format"), fmt, list(FORMATS))
    if depth is not None and depth < 0:
        raise InvalidValueError(tr("The depth is {depth}; give 0 to fold every cluster, or more.").format(depth=depth))
    if fmt == "json":
        return (json.dumps(as_json(graph), ensure_ascii=False, indent=1) + "\n").encode()
    if fmt == "dot":
        return str(digraph(graph).source).encode()
    opened = open_clusters if open_clusters is not None and not full else clusters_to_open(graph, depth, full)
    return render(graph, place(graph, open_clusters=opened), fmt, style)


def clusters_to_open(graph: Graph, depth: int | None = None, full: bool = False) -> frozenset[int] | None:
    """Return what to open for a depth; None for all of it."""
    if full:
        return None
    return open_by_default(graph) if depth is None else open_at_depth(graph, depth)


def render(
    graph: Graph,
    placement: Placement,
    fmt: str,
    style: PictureStyle = PLAIN_STYLE,
    shading: Shading | None = None,
) -> bytes:
    """Return a placement as `svg`, `png` or `pdf`, in the colors of an overlay and with its legend if there is one."""
    palette = palette_of(style.theme)
    left, top, w, h = _drawn_part(placement, style.part)
    head = _TITLE if style.title else 0.0
    least = width(style.title, "title", m.TITLE_SIZE) + 2 * m.MARGIN if style.title else 1.0
    if shading is not None:
        least = max(least, LEGEND_WIDTH + 2 * m.MARGIN)
    aside = max(least - w, 0) / 2
    placement = _moved(placement, aside - left, head - top)
    frame = _Frame(w + 2 * aside, head, max(h, 1.0), legend_height(shading.legend) if shading is not None else 0.0)
    w, h = frame.width, frame.head + frame.body + frame.foot
    if fmt == "svg":
        vectors = SvgPen(w, h)
        _draw_all(vectors, graph, placement, frame, style, shading)
        return vectors.document
    pen = XdotPen(h)
    _draw_all(pen, graph, placement, frame, style, shading)
    dpi = max(12, min(72 * style.scale, int(72 * _LARGEST_BITMAP / max(w, h)))) if fmt == "png" else 72
    # Graphviz makes room for all that is drawn, also outside of a part.
    view = f'viewport="{w},{h},1,{w / 2},{h / 2}",' if style.part is not None else ""
    # Graphviz's own nodes cannot be drawn to measure (points of hexagons, pills): its renderers get our outlines.
    source = (
        f'digraph {{ graph [bb="0,0,{w},{h}",{view}pad=0,margin=0,dpi={dpi},bgcolor="{palette.canvas}"];'
        f'node [shape=none,label="",width=0.01,height=0.01]; a [pos="0,0"]; b [pos="{w},{h}"]; }}'
    )
    return draw_source(source, fmt, "nop2", background=pen.operations)


def _drawn_part(placement: Placement, part: tuple[float, float, float, float] | None) -> tuple[float, ...]:
    """Return left, top, width and height of what is drawn: of a part, what the graph reaches into."""
    if part is None:
        return 0.0, 0.0, placement.width, placement.height
    left, top = max(part[0], 0.0), max(part[1], 0.0)
    w, h = min(part[0] + part[2], placement.width) - left, min(part[1] + part[3], placement.height) - top
    return (left, top, w, h) if w > 0 and h > 0 else part


class _Frame(NamedTuple):
    """The width of a picture, and the heights of its title, its graph and its legend."""

    width: float
    head: float
    body: float
    foot: float


def _moved(placement: Placement, x: float, y: float) -> Placement:
    """Return the placement elsewhere in the picture."""
    if not x and not y:
        return placement
    four, two = np.array([x, y, 0, 0], np.float32), np.array([x, y], np.float32)
    return replace(
        placement,
        box_rect=placement.box_rect + four,
        cluster_rect=placement.cluster_rect + four,
        points=placement.points + two,
        label_position=placement.label_position + two,
    )


def _draw_all(
    pen: Pen, graph: Graph, placement: Placement, frame: _Frame, style: PictureStyle, shading: Shading | None
) -> None:
    palette = palette_of(style.theme)
    w, below = frame.width, frame.head + frame.body
    ground = Stroke(palette.canvas)
    pen.rectangle((-2, -2, w + 4, below + frame.foot + 4), 0, palette.canvas, ground)
    _clusters(pen, graph, placement, palette)
    _edges(pen, placement, palette)
    _headers(pen, graph, placement, palette)
    _output_numbers(pen, graph, placement, palette)
    shades = shading.boxes if shading is not None else {}
    for box in range(len(placement.box_node)):
        shade = shades.get(box, PLAIN)
        if style.loss and not shade.value and graph.node(int(placement.box_node[box])).kind == "loss":
            shade = msgspec.structs.replace(shade, value=style.loss)
        draw_box(pen, graph, placement, box, palette, shade)
    # What lies outside of the part that is drawn does not show through title and legend.
    if style.title:
        pen.rectangle((-2, -2, w + 4, frame.head + 2), 0, palette.canvas, ground)
        pen.text(m.MARGIN, frame.head - 14, style.title, "title", m.TITLE_SIZE, palette.text)
    if shading is not None:
        pen.rectangle((-2, below, w + 4, frame.foot + 2), 0, palette.canvas, ground)
        draw_legend(pen, shading.legend, m.MARGIN, below, palette)


def _clusters(pen: Pen, graph: Graph, placement: Placement, palette: Palette) -> None:
    for number, cluster_id in enumerate(placement.cluster_id):
        x, y, w, h = placement.cluster_rect[number].tolist()
        fill = palette.cluster[int(placement.cluster_depth[number]) % 2]
        cluster = graph.clusters[int(cluster_id)]
        # What is no module has a border of its own.
        stroke = Stroke(palette.cluster_border, 1.0, DASHED if cluster.kind == "region" else ())
        pen.rectangle((x, y, w, h), m.CLUSTER_RADIUS, fill, stroke)
        if cluster.note:
            pen.tooltip((x, y, w, m.CLUSTER_HEADER), cluster.note)


def _headers(pen: Pen, graph: Graph, placement: Placement, palette: Palette) -> None:
    """Write the heads of clusters; their text breaks an edge that passes there."""
    for number, cluster_id in enumerate(placement.cluster_id):
        x, y, w, _ = placement.cluster_rect[number].tolist()
        ground = palette.cluster[int(placement.cluster_depth[number]) % 2]
        cluster = graph.clusters[int(cluster_id)]
        title = placement.cluster_title[number]
        words: list[tuple[float, str, Face, float, str, int]] = [
            (x + m.CLUSTER_PAD, title, "title", m.HEADER_SIZE, palette.text, -1)
        ]
        if cluster.class_name != title:
            after = x + m.CLUSTER_PAD + width(title, "title", m.HEADER_SIZE) + 8
            words.append((after, cluster.class_name, "text", m.HEADER_SIZE, palette.text3, -1))
        if cluster.uses > 1:
            use = tr("use {use} of {uses}").format(use=cluster.use, uses=cluster.uses)
            words.append((x + w - m.CLUSTER_PAD, use, "text", m.SUBTITLE_SIZE, palette.text3, 1))
        for at, text, face, size, color, align in words:
            wide = width(text, face, size)
            pen.rectangle((at - wide * (align + 1) / 2 - 3, y + 9, wide + 6, 14), 0, ground, Stroke(ground))
            pen.text(at, y + 20, text, face, size, color, align)


def _edges(pen: Pen, placement: Placement, palette: Palette) -> None:
    starts = placement.edge_start.tolist()
    for number, (begin, end) in enumerate(pairwise(starts)):
        points = placement.points[begin:end].astype(np.float64)
        tip = points[-1].copy()
        back = points[-1] - points[-2]
        back /= max(float(np.hypot(*back)), 1e-6)
        across = np.array([-back[1], back[0]])
        points[-1] = tip - back * 5
        pen.spline(points.tolist(), Stroke(palette.edge, 1.5))
        foot = tip - back * 7
        head = [tip.tolist(), (foot + across * 3.5).tolist(), (foot - across * 3.5).tolist()]
        pen.polygon(head, palette.edge, Stroke(palette.edge))
        if placement.edge_label[number] and not np.isnan(placement.label_position[number, 0]):
            x, y = placement.label_position[number].tolist()
            pen.text(x, y + 4, placement.edge_label[number], "mono", m.LABEL_SIZE, palette.text3)


def _output_numbers(pen: Pen, graph: Graph, placement: Placement, palette: Palette) -> None:
    """Draw a chip at the start of each line that leaves a node with several outputs: which of them it is."""
    for line, edge_index in enumerate(placement.edge_index.tolist()):
        edge = graph.edges[edge_index]
        # A box of several takes what it takes from many outputs as one line.
        ends = placement.edge_source[line], placement.edge_target[line]
        if graph.node(edge.source).outputs < 2 or any(placement.box_count[end] > 1 for end in ends):
            continue
        x, y = _beside_source(placement, line)
        number = str(edge.output_nr)
        wide = max(m.CHIP_SIZE, width(number, "mono", m.LABEL_SIZE) + 9)
        chip = (x - wide / 2, y - m.CHIP_SIZE / 2, wide, m.CHIP_SIZE)
        pen.rectangle(chip, m.CHIP_SIZE / 2, palette.node, Stroke(palette.line2))
        pen.text(x, y + 4, number, "mono", m.LABEL_SIZE, palette.text, 0)


def _beside_source(placement: Placement, line: int) -> tuple[float, float]:
    """Return where a chip is clear of the box that the line leaves; the middle of a line too short for that."""
    begin, end = placement.edge_start[line : line + 2]
    points = sample(placement.points[begin:end].astype(np.float64))
    left, top, w, h = placement.box_rect[placement.edge_source[line]].astype(np.float64)
    outside = np.maximum(0, np.maximum((left, top) - points, points - (left + w, top + h)))
    clear = np.hypot(outside[:, 0], outside[:, 1]) >= m.CHIP_AWAY
    x, y = points[int(np.argmax(clear)) if clear[: len(points) * 3 // 4].any() else len(points) // 2]
    return float(x), float(y)
