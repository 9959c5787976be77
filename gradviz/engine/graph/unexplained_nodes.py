"""List what of a graph could not be explained, so that it is not mistaken for known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from gradviz.engine.capture.node_makers import NOT_RECORDED
from gradviz.engine.capture.ops import Op
from gradviz.protocol.records import ClusterRecord, NodeRecord, UnexplainedRecord

UNREGISTERED = (
    "a parameter that is kept in a plain list or dict is not in model.parameters(): the optimizer will not update it;"
    " use nn.ModuleList, nn.ModuleDict or nn.ParameterList"
)

MADE_IN_FORWARD = "a leaf that the forward makes by"


def unexplained_of(
    nodes: Sequence[NodeRecord], clusters: Sequence[ClusterRecord], op_of: Callable[[int], Op]
) -> tuple[UnexplainedRecord, ...]:
    """Return opaque regions, nodes without a recorded op, ops without a line of the user's code, leaves without a name.

    `op_of`: returns the op that made the function with an id. An op is listed once, at the first of its nodes; one that
    has a note is explained by it.
    """
    return tuple(_records(nodes, clusters, op_of))


def _records(
    nodes: Sequence[NodeRecord], clusters: Sequence[ClusterRecord], op_of: Callable[[int], Op]
) -> Iterator[UnexplainedRecord]:
    said: set[Op] = set()
    for node in nodes:
        if node.kind == "opaque":
            yield UnexplainedRecord(node.id, "region", f"{node.name} is one node: {node.note}{_remedy(node, clusters)}")
        elif node.kind == "parameter" and node.note.startswith(MADE_IN_FORWARD):
            continue
        elif node.kind == "parameter" and (not node.names or node.note == UNREGISTERED):
            yield UnexplainedRecord(node.id, "input", node.note or "it is no parameter of the model and has no name")
        elif node.id >= 0 and not node.op:
            how = node.note if node.note == NOT_RECORDED else "made by a call that nobody saw"
            yield UnexplainedRecord(node.id, "op", f"{node.name} was {how}")
        elif node.id >= 0 and not node.line and not (op := op_of(node.id)).note and op not in said:
            said.add(op)
            yield UnexplainedRecord(node.id, "source line", _without_line(node, clusters))


def _remedy(node: NodeRecord, clusters: Sequence[ClusterRecord]) -> str:
    """Return how to see what is in a region, where there is a way."""
    if node.name == "compiled":
        path = clusters[node.cluster].path if node.cluster >= 0 else "the module"
        return f"; call {path}._orig_mod to see inside, or start with TORCH_COMPILE_DISABLE=1"
    return "; use_reentrant=False shows what is in it" if node.name == "checkpoint" else ""


def _without_line(node: NodeRecord, clusters: Sequence[ClusterRecord]) -> str:
    if node.cluster < 0:
        return f"{node.op} was not called from a line of yours"
    cluster = clusters[node.cluster]
    return f"{node.op} in {cluster.path} ({cluster.class_name}) was called by torch, not from a line of yours"
