"""Breakpoints as a set, on disk, and in a changing graph."""

from __future__ import annotations

import pytest

from gradviz.errors import InvalidValueError
from gradviz.model.graph.graph import Graph
from gradviz.model.stepping.breakpoint_kinds import detail_of, title_of
from gradviz.model.stepping.breakpoints import Breakpoints, node_breakpoint, place_of
from gradviz.protocol.records import BreakpointRecord, ClusterRecord, GraphRecord, NodeRecord

NAN = BreakpointRecord(0, "nan")
LINE = BreakpointRecord(0, "line", file="/lessons/dynamic.py", line=20, number=2, phase="backward")


def middle(uses: int) -> Graph:
    """A graph in which one module is called `uses` times, each call making one addmm from the same line."""
    nodes = [
        NodeRecord(i, "function", "addmm", "AddmmBackward0", cluster=i, file="dynamic.py", line=20) for i in range(uses)
    ]
    clusters = [ClusterRecord("middle_linear", "Linear", use=i + 1, uses=uses) for i in range(uses)]
    return Graph(GraphRecord(str(uses), "autograd", tuple(nodes), (), tuple(clusters)))


def test_an_equal_breakpoint_is_not_added_twice_but_turned_on() -> None:
    points = Breakpoints()
    first = points.add(NAN)
    points.enable(first, False)
    assert points.add(NAN) == first
    assert len(points) == 1
    assert points[first].enabled


def test_toggling_twice_leaves_nothing() -> None:
    points = Breakpoints()
    points.toggle(LINE)
    points.toggle(LINE)
    assert len(points) == 0


def test_only_enabled_ones_are_sent_and_carry_their_ids() -> None:
    points = Breakpoints()
    nan, line = points.add(NAN), points.add(LINE)
    points.enable(nan, False)
    assert [record.id for record in points.enabled()] == [line]


def test_they_come_back_as_they_were_stored() -> None:
    points = Breakpoints()
    points.enable(points.add(NAN), False)
    points.add(node_breakpoint(middle(2), 1, "backward"))
    again = Breakpoints()
    again.restore(points.to_json())
    assert [(item.record, item.enabled) for item in again] == [(item.record, item.enabled) for item in points]


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '[{"enabled": true, "record": {"id": 1, "kind": "none"}}]', '[{"enabled": true}]']
)
def test_a_damaged_store_is_said_in_a_sentence(text: str) -> None:
    with pytest.raises(InvalidValueError):
        Breakpoints().restore(text)


def test_a_parameter_that_is_passed_in_the_update_alone_is_stopped_at_there() -> None:
    node = NodeRecord(-1, "parameter", "w", names=("w",))
    kinds = {kind: Graph(GraphRecord(kind, kind, (node,), ())) for kind in ("autograd", "recorded")}
    assert {kind: node_breakpoint(graph, -1).phase for kind, graph in kinds.items()} == {
        "autograd": "",
        "recorded": "update",
    }


def test_a_node_keeps_its_place_when_the_graph_grows() -> None:
    assert place_of(middle(2), 1) == place_of(middle(3), 1)
    assert place_of(middle(2), 1) != place_of(middle(3), 2)


def test_nodes_of_one_line_and_module_differ_by_their_number() -> None:
    nodes = tuple(NodeRecord(i, "function", "mul", "MulBackward0", file="a.py", line=3) for i in range(3))
    graph = Graph(GraphRecord("s", "autograd", nodes, ()))
    assert [place_of(graph, i).nth for i in range(3)] == [1, 2, 3]


def test_texts_of_rows() -> None:
    assert (title_of(LINE), detail_of(LINE)) == ("dynamic.py:20", "in backward, use 2")
    assert title_of(BreakpointRecord(0, "norm_above", number=1000)) == "Gradient norm above 1000"
    assert title_of(BreakpointRecord(0, "shape", text="64x100")) == "Shape 64 × 100"


def test_hits_are_counted_and_forgotten_at_a_new_run() -> None:
    points = Breakpoints()
    nan = points.add(NAN)
    points.count([(nan, 3), (99, 1)])
    assert points[nan].hits == 3
    points.reset_hits()
    assert points[nan].hits == 0
