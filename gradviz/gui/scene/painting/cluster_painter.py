"""Painter of open clusters: ground, border and header; far away, a cluster too small to read is one box."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from gradviz.appearance import text_styles as styles
from gradviz.gui.scene.data.placed_arrays import Indices
from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.scene.painting import paint_context as levels
from gradviz.gui.scene.painting import tooltips as labels
from gradviz.gui.scene.painting.paint_context import PaintContext
from gradviz.gui.style import icons
from gradviz.gui.style.qt_colors import brush, color
from gradviz.layout.geometry import metrics as m

READABLE_SIDE = 260
"""Below `CLUSTER_CONTENTS` a cluster whose longer side is shorter than this on screen, in pixels, is one box."""
_CARET = 12
_BACKING_HIGH, _BACKING_WIDE = 14, 3
"""Of the ground behind the texts of a header: as high as their line, and so much wider on either side."""


def closed_rows(drawing: Drawing, zoom: float) -> npt.NDArray[np.bool_]:
    """(C,) True for the clusters that are painted as one box at this zoom, and for all inside them."""
    count = len(drawing.cluster_rect)
    if zoom >= levels.CLUSTER_CONTENTS or not count:
        return np.zeros(count, np.bool_)
    closed: npt.NDArray[np.bool_] = drawing.cluster_rect[:, 2:].max(axis=1) * zoom < READABLE_SIDE
    parents = drawing.cluster_parent_row
    depth = drawing.placement.cluster_depth
    for level in range(1, int(depth.max()) + 1):
        inside = (depth == level) & (parents >= 0)
        closed[inside] |= closed[parents[inside]]
    return closed


def outermost(drawing: Drawing, closed: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return (C,) True for the closed clusters that no closed cluster holds."""
    parents = drawing.cluster_parent_row
    return closed & ~((parents >= 0) & closed[parents])


def paint_clusters(context: PaintContext, rows: Indices) -> int:
    """Paint grounds, borders and headers of open clusters; return how many."""
    painter = context.painter
    context.in_scene()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    depths = context.drawing.placement.cluster_depth[rows].tolist()
    rects = context.drawing.cluster_rect[rows].tolist()
    plain = context.pen(context.palette.cluster_border)
    regions = _regions(context, rows)
    for row, (x, y, width, height), depth in zip(rows.tolist(), rects, depths, strict=True):
        painter.setPen(context.pen(context.palette.text3, 1.25, (4, 3)) if row in regions else plain)
        painter.setBrush(brush(context.palette.cluster[depth % 2]))
        rect = QRectF(x + 0.5, y + 0.5, width - 1, height - 1)
        painter.drawRoundedRect(rect, m.CLUSTER_RADIUS, m.CLUSTER_RADIUS)
    return len(rects)


def _regions(context: PaintContext, rows: Indices) -> set[int]:
    """Return those of the rows that are no modules; their border is dashed."""
    clusters, ids = context.drawing.graph.clusters, context.drawing.placement.cluster_id
    return {row for row in rows.tolist() if clusters[ids[row]].kind == "region"}


def paint_headers(context: PaintContext, rows: Indices) -> None:
    """Write the headers; their text breaks an edge that passes under it."""
    if context.zoom < levels.CLUSTER_CONTENTS:
        return
    context.in_view()
    for row, rect in zip(rows.tolist(), context.drawing.cluster_rect[rows].tolist(), strict=True):
        _header(context, row, rect)


def _header(context: PaintContext, row: int, rect: list[float]) -> None:
    drawing, zoom, palette, texts = context.drawing, context.zoom, context.palette, context.texts
    cluster_id = int(drawing.placement.cluster_id[row])
    cluster = drawing.graph.clusters[cluster_id]
    x, y, width, _ = rect
    baseline = y + m.CLUSTER_HEADER / 2 + 4.5

    ground = color(palette.cluster[int(drawing.placement.cluster_depth[row]) % 2])

    def write(text: str, face: styles.TextStyle, at: float, shade: str, align: float = 0.0) -> None:
        wide = texts.width(text, face) * zoom
        view_x, view_y = context.camera.to_view(at, y + m.CLUSTER_HEADER / 2)
        back = QRectF(view_x - wide * align, view_y - _BACKING_HIGH * zoom / 2, wide, _BACKING_HIGH * zoom)
        context.painter.fillRect(back.adjusted(-_BACKING_WIDE, 0, _BACKING_WIDE, 0), ground)
        view_x, view_y = context.camera.to_view(at, baseline)
        texts.draw(context.painter, text, face, zoom, view_x, view_y, color(shade), align=align)

    side = labels.cluster_side(cluster, drawing.cluster_counts[cluster_id])
    side_width = texts.width(side, styles.SMALL) + 12 if side and zoom >= levels.VIEW_TITLES else 0
    room = width - 28 - m.CLUSTER_PAD - side_width
    name = texts.fit(drawing.cluster_title(row), styles.CAPTION_STRONG, room)
    pixels = max(round(_CARET * zoom), 1)
    view_x, view_y = context.camera.to_view(x + 9, y + m.CLUSTER_HEADER / 2 - _CARET / 2)
    caret = icons.pixmap("caret-down-bold", pixels, palette.text2, context.ratio)
    context.painter.drawPixmap(round(view_x), round(view_y), caret)
    write(name, styles.CAPTION_STRONG, x + 26, palette.text)
    if zoom < levels.VIEW_TITLES:
        return
    used = texts.width(name, styles.CAPTION_STRONG) + 8
    if cluster.class_name != name and used + 16 < room:
        write(texts.fit(cluster.class_name, styles.CAPTION, room - used), styles.CAPTION, x + 26 + used, palette.text3)
    if side:
        write(side, styles.SMALL, x + width - m.CLUSTER_PAD, palette.text3, 1.0)


def paint_closed(context: PaintContext, rows: Indices) -> int:
    """Paint clusters as single boxes with name and count at a readable size; return how many."""
    painter, drawing, palette = context.painter, context.drawing, context.palette
    context.in_scene()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(context.pen(palette.line2))
    painter.setBrush(brush(palette.node))
    rects = drawing.cluster_rect[rows].tolist()
    for x, y, width, height in rects:
        painter.drawRoundedRect(QRectF(x, y, width, height), m.CLUSTER_RADIUS, m.CLUSTER_RADIUS)
    if context.zoom < levels.ALL_BUT_BOXES:
        return len(rects)
    context.in_view()
    for row, (x, y, width, height) in zip(rows.tolist(), rects, strict=True):
        left, top = context.camera.to_view(x, y)
        wide, high = width * context.zoom, height * context.zoom
        if high < 16 or wide < 24:
            continue
        count = str(drawing.cluster_counts[int(drawing.placement.cluster_id[row])])
        room = wide - 12
        taken = context.texts.width(count, styles.SMALL_MEDIUM) + 8
        name = drawing.cluster_title(row)
        if context.texts.width(name, styles.SMALL_MEDIUM) > room - taken:
            taken = 0  # the name is worth more than the count
        name = context.texts.fit(name, styles.SMALL_MEDIUM, room - taken)
        baseline = top + high / 2 + 4
        context.texts.draw(painter, name, styles.SMALL_MEDIUM, 1.0, left + 6, baseline, color(palette.text))
        if taken:
            context.texts.draw(
                painter, count, styles.SMALL_MEDIUM, 1.0, left + wide - 6, baseline, color(palette.text3), align=1.0
            )
    return len(rects)
