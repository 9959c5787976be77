"""The row above the plot: its legend and the buttons that change how it is drawn."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from gradviz.gui.plots.legend import Legend
from gradviz.gui.plots.panel_button import PanelButton
from gradviz.gui.plots.smoothing_button import SmoothingButton

_FORMATS = ("png", "svg", "csv")


class PlotControls(QWidget):
    """A widget of its own, so that a dock may hold it in the corner of its tabs."""

    export_requested = Signal(str)  # png, svg or csv

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.legend = Legend()
        self.log = PanelButton(self.tr("log"))
        self.log.setAccessibleName(self.tr("Logarithmic scale"))
        self.log.setToolTip(self.tr("Powers of ten are equally far apart"))
        self.smoothing = SmoothingButton()
        self.follow = PanelButton(self.tr("Follow"), "follow")
        self.follow.setAccessibleName(self.tr("Follow the newest iteration"))
        self.follow.setToolTip(self.tr("Keep the newest iteration in sight; a double click or A shows everything"))
        self.export = PanelButton("", "download-simple")
        self.export.setAccessibleName(self.tr("Export the plot"))
        self.export.setToolTip(self.tr("Export as PNG, SVG or CSV"))
        self.export.clicked.connect(self._open_export_menu)
        for button in (self.log, self.follow):
            button.setCheckable(True)
            button.setChecked(True)
        # Without a loss the row is empty, but the plot beneath must not jump when the first one comes.
        keeping_place = self.sizePolicy()
        keeping_place.setRetainSizeWhenHidden(True)
        self.setSizePolicy(keeping_place)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 14, 4)
        row.setSpacing(8)
        row.addWidget(self.legend, 1)
        row.addSpacing(8)
        for button in (self.log, self.smoothing, self.follow, self.export):
            row.addWidget(button)

    def _open_export_menu(self) -> None:
        menu = self.export_menu()
        corner = QPoint(self.export.width() - menu.sizeHint().width(), self.export.height() + 2)
        menu.popup(self.export.mapToGlobal(corner))

    def export_menu(self) -> QMenu:
        """The formats to choose from; it deletes itself when it is closed."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        titles = (self.tr("Picture (PNG)…"), self.tr("Drawing (SVG)…"), self.tr("Every point of every run (CSV)…"))
        for suffix, title in zip(_FORMATS, titles, strict=True):
            menu.addAction(title).triggered.connect(lambda _=False, suffix=suffix: self.export_requested.emit(suffix))
        return menu
