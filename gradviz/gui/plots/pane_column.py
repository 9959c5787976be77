"""The plots below each other: one view of iterations and one crosshair for all, the labels below the last."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from gradviz.gui.plots.chart import Chart
from gradviz.gui.plots.metric_pane import LEAST_HEIGHT, MetricPane
from gradviz.gui.plots.plot_view import PlotView


class PaneColumn(QScrollArea):
    """The loss on top, and a pane for each metric."""

    navigated = Signal()
    closed = Signal(str)
    scale_changed = Signal()

    def __init__(self, loss: Chart, adopt: Callable[[PlotView], None], parent: QWidget | None = None) -> None:
        """`adopt` connects the views of metrics as that of the loss is."""
        super().__init__(parent)
        self.loss = loss
        self._adopt = adopt
        self.panes: dict[str, MetricPane] = {}
        self._title = QLabel(self.tr("Loss"))
        self._title.setProperty("role", "caption")
        self._title.setContentsMargins(16, 4, 0, 0)
        self._title.hide()
        self._column = column = QWidget()
        self._rows = QVBoxLayout(column)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self._rows.addWidget(self._title)
        self._rows.addWidget(loss, 1)
        self.setWidget(column)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._link(loss)

    @property
    def views(self) -> list[PlotView]:
        """Return every plot, from the top."""
        return [self.loss, *(pane.view for pane in self.panes.values())]

    def show_metrics(self, metrics: Sequence[str], make: Callable[[str], PlotView]) -> None:
        """Show panes of these metrics, in this order; `make` returns a view for one that has none."""
        for gone in [metric for metric in self.panes if metric not in metrics]:
            pane = self.panes.pop(gone)
            self._rows.removeWidget(pane)
            pane.hide()
            pane.deleteLater()
        for metric in metrics:
            if metric not in self.panes:
                self._add(metric, make(metric))
        several = bool(self.panes)
        self._title.setVisible(several)
        self.loss.setMinimumHeight(LEAST_HEIGHT - 20 if several else 0)
        for view in self.views:
            view.labels_iterations = view is self.views[-1]
        self.loss.refresh()

    def _add(self, metric: str, view: PlotView) -> None:
        pane = MetricPane(metric, view, self._column)
        pane.closed.connect(self.closed)
        pane.scale_changed.connect(self.scale_changed)
        self._adopt(view)
        self._link(view)
        self.panes[metric] = pane
        self._rows.addWidget(pane, 1)

    def _link(self, view: PlotView) -> None:
        view.navigated.connect(self.navigated)
        view.pointed_at.connect(lambda iteration: self._point_at(view, iteration))

    def _point_at(self, of: PlotView, iteration: int | None) -> None:
        for view in self.views:
            if view is not of:
                view.link_to(iteration)

    def show_here(self, iteration: int | None) -> None:
        """Mark the iteration that the run is in, where it is in its past."""
        for view in self.views:
            view.show_here(iteration)

    def align(self) -> None:
        """Let all boxes begin and end below each other."""
        views = self.views
        least = max(view.needed_room[0] for view in views), max(view.needed_room[1] for view in views)
        for view in views:
            if view.least_room != least:
                view.least_room = least
                if len(views) > 1:
                    view.refresh()
