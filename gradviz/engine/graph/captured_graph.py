"""A captured graph: its record with signature and reach, and the live nodes behind it while its iteration lasts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace
from torch.autograd.graph import Node

from gradviz.engine.capture.named_tensors import TensorNames
from gradviz.engine.capture.ops import Op
from gradviz.engine.capture.overwritten_tensors import Overwrites
from gradviz.engine.torch_compat import POST_GRADIENT_HOOKS
from gradviz.language import tr
from gradviz.protocol.framing import pack
from gradviz.protocol.records import EdgeRecord, GraphRecord, NodeRecord, ReachRecord


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

    first_number: int = 0
    """The number that autograd gave the first node of this forward, where that was recorded."""

    overwrites: Overwrites | None = None
    """Explains what was overwritten after it was saved; None once nothing is saved any more."""

    def maker(self, node: Node) -> Op | None:
        """Return the op that made a node, where it was recorded."""
        return self.overwrites.maker(node) if self.overwrites is not None else None

    def release(self) -> None:
        """Release the nodes."""
        self.live = {}
        self.ops = {}
        self.leaves = {}
        self.overwrites = None


def signature_of(kind: str, nodes: Sequence[NodeRecord], edges: Sequence[EdgeRecord], rest: object) -> str:
    """Return 32 hexadecimal digits, equal for equal graphs."""
    return hashlib.blake2b(pack((kind, nodes, edges, rest)), digest_size=16).hexdigest()


def resolve_reach(record: GraphRecord, names: TensorNames) -> GraphRecord:
    """Return `record` after its backward; the same object if that added nothing. `names` remembers it for later
    graphs."""
    if not record.reach:
        return record
    parameters = {named.id: named.value for named in names.parameters()}
    reach = tuple(_resolve(known, parameters.get(known.node), names) for known in record.reach)
    if reach == record.reach:
        return record
    signature = signature_of(record.kind, record.nodes, record.edges, (record.clusters, reach))
    return replace(record, signature=signature, reach=reach)


def _resolve(known: ReachRecord, parameter: Any, names: TensorNames) -> ReachRecord:
    # A hook that runs once the gradient is there may have used it up.
    if parameter is None or known.reached is False or getattr(parameter, POST_GRADIENT_HOOKS, None):
        return known
    given = parameter.grad is not None
    if known.reached is None:
        names.reached[id(parameter)] = given
        if given:
            return replace(known, reached=True, reason="", text="", file="", line=0)
        return replace(known, reached=False, text=tr("backward has run and gave it no gradient"))
    if given:
        return known
    return replace(known, reached=False, reason="unknown", text=tr("backward has run and gave it no gradient"))
