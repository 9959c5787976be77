"""Placements: nothing overlaps, every edge ends where it should, equal levels are laid out once."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradviz.errors import LayoutError
from gradviz.layout.arranging import column_partition as columns
from gradviz.layout.arranging import graphviz_dot as dot
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry import stack_geometry as stacks
from gradviz.layout.geometry.bezier import sample
from gradviz.layout.geometry.box_texts import box_subtitle
from gradviz.layout.geometry.placement import Placement
from gradviz.layout.layout import place
from gradviz.model.graph.folding import folding_of
from gradviz.model.graph.graph import Graph
from gradviz.protocol.records import EdgeRecord, GraphRecord, NodeRecord
from tests.helpers.deep_graph import deep_record
from tests.helpers.graphs import (
    GraphBuilder,
    branches,
    cells,
    dense,
    dynamic,
    linear,
    make_graph,
    repeated_blocks,
    two_layers,
    with_views,
)


def chain(count: int) -> Graph:
    builder = GraphBuilder()
    for i in range(count):
        builder.node(f"n{i}")
    builder.edges = [EdgeRecord(i, i + 1) for i in range(count - 1)]
    return builder.build()


def rect_of(placement: Placement, graph: Graph, name: str) -> tuple[float, float, float, float]:
    box = next(
        b
        for b, node in enumerate(placement.box_node.tolist())
        if placement.box_cluster[b] == -1 and graph.node(node).name == name
    )
    return tuple(placement.box_rect[box].tolist())


def center(rect: tuple[float, float, float, float]) -> tuple[float, float]:
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


def placed(graph: Graph, manner: str, draw: st.DataObject) -> Placement:
    """As it comes, wrapped into columns wherever that can be, the plainer way, or with some of it folded."""
    with pytest.MonkeyPatch.context() as patch:
        match manner:
            case "wrapped" | "plain and wrapped":
                for name in ("TALL", "TALL_INSIDE", "TALL_COMPACT"):
                    patch.setattr(columns, name, 90.0)
                return place(graph, max_seconds=-1 if "plain" in manner else 20)
            case "plain":
                return place(graph, max_seconds=-1)
            case "folded":
                everything = sorted(folding_of(graph).everything)
                opened = draw.draw(st.sets(st.sampled_from(everything))) if everything else set()
                return place(graph, open_clusters=opened)
    return place(graph)


MANNERS = pytest.mark.parametrize("manner", ["as it comes", "wrapped", "plain", "plain and wrapped", "folded"])


@MANNERS
@settings(max_examples=40, deadline=None)
@given(graph=graphs(), draw=st.data())
def test_no_two_boxes_overlap(graph: Graph, draw: st.DataObject, manner: str):
    placement = placed(graph, manner, draw)
    for a, b in combinations(placement.box_rect, 2):
        assert not overlap(a, b)


@MANNERS
@settings(max_examples=40, deadline=None)
@given(graph=graphs(), draw=st.data())
def test_clusters_lie_apart_or_in_each_other(graph: Graph, draw: st.DataObject, manner: str):
    placement = placed(graph, manner, draw)
    for a, b in combinations(placement.cluster_rect, 2):
        assert not overlap(a, b) or inside(a, b) or inside(b, a)
    for box in placement.box_rect:
        for cluster in placement.cluster_rect:
            assert not overlap(box, cluster) or inside(box, cluster)


def assert_edges_meet_their_boxes(placement: Placement) -> None:
    assert len(placement.points) == placement.edge_start[-1]
    for edge in range(len(placement.edge_source)):
        path = path_of(placement, edge)
        assert len(path) % 3 == 1 and not np.isnan(path).any()
        source, target = int(placement.edge_source[edge]), int(placement.edge_target[edge])
        x, y, w, h = placement.box_rect[source]
        if placement.box_count[source] > 1 and placement.box_cluster[source] >= 0:
            h += stacks.CARDS * stacks.OFFSET  # a line leaves the last of the cards
        assert x - 1.5 <= path[0, 0] <= x + w + 1.5 and y - 1.5 <= path[0, 1] <= y + h + 1.5
        x, y, w, h = placement.box_rect[target]
        px, py = path[-1]
        assert x - 1.5 <= px <= x + w + 1.5 and y - 1.5 <= py <= y + h + 1.5
        assert min(abs(px - x), abs(px - x - w), abs(py - y), abs(py - y - h)) < 1.5


@MANNERS
@settings(max_examples=40, deadline=None)
@given(graph=graphs(), draw=st.data())
def test_every_edge_runs_from_its_source_to_its_targets_border(graph: Graph, draw: st.DataObject, manner: str):
    assert_edges_meet_their_boxes(placed(graph, manner, draw))


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


def any_line_runs_through_a_box(placement: Placement) -> bool:
    for edge in range(len(placement.edge_source)):
        points = sample(path_of(placement, edge).astype(np.float64))[:, None]
        rects = np.delete(placement.box_rect, [placement.edge_source[edge], placement.edge_target[edge]], axis=0)
        if ((points > rects[:, :2] + 1) & (points < rects[:, :2] + rects[:, 2:] - 1)).all(axis=2).any():
            return True
    return False


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
        center(placement.box_rect[b].tolist())[0]
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


def test_a_linears_leaves_are_on_its_row_weight_left_and_bias_right():
    graph = dynamic(0)
    placement = place(graph)
    row = [rect_of(placement, graph, name) for name in ("input_linear.weight", "t", "addmm", "input_linear.bias")]
    assert [r[0] for r in row] == sorted(r[0] for r in row)
    assert len({center(r)[1] for r in row}) == 1


def test_a_shared_parameter_is_between_its_uses_and_enters_them_from_the_side():
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


def test_identical_levels_and_columns_are_laid_out_once():
    before = dot.calls
    placement = place(repeated_blocks(400, 6))
    assert dot.calls - before < 12
    assert len(placement.cluster_id) == 400


def test_a_chain_of_5000_nodes_is_placed_without_recursion():
    placement = place(chain(5000))
    assert len(placement.box_node) == 5000
    column = placement.box_rect[:, 0]
    down = np.diff(placement.box_rect[:, 1]) > 0
    assert np.all(down == (np.diff(column) == 0)), "a box stands under the one before it, or begins the next column"


def test_when_time_runs_out_the_rest_is_plain_and_the_notes_state_it():
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
def test_shape_labels_keep_clear_of_boxes(graph: Graph):
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


def test_a_level_line_is_not_drawn_through_a_shape_of_its_own():
    record = deep_record(2)
    last = [node.id for node in record.nodes if node.kind == "function"][-1]
    stub = NodeRecord(900, "stub", "", note="cut by detach", shape=(3,))
    graph = Graph(
        msgspec.structs.replace(record, nodes=(*record.nodes, stub), edges=(*record.edges, EdgeRecord(900, last, 0, 3)))
    )
    placement = place(graph)
    for line, (x, _) in enumerate(placement.label_position.tolist()):
        ends = placement.points[placement.edge_start[line] : placement.edge_start[line + 1], 1]
        assert np.isnan(x) or np.ptp(ends) > 12


def test_large_graphs_have_compact_nodes_with_shapes_on_their_edges():
    placement = place(repeated_blocks(30, 12))
    assert placement.box_compact[placement.box_badge == 0].all()
    assert {label for label in placement.edge_label if label}
    shown = ~np.isnan(placement.label_position[:, 0])
    assert shown.sum() > len(shown) / 4


@pytest.mark.parametrize("blocks", [12, 48, 200])
def test_a_long_chain_of_blocks_fits_the_view_open_and_folded(blocks: int):
    graph = repeated_blocks(blocks, 30)
    for opened in (None, set(), {blocks // 2}):
        placement = place(graph, open_clusters=opened)
        assert 0.2 < placement.width / placement.height < 4
        assert_edges_meet_their_boxes(placement)


@pytest.mark.parametrize("graph", [chain(700), dense(40), branches(150)], ids=["chain", "dense", "branches"])
def test_large_levels_without_modules_fit_the_view(graph: Graph):
    placement = place(graph)
    assert 0.8 < placement.width / placement.height < 3.2
    assert_edges_meet_their_boxes(placement)
    assert not any_line_runs_through_a_box(placement)


def test_a_wider_view_has_more_columns():
    narrow, wide = (place(chain(600), aspect=aspect) for aspect in (0.8, 3.2))
    assert len(set(narrow.box_rect[:, 0])) < len(set(wide.box_rect[:, 0]))


def test_identical_siblings_are_one_box_with_a_count_and_their_edges_are_merged():
    graph = repeated_blocks(48, 12)
    placement = place(graph, open_clusters={17})
    stack = [b for b in range(len(placement.box_node)) if placement.box_count[b] > 1 and placement.box_cluster[b] >= 0]
    assert [placement.box_title[b] for b in stack] == ["Block × 17", "Block × 30"]
    assert [int(placement.box_cluster[b]) for b in stack] == [0, 18]
    assert [placement.box_range[b] for b in stack] == [("0", "16"), ("18", "47")]
    assert placement.box_subtitle[stack[0]] == "12 nodes each"
    assert placement.cluster_id.tolist() == [17]
    ends = list(zip(placement.edge_source.tolist(), placement.edge_target.tolist(), strict=True))
    assert len(ends) == len(set(ends))
    assert any(source == stack[0] for source, _ in ends) and any(target == stack[1] for _, target in ends)


def test_every_node_has_the_box_and_the_cell_that_show_it():
    graph = repeated_blocks(48, 12)
    placement = place(graph, open_clusters={17})
    first, last = (b for b in range(len(placement.box_node)) if placement.box_count[b] in (17, 30))
    assert placement.node_box[: 17 * 12].tolist() == [first] * 17 * 12
    assert placement.node_cell[18 * 12 :].tolist() == [k for k in range(30) for _ in range(12)]
    assert set(placement.node_box[18 * 12 :].tolist()) == {last}


def test_a_stack_has_a_cell_for_each_sibling_while_there_is_room():
    placement = place(repeated_blocks(48, 12), open_clusters=set())
    rect = tuple(placement.box_rect[0].tolist())
    cells = stacks.cells(rect, 48)
    assert len(cells) == 48
    for x, y, w, h in cells:
        assert rect[0] < x and x + w < rect[0] + rect[2] and rect[1] < y and y + h < rect[1] + rect[3]
    many = stacks.cells(rect, 1000)
    runs = [stacks.run_of(k, len(many), 1000) for k in range(len(many))]
    assert 60 <= len(many) < 1000 and runs[0][0] == 0 and runs[-1][1] == 1000
    assert all(a[1] == b[0] for a, b in pairwise(runs))


def test_opening_one_block_leaves_the_blocks_before_it_in_their_order():
    graph = repeated_blocks(48, 12)
    placement = place(graph, open_clusters={3, 20})
    tops = [placement.box_title[b] for b in range(len(placement.box_node)) if placement.box_cluster[b] >= 0]
    assert tops == ["Block × 3", "Block × 16", "Block × 27"]


def test_the_turns_of_a_loop_are_over_each_other():
    lefts = place(cells(40)).cluster_rect[1:, 0].tolist()
    assert len(set(lefts)) <= len(lefts) / 3, "cells of one column share their left side"


def test_a_loop_over_one_cell_is_a_handful_of_boxes_and_its_own_weights_go_without_saying():
    placement = place(cells(1000), open_clusters=set())
    assert "Cell × 1000" in placement.box_title
    assert len(placement.box_node) <= 4 and not placement.box_badge.any()


def test_chains_of_views_of_a_large_graph_are_one_box_until_it_is_opened():
    graph = with_views(40)
    folded, opened = place(graph, open_clusters=set()), place(graph)
    assert "reshapes × 3" in folded.box_title and "reshapes × 3" not in opened.box_title
    assert len(opened.box_node) == len(graph)
    assert_edges_meet_their_boxes(folded)


def test_a_reason_on_a_box_is_its_first_clause_and_short() -> None:
    long = "made from pos_encoder.pe by torch.Tensor.__getitem__; nothing it was made from wants a gradient"
    stubs = NodeRecord(-1, "stub", "a", note=long), NodeRecord(-2, "stub", "b", note="cut by detach; no gradient")
    graph = Graph(GraphRecord("s", "autograd", stubs, ()))
    assert [box_subtitle(graph, stub) for stub in stubs] == ["made from pos_encoder.pe by torch.T…", "cut by detach"]
