"""Asks the engine where a NaN or Inf comes from, and walks the chain that it answers."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, Signal

from gradviz.gui.session.session_state import SessionState
from gradviz.gui.session.step_requests import StepRequests
from gradviz.language import tr
from gradviz.model.explanation.cause_text import culprit_of
from gradviz.model.stepping.breakpoint_kinds import KINDS, title_of
from gradviz.protocol.cause_records import BlameLink
from gradviz.protocol.commands import Blame, ExplainSpike
from gradviz.protocol.events import Blamed, Stopped
from gradviz.protocol.records import MarkRecord, NodeRecord


class CauseRequests(QObject):
    """The chain that was found last, and which of its links is looked at."""

    found = Signal()
    """A chain came, or the last one is no longer true."""
    moved = Signal()
    """Another link is looked at."""
    spike_found = Signal(object)
    """A `SpikeExplained` came."""
    failed = Signal(str)
    """There is no chain; the sentence is the reason."""

    def __init__(self, state: SessionState, steps: StepRequests, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.chain: tuple[BlameLink, ...] = ()
        """The origin first; empty for none."""
        self.title = ""
        """What is wrong, if the chain is the proof of an error."""
        self.earlier: tuple[int, ...] = ()
        """Of such a proof: nodes whose backward had run before."""
        self.step = 0
        """The iteration of the chain."""
        self.current = 0
        """Which link is looked at."""
        self.answered_at: Stopped | None = None
        """The stop whose cause was asked for and shown last."""
        state.network_opened.connect(self.forget)
        for found in (self.found, self.spike_found):
            found.connect(self._note_answer)
        for met in (steps.stopped, steps.trapped):
            met.connect(self._mark_trap)
        steps.timeline_changed.connect(self._forget_other)
        steps.stopped.connect(self._take_proof)

    @property
    def link(self) -> BlameLink | None:
        """The link that is looked at; None without a chain."""
        return self.chain[self.current] if self.chain else None

    @property
    def needs_earlier(self) -> bool:
        """Whether the chain begins with a parameter that an earlier iteration wrote."""
        return bool(self.chain) and self.chain[0].point is None and bool(self.step) and not self.title

    @property
    def values_held(self) -> bool:
        """Whether the engine holds values of the iteration that could be asked about."""
        engine = self._state.engine
        ran = engine.timeline is not None and bool(engine.timeline.passed)
        return (ran or engine.stop is not None) and self._state.phase != "running"

    def why_not_checked(self, node: NodeRecord | None) -> str:
        """Return why the derivative of a node cannot be checked; empty if it can be."""
        if node is None:
            return tr("No node is selected.")
        if node.kind not in ("function", "custom"):
            return tr("This node has no formula of its own; select an op.")
        if self._state.phase == "running":
            return tr("It is running; pause it first.")
        return "" if self.values_held else tr("This iteration ran freely. Run one iteration with F7, then check.")

    def ask(self, node: int | None = None) -> None:
        """Ask for the chain to what a node holds, or to where a NaN or Inf was noticed."""
        self._state.engine.send(Blame(node))

    def ask_for_spike(self, *, rows: bool = False) -> None:
        """Ask which modules moved more than they used to; with `rows`, for each row of the batch alone, too."""
        self._state.engine.send(ExplainSpike(rows))

    def on_found(self, event: Blamed) -> None:
        """Take up a chain; the link at fault is looked at first."""
        self._take(event.chain, event.step, event.title)

    def look_at(self, index: int) -> None:
        """Look at a link; before the first and behind the last there is none."""
        if 0 <= index < len(self.chain):
            self.current = index
            self.moved.emit()

    def walk(self, by: int) -> None:
        """Look at the next link, or with -1 at the one before."""
        self.look_at(self.current + by)

    def forget(self) -> None:
        """Forget the chain."""
        if self.chain:
            self.chain, self.current = (), 0
            self.found.emit()

    def first_bad_loss(self) -> int | None:
        """Return the first iteration of the run whose loss is not finite; None while all are."""
        loss, curve = self._state.engine.loss, self._state.scalars.current
        if loss is None or math.isfinite(loss) or curve is None or curve.run != self._state.runs.number:
            return None
        return next((i for i, value in enumerate(curve.losses.tolist()) if not math.isfinite(value)), None)

    def _note_answer(self) -> None:
        self.answered_at = self._state.engine.stop

    def _mark_trap(self) -> None:
        """Mark on the curve where an iteration met a trap; NaN and Inf are seen there anyway."""
        engine = self._state.engine
        event = engine.trapped or engine.stop
        if event is None or event.breakpoint is None or event.breakpoint not in engine.breakpoints:
            return
        record = engine.breakpoints[event.breakpoint].record
        if KINDS[record.kind].family == "iteration" and record.kind != "nonfinite":
            self._state.runs.mark(engine.run, MarkRecord(event.step, "trap", title_of(record)), "")
            self._state.runs_changed.emit()

    def _take_proof(self) -> None:
        """Take up where the error comes from that the engine stopped at."""
        stop = self._state.engine.stop
        if stop is not None and stop.proof is not None:
            self.earlier = stop.proof.earlier
            self._take(stop.proof.chain, stop.step, stop.proof.title)

    def _take(self, chain: tuple[BlameLink, ...], step: int, title: str) -> None:
        self.chain, self.step, self.title, self.current = chain, step, title, culprit_of(chain)
        self.found.emit()
        self.moved.emit()

    def _forget_other(self) -> None:
        timeline = self._state.engine.timeline
        if timeline is None or timeline.step != self.step:
            self.forget()
