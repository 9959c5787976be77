"""A recorded run that is looked at again: its curve with what happened to it, and a graph that was recorded of it.

The graph is no graph of the engine: nothing is stepped, measured or asked in it.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from gradviz.errors import GradvizError
from gradviz.gui.processes.background_thread import BackgroundWork, Stopped
from gradviz.gui.session.recorded_runs import RecordedRuns, label
from gradviz.gui.session.session_state import SessionState
from gradviz.language import tr
from gradviz.model.graph.graph import Graph
from gradviz.runs.library import RunLibrary
from gradviz.runs.run_records import RunSummary


class RecordedGraph(NamedTuple):
    """A graph of a recorded run."""

    run: RunSummary
    graph: Graph
    step: int
    """The iteration in which it was seen first."""
    steps: tuple[int, ...]
    """All iterations in which another graph was recorded than before."""


class ReopenedRuns(QObject):
    """Which recorded graph is shown in place of the engine's; none once the engine goes on."""

    changed = Signal()

    def __init__(self, state: SessionState, recorded: RecordedRuns, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._recorded = state, recorded
        self.shown: RecordedGraph | None = None
        self._begins = False
        """Whether the engine was beginning when it was shown: that it comes to be ready is no reason to close it."""
        self._work = BackgroundWork(self)
        state.phase_changed.connect(self._follow)

    def reopen(self, run: RunSummary) -> None:
        """Show the curve of a run with its events, and its last graph."""
        if not self._recorded.is_own(run) and not self._recorded.is_shown(run):
            self._recorded.show(run)
            text = tr("The curve of {run} is on the plot, what happened to it are marks there.")
            self._recorded.said.emit(text.format(run=label(run)))
        self.show(run)

    def show(self, run: RunSummary, step: int | None = None) -> None:
        """Show the graph that a run had at an iteration, or at its end."""
        self._work.run(partial(_read, self._recorded.library, run, step), self._take)

    def close(self) -> None:
        """Show the engine's graph again."""
        self._work.stop()
        if self.shown is not None:
            self.shown = None
            self.changed.emit()

    def _take(self, found: RecordedGraph | str) -> None:
        if isinstance(found, str):
            self._recorded.said.emit(found)
            return
        self.shown, self._begins = found, self._state.phase in ("starting", "opening")
        self.changed.emit()

    def _follow(self) -> None:
        if self._begins and self._state.phase in ("opening", "ready"):
            self._begins = self._state.phase == "opening"
        else:
            self.close()


def _read(library: RunLibrary, run: RunSummary, step: int | None, _stopped: Stopped) -> RecordedGraph | str:
    """Read a graph; return a sentence where there is none. In another thread."""
    try:
        with library.open(run) as reader:
            steps = tuple(sorted({at for at, _ in reader.graph_changes}))
            record = reader.graph(step)
    except GradvizError as error:
        return str(error)
    if record is None:
        return tr("No graph was recorded of {run}.").format(run=label(run))
    at = max((each for each in steps if step is None or each <= step), default=0)
    return RecordedGraph(run, Graph(record), at, steps)
