"""The panel of the loss: controls and legend above, the plot below, the export behind a menu."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from gradviz.errors import GradvizError
from gradviz.gui.plots import export
from gradviz.gui.plots.chart import Chart
from gradviz.gui.plots.empty_plot import EmptyPlot
from gradviz.gui.plots.legend import Legend
from gradviz.gui.plots.plot_controls import PlotControls
from gradviz.gui.plots.shown import Shown, full_name
from gradviz.gui.widgets.save_file import ask_save_path
from gradviz.model import number_text
from gradviz.model.loss.loss_curves import Scalars


class LossPlot(QWidget):
    """Draws every run of a `Scalars`.

    Call `scalars_changed` after a change: it draws at most once a frame of the screen, and not at all while it is
    hidden or nothing changed.
    """

    log_changed = Signal(bool)
    smoothing_changed = Signal(float)
    follow_changed = Signal(bool)
    exported = Signal(str)  # the path
    export_failed = Signal(str)  # a sentence

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scalars = Scalars()
        self._expected = 0
        self._hidden: set[int] = set()
        self._pointed_at: int | None = None
        self._drawn: object = None
        self._drawn_at = 0.0
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.refresh)
        self._chart = Chart(self)
        self._empty = EmptyPlot(self)
        self.controls = PlotControls(self)
        """The row of controls; a dock may hold it elsewhere."""
        self._connect_controls()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._chart)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.controls)
        rows.addWidget(self._stack, 1)
        self._chart.setAccessibleName(self.tr("Loss by iteration"))
        self._chart.navigated.connect(self._navigated)
        self._chart.read_out.connect(self._describe)
        self.refresh()

    @property
    def chart(self) -> Chart:
        """The plot itself."""
        return self._chart

    @property
    def legend(self) -> Legend:
        """The entries that show and hide curves."""
        return self.controls.legend

    @property
    def crosshair_text(self) -> str:
        """What the crosshair says, in lines; empty while there is none."""
        readout = self._chart.readout
        return readout.text if readout else ""

    @property
    def log(self) -> bool:
        """Whether losses are on a log scale."""
        return self.controls.log.isChecked()

    def set_log(self, log: bool) -> None:
        """Put losses on a log scale or a linear one."""
        self.controls.log.setChecked(log)

    @property
    def smoothing(self) -> float:
        """The factor of the moving average, from 0 (none) to 0.999."""
        return self.controls.smoothing.smoothing

    def set_smoothing(self, factor: float) -> None:
        """Draw the losses smoothed by this factor over the raw ones; outside of its range it is brought into it."""
        self.controls.smoothing.set_smoothing(factor)

    @property
    def follow(self) -> bool:
        """Whether the view keeps the newest iteration in sight."""
        return self._chart.navigation.follow

    def set_follow(self, follow: bool) -> None:
        """Keep the newest iteration in sight, or stand still."""
        self.controls.follow.setChecked(follow)

    def set_scalars(self, scalars: Scalars) -> None:
        """Draw these runs from now on."""
        self._scalars = scalars
        self._hidden.clear()
        self.scalars_changed()

    def set_expected(self, iterations: int) -> None:
        """How many iterations the run is to have, which the axis shows from the start; 0 if nobody knows."""
        self._expected = iterations
        self._empty.set_expected(iterations)
        self.scalars_changed()

    def set_empty_text(self, title: str, text: str) -> None:
        """What to say while there is no loss; see `EmptyPlot` for how to write keys and strong words."""
        self._empty.say(title, text)

    def is_run_visible(self, run: int) -> bool:
        """Whether the curve of a run is drawn."""
        return run not in self._hidden

    def set_run_visible(self, run: int, visible: bool) -> None:
        """Draw the curve of a run, or hide it."""
        (self._hidden.discard if visible else self._hidden.add)(run)
        self.scalars_changed()

    def fit(self) -> None:
        """Show everything and follow."""
        self._chart.navigation.fit()
        self._chart.refresh()
        self._navigated()

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
        data = (id(self._scalars), self._scalars.version, self._expected)
        state = (*data, frozenset(self._hidden), self._pointed_at, self.log, self.smoothing)
        if state == self._drawn:
            return
        self._drawn, self._drawn_at = state, time.monotonic()
        curves = [curve for curve in self._scalars.curves if len(curve)]
        current = self._scalars.current
        self._stack.setCurrentWidget(self._chart if curves else self._empty)
        self.controls.setVisible(bool(curves))
        self.controls.legend.set_curves(curves, current, self._hidden)
        if not curves:
            return
        shown = self._shown()
        longest = max((len(one.curve) for one in shown), default=0)
        newest = len(current) - 1 if current else 0
        self._chart.navigation.set_extent(self._expected, longest, newest)
        self._chart.show_curves(shown, log=self.log, smoothing=self.smoothing)

    def export(self, path: Path | str) -> None:
        """Write the plot to a file whose suffix says how: `.png` or `.svg` what is visible, `.csv` every point.

        Raises:
            InvalidValueError: another suffix.
            GradvizError: there is no loss yet, or the file cannot be written.
        """
        self.refresh()
        export.write(Path(path), self._scalars, self._chart, self._shown())

    def _shown(self) -> list[Shown]:
        """The visible curves, the current one last, so that it lies on top."""
        current = self._scalars.current
        visible = [curve for curve in self._scalars.curves if len(curve) and curve.run not in self._hidden]
        return [Shown(curve, curve is current, curve.run == self._pointed_at) for curve in visible]

    def _connect_controls(self) -> None:
        self.controls.log.toggled.connect(self._toggle_log)
        self.controls.smoothing.smoothing_changed.connect(self._change_smoothing)
        self.controls.follow.toggled.connect(self._toggle_follow)
        self.controls.export_requested.connect(self._ask_and_export)
        self.controls.legend.visibility_changed.connect(self.set_run_visible)
        self.controls.legend.pointed_at.connect(self._point_at)

    def _toggle_log(self, log: bool) -> None:
        self._chart.navigation.y = None  # what was chosen on the other scale means nothing on this one
        self.scalars_changed()
        self.log_changed.emit(log)

    def _change_smoothing(self, factor: float) -> None:
        self.scalars_changed()
        self.smoothing_changed.emit(factor)

    def _toggle_follow(self, follow: bool) -> None:
        if follow != self._chart.navigation.follow:
            self._chart.navigation.set_follow(follow)
            self._chart.refresh()
        self.follow_changed.emit(follow)

    def _navigated(self) -> None:
        self.controls.follow.setChecked(self._chart.navigation.follow)

    def _point_at(self, run: int | None) -> None:
        self._pointed_at = run
        self.scalars_changed()

    def _describe(self, readout: str) -> None:
        """Tell a screen reader what the crosshair says, or else how the current run stands."""
        current = self._scalars.current
        if not readout and current is not None and current.last is not None:
            newest = number_text.whole(len(current) - 1)
            sentence = self.tr("{0}: loss {1} at iteration {2}")
            readout = sentence.format(full_name(current), number_text.short(current.last), newest)
        self._chart.setAccessibleDescription(readout)

    def _ask_and_export(self, suffix: str) -> None:
        path = ask_save_path(self, self.tr("Export the loss"), f"loss.{suffix}", {suffix: f"*.{suffix}"})
        if not path:
            return
        try:
            self.export(path)
        except GradvizError as error:
            self.export_failed.emit(str(error))
        else:
            self.exported.emit(path)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._drawn = None
