"""The loss plot: controls and legend above, the chart below, the export behind a menu."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget

from gradviz.errors import GradvizError
from gradviz.gui.plots import export
from gradviz.gui.plots.chart import Chart
from gradviz.gui.plots.curve_item import VisibleCurve, full_name
from gradviz.gui.plots.empty_plot import EmptyPlot
from gradviz.gui.plots.layer_map import EMPTY, LayerMap
from gradviz.gui.plots.pane_column import PaneColumn
from gradviz.gui.plots.plot_controls import PlotControls
from gradviz.gui.plots.plot_view import PlotView
from gradviz.gui.widgets.mnemonics import lettered
from gradviz.gui.widgets.save_file import ask_save_path
from gradviz.language import tr
from gradviz.model import number_text
from gradviz.model.layer_table import LayerTable
from gradviz.model.loss_curves import Scalars
from gradviz.model.metric_curves import Metrics
from gradviz.model.metric_names import LAYERS, figure_of


class LossPlot(QWidget):
    """Draws every run of a `Scalars`.

    Call `scalars_changed` after a change: it draws at most once a frame of the screen, and not at all while it is
    hidden or nothing changed.
    """

    export_failed = Signal(str)  # a sentence
    back_requested = Signal(int)  # the iteration to go back to
    module_chosen = Signal(str)  # the path of a module on a map
    metric_closed = Signal(str)  # a metric that is not to be drawn any more

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scalars = Scalars()
        self._expected = 0
        self.hidden_runs: set[int] = set()
        self._pointed_at: int | None = None
        self.why_not_back: Callable[[int], str] = _no_way
        """Returns why one cannot go back to an iteration; empty if one can."""
        self._drawn: object = None
        self._drawn_at = 0.0
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.refresh)
        self.chart = Chart()
        """The plot of the losses."""
        self._metrics = Metrics(self._scalars)
        self.column = PaneColumn(self.chart, self._adopt)
        self._empty = EmptyPlot(self)
        self.controls = PlotControls(self)
        """The row of controls; a dock may hold it elsewhere."""
        self._connect_controls()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.column)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.controls)
        rows.addWidget(self._stack, 1)
        self.chart.setAccessibleName(self.tr("Loss by iteration"))
        self.column.navigated.connect(self._navigate)
        self.column.closed.connect(self.metric_closed)
        self.column.scale_changed.connect(self.scalars_changed)
        self.chart.read_out.connect(self._describe)
        self._adopt(self.chart)
        self.refresh()

    def _adopt(self, view: PlotView) -> None:
        view.menu_requested.connect(self._open_menu)

    def set_scalars(self, scalars: Scalars, metrics: Metrics | None = None) -> None:
        """Draw these runs, and what of their `metrics` is chosen."""
        self._scalars = scalars
        self._metrics = metrics or Metrics(scalars)
        self.hidden_runs.clear()
        self.scalars_changed()

    def set_expected(self, iterations: int) -> None:
        """Set how many iterations the axis shows from the start; 0 if it is not known."""
        if iterations != self._expected:
            self._expected = iterations
            self._empty.set_expected(iterations)
            self.scalars_changed()

    def show_metrics(self, metrics: Sequence[str]) -> None:
        """Draw these metrics below the loss."""
        self.column.show_metrics(metrics, self._make_view)
        self._drawn = None
        self.refresh()

    def _make_view(self, metric: str) -> PlotView:
        if not metric.startswith(LAYERS):
            return Chart(navigation=self.chart.navigation)
        view = LayerMap(navigation=self.chart.navigation)
        view.module_chosen.connect(self.module_chosen)
        return view

    def set_empty_text(self, title: str, text: str) -> None:
        """Set what is shown while there is no loss; see `EmptyPlot` for how to write keys and strong words."""
        self._empty.show_text(title, text)

    def set_run_visible(self, run: int, visible: bool) -> None:
        """Draw the curve of a run, or hide it."""
        (self.hidden_runs.discard if visible else self.hidden_runs.add)(run)
        self.scalars_changed()

    def scalars_changed(self) -> None:
        """Draw soon what changed: at once if the last drawing is a screen's frame ago, else when it is."""
        if not self.isVisible() or self._timer.isActive():
            return
        screen = self.screen()
        frame = 1.0 / max(screen.refreshRate() if screen else 60.0, 30.0)
        wait = max(0.0, self._drawn_at + frame - time.monotonic())
        self._timer.start(round(wait * 1000))

    def refresh(self) -> None:
        """Draw now what changed since the last time; nothing if nothing did."""
        self._timer.stop()
        log, smoothing = self.controls.log.isChecked(), self.controls.smoothing.smoothing
        panes = self.column.panes
        below = {m: self._metrics.scalars(m) for m, pane in panes.items() if isinstance(pane.view, Chart)}
        versions = [each.version for each in below.values()]
        scales = (self._metrics.version, *versions, *(pane.log.isChecked() for pane in panes.values()))
        data = (id(self._scalars), self._scalars.version, self._expected, scales)
        state = (*data, frozenset(self.hidden_runs), self._pointed_at, log, smoothing)
        if state == self._drawn:
            return
        self._drawn, self._drawn_at = state, time.monotonic()
        curves = [curve for curve in self._scalars.curves if len(curve)]
        current = self._scalars.current
        self._stack.setCurrentWidget(self.column if curves else self._empty)
        self.controls.show_emptiness(not curves)
        self.controls.legend.set_curves(curves, current, self.hidden_runs)
        if not curves:
            return
        shown = self._shown(self._scalars)
        others = {metric: self._shown(scalars) for metric, scalars in below.items()}
        longest = max((one.curve.reach for each in (shown, *others.values()) for one in each), default=0)
        newest = len(current) - 1 if current else 0
        self.chart.navigation.set_extent(self._expected, longest, newest)
        self.chart.show_curves(shown, log=log, smoothing=smoothing)
        for metric, drawn in others.items():
            pane = panes[metric]
            pane.show_empty(not drawn)
            assert isinstance(pane.view, Chart)
            pane.view.show_curves(drawn, log=pane.log.isChecked(), smoothing=smoothing)
        for metric, pane in panes.items():
            if isinstance(pane.view, LayerMap):
                table = self._table_of(metric)
                pane.show_empty(not table.rows)
                pane.view.show_table(table, log=pane.log.isChecked())
        self.column.align()

    def export(self, path: Path | str) -> None:
        """Write the plot to a file by its suffix: `.png` or `.svg` what is visible, `.csv` every point.

        Raises:
            InvalidValueError: another suffix.
            GradvizError: there is no loss yet, or the file cannot be written.
        """
        self.refresh()
        export.write_loss(Path(path), self._scalars, self.chart, self._shown(self._scalars))

    def _shown(self, scalars: Scalars) -> list[VisibleCurve]:
        """Return the visible curves, the current one last, so that it lies on top."""
        current = scalars.current
        visible = [curve for curve in scalars.curves if len(curve) and curve.run not in self.hidden_runs]
        return [VisibleCurve(curve, curve is current, curve.run == self._pointed_at) for curve in visible]

    def _table_of(self, metric: str) -> LayerTable:
        """Return the table of the current run, or of the visible one before it that has any."""
        runs = [one.curve.run for one in self._shown(self._scalars)]
        tables = (self._metrics.modules(figure_of(metric), run) for run in reversed(runs))
        return next((table for table in tables if table.rows), EMPTY)

    def _connect_controls(self) -> None:
        self.controls.log.toggled.connect(self._reset_scale)
        self.controls.smoothing.smoothing_changed.connect(self.scalars_changed)
        self.controls.follow.toggled.connect(self._set_follow)
        self.controls.export_requested.connect(self._ask_and_export)
        self.controls.legend.visibility_changed.connect(self.set_run_visible)
        self.controls.legend.pointed_at.connect(self._point_at)

    def _reset_scale(self) -> None:
        self.chart.y = None  # what was chosen on the other scale means nothing on this one
        self.scalars_changed()

    def _set_follow(self, follow: bool) -> None:
        if follow != self.chart.navigation.follow:
            self.chart.navigation.set_follow(follow)
            for view in self.column.views:
                view.y = None if follow else view.y
            self._draw_again()

    def _draw_again(self) -> None:
        for view in self.column.views:
            view.refresh()
        self.column.align()

    def _navigate(self) -> None:
        self._draw_again()
        self.controls.follow.setChecked(self.chart.navigation.follow)

    def _point_at(self, run: int | None) -> None:
        self._pointed_at = run
        self.scalars_changed()

    def _describe(self, readout: str) -> None:
        """Describe for a screen reader the losses at the crosshair, or else the newest of the current run."""
        current = self._scalars.current
        if not readout and current is not None and current.last is not None:
            newest = number_text.whole(len(current) - 1)
            sentence = self.tr("{0}: loss {1} at iteration {2}")
            readout = sentence.format(full_name(current), number_text.short(current.last), newest)
        self.chart.setAccessibleDescription(readout)

    def _open_menu(self, iteration: int, place: QPoint) -> None:
        menu = lettered(QMenu(self))
        menu.setToolTipsVisible(True)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        back = menu.addAction(self.tr("Back to iteration {0}").format(number_text.whole(iteration)))
        reason = self.why_not_back(iteration)
        back.setEnabled(not reason)
        back.setToolTip(reason or self.tr("It runs again as it did, and stops before its first op"))
        back.triggered.connect(lambda: self.back_requested.emit(iteration))
        if reason:
            menu.addAction(reason).setEnabled(False)
        menu.popup(place)

    def _ask_and_export(self, suffix: str) -> None:
        path = ask_save_path(self, self.tr("Export the loss"), f"loss.{suffix}", {suffix: suffix.upper()})
        if not path:
            return
        try:
            self.export(path)
        except GradvizError as error:
            self.export_failed.emit(str(error))

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what changed while it was hidden."""
        super().showEvent(event)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Draw all texts again in another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._drawn = None


def _no_way(_iteration: int) -> str:
    return tr("Nothing is open yet.")
