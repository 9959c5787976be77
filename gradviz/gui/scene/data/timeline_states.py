"""States of nodes and edges at the point that is shown, read from a timeline."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping

from gradviz.gui.scene.data.node_states import EdgeState, EdgeStates, NodeState, NodeStates, NodeTag
from gradviz.model.derivative.derivatives import wants_gradient
from gradviz.model.derivative.gradient_terms import terms
from gradviz.model.explanation.cause_text import role_text
from gradviz.model.graph.graph import Graph
from gradviz.model.stepping.timeline import Timeline
from gradviz.protocol.cause_records import ProofRecord
from gradviz.protocol.node_location import places
from gradviz.protocol.records import BreakpointRecord, PointRecord, SummaryRecord

_OPS = frozenset(("function", "custom", "opaque", "op"))
_NEXT = {"forward": NodeState.NEXT_FORWARD, "backward": NodeState.NEXT_BACKWARD, "update": NodeState.NEXT_UPDATE}


def node_states(
    graph: Graph,
    timeline: Timeline | None,
    breakpoints: Iterable[BreakpointRecord] = (),
    *,
    edited: Collection[int] = (),
    raised: int | None = None,
    proof: ProofRecord | None = None,
    lit: bool = False,
) -> NodeStates:
    """Return the states of all nodes, as seen from the timeline's cursor; all plain without one.

    `edited`: nodes at which the user edited a value. `raised`: the node that raised; `proof`: what led to it. `lit`:
    without a timeline, the forward has run.
    """
    states = NodeStates.all(len(graph), NodeState.FORWARD_RAN if lit else NodeState.PLAIN)
    stopping = _at_breakpoints(graph, tuple(breakpoints))
    for node_id in stopping:
        states.breakpoint[graph.index[node_id]] = True
    if timeline is not None:
        _color(graph, timeline, states)
        for node_id in edited:
            if node_id in graph:
                states.tag[graph.index[node_id]] = NodeTag.EDITED
    if raised is not None and raised in graph:
        states.tag[graph.index[raised]] = NodeTag.ERROR
    if timeline is None:
        return states
    slots = _slots(graph, timeline)
    roles = _roles(graph, states, proof) if proof is not None else {}
    return NodeStates(states.state, states.order, states.tag, states.breakpoint, slots, roles)


def _roles(graph: Graph, states: NodeStates, proof: ProofRecord) -> dict[int, str]:
    """Mark the nodes of a proof, and those of iterations that are over; return the words on their tags."""
    for node in proof.earlier:
        if node in graph:
            states.state[graph.index[node]] = NodeState.EARLIER
    words: dict[int, list[str]] = {}
    for link in proof.chain:
        if link.node is not None and link.node in graph and link.role is not None:
            words.setdefault(graph.index[link.node], []).append(role_text(link.role).upper())
    for position in words:
        if states.tag[position] != NodeTag.ERROR:
            states.tag[position] = NodeTag.ROLE
    return {position: " · ".join(dict.fromkeys(parts)) for position, parts in words.items()}


def edge_states(
    graph: Graph, timeline: Timeline | None, edited: Mapping[int, SummaryRecord | None] | None = None
) -> EdgeStates:
    """Return what runs along the edges, as seen from the timeline's cursor. `edited`: the gradients that the user put
    in place of those that came in, by node; of a sum, no edge has it."""
    edges = EdgeStates.plain(len(graph.edges))
    if timeline is None:
        return edges
    ran = _forward_ran(graph, timeline)
    backward = _began(timeline, "backward")
    for i, edge in enumerate(graph.edges):
        target, source = graph.node(edge.target), graph.node(edge.source)
        if ran is not None and target.kind in _OPS and edge.target not in ran:
            edges.state[i] = EdgeState.NOT_RUN
        elif graph.record.kind != "autograd" or not wants_gradient(source):
            continue
        elif target.kind == "loss":
            if backward:  # backward starts with a one
                edges.state[i], edges.norm[i] = EdgeState.GRADIENT, 1.0
        elif timeline.ran("backward", edge.target) is not None:
            own = (edited or {}).get(edge.source) if len(graph.outgoing[edge.source]) == 1 else None
            edges.state[i], edges.norm[i] = _state_of(own or timeline.gradient(edge.target, edge.input_nr))
    return edges


def _state_of(summary: SummaryRecord | None) -> tuple[EdgeState, float]:
    if summary is None or (summary.norm is None and summary.shape is None and not summary.lost):
        return EdgeState.NONE, math.nan
    if summary.norm == 0 and not summary.nans and not summary.infs:
        return EdgeState.ZERO, 0.0
    return EdgeState.GRADIENT, math.nan if summary.norm is None else summary.norm


def _began(timeline: Timeline, phase: str) -> bool:
    """Return whether a phase has been reached, as seen from the cursor."""
    if timeline.point is not None and timeline.point.phase == phase:
        return True
    return any(passed.point.phase == phase for passed in timeline.shown())


def _forward_ran(graph: Graph, timeline: Timeline) -> set[int] | None:
    """Return nodes that have run forward (and, of a recorded graph, backward); None if all have."""
    recorded = graph.record.kind == "recorded"
    if not recorded and (_began(timeline, "backward") or _began(timeline, "update")):
        return None
    ran: set[int] = set()
    for passed in timeline.shown():
        ran.update(passed.nodes)
        if passed.point.node is not None:
            ran.add(passed.point.node)
    return ran | _recorded_ran(graph, timeline) if recorded else ran


def _recorded_ran(graph: Graph, timeline: Timeline) -> set[int]:
    """Return the recorded ops that have run.

    They are numbered once all have run, so the points of a first iteration have no node: they come in the order of the
    nodes, by the same calls from the same lines.
    """
    waiting = iter([node for node in graph.nodes if node.kind == "op"])
    node = next(waiting, None)
    ran: set[int] = set()
    for passed in timeline.shown():
        point = passed.point
        if node is not None and (node.op, node.file, node.line) == (point.op, point.file, point.line):
            ran.add(node.id)
            node = next(waiting, None)
    return ran


def _color(graph: Graph, timeline: Timeline, states: NodeStates) -> None:
    ran = _forward_ran(graph, timeline)
    order = 0
    for i, node in enumerate(graph.nodes):
        if node.kind not in _OPS:
            continue
        if ran is not None and node.id not in ran:
            states.state[i] = NodeState.NOT_RUN
        elif node.phase == "backward":  # an op of a backward that is written by hand
            order += 1
            states.state[i], states.order[i] = NodeState.BACKWARD_RAN, order
        else:
            states.state[i] = NodeState.FORWARD_RAN
    order = 0
    for passed in timeline.shown():
        point = passed.point
        if point.node is None or point.node not in graph:
            continue
        i = graph.index[point.node]
        if point.phase == "backward":
            order += 1
            states.state[i], states.order[i] = NodeState.BACKWARD_RAN, order
        elif point.phase == "update":
            states.state[i] = NodeState.UPDATED
        if any(value.nans for value in passed.values):
            states.tag[i] = NodeTag.NAN
        elif any(value.infs for value in passed.values) and not _fills_in(point):
            states.tag[i] = NodeTag.INF
        if passed.edited:
            states.tag[i] = NodeTag.EDITED
    following = timeline.point
    if following is not None and following.node is not None and following.node in graph:
        states.state[graph.index[following.node]] = _NEXT[following.phase]


def _fills_in(point: PointRecord) -> bool:
    """Return whether an infinity here is intended: a mask that keeps attention from looking there."""
    return point.phase == "forward" and point.op.rpartition(".")[2].rstrip("_") in ("masked_fill", "where", "fill")


def _slots(graph: Graph, timeline: Timeline) -> dict[int, tuple[bool, ...]]:
    if graph.record.kind != "autograd" or not (_began(timeline, "backward") or _began(timeline, "update")):
        return {}
    found = {}
    for i, node in enumerate(graph.nodes):
        if node.kind == "parameter" and len(graph.outgoing[node.id]) > 1:
            found[i] = tuple(term.state in ("in", "none") for term in terms(graph, timeline, node.id).terms)
    return found


def _at_breakpoints(graph: Graph, records: tuple[BreakpointRecord, ...]) -> set[int]:
    """Return nodes that have a breakpoint themselves, or by the name of their op; lines have theirs in the margin."""
    if not records:
        return set()
    places_of = places(graph.record)
    found = set()
    for node in graph.nodes:
        for record in records:
            hit = (record.kind == "node" and record.place == places_of[node.id]) or (
                record.kind == "op" and record.text in (node.op, node.op.rpartition(".")[2], node.type_name)
            )
            if hit and node.kind not in ("data", "stub", "leaf", "loss"):
                found.add(node.id)
    return found
