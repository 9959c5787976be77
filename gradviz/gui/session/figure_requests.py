"""The metrics that are drawn beside the loss: which the user chose, and what the engine has to sample for them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from gradviz.gui.session.recorded_runs import RecordedRuns
from gradviz.gui.session.session_state import SessionState
from gradviz.model.metric_names import LAYERS, choices, figure_of, kind_of
from gradviz.protocol.commands import FigureKind, SetFigures
from gradviz.protocol.metric_events import AnyMetricEvent


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
