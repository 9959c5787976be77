"""List what of a graph could not be explained, so that it is not mistaken for known; and number nodes
by their creation, so that a node has one name before and after the graph is whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from msgspec.structs import replace
from torch.autograd.graph import Node

from gradviz.engine.capture.autograd_nodes import NOT_RECORDED, is_leaf_node
from gradviz.engine.capture.ops import Op
from gradviz.engine.torch_compat import sequence_number
from gradviz.language import tr, translatable
from gradviz.protocol.records import ClusterRecord, EdgeRecord, NodeRecord, UnexplainedRecord

UNREGISTERED = translatable(
    "a parameter that is kept in a plain list or dict is not in model.parameters(): the optimizer will not update it;"
    " use nn.ModuleList, nn.ModuleDict or nn.ParameterList"
)


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
            yield UnexplainedRecord(node.id, "region", _region(node, clusters))
        elif node.kind == "parameter" and node.op:
            continue  # made in the forward, as its note states
        elif node.kind == "parameter" and (not node.names or node.note == tr(UNREGISTERED)):
            text = node.note or tr("it is no parameter of the model and has no name")
            yield UnexplainedRecord(node.id, "input", text)
        elif node.id >= 0 and not node.op:
            yield UnexplainedRecord(node.id, "op", _without_op(node))
        elif node.id >= 0 and not node.line and not (op := op_of(node.id)).note and op not in said:
            said.add(op)
            yield UnexplainedRecord(node.id, "source line", _without_line(node, clusters))


def _region(node: NodeRecord, clusters: Sequence[ClusterRecord]) -> str:
    """Return why a region is one node, and how to see what is in it, where there is a way."""
    text = tr("{name} is one node: {note}").format(name=node.name, note=node.note)
    if node.name == "compiled":
        path = clusters[node.cluster].path if node.cluster >= 0 else tr("the module")
        remedy = tr("{text}; call {path}._orig_mod to see inside, or start with TORCH_COMPILE_DISABLE=1")
        return remedy.format(text=text, path=path)
    if node.name == "checkpoint":
        return tr("{text}; use_reentrant=False shows what is in it").format(text=text)
    return text


def _without_op(node: NodeRecord) -> str:
    if node.note == tr(NOT_RECORDED):
        return tr("{name} was {how}").format(name=node.name, how=node.note)
    return tr("{name} was made by a call that nobody saw").format(name=node.name)


def _without_line(node: NodeRecord, clusters: Sequence[ClusterRecord]) -> str:
    if node.cluster < 0:
        return tr("{op} was not called from a line of yours").format(op=node.op)
    cluster = clusters[node.cluster]
    text = tr("{op} in {path} ({class_name}) was called by torch, not from a line of yours")
    return text.format(op=node.op, path=cluster.path, class_name=cluster.class_name)


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
