"""Which clusters are drawn as boxes."""

from __future__ import annotations

from gradviz.model.graph import Graph
from gradviz.model.nesting import nesting_of
from gradviz.protocol.records import ClusterRecord, EdgeRecord, GraphRecord, NodeRecord


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
