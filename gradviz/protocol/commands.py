"""Wishes: what the window asks of the engine. None is answered but by events."""

from __future__ import annotations

from msgspec import Struct

from gradviz.protocol.records import OptimizerChoice, Value


class Command(Struct, frozen=True, tag=True):
    """The base of all commands; a frame carries exactly one."""


class Open(Command, frozen=True):
    """Make an experiment and hold it after the forward of iteration 0. Ends the run before it.

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


class Run(Command, frozen=True):
    """Train until iteration `until` (not included), or until told otherwise if None."""

    until: int | None = None


class RunOne(Command, frozen=True):
    """Finish the current iteration, and hold."""


class Pause(Command, frozen=True):
    """Hold at the end of the current iteration."""


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


class Shutdown(Command, frozen=True):
    """End the process."""


AnyCommand = Open | Run | RunOne | Pause | SetDevice | SetOptimizer | Inspect | Shutdown
