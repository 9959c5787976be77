"""Nodes of a recorded graph are lit as the ops run that they are."""

from __future__ import annotations

from gradviz.gui.scene.data.node_states import NodeState
from gradviz.gui.scene.data.timeline_states import edge_states, node_states
from gradviz.model.graph.graph import Graph
from gradviz.model.stepping.timeline import Timeline
from gradviz.protocol.records import EdgeRecord, GraphRecord, NodeRecord, PassedRecord, PointRecord, SummaryRecord


def test_points_without_a_node_light_the_recorded_ops_in_their_order() -> None:
    calls = [("linear", 3), ("relu", 4), ("relu", 4)]
    nodes = tuple(NodeRecord(i, "op", op, op=op, file="model.py", line=line) for i, (op, line) in enumerate(calls))
    graph = Graph(GraphRecord("recorded", "recorded", nodes, (EdgeRecord(0, 1), EdgeRecord(1, 2))))
    timeline = Timeline()
    ran = [("linear", 3), ("detach", 4), ("relu", 4)]  # reading a value makes no node
    points = [PointRecord(i, "forward", op=op, file="model.py", line=line) for i, (op, line) in enumerate(ran)]
    timeline.append([PassedRecord(point, 0.0) for point in points])
    states = node_states(graph, timeline).state
    assert [NodeState(int(state)) for state in states] == [
        NodeState.FORWARD_RAN,
        NodeState.FORWARD_RAN,
        NodeState.NOT_RUN,
    ]


def test_ops_of_a_backward_by_hand_are_lit_and_numbered_as_backward() -> None:
    phases = ("forward", "backward", "backward")
    nodes = tuple(NodeRecord(i, "op", "mul", op="mul", file="m.py", line=i, phase=p) for i, p in enumerate(phases))  # type: ignore[arg-type]
    graph = Graph(GraphRecord("by hand", "recorded", nodes, (EdgeRecord(0, 1), EdgeRecord(1, 2))))
    timeline = Timeline()
    points = [PointRecord(i, p, op="mul", file="m.py", line=i) for i, p in enumerate(phases)]  # type: ignore[arg-type]
    timeline.append([PassedRecord(point, 0.0) for point in points])
    states = node_states(graph, timeline)
    backward = NodeState.BACKWARD_RAN
    assert states.state.tolist() == [NodeState.FORWARD_RAN, backward, backward]
    assert states.order.tolist() == [0, 1, 2]


def test_an_edited_gradient_is_on_the_edge_that_it_came_along() -> None:
    nodes = (NodeRecord(0, "function", "a"), NodeRecord(1, "function", "b"))
    graph = Graph(GraphRecord("two", "autograd", nodes, (EdgeRecord(0, 1),)))
    timeline = Timeline()
    given = SummaryRecord("g", (2,), 5.0)
    timeline.append([PassedRecord(PointRecord(0, "backward", 1), 0.0, (given,))])
    assert edge_states(graph, timeline).norm.tolist() == [5.0]
    assert edge_states(graph, timeline, {0: SummaryRecord("g", (2,), 1.5)}).norm.tolist() == [1.5]
