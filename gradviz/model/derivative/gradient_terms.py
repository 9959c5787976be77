"""The gradient of a shared value as a sum: its terms in the engine's order, and which of them have arrived."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from gradviz.model.derivative.derivatives import passes_elements_on, wants_gradient
from gradviz.model.graph.graph import Graph
from gradviz.model.stepping.timeline import Timeline
from gradviz.protocol.records import EdgeRecord, NodeRecord, SummaryRecord

TermState = Literal[
    "in",  # computed and added
    "none",  # its node ran and gave no gradient: nothing is added
    "next",  # the node at which the engine is stopped gives it, perhaps through a view
    "pending",
]


@dataclass(frozen=True, slots=True)
class Term:
    """One gradient on its way to a node that several others use."""

    number: int
    """From 1, in the engine's order."""
    consumer: int
    """The node that passes it on: which one used the value in forward."""
    name: str
    use: int
    """Which call of its module the consumer belongs to; 0 if the module is called once, or there is none."""
    state: TermState
    givers: frozenset[int]
    """The consumer, and the nodes after it that give the same gradient through views."""
    summary: SummaryRecord | None = None

    @property
    def norm(self) -> float | None:
        """Return the norm of the term; None while it is not known."""
        return self.summary.norm if self.summary is not None else None


@dataclass(frozen=True, slots=True)
class TermSum:
    """The gradient of `node` as the sum of its terms; `norm` is that of the sum, None while it is not complete."""

    node: int
    name: str
    terms: tuple[Term, ...]
    norm: float | None = None

    @property
    def arrived(self) -> int:
        """Return how many terms are known, those that turned out to be none included."""
        return sum(term.state in ("in", "none") for term in self.terms)


def terms(graph: Graph, timeline: Timeline, node_id: int, output_nr: int = 0) -> TermSum:
    """Return how the gradient of an output of `node_id` is added up, as seen from the timeline's cursor.

    The order is that in which the consumers ran; those that have not run follow as autograd will run them, the
    latest made first. It stays the same when the cursor moves back. A leaf's sum takes its norm from the leaf's own
    point in backward (its accumulated gradient), once it has passed.

    Raises:
        KeyError: the graph has no such node.
    """
    node = graph.node(node_id)
    ran = {p.point.node: i for i, p in enumerate(timeline.passed) if p.point.phase == "backward"}
    edges = [edge for edge in graph.outgoing[node_id] if edge.output_nr == output_nr]
    edges.sort(key=lambda edge: (ran.get(edge.target, math.inf), *_order_key(graph, edge)))
    point = timeline.point
    current = point.node if point is not None and point.phase == "backward" else None
    found = tuple(_term(graph, timeline, edge, i, current) for i, edge in enumerate(edges, start=1))
    own = timeline.ran("backward", node_id) if node.kind == "parameter" else None
    norm = own.values[0].norm if own is not None and own.values else None
    return TermSum(node_id, node.name, found, norm)


def sums_fed_by(graph: Graph, node_id: int) -> list[int]:
    """Return the nodes whose gradient has several terms, one of them from `node_id`, perhaps through views.

    Raises:
        KeyError: the graph has no such node.
    """
    found: list[int] = []
    stack = [edge.source for edge in reversed(graph.incoming[node_id])]
    while stack:
        source = stack.pop()
        if len(graph.outgoing[source]) > 1:
            if source not in found and wants_gradient(graph.node(source)):
                found.append(source)
        elif passes_elements_on(graph.node(source)):
            stack.extend(edge.source for edge in reversed(graph.incoming[source]))
    return found


def _term(graph: Graph, timeline: Timeline, edge: EdgeRecord, number: int, current: int | None) -> Term:
    consumer = graph.node(edge.target)
    givers = _givers(graph, edge.target)
    summary = None
    state: TermState = "next" if current in givers else "pending"
    if timeline.ran("backward", edge.target) is not None:
        summary = timeline.gradient(edge.target, edge.input_nr)
        state = "in" if summary is not None and (summary.norm is not None or summary.lost) else "none"
    return Term(number, edge.target, consumer.name, _use(graph, consumer), state, givers, summary)


def _givers(graph: Graph, node_id: int) -> frozenset[int]:
    givers = [node_id]
    while passes_elements_on(graph.node(givers[-1])) and len(graph.outgoing[givers[-1]]) == 1:
        givers.append(graph.outgoing[givers[-1]][0].target)
    return frozenset(givers)


def _use(graph: Graph, node: NodeRecord) -> int:
    cluster_id = node.cluster
    while cluster_id != -1:
        cluster = graph.clusters[cluster_id]
        if cluster.uses > 1:
            return cluster.use
        cluster_id = cluster.parent
    return 0


def _order_key(graph: Graph, edge: EdgeRecord) -> tuple[float, int]:
    # Ids of functions grow with autograd's own sequence; the loss and other named nodes come after all of them.
    last = edge.target if edge.target >= 0 else math.inf
    return -last, edge.input_nr
