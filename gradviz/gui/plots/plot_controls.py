"""The row above the plot: its legend and the buttons that change how it is drawn."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDoubleSpinBox, QFrame, QHBoxLayout, QLabel, QMenu, QSlider, QVBoxLayout, QWidget

from gradviz.gui.plots.metric_picker import MetricsButton
from gradviz.gui.plots.run_legend import RunLegend
from gradviz.gui.widgets.buttons import PanelButton
from gradviz.gui.widgets.mnemonics import lettered

GREATEST = 0.999
_STEPS = 120
_FORMATS = ("png", "svg", "csv")


class SmoothingButton(PanelButton):
    """`Smooth 0.9`; a click opens a slider and a field."""

    smoothing_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self._smoothing = 0.0
        self._popup: SmoothingPopup | None = None
        self.setToolTip(self.tr("Exponential moving average over the raw losses"))
        self.clicked.connect(self.open_popup)
        self._show_factor()

    @property
    def smoothing(self) -> float:
        """Return the factor, from 0 (none) to 0.999."""
        return self._smoothing

    def set_smoothing(self, factor: float) -> None:
        """Smooth by this factor, clipped to its range and rounded to three decimals."""
        factor = round(min(max(factor, 0.0), GREATEST), 3)
        if factor != self._smoothing:
            self._smoothing = factor
            self._show_factor()
            self.smoothing_changed.emit(factor)

    def open_popup(self) -> SmoothingPopup:
        """Show the slider and the field below the button."""
        if self._popup is None:
            self._popup = SmoothingPopup(self)
            self._popup.factor_chosen.connect(self.set_smoothing)
        self._popup.show_factor(self._smoothing)
        self._popup.adjustSize()
        corner = self.mapToGlobal(QPoint(self.width() - self._popup.width(), self.height() + 4))
        screen = self.screen() or QGuiApplication.primaryScreen()
        if corner.y() + self._popup.height() > screen.availableGeometry().bottom():
            corner.setY(self.mapToGlobal(QPoint(0, 0)).y() - self._popup.height() - 4)
        corner.setX(max(corner.x(), screen.availableGeometry().left()))
        self._popup.move(corner)
        self._popup.show()
        return self._popup

    def _show_factor(self) -> None:
        self.setText(self.tr("Smooth {0}").format(f"{self._smoothing:g}"))
        self.setAccessibleName(self.tr("Smoothing, {0}").format(f"{self._smoothing:g}"))
        self.updateGeometry()
        self.update()


class SmoothingPopup(QFrame):
    """A slider with even steps of memory, 10 to a decade of iterations remembered, and a field for the exact factor."""

    factor_chosen = Signal(float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("card", True)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _STEPS)
        self.slider.setPageStep(_STEPS // 12)
        self.slider.setFixedWidth(150)
        self.slider.setAccessibleName(self.tr("Smoothing"))
        self.field = QDoubleSpinBox()
        self.field.setRange(0, GREATEST)
        self.field.setDecimals(3)
        self.field.setSingleStep(0.05)
        self.field.setProperty("mono", True)
        self.field.setAccessibleName(self.tr("Smoothing factor"))
        self._note = QLabel()
        self._note.setProperty("role", "caption")
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.slider, 1)
        row.addWidget(self.field)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 12, 12, 12)
        rows.setSpacing(8)
        rows.addLayout(row)
        rows.addWidget(self._note)
        self.setFocusProxy(self.slider)
        self.slider.valueChanged.connect(lambda place: self._choose(_factor_at(place)))
        self.field.valueChanged.connect(self._choose)

    def show_factor(self, factor: float) -> None:
        """Show a factor without choosing it."""
        with QSignalBlocker(self.slider), QSignalBlocker(self.field):
            self.slider.setValue(_place_of(factor))
            self.field.setValue(factor)
        if factor:
            self._note.setText(self.tr("remembers about {0} iterations").format(f"{1 / (1 - factor):.3g}"))
        else:
            self._note.setText(self.tr("raw losses, not smoothed"))

    def _choose(self, factor: float) -> None:
        self.show_factor(factor)
        self.factor_chosen.emit(factor)


def _factor_at(place: int) -> float:
    # What it remembers, 1 / (1 - factor), grows evenly on a log scale: 0.9, 0.99 and 0.999 are equally far apart.
    return round(1 - 10 ** (-3 * place / _STEPS), 3)


def _place_of(factor: float) -> int:
    return round(-math.log10(1 - factor) / 3 * _STEPS)


class PlotControls(QWidget):
    """The row, a widget of its own, so that a dock may hold it in the corner of its tabs."""

    export_requested = Signal(str)  # png, svg or csv

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.legend = RunLegend()
        self.metrics = MetricsButton()
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
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 14, 4)
        row.setSpacing(8)
        self.spacer = QWidget()
        row.addWidget(self.spacer, 1)
        row.addWidget(self.legend, 1)
        row.addSpacing(8)
        for button in (self.metrics, self.log, self.smoothing, self.follow, self.export):
            row.addWidget(button)
        self.show_emptiness(True)

    def show_emptiness(self, empty: bool) -> None:
        """Show what serves without a loss alone: metrics are chosen before the first."""
        for widget in (self.legend, self.log, self.smoothing, self.follow, self.export):
            widget.setVisible(not empty)
        self.spacer.setVisible(empty)

    def _open_export_menu(self) -> None:
        menu = self.export_menu()
        corner = QPoint(self.export.width() - menu.sizeHint().width(), self.export.height() + 2)
        menu.popup(self.export.mapToGlobal(corner))

    def export_menu(self) -> QMenu:
        """Return a menu of the formats, which deletes itself when it is closed."""
        menu = lettered(QMenu(self))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        titles = (self.tr("Picture (PNG)…"), self.tr("Drawing (SVG)…"), self.tr("Every point of every run (CSV)…"))
        for suffix, title in zip(_FORMATS, titles, strict=True):
            menu.addAction(title).triggered.connect(lambda _=False, suffix=suffix: self.export_requested.emit(suffix))
        return menu
