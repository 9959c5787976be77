"""Folding: what repeats, what is open at first, and what a click changes."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradviz.model.graph.folding import (
    Folded,
    depth_of,
    folding_of,
    open_around,
    open_at_depth,
    open_by_default,
    stack_range,
    stack_subtitle,
    stack_title,
    toggle_open,
)
from gradviz.model.graph.graph import Graph
from gradviz.protocol.records import ClusterRecord, EdgeRecord, GraphRecord, NodeRecord
from tests.helpers.graphs import GraphBuilder, cells, dynamic, repeated_blocks, with_views


def titles(graph: Graph, opened: set[int] | frozenset[int] | None = frozenset()) -> list[str]:
    folded = Folded(folding_of(graph), opened)
    return [stack_title(graph, stack) for stack in folded.stacks.values()]


def alternating(turns: int) -> Graph:
    """`turns` times an attention and a feed-forward module, with an addition after each."""
    b = GraphBuilder()
    b.node("embedding")
    last = "embedding"
    parts = (("Attention", ("mm", "softmax", "bmm")), ("FeedForward", ("addmm", "gelu")))
    for turn in range(turns):
        for part, (name, ops) in enumerate(parts):
            cluster = b.cluster(f"layers.{turn}.{part}", name)
            before = last
            for op in ops:
                key = f"{op}#{turn}.{part}"
                b.node(key, cluster=cluster)
                b.edge(last, key)
                last = key
            key = f"add#{turn}.{part}"
            b.node(key)
            b.edge(last, key)
            b.edge(before, key)
            last = key
    return b.build()


def test_alike_siblings_in_a_row_are_a_stack():
    graph = repeated_blocks(48, 12)
    (stack,) = Folded(folding_of(graph), set()).stacks.values()
    assert stack_title(graph, stack) == "Block × 48"
    assert stack_subtitle(graph, stack) == "12 nodes each"
    assert stack_range(graph, stack) == ("0", "47")


def test_an_open_sibling_splits_the_stack():
    assert titles(repeated_blocks(48, 12), {17}) == ["Block × 17", "Block × 30"]


def test_fewer_than_three_closed_siblings_are_drawn_separately():
    assert titles(repeated_blocks(5, 12), {2}) == []
    assert titles(repeated_blocks(2, 12)) == []


def test_a_group_that_is_open_is_drawn_separately():
    graph = repeated_blocks(10, 6)
    group = folding_of(graph).group_id(0)
    assert titles(graph, {group}) == []


def test_calls_of_one_module_are_a_stack_numbered_from_one():
    graph = cells(100)
    (stack,) = Folded(folding_of(graph), set()).stacks.values()
    assert stack_title(graph, stack) == "Cell × 100" and stack_range(graph, stack) == ("1", "100")


def test_modules_that_take_turns_fold_together_with_what_is_between_them():
    graph = alternating(12)
    assert titles(graph) == ["Attention, FeedForward × 12"]
    folded = Folded(folding_of(graph), set())
    assert len(np.unique(folded.key)) == 2, "the embedding and the stack"


def test_a_unit_begins_where_the_fewest_values_pass():
    graph = alternating(4)
    (group,) = [g for g in folding_of(graph).groups if g.kind == "modules"]
    assert all(unit[0] < 0 for unit in group.units), "with the module, not with the addition before it"


def test_modules_of_other_names_or_contents_are_not_alike():
    b = GraphBuilder()
    for name in ("query", "key", "value"):
        cluster = b.cluster(name, "Linear")
        b.node(f"mm#{name}", cluster=cluster)
        b.node(f"add#{name}", cluster=cluster)
    for k, op in enumerate(("relu", "gelu", "tanh")):
        cluster = b.cluster(f"layers.{k}", "Layer")
        b.node(f"mm#{k}", cluster=cluster)
        b.node(f"{op}#{k}", cluster=cluster)
    assert folding_of(b.build()).groups == []


def test_what_is_folded_hides_its_nodes_in_cells_by_sibling():
    graph = repeated_blocks(48, 12)
    folded = Folded(folding_of(graph), {17})
    assert folded.cell[18 * 12 : 20 * 12].tolist() == [0] * 12 + [1] * 12
    assert set(folded.key[: 17 * 12].tolist()) == {len(graph) + 0}
    assert folded.key[17 * 12] == 17 * 12


def test_a_leaf_that_serves_one_folded_box_alone_is_in_it():
    graph = cells(50)
    folded = Folded(folding_of(graph), set())
    assert folded.key[graph.index[-1]] == folded.key[0] >= len(graph)


def test_loops_of_plain_ops_of_a_large_graph_fold():
    count = 200
    names = ["embedding", *("mm", "add", "tanh") * count, "sum"]
    nodes = tuple(NodeRecord(i, "function", name) for i, name in enumerate(names))
    edges = tuple(EdgeRecord(i, i + 1) for i in range(len(names) - 1))
    graph = Graph(GraphRecord("loop", "autograd", nodes, edges))
    assert titles(graph) == [f"mm to tanh × {count}"]
    assert titles(graph, None) == []


def test_chains_of_views_fold_in_large_graphs_alone():
    assert "reshapes × 3" in titles(with_views(50))
    small = GraphBuilder()
    for k in range(3):
        small.node(f"view#{k}")
        if k:
            small.edge(f"view#{k - 1}", f"view#{k}")
    assert folding_of(small.build()).groups == []


def test_depth_leads_from_all_folded_to_all_open():
    graph = dynamic(2)
    assert depth_of(graph) == 1
    assert open_at_depth(graph, depth_of(graph)) == folding_of(graph).everything
    shown = [len(np.unique(Folded(folding_of(graph), open_at_depth(graph, d)).key)) for d in range(2)]
    assert shown[0] < shown[1] == len(graph)


def test_small_graphs_start_open_and_large_ones_folded_as_far_as_a_glance_takes_in():
    assert open_by_default(dynamic(2)) == folding_of(dynamic(2)).everything
    graph = repeated_blocks(100, 12)
    assert len(np.unique(Folded(folding_of(graph), open_by_default(graph)).key)) == 1
    b = GraphBuilder()
    whole = b.cluster("model", "Model")
    b.node("embedding", cluster=whole)
    for k in range(70):
        block = b.cluster(f"model.h.{k}", "Block", whole)
        for i in range(10):
            b.node(f"op{i}#{k}", cluster=block)
    graph = b.build()
    assert open_by_default(graph) & {0, 1} == {0}, "the module around all is open, its blocks are not"


def test_a_node_is_reached_by_opening_all_that_hides_it():
    for graph, node in ((repeated_blocks(48, 12), 200), (with_views(50), 9), (alternating(12), 20)):
        opened = open_around(graph, frozenset(), node)
        assert Folded(folding_of(graph), opened).key[graph.index[node]] == graph.index[node]
        assert len(np.unique(Folded(folding_of(graph), opened).key)) < len(graph)


def test_a_click_opens_and_a_second_one_folds():
    graph = repeated_blocks(10, 6)
    opened = toggle_open(graph, frozenset(), 4)
    assert opened == {4} and toggle_open(graph, opened, 4) == frozenset()
    assert 4 not in toggle_open(graph, None, 4)


def test_folding_a_group_folds_what_is_open_in_it():
    graph = repeated_blocks(10, 6)
    group = folding_of(graph).group_id(0)
    assert titles(graph, toggle_open(graph, {group, 3, 5}, group)) == ["Block × 10"]


def test_regions_are_named_by_their_path():
    nodes = tuple(NodeRecord(i, "function", ("mm", "relu")[i % 2], cluster=i // 2) for i in range(8))
    clusters = tuple(ClusterRecord(f"checkpoint.{k}", "", kind="region") for k in range(4))
    graph = Graph(GraphRecord("regions", "autograd", nodes, (), clusters))
    assert titles(graph) == ["checkpoint.0 × 4"]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(-1, 5), st.sampled_from(["mm", "add"])), max_size=30), st.data())
def test_every_node_is_shown_once_however_things_are_folded(entries: list[tuple[int, str]], data: st.DataObject):
    b = GraphBuilder()
    for k in range(6):
        b.cluster(f"m.{k}", "Module", -1 if k < 3 else k - 3)
    for k, (cluster, name) in enumerate(entries):
        b.node(f"{name}#{k}", cluster=cluster)
        if k:
            b.edge(f"{entries[k - 1][1]}#{k - 1}", f"{name}#{k}")
    graph = b.build()
    folding = folding_of(graph)
    opened = data.draw(st.sets(st.sampled_from(sorted(folding.everything))))
    folded = Folded(folding, opened)
    nodes, clusters = len(graph), len(graph.clusters)
    for position, key in enumerate(folded.key.tolist()):
        if key < nodes:
            assert key == position
        elif key < nodes + clusters:
            assert key - nodes not in opened
    for key, stack in folded.stacks.items():
        members = folded.key == key
        assert set(folded.cell[members].tolist()) <= set(range(stack.count))


@pytest.mark.timeout(20)
def test_a_graph_of_100000_nodes_is_folded_quickly():
    graph = repeated_blocks(2000, 50)
    begun = time.perf_counter()
    assert len(np.unique(Folded(folding_of(graph), open_by_default(graph)).key)) == 1
    assert time.perf_counter() - begun < 10
