"""Which clusters are drawn as boxes, and that deep nests cost no more than as many modules beside one another."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from gradviz.model.graph.box_hierarchy import nesting_of
from gradviz.model.graph.folding import Folded, folding_of, open_around, open_at_depth, open_by_default
from gradviz.model.graph.graph import Graph
from gradviz.model.overlay.overlay_values import by_module
from gradviz.model.tables.module_totals import Totals
from gradviz.protocol.records import ClusterRecord, EdgeRecord, GraphRecord, NodeRecord
from tests.helpers.graphs import nested


def test_a_region_is_drawn_around_a_single_module_or_node_where_a_module_would_not_be() -> None:
    clusters = (
        ClusterRecord("checkpoint", "checkpoint", uses=2, kind="region"),
        ClusterRecord("block", "Block", 0),
        ClusterRecord("checkpoint", "checkpoint", use=2, uses=2, kind="region"),
        ClusterRecord("outer", "Wrapper"),
        ClusterRecord("outer.block", "Block", 3),
    )
    homes = [1, 1, 2, 4, 4]
    nodes = tuple(NodeRecord(i, "function", f"op{i}", cluster=home) for i, home in enumerate(homes))
    edges = tuple(EdgeRecord(i, i + 1) for i in range(len(nodes) - 1))
    nesting = nesting_of(Graph(GraphRecord("regions", "autograd", nodes, edges, clusters)))
    assert nesting.manner == ["box", "box", "box", "wrapper", "box"]
    assert nesting.home.tolist() == [1, 1, 2, 4, 4]


def folded(depth: int) -> None:
    graph, _ = nested(depth)
    opened = open_by_default(graph)
    Folded(folding_of(graph), opened)
    Folded(folding_of(graph), open_at_depth(graph, depth // 2))
    open_around(graph, opened, graph.nodes[1].id)


def summed_up(depth: int) -> None:
    graph, parameters = nested(depth)
    totals = Totals(graph, parameters, "Nest")
    assert totals.rows[0].total == 4 * depth and totals.rows[-1].total == 4


def colored(depth: int) -> None:
    graph, _ = nested(depth)
    assert sum(by_module(graph).counts) == depth * 2


WORK = [folded, summed_up, colored]


@pytest.mark.parametrize("work", WORK)
def test_modules_nested_deeper_than_python_recurses_need_no_recursion(work: Callable[[int], None]) -> None:
    work(sys.getrecursionlimit() + 200)


@pytest.mark.parametrize("work", WORK)
def test_the_work_grows_with_the_number_of_nested_modules_and_not_with_its_square(work: Callable[[int], None]) -> None:
    assert calls(lambda: work(480)) < 2.6 * calls(lambda: work(240))


def calls(work: Callable[[], None]) -> int:
    """How many functions, C ones included, are called in `work`."""
    count = 0

    def note(_frame: object, event: str, _function: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count
