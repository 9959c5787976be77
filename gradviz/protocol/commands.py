"""Commands: requests of a client to the engine, which answers with events."""

from __future__ import annotations

from typing import Literal, get_args

from msgspec import Struct

from gradviz.protocol.records import BreakpointRecord, MeasureKind, OptimizerChoice, Phase, Value


class Command(Struct, frozen=True, tag=True):
    """The base of all commands; a frame carries exactly one."""


class Open(Command, frozen=True):
    """Make an experiment and pause it after the forward of iteration 0. Ends the run before it.

    Answered by `Opened`, `GraphChanged` and `StateChanged("ready")`, or by `Failed`.
    """

    run: int
    """The window's number for the run that begins; every event of the run carries it."""
    target: str
    hyperparameters: dict[str, Value] = {}
    seed: int = 0
    device: str = "cpu"
    optimizer: OptimizerChoice | None = None
    """None takes the network's own default."""
    arguments: tuple[str, ...] = ()
    """For a training script: what follows its name on the command line."""
    stop_first: bool = False
    """Stop at the gate before the first op of iteration 0, as a terminal debugger begins."""
    allowed: tuple[str, ...] | None = None
    """SHA-256 of the contents that may be executed: of the target's file, and of what is imported from its folder. None
    allows all: the user named the target, which is the consent."""
    graphs_on_request: bool = False
    """At a stop in a forward that does not follow a known graph, send the graph so far only for `AskGraph`: to build it
    takes the longer the more ops there are, and a script may step through all of them without a look at it."""
    again_to: int | None = None
    """For a script that has run in this engine: run it again from its start, freely and with the same losses, and stop
    in that iteration: where the trap is met first that it met there, where it raised, or before its first op."""
    checkpoint: str = ""
    """A file with the data of a `CheckpointMade`, from which the run goes on; empty to begin with iteration 0."""
    graphs_late: bool = False
    """Where the graph so far takes long to build, send it after the stop, once no command has come for a moment: a user
    who holds a key down does not wait for it."""


class Run(Command, frozen=True):
    """Train until iteration `until` (not included), or until another command if None."""

    until: int | None = None
    attentive: bool = False
    """Whether a pause takes effect inside the iteration that passes the gate, and iterations that take long (after one
    that did) pass it for that alone."""


class RunOne(Command, frozen=True):
    """Finish the current iteration, and pause."""


class Pause(Command, frozen=True):
    """Pause: inside the iteration if it passes the gate for steps, breakpoints or an attentive run, else at its end."""


class Interrupt(Command, frozen=True):
    """Raise KeyboardInterrupt in the user's code, wherever it is; between its calls, pause. Served at once."""


class BackTo(Command, frozen=True):
    """Stop before the first op of an iteration that has run. The nearest kept state is put back, and run on from
    freely, each loss compared with the one that was; `Pause` ends it on the way. Answered by `Repeated`, again and
    again, then `Stopped`; by `Branched` and a pause where an iteration does not repeat itself; or by `Failed`."""

    step: int
    branch: int = 0
    """The client's number for the run that begins where what follows is no longer what it was: after an edit, another
    optimizer, or where an iteration does not repeat itself. Until then the run keeps its number and its losses."""


class FindFirst(Command, frozen=True):
    """Stop in the first iteration, from `step` on, that meets a condition: where that is met, or before its first op
    where the loss shows it. Answered as `BackTo`, and by `FirstFound`. `Pause` ends the search."""

    breakpoint: BreakpointRecord
    step: int = 0
    branch: int = 0
    """As in `BackTo`."""


class KeepCheckpoint(Command, frozen=True):
    """Send the state from which the run can go on: the present one, or within an iteration the one that it began from.
    Answered by `CheckpointMade` or `Failed`."""


class SetCheckpoints(Command, frozen=True):
    """Send a `CheckpointMade` each `every` iterations from now on; 0 for none."""

    every: int


class SetDevice(Command, frozen=True):
    """Move parameters, data and optimizer state, and go on from the same weights. Marked on the run."""

    device: str


class SetOptimizer(Command, frozen=True):
    """Another optimizer keeps the weights and starts fresh state; the same with other options keeps its state."""

    optimizer: OptimizerChoice


class Inspect(Command, frozen=True):
    """Ask for the tensors that a node of the graph with this signature saved. Answered by `NodeDetails`."""

    signature: str
    node: int


class AskGraph(Command, frozen=True):
    """Ask for the graph so far, at a stop. Answered by `GraphChanged`, if the client has another one, and
    `GraphAnswered`."""


class StepCommand(Command, frozen=True):
    """The base of the commands that run a paused engine to its next stop."""


class StepIn(StepCommand, frozen=True):
    """Run one op, one node, or one parameter's update; stop before the next. Answered by `Passed` and `Stopped`."""

    first: bool = False
    """Where the first forward was run to be shown, and nothing since: begin it again, and stop at its first op."""


class StepOver(StepCommand, frozen=True):
    """Like `StepIn`, but a module call that begins at this point is run as a whole."""


class StepOut(StepCommand, frozen=True):
    """Run to the end of the innermost module call; to the end of the phase outside of all."""


class RunTo(StepCommand, frozen=True):
    """Run until this node of the graph is next at the gate, in this iteration or a later one."""

    node: int
    phase: Literal["", Phase] = ""


class NextPhase(StepCommand, frozen=True):
    """Run to the first point of the next phase."""


class NextIteration(StepCommand, frozen=True):
    """Run to the first point of the next iteration."""


class SetBreakpoints(Command, frozen=True):
    """The whole set of enabled breakpoints; what is not in it is removed."""

    breakpoints: tuple[BreakpointRecord, ...]


class SetBudget(Command, frozen=True):
    """How many bytes of past values an iteration may keep for looking back."""

    bytes: int


TensorRole = Literal[
    "output",
    "input",
    "saved",
    "grad_output",
    "grad_input",
    "parameter",  # as it is now
    "parameter_grad",
    "parameter_before",  # before this iteration's update
    "parameter_after",  # after it
    "expression",  # what `name` comes to, where the user's code is
    "update",  # the step: after minus before
    "state",  # what the optimizer keeps for a parameter, called `name`
    "state_before",
    "state_after",
]


class AskTensor(Command, frozen=True):
    """Ask for one live or kept tensor of a node. Answered by `TensorAnswered` with the same `request`."""

    request: int
    node: int | None
    """None where there is no node: the tensor called `name` is meant, or one of the op at the current stop, which
    has made none yet."""
    what: TensorRole
    index: int = 0
    """Which of several; a parameter has one of each role."""
    name: str = ""
    """Of a saved tensor; without a node, of a parameter, a buffer or the data, or an expression of them."""
    point: int | None = None
    """Of the past: the position of the point whose kept value is meant; None for now."""
    slice: str = ""
    """As in Python's brackets: `0:4, :`. Empty takes the last two dimensions at index 0 of the others."""
    values: bool = False
    """Whether to send the sliced values too (at most 4,096), beside statistics, histogram and picture."""
    picture: int = 0
    """Largest side of the picture in cells; 0 for none."""


class SaveTensor(Command, frozen=True):
    """Write a whole tensor, named as in `AskTensor`, to a `.npy` file. Answered by `TensorSaved` or `Failed`."""

    node: int | None
    what: TensorRole
    path: str
    index: int = 0
    name: str = ""
    point: int | None = None


class Edit(Command, frozen=True):
    """Change a parameter's values, or the gradient that is about to be passed to a node, while stopped.

    `expression` is Python with the old tensor as `g` (and `torch`), or the new value of the element at `element`.
    `undo` takes back all edits of the value at this stop instead.
    """

    node: int | None
    """None for the parameter called `name`."""
    what: Literal["parameter", "grad_output"]
    expression: str
    index: int = 0
    element: tuple[int, ...] | None = None
    name: str = ""
    undo: bool = False


class Blame(Command, frozen=True):
    """Ask where a NaN or Inf of this iteration comes from. Answered by `Blamed` or `Failed`."""

    node: int | None = None
    """The node whose value or gradient is meant; None for where it was noticed: at the stop, in the loss, or first."""


class ListHolders(Command, frozen=True):
    """Ask which optimizers have each parameter, and whether the last update changed it. Answered by `HoldersListed`."""


class CheckDerivative(Command, frozen=True):
    """Ask for the analytic derivative of a node beside the numeric one. Answered by `DerivativeChecked`."""

    node: int


class ExplainUpdate(Command, frozen=True):
    """Ask for the optimizer's formula of a parameter's step, with its numbers. Answered by `UpdateExplained` with the
    same `request`."""

    request: int
    node: int | None
    """None for the parameter called `name`, or the one at the current stop."""
    name: str = ""


class ExplainSpike(Command, frozen=True):
    """Ask which modules moved more than they used to, and with `rows` for the figures of each row of the batch alone.
    Answered by `SpikeExplained` or `Failed`."""

    rows: bool = False


class SetMeasures(Command, frozen=True):
    """What to measure of the nodes from now on; the whole set, empty for nothing. Answered by `Measured`, again and
    again while it trains, and once for the current iteration while paused."""

    kinds: tuple[MeasureKind, ...]
    rate: float = 2.0
    """At most this many measured iterations a second."""


FigureKind = Literal["learning_rate", "grad_norm", "update_ratio", "activations"]
"""What is sampled of some iterations while it trains."""


class SetFigures(Command, frozen=True):
    """What to sample of the iterations from now on; the whole set, empty for nothing. Answered by `FiguresSampled`,
    again and again while it trains."""

    kinds: tuple[FigureKind, ...]
    every: int = 0
    """Iterations from one sample to the next; 0 for as many as let it take at most 2 % of the time."""


class ListWeights(Command, frozen=True):
    """Read names, shapes and types of the tensors in a file of weights, without running code. Answered by
    `WeightsListed` or `Failed`."""

    path: str


class LoadWeights(Command, frozen=True):
    """Put the tensors of a file into the open model where names and shapes agree. Answered by `WeightsLoaded`."""

    path: str


class Shutdown(Command, frozen=True):
    """End the process."""


AnyCommand = (
    Open
    | Run
    | RunOne
    | Pause
    | Interrupt
    | BackTo
    | FindFirst
    | KeepCheckpoint
    | SetCheckpoints
    | SetDevice
    | SetOptimizer
    | Inspect
    | AskGraph
    | StepIn
    | StepOver
    | StepOut
    | RunTo
    | NextPhase
    | NextIteration
    | SetBreakpoints
    | SetBudget
    | AskTensor
    | SaveTensor
    | Edit
    | Blame
    | ListHolders
    | CheckDerivative
    | ExplainSpike
    | ExplainUpdate
    | SetMeasures
    | SetFigures
    | ListWeights
    | LoadWeights
    | Shutdown
)

STEP_COMMANDS: tuple[type[StepCommand], ...] = tuple(
    kind for kind in get_args(AnyCommand) if issubclass(kind, StepCommand)
)
"""Every step of the user. Engine, clients and the JSON requests take them from here."""
