"""The session's part that keeps the breakpoints, which outlive engines, runs and windows."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gradviz.errors import InvalidValueError
from gradviz.gui.session.graph_session import GraphSession
from gradviz.model.stepping.breakpoints import Breakpoints
from gradviz.protocol.commands import SetBreakpoints
from gradviz.protocol.records import BreakpointRecord

BREAK_ON_NAN = BreakpointRecord(0, "nan")


class BreakpointSession(GraphSession):
    """The set of breakpoints; an engine is sent the whole of it whenever it changed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.breakpoints = Breakpoints()

    @property
    def breaks_on_nan(self) -> bool:
        """True if there is an enabled breakpoint on any NaN."""
        found = self.breakpoints.find(BREAK_ON_NAN)
        return found is not None and self.breakpoints[found].enabled

    def toggle_breakpoint(self, record: BreakpointRecord) -> None:
        """Remove the breakpoint that means the same, or add this one; one that is off is turned on."""
        found = self.breakpoints.find(record)
        if found is not None and self.breakpoints[found].enabled:
            self.breakpoints.remove(found)
        else:
            self.breakpoints.add(record)
        self._breakpoints_changed()

    def add_breakpoint(self, record: BreakpointRecord) -> None:
        """Add a breakpoint; an equal one is turned on instead."""
        self.breakpoints.add(record)
        self._breakpoints_changed()

    def enable_breakpoint(self, breakpoint_id: int, enabled: bool) -> None:
        """Turn a breakpoint on or off."""
        if breakpoint_id in self.breakpoints:
            self.breakpoints.enable(breakpoint_id, enabled)
            self._breakpoints_changed()

    def remove_breakpoint(self, breakpoint_id: int) -> None:
        """Remove a breakpoint; one that is gone already is passed over."""
        if breakpoint_id in self.breakpoints:
            self.breakpoints.remove(breakpoint_id)
            self._breakpoints_changed()

    def restore_breakpoints(self, text: str) -> None:
        """Take in what `breakpoints.to_json` gave in an earlier session; say it if it cannot be read."""
        if not text:
            return
        try:
            self.breakpoints.restore(text)
        except InvalidValueError as error:
            self.failed.emit(str(error))
        self._breakpoints_changed()

    def _breakpoints_changed(self) -> None:
        self._send_breakpoints()
        self.breakpoints_changed.emit()

    def _send_breakpoints(self) -> None:
        if self.phase not in ("starting", "dead"):
            self.command_issued.emit(SetBreakpoints(self.breakpoints.enabled()))
