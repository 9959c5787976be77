"""JSON lines at a stop in a forward that no graph is known of yet: the graph so far is built when it is asked for."""

from __future__ import annotations

from gradviz.protocol.events import GraphChanged
from tests.helpers.json_thread import JsonThread


def test_the_graph_so_far_is_sent_when_it_is_asked_for_and_not_at_each_stop() -> None:
    with JsonThread("autograd") as debugger:
        for _ in range(4):
            debugger.ask("step_in")
        assert not [event for event in debugger.engine.seen if isinstance(event, GraphChanged)]
        nodes = debugger.ask("graph")["nodes"]
        assert [node["name"] for node in nodes if node["id"] >= 0] == [
            "mm", "clamp", "mm", "sub",
        ]  # fmt: skip
        debugger.ask("step_in")
        assert len([node for node in debugger.ask("graph")["nodes"] if node["id"] >= 0]) == 5
        debugger.ask("next_phase")
        assert len([node for node in debugger.ask("graph")["nodes"] if node["id"] >= 0]) == 6


def test_a_node_of_the_graph_so_far_can_be_named_without_asking_for_the_graph() -> None:
    with JsonThread("autograd") as debugger:
        for _ in range(2):
            debugger.ask("step_in")
        assert debugger.ask("tensor", what="output", node=0)["shape"] == [64, 100]
        answer = debugger.ask("run_to", node=77)
        assert answer["event"] == "failed" and "77" in answer["message"]
