"""Number nodes by their creation in the forward, so that a node has one name before and after the graph is whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from msgspec.structs import replace
from torch.autograd.graph import Node

from gradviz.engine.capture.autograd_nodes import is_leaf_node
from gradviz.engine.torch_compat import sequence_number
from gradviz.protocol.records import EdgeRecord, NodeRecord, UnexplainedRecord


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
