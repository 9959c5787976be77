"""The card at the lower left that explains the colors: title, bar with ticks, samples, and from when."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from gradviz.appearance.text_styles import CAPTION, STRONG
from gradviz.export.overlay_shading import LegendContent
from gradviz.gui.panels.graph.overlay_swatches import GroupRows, SampleKinds, SampleRows
from gradviz.gui.style import fonts
from gradviz.gui.text import overlays as overlay_text
from gradviz.gui.widgets.card import Card
from gradviz.gui.widgets.color_bar import ColorBar
from gradviz.gui.widgets.labels import ElidedLabel, WrappingLabel
from gradviz.model.overlay.overlay_scale import Limits
from gradviz.model.overlay.overlay_table import Overlay
from gradviz.model.overlay.overlay_values import Groups

WIDTH = 344


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
