"""The one clock of all that follows training: it is painted anew at once, and sent to the screen in one piece."""

from __future__ import annotations

from math import ceil, inf
from time import monotonic

from PySide6.QtCore import QObject, Qt, QTimer, Signal

_PERIOD = 0.06
"""Seconds: for a hand that steps. Training alone asks less often, as `LossBatcher` sends."""


class RefreshClock(QObject):
    """Ticks soon after it was asked to: at once after a rest."""

    ticked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._last = -inf

    def request(self) -> None:
        """Ask for a tick; several that ask meanwhile get the same one."""
        if not self._timer.isActive():
            self._timer.start(ceil(max(0.0, self._last + _PERIOD - monotonic()) * 1000))

    def _tick(self) -> None:
        self._last = monotonic()
        self.ticked.emit()
