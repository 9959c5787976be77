"""Facts: what the engine tells the window."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from gradviz.protocol.records import (
    DeviceRecord,
    GraphRecord,
    MarkRecord,
    OptimizerChoice,
    OptimizerRecord,
    ParameterRecord,
    SavedRecord,
    SourceRecord,
)

State = Literal["ready", "running", "paused", "finished", "failed"]
"""ready: iteration 0 has run forward and waits · paused: between two iterations · finished: `until` was reached
· failed: the user's code raised; the run cannot go on."""


class Event(Struct, frozen=True, tag=True):
    """The base of all events; a frame carries exactly one."""


class Hello(Event, frozen=True):
    """The first message of a connection, before torch is imported; a wrong token or version ends it."""

    protocol: int
    token: str
    pid: int


class Ready(Event, frozen=True):
    """torch is imported; commands are served from now on."""

    torch: str
    python: str
    devices: tuple[DeviceRecord, ...]


class Opened(Event, frozen=True):
    """An experiment was made. `devices` and `optimizers` carry the reasons of this network."""

    run: int
    target: str
    title: str
    device: str
    optimizer: OptimizerChoice
    devices: tuple[DeviceRecord, ...]
    optimizers: tuple[OptimizerRecord, ...]
    parameters: tuple[ParameterRecord, ...]
    source: SourceRecord | None = None


class StateChanged(Event, frozen=True):
    """What the run does now; `step` is the iteration it stands in or before, `loss` the last one known."""

    run: int
    state: State
    step: int
    loss: float | None = None


class LossBatch(Event, frozen=True):
    """Losses of iterations `first`, `first + 1`, …: none is ever left out. `losses` is little-endian float64."""

    run: int
    first: int
    losses: bytes
    rate: float
    """Iterations per second over the last batches."""


class GraphChanged(Event, frozen=True):
    """The graph of iteration `step`. `graph` is None when the window was sent this signature before."""

    run: int
    step: int
    signature: str
    graph: GraphRecord | None = None


class ConfigurationChanged(Event, frozen=True):
    """Device or optimizer are now these; `mark` says when and what, None if nothing had been trained yet."""

    run: int
    device: str
    optimizer: OptimizerChoice
    mark: MarkRecord | None = None


class NodeDetails(Event, frozen=True):
    """What a node saved for backward; `state` says whether the tensors still live."""

    signature: str
    node: int
    state: Literal["held", "freed", "none"]
    saved: tuple[SavedRecord, ...] = ()


class Failed(Event, frozen=True):
    """A command could not be done, and nothing changed. `message` is a sentence for the status bar."""

    command: str
    message: str


class Raised(Event, frozen=True):
    """The user's code (or a lesson's) raised; the run is over, its graph and losses so far are kept."""

    run: int
    step: int
    phase: str
    message: str
    traceback: str
    file: str = ""
    line: int = 0


AnyEvent = (
    Hello
    | Ready
    | Opened
    | StateChanged
    | LossBatch
    | GraphChanged
    | ConfigurationChanged
    | NodeDetails
    | Failed
    | Raised
)
