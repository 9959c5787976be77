"""Changes the breakpoints, which outlive engines, runs and windows."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from gradviz.errors import InvalidValueError
from gradviz.gui.session.session_state import SessionState
from gradviz.protocol.records import BreakpointRecord

BREAK_ON_NONFINITE = BreakpointRecord(0, "nonfinite")


class BreakpointEditing(QObject):
    """The engine is sent the whole set of breakpoints whenever it changed."""

    changed = Signal()
    hits_counted = Signal()

    def __init__(self, state: SessionState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._breakpoints = state.engine.breakpoints

    @property
    def breaks_on_nonfinite(self) -> bool:
        """Whether the run stops where a NaN or Inf begins that reaches loss, gradients or updates."""
        found = self._breakpoints.find(BREAK_ON_NONFINITE)
        return found is not None and self._breakpoints[found].enabled

    def on_ready(self) -> None:
        """Send a new engine the breakpoints that are on."""
        if self._breakpoints.enabled():
            self._state.engine.send_breakpoints()

    def toggle(self, record: BreakpointRecord) -> None:
        """Remove the breakpoint that means the same, or add this one; one that is off is turned on."""
        found = self._breakpoints.find(record)
        if found is not None and self._breakpoints[found].enabled:
            self._breakpoints.remove(found)
        else:
            self._breakpoints.add(record)
        self._send()

    def add(self, record: BreakpointRecord) -> None:
        """Add a breakpoint; an equal one is turned on instead."""
        self._breakpoints.add(record)
        self._send()

    def change(self, breakpoint_id: int, record: BreakpointRecord) -> None:
        """Put another breakpoint in the place of one; one that is gone already is passed over."""
        if breakpoint_id in self._breakpoints:
            self._breakpoints.change(breakpoint_id, record)
            self._send()

    def enable(self, breakpoint_id: int, enabled: bool) -> None:
        """Turn a breakpoint on or off."""
        if breakpoint_id in self._breakpoints:
            self._breakpoints.enable(breakpoint_id, enabled)
            self._send()

    def remove(self, breakpoint_id: int) -> None:
        """Remove a breakpoint; one that is gone already is passed over."""
        if breakpoint_id in self._breakpoints:
            self._breakpoints.remove(breakpoint_id)
            self._send()

    def restore(self, text: str) -> None:
        """Add what `Breakpoints.to_json` wrote in an earlier session; report it if it cannot be read."""
        if not text:
            return
        try:
            self._breakpoints.restore(text)
        except InvalidValueError as error:
            self._state.failed.emit(str(error))
        self._send()

    def _send(self) -> None:
        if self._state.phase not in ("starting", "dead"):
            self._state.engine.send_breakpoints()
        self.changed.emit()
