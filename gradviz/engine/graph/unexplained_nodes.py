"""List what of a graph could not be explained, so that it is not mistaken for known; and number nodes
by their creation, so that a node has one name before and after the graph is whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from msgspec.structs import replace
from torch.autograd.graph import Node

from gradviz.engine.capture.autograd_nodes import NOT_RECORDED, is_leaf_node
from gradviz.engine.capture.ops import Op
from gradviz.engine.torch_compat import sequence_number
from gradviz.protocol.records import ClusterRecord, EdgeRecord, NodeRecord, UnexplainedRecord

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


def creation_numbers(
    functions: Sequence[Node], created: Iterable[Node], earlier: Collection[Node] = frozenset()
) -> list[int] | None:
    """Return the number of each of `functions` among all nodes made in the forward, in order of creation.

    None if no other node was made: then a function's number is its position. Others are those of branches that lead to
    nothing (an accuracy, an unused head): they run in the forward and are no part of the graph. Functions that an
    `earlier` forward made are numbered after all others, so that these keep the numbers they have without them.
    """
    old = [node for node in functions if node in earlier]
    others = {node for node in set(created).difference(functions).difference(earlier) if not is_leaf_node(node)}
    if not others and len(old) in (0, len(functions)):
        return None
    own = others.union(functions).difference(old)
    place = {node: i for i, node in enumerate([*sorted(own, key=sequence_number), *old])}
    return [place[node] for node in functions]


def renumber_nodes(nodes: Iterable[NodeRecord], numbers: Sequence[int]) -> list[NodeRecord]:
    """Return `nodes` with their creation numbers; what is no function keeps its own."""
    return [node if node.id < 0 else replace(node, id=numbers[node.id]) for node in nodes]


def renumber_edges(edges: Iterable[EdgeRecord], numbers: Sequence[int]) -> list[EdgeRecord]:
    """Return `edges` between nodes that were renumbered."""
    return [
        replace(
            edge,
            source=edge.source if edge.source < 0 else numbers[edge.source],
            target=edge.target if edge.target < 0 else numbers[edge.target],
        )
        for edge in edges
    ]


def renumber_records(records: Iterable[UnexplainedRecord], numbers: Sequence[int]) -> tuple[UnexplainedRecord, ...]:
    """Return `records` of nodes that were renumbered."""
    return tuple(record if record.node < 0 else replace(record, node=numbers[record.node]) for record in records)
