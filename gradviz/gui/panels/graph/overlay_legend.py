"""The card at the lower left that explains the colors: title, bar with ticks, samples, and from when."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from gradviz.appearance.palette import Stroke
from gradviz.appearance.text_styles import CAPTION, STRONG, TextStyle
from gradviz.export.overlay_shading import LegendContent, Shade
from gradviz.gui.style import fonts
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.style.qt_colors import color, pen
from gradviz.gui.text import overlays as overlay_text
from gradviz.gui.widgets.card import CARD_WIDTH, Card
from gradviz.gui.widgets.color_bar import ColorBar
from gradviz.gui.widgets.labels import ElidedLabel, WrappingLabel
from gradviz.gui.widgets.legend import LegendRow, paint_row
from gradviz.model.overlay.overlay_scale import Limits
from gradviz.model.overlay.overlay_table import Overlay
from gradviz.model.overlay.overlay_values import Groups

_SAMPLE, _SAMPLE_ROW, _SIDE = QSize(26, 14), 24, 6
_GROUP, _GROUP_ROW = QSize(22, 13), 22
_WHITE = "#FFFFFF"


class SampleKinds(NamedTuple):
    """What is drawn of the values that lie on no color bar."""

    missing: bool = False
    zero: bool = False
    beyond: bool = False
    not_finite: bool = False


class SampleRows(QWidget):
    """Small boxes with text: not measured, exactly zero, beyond the scale, not finite."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kinds = SampleKinds()
        self._diverging = False
        self.setFixedHeight(_SAMPLE_ROW)

    @property
    def shades(self) -> list[tuple[Shade, str]]:
        """The boxes and their texts, as a picture shows them."""
        palette = palettes.current()
        end = (palette.diverging if self._diverging else palette.sequential)[-1]
        samples = (
            (Shade(line=palette.text3, hatched=True), self.tr("not measured")),
            (Shade(line=palette.text2, ink=palette.text, value="0"), self.tr("exactly zero")),
            (Shade(fill=end, line=end, ink=palette.canvas, beyond=True), self.tr("beyond the scale")),
            (Shade(fill=palette.error_fill, line=palette.error_fill, ink=_WHITE, value="NaN"), self.tr("NaN or Inf")),
        )
        return [sample for sample, drawn in zip(samples, self._kinds, strict=True) if drawn]

    def set_kinds(self, kinds: SampleKinds, *, diverging: bool = False) -> None:
        """Explain what is drawn, and nothing that is not, in the colors of the bar."""
        self._kinds, self._diverging = kinds, diverging
        self.setAccessibleName(", ".join(text for _, text in self.shades))
        self.setFixedHeight(_SAMPLE_ROW * (2 if sum(kinds) > 2 else 1))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint two samples a line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetricsF(fonts.font(CAPTION))
        x = 0.0
        for number, (shade, text) in enumerate(self.shades):
            x = x if number % 2 else float(_SIDE)
            place = QRectF(x, _SAMPLE_ROW * (number // 2), self.width(), _SAMPLE_ROW)
            paint_row(painter, LegendRow(partial(_paint_shade, shade), text), place, _SAMPLE)
            x += _SAMPLE.width() + 8 + metrics.horizontalAdvance(text) + 22


class GroupRows(QWidget):
    """Swatches with names and counts, in two columns where the names are short; as high as its rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._groups: list[tuple[str, str]] = []

    def set_groups(self, names: Sequence[str], counts: Sequence[int]) -> None:
        """Show these, each in the color of its place."""
        self._groups = [(name, f"{count:,}") for name, count in zip(names, counts, strict=True)]
        self.setAccessibleName(self.tr("Groups: {0}").format(", ".join(map(" ".join, self._groups))))
        self.setFixedHeight(self._height)
        self.update()

    @property
    def shades(self) -> list[tuple[Shade, str]]:
        """The swatches and their texts, as a picture shows them."""
        colors = palettes.current().categorical
        return [
            (Shade(fill=colors[min(place, len(colors) - 1)]), " ".join(group))
            for place, group in enumerate(self._groups)
        ]

    @property
    def _columns(self) -> int:
        metrics = QFontMetricsF(fonts.font(CAPTION))
        widest = max((metrics.horizontalAdvance(" ".join(group)) for group in self._groups), default=0.0)
        return 2 if len(self._groups) > 3 and widest + _GROUP.width() + 24 < self.width() / 2 else 1

    @property
    def _lines(self) -> int:
        return -(-len(self._groups) // self._columns)

    @property
    def _height(self) -> int:
        return self._lines * _GROUP_ROW + 2

    def sizeHint(self) -> QSize:
        """Return the size of all rows."""
        return QSize(260, self._height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the height that the rows need at another width."""
        if self.height() != self._height:
            self.setFixedHeight(self._height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the groups, column by column."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wide, lines = self.width() / self._columns, self._lines
        for number, ((shade, _), (name, count)) in enumerate(zip(self.shades, self._groups, strict=True)):
            place = QRectF(number // lines * wide, 1 + number % lines * _GROUP_ROW, wide, _GROUP_ROW)
            paint_row(painter, LegendRow(partial(_paint_shade, shade), name, count), place, _GROUP)


def _paint_shade(shade: Shade, painter: QPainter, place: QRectF) -> None:
    """Paint a small box as an overlay shades it."""
    palette, ratio = palettes.current(), painter.device().devicePixelRatioF()
    box = place.adjusted(0.5, 0.5, -0.5, -0.5)
    line = shade.line or shade.fill
    if shade.hatched:
        painter.save()
        painter.setClipRect(box)
        painter.setPen(pen(Stroke(palette.line2), ratio))
        for start in range(-14, 28, 5):
            left = box.left() + start
            painter.drawLine(QPointF(left, box.bottom()), QPointF(left + box.height(), box.top()))
        painter.restore()
    dashes, width = ((3.0, 2.5), 1.0) if shade.hatched else ((), 1.0 if shade.fill else 1.25)
    painter.setPen(pen(Stroke(line, width, dashes), ratio))
    painter.setBrush(color(shade.fill) if shade.fill else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, 3, 3)
    if shade.beyond:
        painter.setBrush(color(shade.ink))
        painter.setPen(Qt.PenStyle.NoPen)
        right, middle = box.right() - 4, box.center().y()
        arrow = [QPointF(right - 5, middle - 4), QPointF(right - 5, middle + 4), QPointF(right, middle)]
        painter.drawPolygon(QPolygonF(arrow))
    if shade.value:
        painter.setFont(fonts.font(TextStyle(9 if len(shade.value) > 1 else 10, 600, mono=True)))
        painter.setPen(color(shade.ink))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shade.value)


WIDTH = CARD_WIDTH


class OverlayChooser(QToolButton):
    """The name of the overlay that colors the graph; a menu opens from it."""

    def __init__(self, menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setProperty("chooser", True)
        self.setFont(fonts.font(STRONG))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


class OverlayLegend(Card):
    """Shows one overlay; asks for another by its menu."""

    def __init__(self, menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent, width=WIDTH, margins=(12, 8, 16, 12))
        self.chooser = OverlayChooser(menu)
        self._quantity = ElidedLabel("text3", fonts.font(CAPTION))
        self._quantity.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.bar = ColorBar()
        self.groups = GroupRows()
        self.samples = SampleRows()
        self.note = WrappingLabel("text3", fonts.font(CAPTION), padding=1.5)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(8)
        head.addWidget(self.chooser)
        head.addWidget(self._quantity, 1)
        self.body.addLayout(head)
        for part, gap in ((self.bar, 4), (self.groups, 4), (self.samples, 2), (self.note, 4)):
            self.body.addSpacing(gap)
            inset = QHBoxLayout()
            inset.setContentsMargins(5, 0, 0, 0)
            inset.addWidget(part)
            self.body.addLayout(inset)
            part.hide()

    def show_scale(self, overlay: Overlay, limits: Limits | None, kinds: SampleKinds, note: str) -> None:
        """Show a color bar over `limits` (none before anything was measured), and a sentence about the values."""
        self._head(overlay)
        self.bar.set_scale(overlay, limits)
        self.bar.setVisible(limits is not None)
        self.groups.hide()
        self.samples.set_kinds(kinds, diverging=overlay.scale == "diverging")
        self.samples.setVisible(any(kinds))
        self._show_note(note)

    def show_groups(self, overlay: Overlay, groups: Groups) -> None:
        """Show a swatch for each group."""
        self._head(overlay)
        self.groups.set_groups([overlay_text.group(overlay, name) for name in groups.names], groups.counts)
        self.groups.setVisible(bool(groups.names))
        self.bar.hide()
        self.samples.hide()
        self._show_note("" if groups.names else self.tr("This network has no modules."))

    def as_shown(self) -> LegendContent:
        """Return the contents for an exported picture."""
        scale = not self.bar.isHidden()
        return LegendContent(
            self.chooser.text(),
            self._quantity.text(),
            self.bar.stops if scale else (),
            tuple((tick.place, tick.text) for tick in self.bar.ticks if tick.text) if scale else (),
            tuple(self.samples.shades if self.groups.isHidden() else self.groups.shades),
            self.note.text(),
        )

    def set_marker(self, place: float | None) -> None:
        """Point at the value of the hovered or selected node; None at nothing."""
        self.bar.set_marker(place)

    def _head(self, overlay: Overlay) -> None:
        self.chooser.setText(overlay_text.title(overlay))
        self.chooser.setToolTip(overlay_text.tip(overlay))
        self.chooser.setAccessibleName(self.tr("Coloured by {0}").format(overlay_text.title(overlay)))
        self._quantity.setText(overlay_text.quantity(overlay))
        self.setToolTip(overlay_text.tip(overlay))
        self.setAccessibleName(self.tr("Colours: {0}").format(overlay_text.tip(overlay).replace("\n", ". ")))

    def _show_note(self, note: str) -> None:
        if note != self.note.text():
            self.note.setText(note)
        self.note.setVisible(bool(note))
        self.settle()

    def changeEvent(self, event: QEvent) -> None:
        """Repaint swatches in the colors of another theme."""
        if event.type() == QEvent.Type.PaletteChange:
            for part in (self.bar, self.groups, self.samples):
                part.update()
        super().changeEvent(event)


class ColorButton(QToolButton):
    """The chooser where no overlay colors the graph: one small button over the legend of shapes."""

    def __init__(self, menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setProperty("chooser", True)
        self.setText(self.tr("Colour by"))
        self.setToolTip(overlay_text.tip(None))
        self.setAccessibleName(self.tr("Colour the graph by"))
        self.setProperty("card", True)
        self.setFixedHeight(30)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.adjustSize()
