"""Placements: nothing overlaps, every edge ends where it should, equal insides are laid out once."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradviz.errors import LayoutError
from gradviz.layout import dot
from gradviz.layout import measures as m
from gradviz.layout.compute import place
from gradviz.layout.placement import Placement
from gradviz.model.graph import Graph
from gradviz.protocol.records import EdgeRecord
from tests.helpers.graphs import GraphBuilder, dynamic, linear, make_graph, repeated_blocks, two_layers


def rect_of(placement: Placement, graph: Graph, name: str) -> tuple[float, float, float, float]:
    box = next(
        b
        for b, node in enumerate(placement.box_node.tolist())
        if placement.box_cluster[b] == -1 and graph.node(node).name == name
    )
    return tuple(placement.box_rect[box].tolist())


def centre(rect: tuple[float, float, float, float]) -> tuple[float, float]:
    return rect[0] + rect[2] / 2, rect[1] + rect[3] / 2


def path_of(placement: Placement, edge: int) -> np.ndarray:
    return placement.points[placement.edge_start[edge] : placement.edge_start[edge + 1]]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Any acyclic graph with leaves, in up to four clusters in each other or side by side."""
    builder = GraphBuilder()
    parents = draw(st.lists(st.integers(-1, 2), max_size=4))
    for i, parent in enumerate(parents):
        builder.cluster(f"m{i}", "Module", min(parent, i - 1))
    count = draw(st.integers(1, 14))
    # A module's call is one stretch of time, so clusters are given to stretches of nodes.
    cluster = -1
    for i in range(count):
        if parents and draw(st.booleans()):
            cluster = draw(st.integers(-1, len(parents) - 1))
        builder.node(f"n{i}", cluster=cluster, name=draw(st.sampled_from(["mm", "t", "add"])), shape=(2, i))
        for source in draw(st.lists(st.integers(0, max(i - 1, 0)), max_size=3)):
            if source < i:
                builder.edge(f"n{source}", f"n{i}")
    for leaf in range(draw(st.integers(0, 3))):
        builder.node(f"w{leaf}", draw(st.sampled_from(["parameter", "data", "leaf"])), shape=(3,))
        for target in draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=3)):
            builder.edge(f"w{leaf}", f"n{target}")
    return builder.build()


def overlap(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(
        a[0] < b[0] + b[2] - 0.5 and b[0] < a[0] + a[2] - 0.5 and a[1] < b[1] + b[3] - 0.5 and b[1] < a[1] + a[3] - 0.5
    )


def inside(inner: np.ndarray, outer: np.ndarray) -> bool:
    return bool(
        inner[0] >= outer[0] - 0.5
        and inner[1] >= outer[1] - 0.5
        and inner[0] + inner[2] <= outer[0] + outer[2] + 0.5
        and inner[1] + inner[3] <= outer[1] + outer[3] + 0.5
    )


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_no_two_boxes_overlap(graph: Graph):
    placement = place(graph)
    for a, b in combinations(placement.box_rect, 2):
        assert not overlap(a, b)


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_clusters_lie_apart_or_in_each_other(graph: Graph):
    placement = place(graph)
    for a, b in combinations(placement.cluster_rect, 2):
        assert not overlap(a, b) or inside(a, b) or inside(b, a)
    for box in placement.box_rect:
        for cluster in placement.cluster_rect:
            assert not overlap(box, cluster) or inside(box, cluster)


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_every_edge_runs_from_its_source_to_its_targets_border(graph: Graph):
    placement = place(graph)
    for edge in range(len(placement.edge_source)):
        path = path_of(placement, edge)
        assert len(path) % 3 == 1 and not np.isnan(path).any()
        for point, box in ((path[0], placement.edge_source[edge]), (path[-1], placement.edge_target[edge])):
            x, y, w, h = placement.box_rect[box]
            assert x - 1.5 <= point[0] <= x + w + 1.5 and y - 1.5 <= point[1] <= y + h + 1.5
        x, y, w, h = placement.box_rect[placement.edge_target[edge]]
        px, py = path[-1]
        assert min(abs(px - x), abs(px - x - w), abs(py - y), abs(py - y - h)) < 1.5


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_the_same_graph_is_placed_the_same_way(graph: Graph):
    first, second = place(graph), place(Graph(graph.record))
    assert first.box_rect.tobytes() == second.box_rect.tobytes()
    assert first.points.tobytes() == second.points.tobytes()


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_folding_everything_loses_no_node(graph: Graph):
    placement = place(graph, open_clusters=set())
    assert len(placement.cluster_id) == 0
    for a, b in combinations(placement.box_rect, 2):
        assert not overlap(a, b)


def test_every_edge_is_drawn_once_and_parallel_ones_are_counted():
    graph = make_graph("a -> mul; a -> mul; mul -> loss")
    placement = place(graph)
    assert placement.edge_count.tolist() == [2, 1]
    assert sum(placement.edge_count.tolist()) == len(graph.edges)


def test_outputs_of_one_node_to_one_consumer_stay_apart():
    builder = GraphBuilder()
    builder.node("split")
    builder.node("mul")
    builder.edge("split", "mul", 0)
    builder.edge("split", "mul", 1)
    placement = place(builder.build())
    assert placement.edge_count.tolist() == [1, 1]
    assert not np.allclose(path_of(placement, 0), path_of(placement, 1))


def test_the_main_chain_runs_straight_down_through_clusters():
    graph = dynamic(3)
    placement = place(graph)
    chain = {"x", "addmm", "clamp", "mse_loss", "loss"}
    middles = {
        centre(placement.box_rect[b].tolist())[0]
        for b, node in enumerate(placement.box_node.tolist())
        if graph.node(node).name in chain
    }
    assert len(middles) == 1
    middle = middles.pop()
    for edge in range(len(placement.edge_source)):
        ends = {
            graph.node(int(placement.box_node[b])).name
            for b in (placement.edge_source[edge], placement.edge_target[edge])
        }
        if ends <= chain:
            assert np.abs(path_of(placement, edge)[:, 0] - middle).max() < 0.6


def test_a_linears_leaves_stand_on_its_row_weight_left_and_bias_right():
    graph = dynamic(0)
    placement = place(graph)
    row = [rect_of(placement, graph, name) for name in ("input_linear.weight", "t", "addmm", "input_linear.bias")]
    assert [r[0] for r in row] == sorted(r[0] for r in row)
    assert len({centre(r)[1] for r in row}) == 1


def test_a_shared_parameter_stands_between_its_uses_and_enters_them_from_the_side():
    graph = dynamic(2)
    placement = place(graph)
    x, y, _, h = rect_of(placement, graph, "middle_linear.weight")
    uses = [
        placement.cluster_rect[i]
        for i, c in enumerate(placement.cluster_id.tolist())
        if graph.clusters[c].path == "middle_linear"
    ]
    assert uses[0][1] + uses[0][3] <= y and y + h <= uses[1][1]
    assert x < uses[0][0]


def test_labels_of_leaves_are_relative_to_their_cluster():
    placement = place(dynamic(2))
    assert "weight" in placement.box_title and "middle_linear.weight" in placement.box_title
    assert "input_linear.weight" not in placement.box_title


def test_the_root_module_and_wrappers_of_one_cluster_are_not_drawn():
    builder = GraphBuilder()
    root = builder.cluster("", "Net")
    wrapper = builder.cluster("body", "Wrapper", root)
    builder.node("x", "data")
    last = linear(builder, "body.only", "x", 3, 4, parent=wrapper)
    builder.node("relu", cluster=root)
    builder.edge(last, "relu")
    placement = place(builder.build())
    assert [builder.clusters[c].path for c in placement.cluster_id.tolist()] == ["body.only"]


def test_a_cluster_with_a_single_node_is_that_node():
    builder = GraphBuilder()
    act = builder.cluster("act", "GELU")
    builder.node("add")
    builder.node("gelu", cluster=act)
    builder.edge("add", "gelu")
    placement = place(builder.build())
    assert placement.cluster_id.tolist() == []
    assert placement.box_title == ("add", "act")


def test_a_leaf_with_many_uses_is_a_badge_at_each():
    builder = GraphBuilder()
    builder.node("w", "parameter")
    for i in range(m.BADGE_USES):
        builder.node(f"mm#{i}")
        if i:
            builder.edge(f"mm#{i - 1}", f"mm#{i}")
        builder.edge("w", f"mm#{i}")
    placement = place(builder.build())
    assert int(placement.box_badge.sum()) == m.BADGE_USES
    assert sorted(placement.edge_source[placement.box_badge[placement.edge_source]].tolist()) == list(
        np.flatnonzero(placement.box_badge)
    )


def test_folded_clusters_are_one_box_and_hide_what_is_in_them():
    graph = dynamic(2)
    placement = place(graph, open_clusters=set())
    assert len(placement.cluster_id) == 0
    folded = [graph.clusters[c].path for c in placement.box_cluster.tolist() if c != -1]
    assert folded == ["input_linear", "middle_linear", "middle_linear", "output_linear"]
    assert "t" not in placement.box_title


def test_identical_insides_are_laid_out_once():
    few, many = repeated_blocks(3, 6), repeated_blocks(40, 6)
    before = dot.calls
    place(few)
    calls_for_few = dot.calls - before
    placement = place(many)
    assert dot.calls - before - calls_for_few == calls_for_few
    assert len(placement.cluster_id) == 40


def test_a_chain_of_5000_nodes_is_placed_without_recursion():
    builder = GraphBuilder()
    for i in range(5000):
        builder.node(f"n{i}")
    builder.edges = [EdgeRecord(i, i + 1) for i in range(4999)]
    placement = place(builder.build())
    assert len(placement.box_node) == 5000
    assert np.all(np.diff(placement.box_rect[:, 1]) > 0)


def test_when_time_runs_out_the_rest_is_plain_and_says_so():
    placement = place(two_layers(), max_seconds=0)
    assert len(placement.notes) == 1
    assert len(placement.box_node) == 11
    for a, b in combinations(placement.box_rect, 2):
        assert not overlap(a, b)


def test_what_graphviz_cannot_do_is_drawn_plainly(monkeypatch: pytest.MonkeyPatch):
    def fail(sheet: dot.Sheet):
        raise LayoutError("no")

    monkeypatch.setattr(dot, "lay_out", fail)
    assert len(place(two_layers()).notes) == 1


def test_lines_that_graphviz_leaves_out_are_drawn_all_the_same(monkeypatch: pytest.MonkeyPatch):
    run = dot._run
    monkeypatch.setattr(
        dot, "_run", lambda text: re.sub(rb'("comment": "[13]",.*?"pos": )"[^"]*"', rb'\1""', run(text), flags=re.S)
    )
    placement = place(two_layers())
    assert len(placement.edge_source) == 10 and not np.isnan(placement.points).any()
    assert np.all(np.diff(placement.edge_start) >= 4)


def test_an_empty_graph_has_an_empty_placement():
    placement = place(GraphBuilder().build())
    assert len(placement.box_node) == 0 and placement.points.shape == (0, 2)


@pytest.mark.parametrize("graph", [two_layers(), dynamic(2)], ids=["two layers", "dynamic"])
def test_shape_labels_stand_clear_of_boxes(graph: Graph):
    placement = place(graph)
    shown = 0
    for edge, (x, y) in enumerate(placement.label_position.tolist()):
        if np.isnan(x):
            continue
        shown += 1
        label = np.array([x, y - 6, len(placement.edge_label[edge]) * 6.6, 12])
        for box in placement.box_rect:
            assert not overlap(label, box)
    assert shown >= 8


def test_large_graphs_have_compact_nodes_and_no_labels():
    placement = place(repeated_blocks(30, 12))
    assert placement.box_compact[placement.box_badge == 0].all()
    assert set(placement.edge_label) == {""}
