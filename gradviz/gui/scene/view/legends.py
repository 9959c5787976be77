"""The legends of the canvas: which outline is which kind of node, and at a stop which sign means what."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QToolButton, QWidget

from gradviz.appearance.boxes import BoxKind
from gradviz.appearance.palette import Stroke
from gradviz.appearance.text_styles import CODE_SMALL, SMALL
from gradviz.gui.scene.data.node_states import EdgeState, EdgeStates, NodeState, NodeStates
from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.scene.painting.box_styles import fold, outline, stripe, style_of
from gradviz.gui.scene.painting.node_painter import hatch
from gradviz.gui.style import fonts, icons
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.style.qt_colors import color, pen
from gradviz.gui.widgets.card import CARD_WIDTH
from gradviz.gui.widgets.legend import LegendCard, LegendRow

_ORDER = (
    BoxKind.DATA,
    BoxKind.PARAMETER,
    BoxKind.FROZEN,
    BoxKind.LEAF,
    BoxKind.BADGE,
    BoxKind.FUNCTION,
    BoxKind.CUSTOM,
    BoxKind.OPAQUE,
    BoxKind.STUB,
    BoxKind.CLUSTER,
    BoxKind.STACK,
    BoxKind.LOSS,
)
_SWATCH = QSize(28, 16)


class LegendButton(QToolButton):
    """What the legend folds into where a canvas is too small for it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIcon(icons.icon("list", 16))
        self.setIconSize(QSize(16, 16))
        self.setCheckable(True)
        self.setFixedSize(32, 32)
        self.setProperty("card", True)
        self.setToolTip(self.tr("What shapes and signs mean"))
        self.setAccessibleName(self.tr("Legend"))


class ShapeLegend(LegendCard):
    """The outlines of the kinds of node that are present; as tall and wide as it needs to be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, swatch=_SWATCH, row_height=24, left=14, top=9, gap=10)

    def show_drawing(self, drawing: Drawing, *, lit: bool = False) -> None:
        """Explain the shapes of a drawing; `lit` when forward has just run."""
        kinds, graph = set(drawing.kind.tolist()), drawing.graph
        texts = {
            BoxKind.DATA: self.tr("data, no gradient"),
            BoxKind.PARAMETER: self.tr("parameter"),
            BoxKind.FROZEN: self.tr("frozen parameter"),
            BoxKind.LEAF: self.tr("buffer, leaf without grad"),
            BoxKind.BADGE: self.tr("shared leaf, at each use"),
            BoxKind.FUNCTION: self.tr("function, forward ran") if lit else self.tr("function"),
            BoxKind.CUSTOM: self.tr("custom Function"),
            BoxKind.OPAQUE: self.tr("opaque region"),
            BoxKind.STUB: self.tr("no gradient, and why"),
            BoxKind.CLUSTER: self.tr("folded module"),
            BoxKind.STACK: self.tr("equal modules, folded"),
            BoxKind.LOSS: self.tr("output, loss"),
        }
        if graph.record.kind == "recorded":
            texts[BoxKind.FUNCTION] = self.tr("recorded op")
        ran = (BoxKind.FUNCTION, BoxKind.CUSTOM) if lit else ()
        states = {kind: NodeState.FORWARD_RAN if kind in ran else NodeState.PLAIN for kind in _ORDER}
        rows = [LegendRow(partial(_paint_box, kind, states[kind]), texts[kind]) for kind in _ORDER if kind in kinds]
        if any(graph.clusters[cluster].kind == "region" for cluster in drawing.placement.cluster_id.tolist()):
            rows.append(LegendRow(_paint_region, self.tr("code that is no module")))
        edges = (graph.edges[edge] for edge in drawing.placement.edge_index.tolist())
        if any(graph.node(edge.source).outputs > 1 for edge in edges):
            rows.append(LegendRow(_paint_chip, self.tr("which of several outputs")))
        self.set_rows(rows)


class StopLegend(LegendCard):
    """What the signs mean that are drawn at a stop: ran, runs next, still to come, what came along an edge."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, swatch=_SWATCH, row_height=25, left=17, top=7, gap=17, width=CARD_WIDTH)
        self.hide()

    def set_signs(self, states: NodeStates, edges: EdgeStates) -> None:
        """Explain the signs of these states, and no others."""
        drawn, lines = set(states.state.tolist()), set(edges.state.tolist())
        terms = {come for slots in states.slots.values() for come in slots}
        rows = [
            LegendRow(partial(_paint_box, kind, state), text)
            for state, kind, text in self._boxes(drawn)
            if state in drawn
        ]
        rows += [LegendRow(partial(_paint_edge, state), text) for state, text in self._lines() if state in lines]
        if terms:
            text = self.tr("term of sum: in, still to come")
            if len(terms) == 1:
                text = self.tr("term of sum, in") if True in terms else self.tr("term of sum, still to come")
            rows.append(LegendRow(partial(_paint_terms, terms), text))
        if states.breakpoint.any():
            rows.append(LegendRow(_paint_breakpoint, self.tr("breakpoint")))
        self.set_rows(rows)

    def _boxes(self, drawn: set[int]) -> list[tuple[NodeState, BoxKind, str]]:
        backward = {NodeState.BACKWARD_RAN, NodeState.NEXT_BACKWARD} & drawn
        update = {NodeState.UPDATED, NodeState.NEXT_UPDATE} & drawn
        ran = self.tr("forward ran")
        if update:
            ran = self.tr("forward ran, backward did not")
        elif backward:
            ran = self.tr("forward ran, backward not yet")
        return [
            (NodeState.UPDATED, BoxKind.PARAMETER, self.tr("updated")),
            (NodeState.NEXT_UPDATE, BoxKind.PARAMETER, self.tr("changes next")),
            (NodeState.BACKWARD_RAN, BoxKind.FUNCTION, self.tr("backward ran, in this order")),
            (NodeState.NEXT_BACKWARD, BoxKind.FUNCTION, self.tr("runs next")),
            (NodeState.NEXT_FORWARD, BoxKind.FUNCTION, self.tr("runs next")),
            (NodeState.FORWARD_RAN, BoxKind.FUNCTION, ran),
            (NodeState.NOT_RUN, BoxKind.FUNCTION, self.tr("not yet run")),
            (NodeState.EARLIER, BoxKind.FUNCTION, self.tr("of an earlier iteration")),
        ]

    def _lines(self) -> list[tuple[EdgeState, str]]:
        return [
            (EdgeState.GRADIENT, self.tr("gradient came, with its norm")),
            (EdgeState.ZERO, self.tr("gradient is exactly zero")),
            (EdgeState.NONE, self.tr("no gradient came")),
        ]


def _paint_box(kind: BoxKind, state: NodeState, painter: QPainter, place: QRectF) -> None:
    """Paint a small box as the graph has it."""
    palette, ratio = palettes.current(), painter.device().devicePixelRatioF()
    style = style_of(palette, kind, state)
    width, height = place.width(), place.height()
    painter.save()
    painter.translate(place.topLeft())
    if kind == BoxKind.STACK:
        width, height = width - 5, height - 5
        painter.setPen(pen(Stroke(palette.line2), ratio))
        for away in (4, 2):
            painter.setBrush(color(palette.cluster[1]))
            painter.drawPath(outline(kind, width, height, -0.5).translated(away, away))
    path = outline(kind, width, height, -0.5)
    if style.fill:
        painter.fillPath(path, color(style.fill))
    if style.hatched:
        painter.setClipPath(path)
        hatch(painter, QRectF(0, 0, width, height), pen(Stroke(palette.line), ratio))
        painter.setClipping(False)
    if style.stripe:
        painter.fillPath(stripe(kind, width, height, 4), color(style.stripe))
    glyph = {
        NodeState.FORWARD_RAN: ("arrow-down-bold", palette.forward.text),
        NodeState.BACKWARD_RAN: ("arrow-up-bold", palette.backward.text),
        NodeState.UPDATED: ("arrows-clockwise", palette.update.text),
    }.get(state)
    if glyph is not None:
        painter.drawPixmap(QPointF(11, 2), icons.pixmap(glyph[0], 12, glyph[1], ratio))
    painter.setPen(pen(style.border, ratio))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    if kind == BoxKind.CUSTOM:
        painter.drawPath(fold(width, 6))
    if kind == BoxKind.BADGE:
        painter.drawPixmap(QPointF(9, 3), icons.pixmap("link-bold", 10, palette.text2, ratio))
    painter.restore()


def _paint_terms(terms: set[bool], painter: QPainter, place: QRectF) -> None:
    """Paint the term of a sum that is in, one that is still to come, or both."""
    fill, middle = palettes.current().backward.fill, place.center().y()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(fill))
    if True in terms:
        painter.drawEllipse(QPointF(place.left() + 8, middle), 4.5, 4.5)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen(Stroke(fill, 1.5, (2, 1.5)), painter.device().devicePixelRatioF()))
    if False in terms:
        painter.drawEllipse(QPointF(place.left() + 21, middle), 3.75, 3.75)


def _paint_edge(state: EdgeState, painter: QPainter, place: QRectF) -> None:
    """Paint a line as the graph has it, from right to left: a gradient goes back."""
    palette, ratio, middle = palettes.current(), painter.device().devicePixelRatioF(), place.center().y()
    fill = palette.backward.fill
    stroke = {
        EdgeState.GRADIENT: Stroke(fill, 2),
        EdgeState.ZERO: Stroke(fill, 1.25),
        EdgeState.NONE: Stroke(palette.edge, 1.25, (1.25, 3.75)),
    }[state]
    painter.setPen(pen(stroke, ratio))
    painter.drawLine(QPointF(place.left() + 4, middle), QPointF(place.right() - 1, middle))
    if state == EdgeState.NONE:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(fill))
    left = place.left()
    painter.drawPolygon([QPointF(left, middle), QPointF(left + 8, middle - 4), QPointF(left + 8, middle + 4)])
    if state == EdgeState.ZERO:
        painter.setPen(pen(Stroke(fill, 1.25), ratio))
        painter.setBrush(color(palette.canvas))
        painter.drawEllipse(QPointF(place.left() + 18, middle), 5.5, 5.5)
        painter.setFont(fonts.font(SMALL))
        painter.drawText(QRectF(place.left() + 12, middle - 7, 12, 14), Qt.AlignmentFlag.AlignCenter, "0")


def _paint_region(painter: QPainter, place: QRectF) -> None:
    """Paint the border of a cluster that is no module."""
    palette = palettes.current()
    painter.setPen(pen(Stroke(palette.text3, 1.25, (4, 3)), painter.device().devicePixelRatioF()))
    painter.setBrush(color(palette.cluster[0]))
    painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)


def _paint_chip(painter: QPainter, place: QRectF) -> None:
    """Paint the number of an output on its line."""
    palette, middle = palettes.current(), place.center()
    ratio = painter.device().devicePixelRatioF()
    painter.setPen(pen(Stroke(palette.edge, 1.5), ratio))
    painter.drawLine(QPointF(place.left(), middle.y()), QPointF(place.right(), middle.y()))
    painter.setPen(pen(Stroke(palette.line2), ratio))
    painter.setBrush(color(palette.raised))
    chip = QRectF(middle.x() - 7, middle.y() - 7, 14, 14)
    painter.drawEllipse(chip)
    painter.setPen(color(palette.text))
    painter.setFont(fonts.font(CODE_SMALL))
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, "1")


def _paint_breakpoint(painter: QPainter, place: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(palettes.current().breakpoint))
    painter.drawEllipse(QPointF(place.left() + 14, place.center().y()), 5.5, 5.5)
