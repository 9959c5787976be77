"""The card at the lower left that says which outline is which kind, for the kinds that are present."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QToolButton, QWidget

from gradviz.gui.scene.data.node_states import NodeState
from gradviz.gui.scene.data.placed_graph import BoxKind
from gradviz.gui.scene.painting.box_outlines import fold, outline, stripe
from gradviz.gui.scene.painting.box_styles import style_of
from gradviz.gui.scene.painting.node_painter import hatch
from gradviz.gui.style import fonts, icons
from gradviz.gui.style import palette as palettes
from gradviz.gui.style.palette import Palette, color
from gradviz.gui.style.pens import Stroke, pen

_ORDER = (
    BoxKind.DATA,
    BoxKind.PARAMETER,
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
_ROW = 24
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
        self.setToolTip(self.tr("What the shapes mean"))
        self.setAccessibleName(self.tr("Legend"))


class ShapeLegend(QWidget):
    """Swatches and words; as tall and wide as it needs to be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kinds: list[BoxKind] = []
        self._recorded = False
        self._lit = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_kinds(self, kinds: set[int], *, recorded: bool = False, lit: bool = False) -> None:
        """Show these `BoxKind`s; `recorded` ops instead of functions; `lit` when forward has just run."""
        self._kinds = [kind for kind in _ORDER if kind in kinds]
        self._recorded = recorded
        self._lit = lit
        self.setAccessibleName(self.tr("Legend: {kinds}").format(kinds=", ".join(map(self._words, self._kinds))))
        self.resize(self.sizeHint())
        self.update()

    def _words(self, kind: BoxKind) -> str:
        if kind == BoxKind.FUNCTION:
            if self._recorded:
                return self.tr("recorded op")
            return self.tr("function, forward ran") if self._lit else self.tr("function")
        return {
            BoxKind.DATA: self.tr("data, no gradient"),
            BoxKind.PARAMETER: self.tr("parameter"),
            BoxKind.LEAF: self.tr("buffer, leaf without grad"),
            BoxKind.BADGE: self.tr("shared leaf, at each use"),
            BoxKind.CUSTOM: self.tr("custom Function"),
            BoxKind.OPAQUE: self.tr("opaque region"),
            BoxKind.STUB: self.tr("no gradient, and why"),
            BoxKind.CLUSTER: self.tr("folded module"),
            BoxKind.STACK: self.tr("equal modules, folded"),
            BoxKind.LOSS: self.tr("output, loss"),
        }[kind]

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        metrics = self.fontMetrics()
        wide = max((metrics.horizontalAdvance(self._words(kind)) for kind in self._kinds), default=0)
        return QSize(14 + _SWATCH.width() + 10 + wide + 16, len(self._kinds) * _ROW + 18)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.resize(self.sizeHint())
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette = palettes.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen(Stroke(palette.line), self.devicePixelRatioF()))
        painter.setBrush(color(palette.panel))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.setFont(fonts.ui(12))
        for row, kind in enumerate(self._kinds):
            middle = 9 + row * _ROW + _ROW / 2
            self._paint_swatch(painter, palette, kind, QPointF(14, middle - _SWATCH.height() / 2))
            painter.setPen(color(palette.text2))
            painter.drawText(
                QRectF(14 + _SWATCH.width() + 10, middle - _ROW / 2, self.width(), _ROW),
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                self._words(kind),
            )
        painter.end()

    def _paint_swatch(self, painter: QPainter, palette: Palette, kind: BoxKind, corner: QPointF) -> None:
        lit = self._lit and kind in (BoxKind.FUNCTION, BoxKind.CUSTOM)
        style = style_of(palette, kind, NodeState.FORWARD_RAN if lit else NodeState.PLAIN)
        width, height = _SWATCH.width(), _SWATCH.height()
        painter.save()
        painter.translate(corner)
        if kind == BoxKind.STACK:
            width, height = width - 5, height - 5
            painter.setPen(pen(Stroke(palette.line2), self.devicePixelRatioF()))
            for away in (4, 2):
                painter.setBrush(color(palette.cluster[1]))
                painter.drawPath(outline(kind, width, height, -0.5).translated(away, away))
        path = outline(kind, width, height, -0.5)
        painter.fillPath(path, style.fill)
        if style.hatched:
            painter.setClipPath(path)
            hatch(painter, QRectF(0, 0, width, height), pen(Stroke(palette.line), self.devicePixelRatioF()))
            painter.setClipping(False)
        if style.stripe:
            painter.fillPath(stripe(kind, width, height, 4), color(style.stripe))
            ratio = self.devicePixelRatioF()
            painter.drawPixmap(QPointF(11, 2), icons.pixmap("arrow-down-bold", 12, palette.forward.text, ratio))
        painter.setPen(pen(style.border, self.devicePixelRatioF()))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        if kind == BoxKind.CUSTOM:
            painter.drawPath(fold(width, 6))
        if kind == BoxKind.BADGE:
            painter.drawPixmap(QPointF(9, 3), icons.pixmap("link-bold", 10, palette.text2, self.devicePixelRatioF()))
        painter.restore()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Polish:
            self.setFont(fonts.ui(12))
        return super().event(event)
