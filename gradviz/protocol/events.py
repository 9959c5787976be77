"""Events: what the engine reports to its clients."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from gradviz.protocol.cause_records import BlameLink, ModuleFigures, ProofRecord, RowFigures
from gradviz.protocol.records import (
    ColumnRecord,
    DeviceRecord,
    EvaluationsRecord,
    GraphRecord,
    HistogramRecord,
    HyperparameterRecord,
    MarkRecord,
    OptimizerChoice,
    OptimizerRecord,
    ParameterRecord,
    PassedRecord,
    PointRecord,
    SavedRecord,
    Shape,
    SourceRecord,
    State,
    StatisticsRecord,
    StoredRecord,
    SummaryRecord,
    WeightRecord,
)


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
    kind: Literal["network", "factory", "program", "script"] = "network"
    notes: tuple[str, ...] = ()
    """Sentences that the user should know: which loss is used because none was given, what was left out."""
    hyperparameters: tuple[HyperparameterRecord, ...] = ()
    """Of a factory; those of a built-in network are in the catalogue."""
    locked: str = ""
    """Why device and optimizer cannot be changed from here (a script sets them itself); empty if they can."""


class StateChanged(Event, frozen=True):
    """What the run does now; `step` is the iteration it is in or before, `loss` the last one known."""

    run: int
    state: State
    step: int
    loss: float | None = None
    message: str = ""
    """Why, where that needs a sentence: a script has ended, or ended itself."""


class Busy(Event, frozen=True):
    """The engine has not looked for commands for some seconds; sent again each second until any other event."""

    run: int
    step: int
    phase: str
    """`build` while a network is being made."""
    seconds: float
    file: str = ""
    """Where the user's code is, or what it called; empty if none of it is under way."""
    line: int = 0
    text: str = ""
    """The line of source."""
    stack: str = ""
    """As in a traceback, from the user's own frame on."""
    ops: int | None = None
    """Points of the iteration that have come to the gate; None where it runs freely."""
    native: bool = False
    """No Python code can run, so that `step` and `phase` may be out of date: native code holds the GIL."""


class Alive(Event, frozen=True):
    """A sign of life, once a second; clients are given one alone that ends a silence of `patience` seconds."""

    busy: Busy
    patience: float


class LossBatch(Event, frozen=True):
    """Losses of iterations `first`, `first + 1`, …: none is ever left out. `losses` is little-endian float64."""

    run: int
    first: int
    losses: bytes
    rate: float
    """Iterations per second over the last batches."""
    evaluations: tuple[EvaluationsRecord, ...] = ()
    """Of the iterations whose optimizer evaluated more than once."""


class GraphChanged(Event, frozen=True):
    """The graph of iteration `step`. `graph` is None when the window was sent this signature before."""

    run: int
    step: int
    signature: str
    graph: GraphRecord | None = None


class GraphAnswered(Event, frozen=True):
    """The client has the graph that it asked for."""

    run: int


class ConfigurationChanged(Event, frozen=True):
    """Device, optimizer or a script's `parameters` are now these; `mark`: when and what, None before any training."""

    run: int
    device: str
    optimizer: OptimizerChoice
    mark: MarkRecord | None = None
    parameters: tuple[ParameterRecord, ...] = ()


class NodeDetails(Event, frozen=True):
    """What a node saved for backward; `state` is whether the tensors still exist."""

    signature: str
    node: int
    state: Literal["held", "freed", "none"]
    saved: tuple[SavedRecord, ...] = ()


class Failed(Event, frozen=True):
    """A command could not be done, and nothing changed. `message` is a sentence for the status bar."""

    command: str
    message: str
    file: str = ""
    """Where a file is no Python."""
    line: int = 0


class ConsentNeeded(Event, frozen=True):
    """A file was about to be executed whose contents are not among those that `Open` allows; the run is over."""

    run: int
    path: str


class RestartNeeded(Event, frozen=True):
    """Another engine must open what was asked for: code that ran in this one changed torch itself."""

    run: int
    reason: str
    """What was changed: the beginning of a sentence."""


class Raised(Event, frozen=True):
    """The user's code (or a lesson's) raised; the run is over, its graph and losses so far are kept."""

    run: int
    step: int
    phase: str
    message: str
    traceback: str
    file: str = ""
    line: int = 0
    said: str = ""
    """The end of `traceback`: the error without its frames, all lines of it."""


class Stopped(Event, frozen=True):
    """The engine is paused in the gate before `point` and serves commands there.

    `after`: the point has run already, and what came out of it met a breakpoint's condition, or it raised.
    """

    run: int
    step: int
    reason: Literal["step", "breakpoint", "pause", "run_to", "phase", "iteration", "exception"]
    point: PointRecord
    of_phase: tuple[int, int] = (0, 0)
    """Position in the phase, from 1, and how many points the phase has (0 if that is not known)."""
    breakpoint: int | None = None
    """Id of the breakpoint that was hit."""
    message: str = ""
    """What the breakpoint's condition found, or what was raised."""
    after: bool = False
    traceback: str = ""
    """Of what was raised."""
    said: str = ""
    """The end of `traceback`: the error without its frames, all lines of it."""
    before: SummaryRecord | None = None
    """In the update, the parameter that is about to change."""
    inputs: int = 0
    """How many tensors go into the op; they can be asked for without a node."""
    proof: ProofRecord | None = None
    """Of what was raised, where it is known where that comes from."""
    unrecorded: bool = False
    """It was raised in an iteration of a script that ran freely. `Open.again_to` runs it again to there, recorded."""


class Passed(Event, frozen=True):
    """Points that ran since the last stop, in order. `step` is their iteration."""

    run: int
    step: int
    points: tuple[PassedRecord, ...]


class HitsCounted(Event, frozen=True):
    """How often breakpoints were hit, stopping or not, since they were set: (id, count)."""

    hits: tuple[tuple[int, int], ...]
    held: int = 0
    """How many bytes were kept at most so that an iteration can be run again for one of them."""


class Unchecked(Event, frozen=True):
    """A value that the conditions of breakpoints could not be tried on, and why; sent once for each reason."""

    run: int
    message: str


class Trapped(Event, frozen=True):
    """A script met a trap in iteration `step`, and is paused behind it. `Open.again_to` runs it again to there."""

    run: int
    step: int
    breakpoint: int
    message: str
    """What the trap found."""


class TensorAnswered(Event, frozen=True):
    """One tensor, as `AskTensor` asked. `message` states why there is none (freed, not computed, gone)."""

    request: int
    message: str = ""
    shape: Shape | None = None
    dtype: str = ""
    device: str = ""
    strides: tuple[int, ...] = ()
    version: int | None = None
    requires_grad: bool = False
    is_leaf: bool = False
    statistics: StatisticsRecord | None = None
    histogram: HistogramRecord | None = None
    picture: tuple[int, int, bytes] | None = None
    """Rows, columns, and little-endian float32 cells, each the mean of the values it covers; of complex numbers, of
    their magnitudes."""
    picture_parts: tuple[bytes, bytes] | None = None
    """Of complex numbers: cells as those of `picture`, of the real and of the imaginary parts."""
    slice: str = ""
    values: tuple[tuple[int, ...], bytes] | None = None
    """Shape of the slice and its little-endian float64 values; of complex numbers, the real parts."""
    imaginary: bytes = b""
    """Of complex numbers: the imaginary parts that belong to `values`."""
    stored: StoredRecord | None = None
    """Of a sparse tensor."""
    layout: str = "strided"
    """`sparse_coo`, `jagged`, `masked`, `quantized` and the like."""
    note: str = ""
    """What must be known to read the numbers rightly, or why there are none."""


class TensorSaved(Event, frozen=True):
    """A tensor was written to `path`."""

    path: str


class Blamed(Event, frozen=True):
    """Where a NaN, Inf or error of iteration `step` comes from: the origin first, where it was noticed last."""

    run: int
    step: int
    chain: tuple[BlameLink, ...]
    title: str = ""
    """Of an error: what is wrong, in a few words."""


class SpikeExplained(Event, frozen=True):
    """What moved more than it used to in iteration `step`: the modules, farthest above their own history first, and
    the rows of the batch, in its order."""

    run: int
    step: int
    modules: tuple[ModuleFigures, ...]
    rows: tuple[RowFigures, ...] = ()
    note: str = ""
    """Sentences: what is not as in the batch, why there is no history."""


class Measured(Event, frozen=True):
    """What was measured of the nodes of the graph with this signature, in iteration `step`."""

    run: int
    step: int
    signature: str
    columns: tuple[ColumnRecord, ...]


class WeightsListed(Event, frozen=True):
    """The tensors of a file of weights, in the file's order."""

    path: str
    tensors: tuple[WeightRecord, ...]
    message: str = ""
    """What the file is, and what of it is no tensor."""


class WeightsLoaded(Event, frozen=True):
    """Weights of a file are in the model now, except those listed."""

    run: int
    path: str
    loaded: int
    missing: tuple[str, ...] = ()
    """In the model, not in the file; left as they were."""
    unexpected: tuple[str, ...] = ()
    """In the file, not in the model."""
    mismatched: tuple[str, ...] = ()
    """`name: the file has 3 × 4, the model 5 × 4`; left as they were."""
    note: str = ""
    """How the file's names were changed to agree with the model's."""


class Edited(Event, frozen=True):
    """An edit took place at the stop; `mark` is for the loss plot."""

    run: int
    step: int
    node: int | None
    """None for a parameter that was named, and that the graph need not have."""
    mark: MarkRecord
    value: SummaryRecord | None = None
    """Of a gradient, what it is now."""
    undone: bool = False
    """The value is what it was when the engine stopped."""


AnyEvent = (
    Hello
    | Ready
    | Opened
    | StateChanged
    | Busy
    | Alive
    | LossBatch
    | GraphChanged
    | GraphAnswered
    | ConfigurationChanged
    | NodeDetails
    | Failed
    | RestartNeeded
    | ConsentNeeded
    | Raised
    | Stopped
    | Passed
    | HitsCounted
    | Unchecked
    | Trapped
    | TensorAnswered
    | TensorSaved
    | Blamed
    | SpikeExplained
    | Measured
    | WeightsListed
    | WeightsLoaded
    | Edited
)
