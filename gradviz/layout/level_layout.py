"""Layout of one level: its rows arranged, its labels placed, a frame drawn around it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradviz.layout.arranging.edge_label_placement import place_labels
from gradviz.layout.arranging.graphviz_arranger import GraphvizArranger, Placer
from gradviz.layout.arranging.level_canvas import LevelCanvas
from gradviz.layout.arranging.sequential_arranger import SequentialArranger
from gradviz.layout.arranging.single_row_arranger import SingleRowArranger
from gradviz.layout.geometry import bezier as curves
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry.level_shape import IN, OUT, LevelLayout, LevelLink, LevelShape, Points, Port


def lay_out_level(shape: LevelShape, layouts: Sequence[LevelLayout], place: Placer) -> LevelLayout:
    """Return the layout of a level of this shape; `layouts` holds those of its clusters."""
    canvas = LevelCanvas(shape, layouts)
    if len(canvas.rows) == 1:
        SingleRowArranger(canvas).arrange()
    elif shape.sequential:
        SequentialArranger(canvas).arrange()
    else:
        GraphvizArranger(canvas).arrange(place)
    for number, link in enumerate(shape.links):
        if canvas.in_one_row(link):
            canvas.paths[number] = _across(canvas, link)
    return _framed(canvas)


def _across(canvas: LevelCanvas, link: LevelLink) -> Points:
    tail, head = canvas.shape.items[link.tail], canvas.shape.items[link.head]
    (x0, y0), (x1, _) = canvas.corners[link.tail], canvas.corners[link.head]
    y = y0 + tail.height / 2
    return curves.straight(x0 + tail.width, y, x1, y) if x0 < x1 else curves.straight(x0, y, x1 + head.width, y)


def _framed(canvas: LevelCanvas) -> LevelLayout:
    labels = place_labels(canvas.shape, canvas.corners, canvas.paths)
    low, high = _extent(canvas, labels)
    if canvas.shape.framed:
        pad = m.CLUSTER_PAD
        low -= (pad, canvas.header)
        high += pad
        # Boxes alone set the height: lines through ports end at the border.
        spare = max(0.0, canvas.shape.least_width - (high[0] - low[0]))
        low[0] -= spare // 2
        high[0] += spare - spare // 2
    low, high = np.floor(low), np.ceil(high)
    # An even width keeps the middle, and with it every straight line, on whole pixels.
    high[0] += (high[0] - low[0]) % 2
    return _shifted(canvas, labels, low, float(high[0] - low[0]), float(high[1] - low[1]))


def _extent(canvas: LevelCanvas, labels: Points) -> tuple[Points, Points]:
    """Return upper left and lower right corner of all that is drawn inside, without the ways to the ports."""
    sizes = np.array([(item.width, item.height) for item in canvas.shape.items]).reshape(-1, 2)
    widths = np.array(canvas.shape.label_widths)
    shown = ~np.isnan(labels[:, 0])
    text = np.column_stack([widths[shown], np.zeros(int(shown.sum()))])
    lines = [
        path if link.tail != IN else path[3:]
        for path, link in zip(canvas.paths, canvas.shape.links, strict=True)
        if link.head != OUT
    ]
    boxes = np.vstack([canvas.corners, canvas.corners + sizes])
    everything = np.vstack([boxes, *lines, labels[shown], labels[shown] + text])
    low, high = everything.min(axis=0), everything.max(axis=0)
    if canvas.shape.framed:
        low[1], high[1] = boxes[:, 1].min(), boxes[:, 1].max()
    return low, high


def _shifted(canvas: LevelCanvas, labels: Points, low: Points, width: float, height: float) -> LevelLayout:
    ins = tuple(_on_border(port, low, width) for port in canvas.ins)
    outs = tuple(_on_border(port, low, width) for port in canvas.outs)
    paths = [path - low for path in canvas.paths]
    for number, link in enumerate(canvas.shape.links):
        if link.tail == IN and ins[link.tail_port].side in ("left", "right"):
            curves.level(paths[number], 0, ins[link.tail_port].x, ins[link.tail_port].y)
    return LevelLayout(width, height, canvas.corners - low, ins, outs, tuple(paths), labels - low)


def _on_border(port: Port, low: Points, width: float) -> Port:
    x = {"left": 0.0, "right": width}.get(port.side, port.x - float(low[0]))
    return Port(port.side, x, port.y - float(low[1]))
