"""What is open of a graph: at first, by hand, by depth, to a node, and when another graph comes."""

from __future__ import annotations

import pytest

from gradviz.gui.session.fold_state import FoldState
from gradviz.model.graph.folding import folding_of
from gradviz.model.graph.graph import Graph
from tests.helpers.graphs import dynamic, nodes_in, repeated_blocks


@pytest.fixture
def folds(qapp) -> FoldState:
    return FoldState()


def cluster(graph: Graph, path: str) -> int:
    return next(i for i, record in enumerate(graph.clusters) if record.path == path)


def test_a_small_graph_is_open_and_a_large_one_folded_at_first(folds: FoldState) -> None:
    folds.take(dynamic())
    assert folds.opened is None
    folds.take(repeated_blocks(48, 50), "decoder")
    assert folds.opened is not None
    assert folds.depth[0] < folds.depth[1]


def test_one_of_a_stack_opens_alone_and_folds_again(folds: FoldState, qtbot) -> None:
    graph = repeated_blocks(48, 50)
    folds.take(graph)
    first = folds.opened
    block = cluster(graph, "h.17")
    with qtbot.waitSignal(folds.changed):
        folds.toggle(block)
    assert folds.opened == first | {block}
    assert folds.depth[0] == 1
    folds.toggle(block)
    assert folds.opened == first


def test_a_group_spreads_and_folds_with_its_siblings(folds: FoldState) -> None:
    graph = repeated_blocks(48, 50)
    folds.take(graph)
    group = folds.group_of(cluster(graph, "h.3"))
    assert group is not None
    folds.toggle(group)
    assert folds.is_open(group)
    folds.toggle(cluster(graph, "h.3"))
    folds.fold_siblings(group)
    assert not folds.is_open(group) and not folds.is_open(cluster(graph, "h.3"))


def test_depth_opens_all_to_a_step(folds: FoldState) -> None:
    folds.take(dynamic())
    most = folds.depth[1]
    folds.set_depth(0)
    assert folds.depth == (0, most) and folds.opened is not None
    folds.set_depth(most)
    assert folds.opened is None


def test_the_path_to_a_node_is_opened_and_no_more(folds: FoldState) -> None:
    graph = repeated_blocks(48, 50)
    folds.take(graph)
    inside = nodes_in(graph, cluster(graph, "h.5"))[3]
    folds.open_to(inside)
    assert folds.is_open(cluster(graph, "h.5")) and not folds.is_open(cluster(graph, "h.6"))


def test_the_path_to_a_member_of_a_stack_opens_that_member(folds: FoldState) -> None:
    graph = repeated_blocks(48, 50)
    folds.take(graph)
    folds.open_to_cluster(cluster(graph, "h.9"))
    assert folds.is_open(cluster(graph, "h.9"))


def test_what_is_folded_by_hand_stays_so_in_another_graph_of_the_network(folds: FoldState) -> None:
    before, after = dynamic(1), dynamic(3)
    folds.take(before, "dynamic")
    folds.toggle(cluster(before, "input_linear"))
    folds.take(after, "dynamic")
    assert not folds.is_open(cluster(after, "input_linear"))
    assert folds.is_open(cluster(after, "output_linear"))
    assert folds.is_open(cluster(after, "middle_linear"))


def test_a_graph_that_grows_while_it_is_stepped_keeps_what_was_folded(folds: FoldState) -> None:
    whole = repeated_blocks(48, 50)
    folds.take(whole, "decoder")
    folds.toggle(cluster(whole, "h.1"))
    for blocks in (1, 2, 3, 5):
        part = repeated_blocks(blocks, 50)
        folds.take(part, "decoder")
        opened = [i for i, record in enumerate(part.clusters) if folds.is_open(i)]
        assert [part.clusters[i].path for i in opened] == (["h.1"] if blocks > 1 else [])
    folds.take(repeated_blocks(48, 50), "decoder")
    assert folds.is_open(cluster(whole, "h.1")) and not folds.is_open(cluster(whole, "h.2"))


def test_a_part_of_a_graph_that_starts_folded_is_folded_too(folds: FoldState) -> None:
    folds.take(repeated_blocks(48, 50), "decoder")
    part = repeated_blocks(2, 50)
    folds.take(part, "decoder")
    assert not folds.is_open(0) and not folds.is_open(1)


def test_another_network_begins_anew(folds: FoldState) -> None:
    graph = dynamic(1)
    folds.take(graph, "dynamic")
    folds.fold_all()
    folds.take(dynamic(3), "other")
    assert folds.opened is None


def test_restoring_emits_nothing(folds: FoldState, qtbot) -> None:
    folds.take(dynamic())
    folds.fold_all()
    with qtbot.assertNotEmitted(folds.changed):
        folds.restore(None)
    assert folds.opened is None


def test_everything_inside_of_one_module_opens(folds: FoldState) -> None:
    graph = repeated_blocks(48, 50)
    folds.take(graph)
    folds.open_inside(cluster(graph, "h.2"))
    assert folds.is_open(cluster(graph, "h.2")) and not folds.is_open(cluster(graph, "h.3"))


def test_what_is_not_there_changes_nothing(folds: FoldState, qtbot) -> None:
    with qtbot.assertNotEmitted(folds.changed):
        folds.toggle(3)
        folds.open_to(3)
        folds.take(dynamic())
        folds.toggle(10_000)
        folds.open_to(10_000)
    assert folding_of(folds.graph).everything
