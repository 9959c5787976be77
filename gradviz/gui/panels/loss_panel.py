"""The place of the loss plot, which is made after the window's first paint: its library takes long to import."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gradviz.gui.plots.empty_plot import EmptyPlot
from gradviz.gui.processes.background_thread import BackgroundWork, Stopped
from gradviz.gui.session.session import Session
from gradviz.gui.widgets.dock_heights import LOW

if TYPE_CHECKING:
    from gradviz.gui.plots.loss_plot import LossPlot
    from gradviz.gui.plots.metric_picker import MetricPicker


_AFTER_THE_START = 50
"""Milliseconds."""


class LossPanel(QWidget):
    """Shows the session's curves. `corner` holds the plot's controls for the dock's strip."""

    needed_height_changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._empty = True
        self.plot: LossPlot | None = None
        self.corner = QWidget()
        self.corner.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self.corner)
        row.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._placeholder = EmptyPlot()
        self._placeholder.show_text(self.tr("The loss will be drawn here"), self._waiting())
        self._placeholder.set_expected(session.state.until)
        column.addWidget(self._placeholder)
        self.setMinimumHeight(LOW)
        session.state.runs_changed.connect(self._show_emptiness)

    def needed_height(self) -> int:
        """Return little while there is no curve, and 0 (the usual height) from then on."""
        return LOW if self._empty else 0

    def _show_emptiness(self) -> None:
        empty = not self._session.state.scalars.curves
        if empty != self._empty:
            self._empty = empty
            self._set_least_height()
            self.needed_height_changed.emit()

    def build_soon(self) -> None:
        """Make the plot when its library has been imported in another thread: keys are waited for already, and the
        first of them before that thread wants the interpreter."""
        work = BackgroundWork(self)
        begin = partial(work.run, _import_plot, lambda _none: self.build(), wait=False)
        QTimer.singleShot(_AFTER_THE_START, self, begin)

    def build(self) -> None:
        """Import the plotting library and make the plot; later calls do nothing."""
        if self.plot is not None:
            return
        from gradviz.gui.plots.loss_plot import LossPlot

        session = self._session
        self.plot = LossPlot()
        self.plot.set_scalars(session.state.scalars, session.state.runs.metrics)
        self._connect_metrics(self.plot)
        self._layout_of(self).replaceWidget(self._placeholder, self.plot)
        self._placeholder.deleteLater()
        self._layout_of(self.corner).addWidget(self.plot.controls)
        session.state.clock.ticked.connect(self._follow)
        self._alone = 0
        """The run for which the curves of other networks were hidden."""
        session.state.runs_changed.connect(self._hide_strangers)
        session.state.network_opened.connect(self._hide_strangers)
        session.state.phase_changed.connect(self._show_phase)
        self.plot.export_failed.connect(session.state.failed)
        self.plot.why_not_back = session.steps.why_not_back
        self.plot.back_requested.connect(session.steps.go_back)
        session.steps.stopped.connect(self._show_here)
        self._show_phase()

    def _connect_metrics(self, plot: LossPlot) -> None:
        figures, button, picker = self._session.figures, plot.controls.metrics, plot.controls.metrics.picker
        button.fill = self._fill
        picker.toggled.connect(figures.choose)
        picker.every_chosen.connect(figures.set_every)
        plot.module_chosen.connect(self._session.selection.select_module)
        plot.metric_closed.connect(lambda metric: figures.choose(metric, chosen=False))
        figures.changed.connect(self._show_metrics)
        self._session.state.metrics_changed.connect(lambda: self._fill(picker) if picker.isVisible() else None)
        self._show_metrics()

    def _show_metrics(self) -> None:
        if self.plot is not None:
            self.plot.show_metrics(self._session.figures.chosen)
            self._set_least_height()

    def _set_least_height(self) -> None:
        """Leave room for two plots where there are several; a small window has less."""
        least = 120 if not self._session.figures.chosen else max(120, min(270, self.window().height() // 3))
        self.setMinimumHeight(LOW if self._empty else least)

    def _fill(self, picker: MetricPicker) -> None:
        figures, metrics = self._session.figures, self._session.state.runs.metrics
        note = ""
        if metrics.every:
            text = self.tr("every {0} iterations, {1} % of the time")
            note = text.format(f"{metrics.every:,}", f"{metrics.share / metrics.every:.1%}".rstrip("%"))
        picker.show_choices(figures.choices, figures.chosen, figures.every, note)

    def _follow(self) -> None:
        """Show at a tick of the clock what changed since the last one."""
        self._show_expected()
        self._show_here()
        if self.plot is not None and self.plot.isVisible():
            self.plot.refresh()

    def _show_here(self) -> None:
        """Mark the iteration that the run is in, if it has gone back."""
        engine = self._session.engine
        if self.plot is not None:
            self.plot.column.show_here(engine.step if engine.step < engine.past.reached else None)

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(600, 196)

    def _waiting(self) -> str:
        return self.tr("Run becomes ready together with the engine.")

    def _show_expected(self) -> None:
        if self.plot is not None:
            self.plot.set_expected(self._session.state.until)

    def _show_phase(self) -> None:
        if self.plot is None:
            return
        session = self._session
        if session.state.phase in ("starting", "opening"):
            text = self._waiting()
        elif session.state.phase == "dead":
            text = self.tr("The engine ended before there was a loss.")
        elif session.state.phase == "failed":
            text = self.tr("There was none; the message above the graph says why.")
        elif session.state.phase == "running":
            text = self.tr("It runs; the first loss is there at the end of an iteration.")
        elif not session.state.until:
            text = self.tr("Press **Run** or [F5] to let the script go on to its end.")
        else:
            text = self.tr("Press **Run** or [F5] to train {0} iterations.").format(f"{session.state.until:,}")
        self.plot.set_empty_text(self.tr("The loss will be drawn here"), text)
        self._show_expected()

    def _hide_strangers(self) -> None:
        """Curves of another network stay in the legend but are not drawn: their losses do not compare."""
        run = self._session.state.runs.number
        if self.plot is None or run == self._alone:
            return  # once for each run: what the user shows again stays
        self._alone = run
        target = self._session.state.setup.target
        for curve in self._session.state.scalars.curves:
            used = self._session.state.runs.setup(curve.run)
            if used is not None and used.target != target:
                self.plot.set_run_visible(curve.run, False)

    @staticmethod
    def _layout_of(widget: QWidget) -> QHBoxLayout | QVBoxLayout:
        layout = widget.layout()
        assert isinstance(layout, QHBoxLayout | QVBoxLayout)
        return layout


def _import_plot(_stopped: Stopped) -> None:
    import gradviz.gui.plots.loss_plot  # noqa: F401
