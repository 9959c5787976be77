"""The card that says at a stop which sign means what: ran, runs next, still to come."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gradviz.gui.scene.data.node_states import NodeState
from gradviz.gui.scene.data.placed_graph import BoxKind
from gradviz.gui.scene.painting.box_outlines import outline, stripe
from gradviz.gui.scene.painting.box_styles import style_of
from gradviz.gui.style import fonts, icons
from gradviz.gui.style import palette as palettes
from gradviz.gui.style.palette import Palette, color
from gradviz.gui.style.pens import Stroke, pen
from gradviz.protocol.records import Phase

_ROW = 25
_SWATCH = QSize(28, 16)


class StopLegend(QWidget):
    """Rows for one phase; as high as they need, as wide as it is made."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._phase: Phase = "forward"
        self._sums = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_phase(self, phase: Phase, *, sums: bool) -> None:
        """Show what the signs mean in `phase`; `sums` if a gradient of the graph has several terms."""
        self._phase, self._sums = phase, sums
        words = ", ".join(text for _, text in self._rows())
        self.setAccessibleName(self.tr("Legend: {signs}").format(signs=words))
        self.resize(self.width(), self.sizeHint().height())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(316, len(self._rows()) * _ROW + 14)

    def _rows(self) -> list[tuple[NodeState | None, str]]:
        if self._phase == "forward":
            return [
                (NodeState.FORWARD_RAN, self.tr("forward ran")),
                (NodeState.NEXT_FORWARD, self.tr("runs next")),
                (NodeState.NOT_RUN, self.tr("not yet run")),
            ]
        terms = [(None, self.tr("term of sum: in, still to come"))] if self._sums else []
        if self._phase == "backward":
            return [
                (NodeState.BACKWARD_RAN, self.tr("backward ran, in this order")),
                (NodeState.NEXT_BACKWARD, self.tr("runs next")),
                (NodeState.FORWARD_RAN, self.tr("forward ran, backward not yet")),
                *terms,
            ]
        return [
            (NodeState.UPDATED, self.tr("updated")),
            (NodeState.NEXT_UPDATE, self.tr("changes next")),
            (NodeState.BACKWARD_RAN, self.tr("backward ran, in this order")),
        ]

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette = palettes.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen(Stroke(palette.line), self.devicePixelRatioF()))
        painter.setBrush(color(palette.panel))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.setFont(fonts.ui(12))
        for row, (state, text) in enumerate(self._rows()):
            middle = 7 + row * _ROW + _ROW / 2
            if state is None:
                self._paint_slots(painter, palette, middle)
            else:
                self._paint_swatch(painter, palette, state, QPointF(17, middle - _SWATCH.height() / 2))
            painter.setPen(color(palette.text2))
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            painter.drawText(QRectF(62, middle - _ROW / 2, self.width() - 70, _ROW), flags, text)
        painter.end()

    def _paint_swatch(self, painter: QPainter, palette: Palette, state: NodeState, corner: QPointF) -> None:
        style = style_of(palette, BoxKind.FUNCTION, state)
        width, height = _SWATCH.width(), _SWATCH.height()
        painter.save()
        painter.translate(corner)
        path = outline(BoxKind.FUNCTION, width, height, -0.5)
        painter.fillPath(path, style.fill)
        if style.stripe:
            painter.fillPath(stripe(BoxKind.FUNCTION, width, height, 4), color(style.stripe))
        glyph = {
            NodeState.FORWARD_RAN: ("arrow-down-bold", palette.forward.text),
            NodeState.BACKWARD_RAN: ("arrow-up-bold", palette.backward.text),
            NodeState.UPDATED: ("arrows-clockwise", palette.update.text),
        }.get(state)
        if glyph is not None:
            painter.drawPixmap(QPointF(11, 2), icons.pixmap(glyph[0], 12, glyph[1], self.devicePixelRatioF()))
        painter.setPen(pen(style.border, self.devicePixelRatioF()))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        painter.restore()

    def _paint_slots(self, painter: QPainter, palette: Palette, middle: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(palette.backward.fill))
        painter.drawEllipse(QPointF(25, middle), 4.5, 4.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen(Stroke(palette.backward.fill, 1.5, (2, 1.5)), self.devicePixelRatioF()))
        painter.drawEllipse(QPointF(38, middle), 3.75, 3.75)
