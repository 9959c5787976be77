"""Graphs that differ from iteration to iteration, and graphs too deep for recursion."""

from __future__ import annotations

import sys
from typing import Any

import torch

from gradviz.protocol.node_location import places
from gradviz.protocol.records import GraphRecord
from tests.engine.truth.expectations import _gate, drawn, runner_of
from tests.engine.truth.models import Model, total, weight


def branching() -> Any:
    count = iter(range(1000))

    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        return m.a * x if next(count) % 2 == 0 else (m.b * x).tanh()

    return Model(forward, a=weight(3), b=weight(3)), torch.ones(3), total


def test_a_branch_taken_again_has_the_ids_and_the_signature_that_it_had() -> None:
    runner = runner_of(branching)
    seen: list[GraphRecord] = []
    for _ in range(4):
        runner.iterate(captured=True)
        assert runner.graph is not None
        seen.append(runner.graph.record)
    assert seen[0] == seen[2]
    assert seen[1] == seen[3]
    assert seen[0].signature != seen[1].signature
    assert [drawn(graph).splitlines()[0] for graph in seen[:2]] == ["a parameter", "b parameter"]


def test_a_graph_that_changes_under_stepping_shows_the_ops_that_run() -> None:
    runner = runner_of(branching)
    names = []
    for _ in range(3):
        runner.open_gate(_gate(runner))
        runner.iterate()
        names.append([p.point.op.rpartition(".")[2] for p in runner.gate.history.passed if p.point.phase == "forward"])
    assert names == [["mul", "sum"], ["mul", "tanh", "sum"], ["mul", "sum"]]


def test_a_chain_of_five_thousand_ops_goes_through_the_whole_door_without_recursion() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        for _ in range(5000):
            x = x + m.w
        return x

    runner = runner_of(lambda: (Model(forward, w=weight(1)), torch.ones(1), total))
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(250)
    try:
        runner.open_gate(_gate(runner))
        runner.hold()
        assert runner.graph is not None
        record = runner.graph.record
        assert len(places(record)) == len(record.nodes)
        runner.iterate()
        assert len(runner.gate.history.passed) > 10_000
    finally:
        sys.setrecursionlimit(limit)
    assert sum(node.kind == "function" for node in record.nodes) == 5001
    assert sum(edge.source == next(n.id for n in record.nodes if n.name == "w") for edge in record.edges) == 5000
