"""One metric below the loss: its title and buttons over a chart."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from gradviz.gui.plots.layer_map import LayerMap, ScaleBar
from gradviz.gui.plots.plot_view import PlotView
from gradviz.gui.widgets.buttons import PanelButton, icon_button
from gradviz.language import tr
from gradviz.model.metric_names import figure_of, metric_title

LEAST_HEIGHT = 118
_LINEAR = ("activation_mean", "activation_zeros")


class MetricPane(QWidget):
    """A plot under the title of a metric. While there is nothing to draw, a sentence explains what brings it."""

    closed = Signal(str)  # the metric
    scale_changed = Signal()

    def __init__(self, metric: str, view: PlotView, parent: QWidget) -> None:
        super().__init__(parent)
        self._metric, self.view = metric, view
        title = metric_title(metric)
        view.setAccessibleName(self.tr("{0} by iteration").format(title))
        self.log = PanelButton(self.tr("log"))
        self.log.setCheckable(True)
        self.log.setChecked(bool(figure_of(metric)) and figure_of(metric) not in _LINEAR)
        self.log.setAccessibleName(self.tr("Logarithmic scale of {0}").format(title))
        self.log.toggled.connect(self._change_scale)
        close = icon_button(
            "x", self.tr("Take {0} off the plot").format(title), lambda: self.closed.emit(metric), size=14
        )
        self._title = QLabel(title)
        self._title.setProperty("role", "caption")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._empty = QLabel()
        self._empty.setProperty("role", "caption")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self.bar = ScaleBar()
        if isinstance(view, LayerMap):
            view.scale_changed.connect(self.bar.show_scale)
        else:
            self.bar.hide()
        row = QHBoxLayout()
        row.setContentsMargins(16, 0, 14, 0)
        row.setSpacing(4)
        for widget in (self._title, self.bar, self.log, close):
            row.addWidget(widget, widget is self._title)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(row)
        self._stack = QStackedLayout()
        rows.addLayout(self._stack, 1)  # at first: what it shows without a parent is a window
        self._stack.addWidget(view)
        self._stack.addWidget(self._empty)
        self.setMinimumHeight(LEAST_HEIGHT)
        self.show_empty(True)

    def show_empty(self, empty: bool) -> None:
        """Show the sentence in place of the plot, or the plot."""
        sampled = tr("It is sampled while it trains: press Run.")
        other = tr("No run on the plot has it.")
        self._empty.setText(sampled if figure_of(self._metric) else other)
        self._stack.setCurrentWidget(self._empty if empty else self.view)

    def show_title(self, note: str) -> None:
        """Show what is to be known of the metric behind its title."""
        title = metric_title(self._metric)
        self._title.setText(f"{title}  ·  {note}" if note else title)

    def _change_scale(self) -> None:
        self.view.y = None  # what was chosen on the other scale means nothing on this one
        self.scale_changed.emit()
