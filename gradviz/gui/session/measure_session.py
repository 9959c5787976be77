"""The session's part that measures: who shows what, the one set that the engine is asked for, the values that came."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer

from gradviz.errors import ProtocolError
from gradviz.gui.session.stepping_session import SteppingSession
from gradviz.model.overlay.overlay_table import MEASURED
from gradviz.model.overlay.overlay_values import Column, Measurements
from gradviz.protocol.commands import SetMeasures
from gradviz.protocol.events import Event, Measured
from gradviz.protocol.records import MeasureKind

RATES = (1, 2, 5, 10)
"""Measured iterations a second that can be chosen."""
PAUSED = 0
"""The rate that measures nothing; values stay as they were."""


class MeasureSession(SteppingSession):
    """Asks for what is shown anywhere, and for nothing once nothing shows it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.measurements = Measurements()
        self.measure_rate: int = 2
        """Measured iterations a second; `PAUSED` for none."""
        self._shown: dict[str, frozenset[MeasureKind]] = {}
        self._sent = SetMeasures(())
        self._measured_run = 0
        self._at_stop = QTimer(self, singleShot=True)
        """Lets the engine tell what is measured so far: not at each of many quick steps."""
        self._at_stop.timeout.connect(self._ask_at_stop)
        self.network_opened.connect(self._begin_measuring)
        self.stopped.connect(self._soon_at_stop)

    @property
    def measures(self) -> tuple[MeasureKind, ...]:
        """Everything that is shown somewhere."""
        wanted = frozenset[MeasureKind]().union(*self._shown.values())
        return tuple(kind for kind in MEASURED if kind in wanted)

    def show_measures(self, view: str, kinds: Iterable[MeasureKind]) -> None:
        """`view` shows these from now on, and nothing else; empty when it is put away."""
        self._shown[view] = frozenset(kinds)
        self._send_measures()

    def set_measure_rate(self, rate: int) -> None:
        """Measure so many iterations a second at most; `PAUSED` for none."""
        if rate != self.measure_rate:
            self.measure_rate = rate
            self._send_measures()
            self.measured.emit()

    def column(self, kind: MeasureKind) -> Column | None:
        """The last values for the nodes of the graph that is shown; None without a graph."""
        return None if self.graph is None else self.measurements.column(kind, self.graph)

    def _begin_measuring(self) -> None:
        """A run was opened, perhaps in a new engine, which knows of no wishes."""
        if self._measured_run != self.runs.number:
            self._measured_run = self.runs.number
            self.measurements.clear()
            self.measured.emit()
        self._sent = SetMeasures(())
        self._send_measures()

    def _send_measures(self) -> None:
        kinds = self.measures if self.measure_rate != PAUSED else ()
        wanted = SetMeasures(kinds, float(self.measure_rate)) if kinds else SetMeasures(())
        if wanted != self._sent and self.phase not in ("starting", "dead"):
            self._sent = wanted
            self.command_issued.emit(wanted)

    def _soon_at_stop(self) -> None:
        if self.measure_rate != PAUSED and not self._at_stop.isActive():
            self._at_stop.start(1000 // self.measure_rate)

    def _ask_at_stop(self) -> None:
        if self._sent.kinds and self.phase == "stopped":
            self.command_issued.emit(self._sent)

    def _apply_step(self, event: Event) -> None:
        if not isinstance(event, Measured):
            super()._apply_step(event)
        elif event.run == self.runs.number:
            try:
                self.measurements.add(event)
            except ProtocolError as error:
                self.failed.emit(str(error))
            else:
                self.measured.emit()
