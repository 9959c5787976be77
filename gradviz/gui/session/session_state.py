"""The state that the parts of a session share: its phase, the setup, the runs and what is known of the engine."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, Signal

from gradviz.client.debug_state import DebugState
from gradviz.client.runs import RunHistory, RunSetup
from gradviz.gui.session.refresh_clock import RefreshClock
from gradviz.model.loss_curves import Scalars

Phase = Literal["starting", "opening", "ready", "running", "paused", "stopped", "finished", "failed", "dead"]
"""starting: the engine imports torch · opening: the network is being made · dead: there is no engine
· the others as in `protocol.events.State`."""
HOLDING: tuple[Phase, ...] = ("ready", "paused", "stopped", "finished")
"""Phases from which the engine can go on."""


class SessionState(QObject):
    """Changed by the parts of the session alone; everybody else reads it and connects to its signals."""

    command_issued = Signal(object)
    engine_requested = Signal(str)
    """A new engine process is needed, in the Python of another environment where one is named."""
    phase_changed = Signal()
    setup_changed = Signal()
    """The setup for this or the next run changed; the form shows it."""
    network_opened = Signal()
    configuration_changed = Signal()
    changed = Signal()
    """Phase, iteration, loss or rate changed."""
    answering_changed = Signal()
    """The engine has not answered for some seconds, or answers again; or a pause was asked for."""
    place_failed = Signal(str, int)
    """File and line of the user's that cannot be opened."""
    setup_refused = Signal(str)
    """The engine did not take the setup; the sentence is the reason."""
    runs_changed = Signal()
    """A curve or a mark was added or removed."""
    scalars_appended = Signal()
    metrics_changed = Signal()
    """There is a metric that was not there before."""
    failed = Signal(str)
    raised = Signal(object)
    died = Signal(str, str)

    def __init__(self, setup: RunSetup, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.clock = RefreshClock(self)
        """Ticks when something of this changed that is shown while a run goes."""
        for changed in (self.changed, self.scalars_appended, self.runs_changed):
            changed.connect(self.clock.request)
        self.engine = DebugState(self.command_issued.emit)
        """What the engine reported."""
        self.phase: Phase = "starting"
        """What the window shows of the engine's state: a step that is soon over is not shown as running."""
        self.setup = setup
        self.runs = RunHistory()
        self.until = setup.iterations
        """The iteration at which the run ends; 0 where that is not known: a script ends where it ends."""
        self.rate = 0.0
        """Iterations per second; 0 unless it runs."""

    @property
    def scalars(self) -> Scalars:
        """The curves of all runs."""
        return self.runs.scalars

    @property
    def title(self) -> str:
        """The target of the setup as the user calls it: `nn`, `gpt.py:build`."""
        opened = self.engine.opened
        if opened is not None and opened.target == self.setup.target and opened.kind != "network":
            return opened.title
        return self.setup.title

    @property
    def next_end(self) -> int:
        """The iteration to which Run trains: the end that is set, or, from there, as many iterations again."""
        wanted, step = self.setup.iterations, self.engine.step
        return wanted if wanted > step else step + wanted

    @property
    def waits_for_reset(self) -> bool:
        """Whether the form asks for sizes or a seed that the run does not have."""
        used = self.runs.setup(self.runs.number)
        return (
            self.phase in ("running", "paused", "stopped", "finished")
            and used is not None
            and used.asks_for_another_run(self.setup)
        )

    def enter(self, phase: Phase) -> None:
        """Take up a phase and emit the signals of the change."""
        changed = phase != self.phase
        self.phase = phase
        if phase != "running":
            self.rate = 0.0
        if changed:
            self.phase_changed.emit()
        self.changed.emit()

    def set_setup(self, setup: RunSetup) -> None:
        """Set the setup for this or the next run."""
        self.setup = setup
        self.setup_changed.emit()
