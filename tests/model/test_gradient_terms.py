"""The terms of a shared gradient, in the engine's order, as they come in."""

from __future__ import annotations

import pytest

from gradviz.model.derivative.gradient_terms import sums_fed_by, terms
from gradviz.model.graph.graph import Graph
from gradviz.model.stepping.timeline import Timeline
from gradviz.protocol.records import (
    ClusterRecord,
    EdgeRecord,
    GraphRecord,
    NodeRecord,
    PassedRecord,
    PointRecord,
    SummaryRecord,
)

WEIGHT, BIAS, X = -1, -2, -3


def function(node_id: int, name: str, cluster: int = -1) -> NodeRecord:
    return NodeRecord(node_id, "function", name, f"{name.capitalize()}Backward0", cluster=cluster)


def shared() -> Graph:
    """One linear layer used twice: addmm #1 then addmm #4, the weight through t #0 and t #3, the bias directly."""
    nodes = (
        NodeRecord(WEIGHT, "parameter", "middle.weight", "AccumulateGrad"),
        NodeRecord(BIAS, "parameter", "middle.bias", "AccumulateGrad"),
        NodeRecord(X, "data", "x"),
        function(0, "t", 0),
        function(1, "addmm", 0),
        function(2, "clamp"),
        function(3, "t", 1),
        function(4, "addmm", 1),
    )
    edges = (
        EdgeRecord(WEIGHT, 0),
        EdgeRecord(WEIGHT, 3),
        EdgeRecord(BIAS, 1, input_nr=0),
        EdgeRecord(X, 1, input_nr=1),
        EdgeRecord(0, 1, input_nr=2),
        EdgeRecord(1, 2),
        EdgeRecord(BIAS, 4, input_nr=0),
        EdgeRecord(2, 4, input_nr=1),
        EdgeRecord(3, 4, input_nr=2),
    )
    clusters = tuple(ClusterRecord("middle", "Linear", use=use, uses=2) for use in (1, 2))
    return Graph(GraphRecord("shared", "autograd", nodes, edges, clusters))


def backward(*ran: tuple[int, tuple[float | None, ...]], then: int | None = None) -> Timeline:
    timeline = Timeline()
    for index, (node, norms) in enumerate(ran):
        values = tuple(SummaryRecord("g", (1,) if norm is not None else None, norm) for norm in norms)
        timeline.append([PassedRecord(PointRecord(index, "backward", node), 1e-6, values)])
    timeline.next = PointRecord(len(ran), "backward", then) if then is not None else None
    return timeline


def test_before_backward_all_terms_are_pending_and_the_latest_made_comes_first() -> None:
    found = terms(shared(), backward(), WEIGHT)
    assert [(t.number, t.consumer, t.name, t.use, t.state) for t in found.terms] == [
        (1, 3, "t", 2, "pending"),
        (2, 0, "t", 1, "pending"),
    ]
    assert (found.name, found.arrived, found.norm) == ("middle.weight", 0, None)


def test_a_node_at_the_gate_gives_a_term_through_a_view() -> None:
    found = terms(shared(), backward(then=4), WEIGHT)
    assert [t.state for t in found.terms] == ["next", "pending"]
    assert found.terms[0].givers == {3, 4}


def test_a_term_is_in_when_its_consumer_has_run() -> None:
    timeline = backward((4, (1.0, 22.6, 5.0)), (3, (698.4,)), (2, (20.9,)), then=1)
    found = terms(shared(), timeline, WEIGHT)
    assert [(t.state, t.norm) for t in found.terms] == [("in", 698.4), ("next", None)]
    assert found.arrived == 1


def test_each_consumer_gives_the_gradient_of_the_input_that_the_node_is() -> None:
    timeline = backward((4, (1.5, 22.6, 5.0)), (1, (2.5, None, 4.0)))
    assert [t.norm for t in terms(shared(), timeline, BIAS).terms] == [1.5, 2.5]


def test_a_gradient_that_was_not_computed_is_a_term_that_adds_nothing() -> None:
    found = terms(shared(), backward((4, (None, 22.6, 5.0))), BIAS)
    assert found.terms[0].state == "none"
    assert found.arrived == 1


def test_the_norm_of_the_sum_is_known_when_the_leaf_itself_has_passed() -> None:
    timeline = backward((3, (698.4,)), (0, (514.0,)), (WEIGHT, (1109.0,)))
    assert terms(shared(), timeline, WEIGHT).norm == 1109.0
    timeline.move(2)
    assert terms(shared(), timeline, WEIGHT).norm is None


def test_looking_back_empties_terms_but_keeps_their_numbers() -> None:
    timeline = backward((0, (514.0,)), (3, (698.4,)))
    assert [t.consumer for t in terms(shared(), timeline, WEIGHT).terms] == [0, 3]
    timeline.move(0)
    found = terms(shared(), timeline, WEIGHT)
    assert [(t.consumer, t.state) for t in found.terms] == [(0, "next"), (3, "pending")]


def test_a_square_is_a_sum_of_two_terms_from_one_node() -> None:
    nodes = (NodeRecord(-1, "parameter", "a"), function(0, "mul"))
    graph = Graph(GraphRecord("s", "autograd", nodes, (EdgeRecord(-1, 0), EdgeRecord(-1, 0, input_nr=1))))
    found = terms(graph, backward((0, (2.0, 3.0))), -1)
    assert [t.norm for t in found.terms] == [2.0, 3.0]


def test_each_output_of_a_node_has_its_own_sum() -> None:
    nodes = (function(0, "unbind"), function(1, "mul"), function(2, "add"))
    edges = (EdgeRecord(0, 1, output_nr=0), EdgeRecord(0, 2, output_nr=1))
    graph = Graph(GraphRecord("u", "autograd", nodes, edges))
    assert [t.consumer for t in terms(graph, Timeline(), 0).terms] == [1]
    assert [t.consumer for t in terms(graph, Timeline(), 0, output_nr=1).terms] == [2]


def test_a_node_knows_the_sums_it_gives_terms_to_directly_and_through_views() -> None:
    assert sums_fed_by(shared(), 4) == [BIAS, WEIGHT]
    assert sums_fed_by(shared(), 3) == [WEIGHT]
    assert sums_fed_by(shared(), 2) == []


def test_a_node_that_is_not_in_the_graph_is_an_error() -> None:
    with pytest.raises(KeyError):
        terms(shared(), Timeline(), 99)
