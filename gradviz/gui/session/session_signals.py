"""What the session tells: wishes as commands, facts as past participles."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, Signal

Phase = Literal["starting", "opening", "ready", "running", "paused", "stopped", "finished", "failed", "dead"]
"""starting: the engine imports torch · opening: the network is being made · dead: there is no engine
· the others as in `protocol.events.State`."""


class SessionSignals(QObject):
    """The signals alone, so that the session's parts share them."""

    command_issued = Signal(object)
    engine_requested = Signal()
    """A new engine process is wanted."""
    phase_changed = Signal()
    setup_changed = Signal()
    """The wishes for this or the next run; the form shows them."""
    network_opened = Signal()
    configuration_changed = Signal()
    state_changed = Signal()
    """Phase, iteration, loss or rate."""
    graph_changed = Signal()
    runs_changed = Signal()
    """A curve or a mark came or went."""
    scalars_appended = Signal()
    details_arrived = Signal()
    selection_changed = Signal()
    failed = Signal(str)
    refused = Signal(str)
    """The target of the setup is not open, and the sentence says why."""
    consent_asked = Signal(object)
    """A `Question`: code that has not been allowed yet would run."""
    opening_late = Signal()
    """The network is still being made after a while, or no longer late; `late` says which."""
    weights_requested = Signal(str)
    """A file of weights was to be opened: it holds no graph, but can be looked into."""
    weights_listed = Signal(object)
    weights_loaded = Signal(object)
    weights_failed = Signal(str)
    raised = Signal(object)
    died = Signal(str, str)

    stopped = Signal()
    """The engine stands in the gate; `stop` says where."""
    resumed = Signal()
    """It has left the gate, and did not stand there again at once."""
    timeline_changed = Signal()
    """Points ran, or another iteration began."""
    cursor_moved = Signal()
    """Another point of the past is looked at, or the present again."""
    breakpoints_changed = Signal()
    hits_counted = Signal()
    tensor_answered = Signal(object)
    """A `TensorAnswered` that was asked for since the last stop."""
    tensor_saved = Signal(str)
    edited = Signal(object)
    edit_failed = Signal(str)

    measured = Signal()
    """Values of nodes came or were forgotten, or are measured at another rate."""
