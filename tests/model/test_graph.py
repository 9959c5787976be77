"""The graph's questions: who is where, who leads where, what is found."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

import pytest

from gradviz.appearance.boxes import BoxKind, kind_of
from gradviz.model.graph.box_hierarchy import nesting_of
from gradviz.model.graph.folding import folding_of
from gradviz.model.graph.graph import Graph, shape_text
from gradviz.model.graph.search import search_of
from gradviz.protocol.records import GraphRecord, NodeRecord, ReachRecord
from tests.helpers.graphs import GraphBuilder, dynamic, make_graph, nodes_in, two_layers


def test_a_node_is_found_by_its_id_and_a_stranger_is_not():
    graph = make_graph("a -> b")
    assert graph.node(1).name == "b"
    assert 1 in graph and 7 not in graph
    with pytest.raises(KeyError):
        graph.node(7)


def test_ancestors_and_descendants_leave_out_the_node_itself():
    graph = make_graph("a -> b -> d; a -> c -> d -> e")
    ids = {node.name: node.id for node in graph.nodes}
    assert graph.ancestors(ids["d"]) == {ids["a"], ids["b"], ids["c"]}
    assert graph.descendants(ids["c"]) == {ids["d"], ids["e"]}


def test_ancestors_of_a_long_chain_need_no_recursion():
    builder = GraphBuilder()
    for i in range(5000):
        builder.node(f"n{i}")
    for i in range(4999):
        builder.edges.append(_edge(i))
    assert len(builder.build().ancestors(4999)) == 4999


def test_incoming_edges_are_in_the_order_of_the_inputs():
    graph = two_layers()
    second_mm = graph.node(2)
    assert [graph.node(edge.source).name for edge in graph.incoming[second_mm.id]] == ["clamp", "w2"]


@pytest.mark.parametrize(
    ("kind", "name", "phases"),
    [
        ("autograd", "mm", ("forward", "backward")),
        ("autograd", "w", ("backward", "update")),
        ("autograd", "x", ()),
        ("autograd", "loss", ()),
        ("recorded", "w", ("update",)),
        ("recorded", "x", ()),
    ],
)
def test_a_node_knows_when_the_engine_comes_by(kind: str, name: str, phases: tuple[str, ...]):
    builder = GraphBuilder(kind)
    for key, node_kind in (("mm", "function"), ("w", "parameter"), ("x", "data"), ("loss", "loss")):
        builder.node(key, node_kind)
    graph = builder.build()
    (node,) = [node for node in graph.nodes if node.name == name]
    assert graph.phases_of(node) == phases


def test_clusters_know_their_children_nodes_and_path():
    graph = dynamic(1)
    paths = {cluster.path: i for i, cluster in enumerate(graph.clusters)}
    assert graph.cluster_children[paths[""]] == [1, 2, 3]
    assert graph.cluster_path(paths["input_linear"]) == [0, 1]
    assert {graph.node(n).name for n in nodes_in(graph, paths["input_linear"])} == {
        "input_linear.weight",
        "input_linear.bias",
        "t",
        "addmm",
    }


@pytest.mark.parametrize("text", ["clamp", "ClampBackward1", "  CLAMP ", "64 × 100", "64x100"])
def test_find_matches_names_classes_and_shapes_however_they_are_typed(text: str):
    graph = two_layers()
    assert 1 in graph.find(text)


def test_find_matches_modules_and_nothing_matches_nothing():
    graph = dynamic(0)
    assert {graph.node(n).name for n in graph.find("output_linear")} >= {"addmm", "t"}
    assert graph.find("   ") == [] and graph.find("no such thing") == []


@pytest.mark.parametrize(("shape", "text"), [(None, ""), ((), "scalar"), ((3,), "3"), ((2, 3), "2 × 3")])
def test_shapes_read_as_text(shape: tuple[int, ...] | None, text: str):
    assert shape_text(shape) == text


def _edge(i: int):
    from gradviz.protocol.records import EdgeRecord

    return EdgeRecord(i, i + 1)


@pytest.mark.parametrize("derive", [folding_of, nesting_of, search_of])
def test_what_is_worked_out_from_a_graph_is_made_once_and_freed_with_the_graph(derive: Callable[[Graph], object]):
    graph = two_layers()
    assert derive(graph) is derive(graph)
    gone = weakref.ref(graph)
    del graph
    gc.collect()
    assert gone() is None


def test_frozen_parameters_are_known_from_reach_and_drawn_as_parameters() -> None:
    nodes = (NodeRecord(-1, "leaf", "weight"), NodeRecord(-2, "leaf", "running_mean"))
    reach = (ReachRecord(-1, ("weight",), (2,), reached=False, reason="frozen"),)
    graph = Graph(GraphRecord("frozen", "autograd", nodes, (), reach=reach))
    assert graph.frozen == {-1}
    assert [kind_of(node, graph.frozen) for node in graph.nodes] == [BoxKind.FROZEN, BoxKind.LEAF]
