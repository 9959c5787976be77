"""What the server, the gate and the answers ask of a run, whether gradviz drives it or a script drives itself."""

from __future__ import annotations

from typing import Any, Protocol

from gradviz.engine.capture.tensor_ids import Names
from gradviz.engine.gate.gate import Gate
from gradviz.engine.graph.captured_graph import CapturedGraph
from gradviz.engine.measuring.meter import Meter
from gradviz.experiment import Experiment
from gradviz.protocol.events import State
from gradviz.protocol.records import GraphRecord, OptimizerChoice


class AnyUpdater(Protocol):
    """How parameters are updated."""

    @property
    def choice(self) -> OptimizerChoice: ...


class AnyRun(Protocol):
    """`engine.runner.Runner` and `engine.script_runner.ScriptRunner`."""

    state: State
    step: int
    phase: str
    device: str
    graph: CapturedGraph | None
    graph_step: int
    gate: Gate | None
    meter: Meter | None
    names: Names
    experiment: Experiment

    @property
    def updater(self) -> AnyUpdater: ...
    @property
    def holds_forward(self) -> bool: ...
    @property
    def held_loss(self) -> Any: ...
    @property
    def loss(self) -> float | None: ...

    def begin(self, until: int | None) -> None: ...
    def pause(self) -> None: ...
    def fail(self) -> None: ...
    def partial_graph(self) -> GraphRecord | None: ...
