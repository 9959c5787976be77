"""Folds and search in the window: the depth card, the way, what is found, stops in folded modules, a slow layout."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from gradviz.gui.panels.graph.breadcrumbs import crumbs
from gradviz.gui.panels.graph.folding_controller import FoldingController
from gradviz.gui.panels.graph.highlight_controller import gradient_path
from gradviz.gui.panels.graph.waiting_cards import PATIENCE
from gradviz.model.graph.graph import Graph
from gradviz.protocol.events import GraphChanged
from tests.gui.conftest import Desk
from tests.helpers.graphs import dynamic, nodes_in, repeated_blocks


@pytest.fixture
def folds(desk: Desk) -> FoldingController:
    """The folds of a decoder of 48 blocks in a window."""
    desk.engine_ready()
    desk.window.resize(1500, 950)
    desk.window.show()
    arrive(desk, repeated_blocks(48, 50))
    return desk.window.graph_panel.folds


def arrive(desk: Desk, graph: Graph) -> None:
    desk.session.apply(GraphChanged(desk.session.state.runs.number, 0, graph.signature, graph.record))


def path_of(desk: Desk, path: str) -> int:
    return next(i for i, c in enumerate(desk.session.engine.graph.clusters) if c.path == path)


def test_a_large_graph_starts_folded_with_its_depth_and_a_small_one_without(
    desk: Desk, folds: FoldingController
) -> None:
    drawing = desk.window.graph_panel.view.drawing
    assert len(drawing) < 10 and drawing.title(0) == "Block × 48"
    assert folds.depth.isVisible() and folds.depth.slider.value() == 0
    arrive(desk, dynamic())
    assert folds.depth.isHidden() and folds.crumbs.isHidden()


def test_the_slider_opens_to_its_depth_and_fold_all_goes_back(desk: Desk, folds: FoldingController) -> None:
    most = folds.folding.depth[1]
    folds.depth.slider.setValue(most)
    assert len(desk.window.graph_panel.view.drawing) == 48 * 50
    folds.depth.fold_all_requested.emit()
    assert len(desk.window.graph_panel.view.drawing) < 10
    folds.deepen(1)
    assert folds.folding.depth[0] == 1


def test_folding_all_that_was_seen_whole_leaves_no_speck_behind(desk: Desk, folds: FoldingController) -> None:
    view = desk.window.graph_panel.view
    desk.session.selection.select(0)
    folds.unfold_all()
    view.framing.fit()
    small = view.zoom
    assert small < 0.3
    folds.fold_all()
    assert view.zoom > 3 * small and desk.session.selection.node_id == 0


def test_the_way_tells_what_is_open(desk: Desk, folds: FoldingController) -> None:
    desk.window.graph_panel.view.cluster_toggled.emit(path_of(desk, "h.17"))
    assert folds.crumbs.text() == "autograd  ›  h, Block × 48  ›  h.17 open"
    titles = [desk.window.graph_panel.view.drawing.title(b) for b in range(2)]
    assert "Block × 17" in titles
    line = crumbs(desk.session.engine.graph, folds.folding.opened, path_of(desk, "h.17"))
    assert line[-1] == ("h.17 open", True, path_of(desk, "h.17"))


def test_the_way_stands_in_the_place_of_the_caption(desk: Desk, folds: FoldingController) -> None:
    caption = desk.window.graph_panel.view.cards.caption
    assert caption.isVisible() and folds.crumbs.isHidden()
    desk.session.selection.select(nodes_in(desk.session.engine.graph, path_of(desk, "h.17"))[0])
    assert folds.crumbs.isVisible() and caption.isHidden()
    desk.session.selection.select(None)
    assert folds.crumbs.isHidden() and caption.isVisible()


def test_the_way_to_what_was_opened_last_ends_when_everything_is_folded_anew(
    desk: Desk, folds: FoldingController
) -> None:
    opening = desk.window.graph_panel.view.cluster_toggled
    for anew in (folds.unfold_all, folds.fold_all, lambda: folds.depth.slider.setValue(folds.folding.depth[1])):
        folds.fold_all()
        opening.emit(path_of(desk, "h.17"))
        assert folds.crumbs.isVisible()
        anew()
        assert folds.crumbs.isHidden()


def test_going_to_a_node_unfolds_what_hides_it(desk: Desk, folds: FoldingController) -> None:
    node = nodes_in(desk.session.engine.graph, path_of(desk, "h.30"))[5]
    desk.window.graph_panel.show_node(node)
    view = desk.window.graph_panel.view
    assert desk.session.selection.node_id == node
    assert not view.drawing.folded[view.drawing.box_of(node)]
    assert view.drawing.rect_of_cluster(path_of(desk, "h.31")) is None


def test_fold_around_folds_the_module_of_the_chosen_node(desk: Desk, folds: FoldingController) -> None:
    block = path_of(desk, "h.30")
    desk.window.graph_panel.show_node(nodes_in(desk.session.engine.graph, block)[5])
    view = desk.window.graph_panel.view
    desk.window.graph_panel.folds.fold_around()  # first the loop of ops that the node is one of
    assert view.drawing.rect_of_cluster(block) is not None
    assert view.drawing.folded[view.drawing.box_of(desk.session.selection.node_id)]
    desk.window.graph_panel.folds.fold_around()
    assert view.drawing.rect_of_cluster(block) is None


# Search


def test_what_is_found_is_listed_by_where_it_is(desk: Desk, folds: FoldingController) -> None:
    desk.window.graph_panel.view.cluster_toggled.emit(path_of(desk, "h.17"))
    finder, field = desk.window.finder, desk.window.tools.find_field
    field.setFocus()
    field.setText("Block")
    assert finder.scope == "module" and len(finder.matches) == 48
    rows = [(row.title, row.state) for row in finder._rows]
    assert rows == [("h.0 to h.16", "17 folded"), ("h.17", "open"), ("h.18 to h.47", "30 folded")]
    assert finder.card.isVisible()


def test_enter_goes_to_the_next_match_and_unfolds_its_way(desk: Desk, folds: FoldingController) -> None:
    field, view = desk.window.tools.find_field, desk.window.graph_panel.view
    field.setText("add")
    assert desk.window.finder.scope == "op" and desk.session.selection.node_id is None
    QTest.keyClick(field, Qt.Key.Key_Return)
    node = desk.session.selection.node_id
    assert desk.session.engine.graph.node(node).name == "add"
    assert not view.drawing.folded[view.drawing.box_of(node)]
    assert field.count_text == "1 of 48"
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.count_text == "2 of 48" and desk.session.selection.node_id != node


def test_a_row_is_gone_to_by_a_click_and_a_scope_by_its_chip(desk: Desk, folds: FoldingController) -> None:
    finder, field = desk.window.finder, desk.window.tools.find_field
    field.setText("h.4")
    assert finder.scope == "module"
    finder.card.row_chosen.emit(0)
    assert desk.window.graph_panel.view.marks.selected_cluster == finder.matches[0].id
    field.setText("mm")
    finder.card.scope_chosen.emit("parameter")
    assert finder.matches == []
    finder.card.scope_chosen.emit("op")
    assert len(finder.matches) == 48 * 50


def test_escape_ends_the_search(desk: Desk, folds: FoldingController) -> None:
    field = desk.window.tools.find_field
    field.setText("add")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "" and desk.window.finder.card.isHidden()
    assert desk.window.graph_panel.view.marks.current.matches == frozenset()


# Marks


def test_the_way_of_a_gradient_leaves_out_what_it_does_not_pass() -> None:
    graph = dynamic(2)
    named = {node.name: node.id for node in graph.nodes}
    path = gradient_path(graph, named["output_linear.weight"])
    assert named["loss"] in path and named["mse_loss"] in path
    assert named["input_linear.weight"] not in path and named["x"] not in path


def test_the_way_of_a_gradient_is_highlighted_until_escape(desk: Desk, folds: FoldingController) -> None:
    arrive(desk, dynamic(2))
    panel = desk.window.graph_panel
    desk.session.selection.select(
        next(node.id for node in desk.session.engine.graph.nodes if node.name == "output_linear.weight")
    )
    desk.window.update_actions()
    desk.window.actions_["highlight_gradient"].trigger()
    assert panel.highlighted and panel.view.marks.is_highlighted
    QTest.keyClick(panel.view, Qt.Key.Key_Escape)
    assert not panel.highlighted and not panel.view.marks.is_highlighted


def test_filters_are_the_same_in_the_menu_and_on_the_card(desk: Desk, folds: FoldingController) -> None:
    marks = desk.window.graph_panel.marks
    desk.window.update_actions()
    desk.window.actions_["filter_views"].trigger()
    assert marks.filters and marks.filters_kind("views")
    assert desk.window.actions_["filter_views"].isChecked()
    marks.filter_actions[1].trigger()
    assert not marks.filters


# A layout that takes its time


def test_a_slow_layout_shows_its_progress_and_can_be_given_up(desk: Desk, folds: FoldingController, qtbot) -> None:
    panel, before = desk.window.graph_panel, folds.folding.opened
    panel.placement_requested.disconnect(desk._place)
    drawing = panel.view.drawing
    folds.unfold_all()
    assert folds.progress.isHidden() and panel.view.drawing is drawing
    qtbot.waitUntil(folds.progress.isVisible, timeout=PATIENCE * 10)
    with qtbot.waitSignal(panel.placement_cancelled):
        folds.progress.findChild(QPushButton).click()
    assert folds.progress.isHidden()
    assert folds.folding.opened == before and panel.view.drawing is drawing


def test_what_a_plainer_layout_left_out_is_said_until_it_is_put_away(desk: Desk, folds: FoldingController) -> None:
    folds.note.show_notes(("Some lines are straight: the budget ran out.",))
    assert folds.note.text().startswith("Some lines")
    folds.note._dismiss()
    folds.note.show_notes(("Some lines are straight: the budget ran out.",))
    assert folds.note.text() == ""
    folds.note.show_notes(("Another sentence.",))
    assert folds.note.text() == "Another sentence."
