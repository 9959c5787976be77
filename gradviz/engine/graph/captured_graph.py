"""A captured graph: its record, and the live nodes behind it while its iteration lasts."""

from __future__ import annotations

from dataclasses import dataclass, field

from torch.autograd.graph import Node

from gradviz.engine.capture.in_place_writes import Overwrites
from gradviz.engine.capture.ops import Op
from gradviz.protocol.records import GraphRecord


@dataclass(slots=True)
class CapturedGraph:
    """A graph, and while its iteration lasts, the nodes behind the ids."""

    record: GraphRecord
    live: dict[int, Node] = field(default_factory=dict)
    """Node id → autograd node. Holding one keeps its graph, and each leaf's AccumulateGrad, alive."""
    leaves: dict[int, Node] = field(default_factory=dict)
    """Leaf id → its `AccumulateGrad`, which backward runs like any node."""
    types: dict[int, type] = field(default_factory=dict)
    """Node id → the node's class: enough to name what it saved once the graph is gone."""

    ops: dict[Op, int] = field(default_factory=dict)
    """Of a recorded graph: op → the id of its node."""

    overwrites: Overwrites | None = None
    """Explains what was overwritten after it was saved; None once nothing is saved any more."""

    def release(self) -> None:
        """Release the nodes."""
        self.live = {}
        self.ops = {}
        self.leaves = {}
        self.overwrites = None
