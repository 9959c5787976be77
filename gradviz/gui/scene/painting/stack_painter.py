"""Painter of a stack of equal siblings: a card and two behind it, and in it a cell for each member."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QTransform

from gradviz.appearance import text_styles as styles
from gradviz.appearance.boxes import BoxKind
from gradviz.gui.scene.data.box_colors import NOT_MEASURED
from gradviz.gui.scene.painting import paint_context as levels
from gradviz.gui.scene.painting.box_outlines import outline
from gradviz.gui.scene.painting.box_styles import phase_of
from gradviz.gui.scene.painting.paint_context import PaintContext
from gradviz.gui.style.palette import brush, color
from gradviz.layout.geometry import stack_geometry as stacks


def paint_cards(context: PaintContext, rect: list[float]) -> None:
    """Paint the two cards behind, in scene units."""
    painter, zoom, palette = context.painter, context.zoom, context.palette
    x, y, width, height = rect
    path = outline(BoxKind.STACK, width, height, -0.5)
    painter.setPen(context.pen(palette.cluster_border))
    for number in range(stacks.CARDS, 0, -1):
        at_x, at_y = x + number * stacks.OFFSET, y + number * stacks.OFFSET
        painter.setWorldTransform(
            QTransform(zoom, 0, 0, zoom, at_x * zoom + context.camera.dx, at_y * zoom + context.camera.dy)
        )
        painter.setBrush(brush(palette.cluster[number % 2]))
        painter.drawPath(path)


def paint_cells(context: PaintContext, box: int, rect: list[float], state: int, current: int) -> None:
    """Paint one cell for each member, and under them which they are, in view pixels.

    `current`: the member that holds the node that runs next, -1 for none; `state` is that node's.
    """
    x, y, width, height = rect
    members = context.drawing.members(box)
    found = stacks.cells((x, y, width, height), len(members))
    if not found:
        return
    painter, zoom, palette = context.painter, context.zoom, context.palette
    colors = context.coloring.cells.get(box) if context.coloring is not None else None
    hovered = context.marks.hovered_member
    matches = context.emphasis.cell_matches.get(box, frozenset())
    if len(matches) == len(members):
        matches = frozenset()  # the badge shows it; rings around all of them would distinguish nothing
    radius = min(3.0, found[0][2] / 3) * zoom
    for number, (left, top, wide, high) in enumerate(found):
        first, end = stacks.run_of(number, len(found), len(members))
        view_x, view_y = context.camera.to_view(left, top)
        shade = int(colors[(first + end - 1) // 2]) if colors is not None else None
        pen = context.pen(palette.text3 if hovered in members[first:end] else palette.line2)
        if shade is None:
            painter.setBrush(brush(palette.raised))
        elif shade == NOT_MEASURED:
            painter.setBrush(QBrush(color(palette.line2), Qt.BrushStyle.BDiagPattern))
            pen = context.pen(palette.edge, 1.0, (3, 2))  # of many small ones: paler than on a node
        else:
            painter.setBrush(color(f"#{shade:06x}"))
            pen = context.pen(palette.text if hovered in members[first:end] else f"#{shade:06x}")
        if not matches.isdisjoint(range(first, end)):
            pen = context.pen(palette.accent, 1.5)
        if first <= current < end:
            phase = phase_of(palette, state)
            painter.setBrush(color(phase.fill))
            pen = context.pen(phase.fill, 1.5)
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(view_x, view_y, wide * zoom, high * zoom), radius, radius)
    if zoom >= levels.VIEW_TITLES:
        _write_ends(context, box, rect)


def _write_ends(context: PaintContext, box: int, rect: list[float]) -> None:
    x, y, width, height = rect
    first, last = context.drawing.placement.box_range.get(box, ("", ""))
    baseline = y + height - 7
    shade = color(context.palette.text2)
    middle = context.coloring.value[box] if context.coloring is not None else ""
    places = ((first, x + stacks.SIDE, 0.0), (middle, x + width / 2, 0.5), (last, x + width - stacks.SIDE, 1.0))
    for text, at, align in places:
        view_x, view_y = context.camera.to_view(at, baseline)
        context.texts.draw(context.painter, text, styles.CODE_SMALL, context.zoom, view_x, view_y, shade, align=align)
