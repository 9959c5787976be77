"""Nodes of a recorded graph are lit as the ops run that they are."""

from __future__ import annotations

from gradviz.gui.scene.data.node_states import NodeState
from gradviz.gui.scene.data.timeline_states import node_states
from gradviz.model.graph.graph import Graph
from gradviz.model.stepping.timeline import Timeline
from gradviz.protocol.records import EdgeRecord, GraphRecord, NodeRecord, PassedRecord, PointRecord


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
