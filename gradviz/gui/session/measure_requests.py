"""Asks the engine to measure, or sample, what is shown anywhere, and for nothing once nothing shows it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Signal

from gradviz.errors import ProtocolError
from gradviz.gui.session.recorded_runs import RecordedRuns
from gradviz.gui.session.session_state import SessionState
from gradviz.gui.session.settings import PAUSED
from gradviz.gui.session.step_requests import StepRequests
from gradviz.model.metric_names import LAYERS, choices, figure_of, kind_of
from gradviz.model.overlay.overlay_table import MEASURED
from gradviz.model.overlay.overlay_values import Column, Measurements
from gradviz.protocol.commands import FigureKind, SetFigures, SetMeasures
from gradviz.protocol.events import Measured
from gradviz.protocol.metric_events import AnyMetricEvent
from gradviz.protocol.records import MeasureKind


class MeasureRequests(QObject):
    """The measures that each view shows, the one set that the engine is sent, and the values that came."""

    changed = Signal()
    """Values of nodes came or were forgotten, or are measured at another rate."""

    def __init__(self, state: SessionState, steps: StepRequests, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.measurements = Measurements()
        self.rate: int = 2
        """Measured iterations a second; `PAUSED` for none."""
        self._shown: dict[str, frozenset[MeasureKind]] = {}
        self._sent = SetMeasures(())
        self._measured_run = 0
        self._at_stop = QTimer(self, singleShot=True)
        """Lets the engine send what is measured so far: not at each of many quick steps."""
        self._at_stop.timeout.connect(self._ask_at_stop)
        state.network_opened.connect(self._begin)
        steps.stopped.connect(self._soon_at_stop)

    @property
    def kinds(self) -> tuple[MeasureKind, ...]:
        """Everything that is shown somewhere."""
        wanted = frozenset[MeasureKind]().union(*self._shown.values())
        return tuple(kind for kind in MEASURED if kind in wanted)

    def show(self, view: str, kinds: Iterable[MeasureKind]) -> None:
        """Note that `view` shows these from now on, and nothing else; empty when it is hidden."""
        self._shown[view] = frozenset(kinds)
        self._send()

    def set_rate(self, rate: int) -> None:
        """Measure so many iterations a second at most; `PAUSED` for none."""
        if rate != self.rate:
            self.rate = rate
            self._send()
            self.changed.emit()

    def column(self, kind: MeasureKind) -> Column | None:
        """Return the last values for the nodes of the graph that is shown; None without a graph."""
        graph = self._state.engine.graph
        return None if graph is None else self.measurements.column(kind, graph)

    def on_measured(self, event: Measured) -> None:
        """Take up values that came."""
        try:
            self.measurements.add(event)
        except ProtocolError as error:
            self._state.failed.emit(str(error))
        else:
            self.changed.emit()

    def _begin(self) -> None:
        """Send the set again: a run was opened, perhaps in a new engine, which knows nothing of it."""
        if self._measured_run != self._state.runs.number:
            self._measured_run = self._state.runs.number
            self.measurements.clear()
            self.changed.emit()
        self._sent = SetMeasures(())
        self._send()

    def _send(self) -> None:
        kinds = self.kinds if self.rate != PAUSED else ()
        wanted = SetMeasures(kinds, float(self.rate)) if kinds else SetMeasures(())
        if wanted != self._sent and self._state.phase not in ("starting", "dead"):
            self._sent = wanted
            self._state.engine.send(wanted)

    def _soon_at_stop(self) -> None:
        if self.rate != PAUSED and not self._at_stop.isActive():
            self._at_stop.start(1000 // self.rate)

    def _ask_at_stop(self) -> None:
        if self._sent.kinds and self._state.phase == "stopped":
            self._state.engine.send(self._sent)


class FigureRequests(QObject):
    """What is chosen stays chosen for the runs that follow. The engine samples nothing that is not drawn."""

    changed = Signal()
    """Other metrics are chosen, or sampled at another distance."""

    def __init__(self, state: SessionState, recorded: RecordedRuns, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._recorded = state, recorded
        self.chosen: list[str] = []
        """In the order in which they were chosen."""
        self.every = 0
        """Iterations between samples; 0 leaves that to the engine."""
        self._sent = SetFigures(())
        recorded.changed.connect(self._complete)

    @property
    def choices(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return what can be drawn, as `metric_names.choices` does."""
        engine = self._state.engine
        clusters = engine.graph.clusters if engine.graph is not None else ()
        modules = dict.fromkeys(cluster.path for cluster in clusters if cluster.kind == "module" and cluster.path)
        parameters = [record.names[0] for record in engine.opened.parameters] if engine.opened is not None else []
        known = dict.fromkeys((*self._state.runs.metrics.names, *self._recorded.metrics))
        return choices(parameters, list(modules), known)

    def choose(self, metric: str, chosen: bool = True) -> None:
        """Draw a metric, or draw it no more."""
        if chosen == (metric in self.chosen):
            return
        (self.chosen.append if chosen else self.chosen.remove)(metric)
        self._complete()
        self._send()
        self.changed.emit()

    def set_every(self, iterations: int) -> None:
        """Sample each so many iterations; 0 for as many as let it take little time."""
        if iterations != self.every:
            self.every = iterations
            self._send()
            self.changed.emit()

    def on_ready(self) -> None:
        """Ask a new engine for what is sampled."""
        self._sent = SetFigures(())
        self._send()

    def on_metrics(self, event: AnyMetricEvent) -> None:
        """Take up points that were logged or sampled, of any run."""
        if self._state.runs.add_metrics(event):
            self._state.metrics_changed.emit()
        self._state.scalars_appended.emit()

    def _send(self) -> None:
        kinds: set[FigureKind] = {kind for metric in self.chosen if (kind := kind_of(metric)) is not None}
        wanted = SetFigures(tuple(sorted(kinds)), self.every)
        if wanted != self._sent and (kinds or self._sent.kinds):
            self._sent = wanted
            self._state.engine.send(wanted)

    def _complete(self) -> None:
        figures = {f"{figure_of(metric)}/" for metric in self.chosen if metric.startswith(LAYERS)}
        mapped = [name for name in self._recorded.metrics if name.startswith(tuple(figures))]
        self._recorded.show_metrics(list(dict.fromkeys((*self.chosen, *mapped))))
