"""The graph view: clicks, keys, hover, fit, what is painted, the cards, themes, and the accessible description."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QHelpEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from gradviz.appearance import text_styles as styles
from gradviz.appearance.palette import DARK, LIGHT
from gradviz.gui.scene.data import camera_fitting as fitting
from gradviz.gui.scene.data.box_colors import BoxColoring, Pattern
from gradviz.gui.scene.data.node_states import NodeState, NodeStates, NodeTag
from gradviz.gui.scene.painting.paint_caches import TextCache
from gradviz.gui.scene.view.graph_view import GraphView
from gradviz.gui.style.theme import Theme
from gradviz.layout.geometry.box_texts import node_box
from gradviz.layout.geometry.metrics import LEAF_PAD, LEAF_POINT
from gradviz.layout.layout import place
from gradviz.model.graph.graph import Graph
from tests.gui.placements import grid
from tests.helpers.graphs import dynamic, make_graph, repeated_blocks, two_layers


@pytest.fixture(scope="module")
def theme(qapp: QApplication):
    theme = Theme()
    theme.apply(qapp, "dark")
    yield theme
    qapp.setStyleSheet("")


@pytest.fixture
def view(theme: Theme, qtbot) -> GraphView:
    view = GraphView()
    qtbot.addWidget(view)
    view.resize(900, 660)
    view.show()
    qtbot.waitExposed(view)
    return view


@pytest.fixture
def show(view: GraphView) -> Callable[[Graph], GraphView]:
    def show(graph: Graph) -> GraphView:
        view.set_graph(graph, place(graph))
        view.grab()
        return view

    return show


def id_of(graph: Graph, name: str) -> int:
    return next(node.id for node in graph.nodes if node.name == name)


def click(view: GraphView, point: QPointF | QPoint, *, double: bool = False) -> None:
    spot = point.toPoint() if isinstance(point, QPointF) else point
    gesture = QTest.mouseDClick if double else QTest.mouseClick
    gesture(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)


def wheel(view: GraphView, at: QPointF, turns: int) -> None:
    event = QWheelEvent(
        at, at, QPoint(), QPoint(0, 120 * turns), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view.viewport(), event)


def drag(view: GraphView, start: QPoint, end: QPoint, button: Qt.MouseButton) -> None:
    none = Qt.KeyboardModifier.NoModifier
    QTest.mousePress(view.viewport(), button, none, start)
    QTest.mouseMove(view.viewport(), start + (end - start) / 2)
    QTest.mouseMove(view.viewport(), end)
    QTest.mouseRelease(view.viewport(), button, none, end)


# Pointer


def test_a_click_in_the_middle_of_a_node_selects_it_and_emits_it(show, qtbot) -> None:
    view = show(two_layers())
    for node in view.graph.nodes:
        with qtbot.waitSignal(view.node_clicked) as clicked:
            click(view, view.framing.position_of(node.id))
        assert clicked.args == [node.id]
        assert view.marks.selected == node.id


def test_a_click_beside_all_nodes_clears_the_selection(show, qtbot) -> None:
    view = show(two_layers())
    view.marks.select(0)
    with qtbot.waitSignal(view.background_clicked):
        click(view, QPoint(view.viewport().width() - 3, 3))
    assert view.marks.selected is None


def test_a_double_click_activates(show, qtbot) -> None:
    view = show(two_layers())
    with qtbot.waitSignal(view.node_activated) as activated:
        click(view, view.framing.position_of(2), double=True)
    assert activated.args == [2]


def test_a_drag_pans_and_selects_nothing(show, qtbot) -> None:
    for button in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
        view = show(two_layers())
        view.framing.fit()
        before = view.framing.position_of(2)
        with qtbot.assertNotEmitted(view.node_clicked):
            drag(view, before.toPoint(), before.toPoint() + QPoint(60, 40), button)
        moved = view.framing.position_of(2) - before
        assert 20 <= moved.x() <= 60
        assert moved.y() > 10


def test_the_space_key_turns_a_press_into_a_pan(show, qtbot) -> None:
    view = show(two_layers())
    QTest.keyPress(view, Qt.Key.Key_Space)
    with qtbot.assertNotEmitted(view.node_clicked):
        click(view, view.framing.position_of(2))
    QTest.keyRelease(view, Qt.Key.Key_Space)
    with qtbot.waitSignal(view.node_clicked):
        click(view, view.framing.position_of(2))


def test_the_wheel_zooms_about_the_cursor(show, qtbot) -> None:
    view = show(two_layers())
    at = view.framing.position_of(2)
    with qtbot.waitSignal(view.zoom_changed):
        wheel(view, at, 2)
    assert view.zoom > 1
    assert (view.framing.position_of(2) - at).manhattanLength() < 1


def test_hovering_emits_the_node_and_leaving_emits_none(show, qtbot) -> None:
    view = show(two_layers())
    with qtbot.waitSignal(view.node_hovered) as hovered:
        QTest.mouseMove(view.viewport(), view.framing.position_of(2).toPoint())
    assert hovered.args == [2]
    with qtbot.waitSignal(view.node_hovered) as hovered:
        QApplication.sendEvent(view.viewport(), QEvent(QEvent.Type.Leave))
    assert hovered.args == [None]


def test_the_tooltip_shows_name_op_and_shape(show, monkeypatch) -> None:
    view = show(two_layers())
    shown = []
    monkeypatch.setattr(QToolTip, "showText", lambda _place, text, *_rest: shown.append(text))
    spot = view.framing.position_of(2).toPoint()
    QApplication.sendEvent(view.viewport(), QHelpEvent(QEvent.Type.ToolTip, spot, view.viewport().mapToGlobal(spot)))
    assert shown[0].startswith("mm\nMm")
    assert "64 × 10" in shown[0]


def test_a_click_on_a_header_asks_to_fold_and_on_a_folded_box_to_unfold(view: GraphView, qtbot) -> None:
    graph = dynamic()
    view.set_graph(graph, place(graph))
    view.grab()
    x, y, _, _ = view.drawing.cluster_rect[-1].tolist()
    cluster = int(view.drawing.placement.cluster_id[-1])
    with qtbot.waitSignal(view.cluster_toggled) as toggled:
        click(view, QPointF(*view.camera.to_view(x + 14, y + 14)))
    assert toggled.args == [cluster]
    open_now = set(range(len(graph.clusters))) - {cluster}
    corner = view.camera.to_view(x, y)
    view.set_graph(graph, place(graph, open_clusters=open_now))
    assert view.camera.to_view(*view.drawing.place_of_cluster(cluster)) == pytest.approx(corner, abs=0.6)
    box = view.drawing.rect[view.drawing.folded][0].tolist()
    with qtbot.waitSignal(view.cluster_toggled) as toggled:
        click(view, QPointF(*view.camera.to_view(box[0] + 20, box[1] + box[3] / 2)))
    assert toggled.args == [cluster]


# Keys


def test_arrows_walk_along_edges(show, qtbot) -> None:
    graph = two_layers()
    view = show(graph)
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.marks.selected == graph.nodes[0].id
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert graph.node(view.marks.selected).name == "mm"
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert graph.node(view.marks.selected).name == "clamp"
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert graph.node(view.marks.selected).name == "mm"
    with qtbot.waitSignal(view.node_clicked) as clicked:
        QTest.keyClick(view, Qt.Key.Key_End)
    assert graph.node(clicked.args[0]).name == "loss"


def test_left_and_right_walk_to_neighbors(show) -> None:
    view = show(two_layers())
    x, w1 = id_of(view.graph, "x"), id_of(view.graph, "w1")
    left, right = (x, w1) if view.framing.position_of(x).x() < view.framing.position_of(w1).x() else (w1, x)
    view.marks.select(left)
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.marks.selected == right
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.marks.selected == left


def test_page_keys_reach_every_node(show) -> None:
    view = show(dynamic())
    QTest.keyClick(view, Qt.Key.Key_Home)
    seen = {view.marks.selected}
    for _ in range(len(view.graph)):
        QTest.keyClick(view, Qt.Key.Key_PageDown)
        seen.add(view.marks.selected)
    assert seen == {node.id for node in view.graph.nodes}


def test_the_first_arrow_selects_the_first_node(show) -> None:
    view = show(two_layers())
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.marks.selected == view.graph.nodes[0].id


def test_enter_activates_and_escape_clears(show, qtbot) -> None:
    view = show(two_layers())
    view.marks.select(3)
    with qtbot.waitSignal(view.node_activated) as activated:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert activated.args == [3]
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.marks.selected is None


def test_plus_minus_zero_and_f_zoom(show) -> None:
    view = show(two_layers())
    fit = view.zoom
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.zoom > fit
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.zoom == 1
    QTest.keyClick(view, Qt.Key.Key_Minus)
    assert view.zoom == 0.8
    QTest.keyClick(view, Qt.Key.Key_F)
    assert view.zoom == fit


# Looking


def test_fit_never_enlarges_above_125_percent(show) -> None:
    view = show(make_graph("a -> b"))
    view.framing.fit()
    assert view.zoom <= 1.25


def test_a_graph_too_large_to_read_shows_a_part_and_the_overview(view: GraphView) -> None:
    view.set_graph(*grid(2000))
    view.grab()
    assert view.zoom == pytest.approx(0.92)
    assert view.cards.minimap.isVisible()
    view.framing.fit()
    assert view.zoom < 0.3
    assert not view.cards.minimap.isVisible()


def test_a_large_graph_is_entered_where_it_begins_though_another_column_reaches_higher(view: GraphView) -> None:
    graph, placement = grid(2000)
    placement.box_rect[placement.box_rect[:, 0] < 2000, 1] += 60
    view.set_graph(graph, placement)
    x, y, _, _ = view.drawing.rect[0].tolist()
    left, top = view.camera.to_view(x, y)
    assert 0 <= left < 200 and 0 <= top < 200


def test_the_beginning_of_a_large_graph_is_not_under_the_cards_at_the_top(view: GraphView) -> None:
    card = QWidget()
    card.setFixedSize(400, 40)
    view.cards.dock.add_top(card)
    view.set_graph(*grid(2000))
    view.set_caption("A title", "and what follows it")
    view.framing.reset()
    view.framing.update()
    low = max(card.geometry().bottom(), view.cards.caption.geometry().bottom())
    x, y, _, _ = view.drawing.rect[0].tolist()
    left, top = view.camera.to_view(x, y)
    assert left >= 0 and top + view.viewport().y() > low


def test_a_large_graph_begins_with_the_head_of_its_first_module_in_sight(view: GraphView) -> None:
    card = QWidget()
    card.setFixedSize(600, 40)
    view.cards.dock.add_top(card)
    card.show()
    graph = repeated_blocks(30, 8)
    view.set_graph(graph, place(graph))
    view.framing.place_cards()
    view.framing.reset()
    view.framing.update()
    assert view.zoom == pytest.approx(0.92)
    heads = [view.camera.to_view(x, y)[1] for x, y, _, _ in view.drawing.cluster_rect.tolist()]
    assert min(heads) + view.viewport().y() > card.geometry().bottom()


def test_a_whole_graph_steps_aside_for_a_legend_unless_it_was_put_where_it_is(show) -> None:
    view = show(make_graph("a -> b -> c -> d"))
    x, y, width, _ = view.drawing.rect[view.drawing.box_of(3)].tolist()
    right, _ = view.camera.to_view(x + width, y)
    card = QWidget()
    card.setFixedSize(int(right) - 20, 120)
    view.cards.set_lower_left(card)
    assert not fitting.covers(view.cards.floating(), view.drawing, view.camera)
    view.cards.set_lower_left(None)
    drag(view, QPoint(800, 300), QPoint(790, 300), Qt.MouseButton.LeftButton)
    before = view.camera
    other = QWidget()
    other.setFixedSize(700, 120)
    view.cards.set_lower_left(other)
    assert view.camera == before


def test_a_whole_graph_steps_aside_for_a_caption_that_grew(show) -> None:
    view = show(make_graph("a -> b -> c -> d"))
    view.set_caption("Autograd graph", "of 4 functions, " * 7)
    assert view.cards.caption.isVisible()
    assert not fitting.covers(view.cards.floating(), view.drawing, view.camera)


def test_a_whole_graph_fits_between_cards_at_the_top_and_at_the_bottom(show) -> None:
    view = show(make_graph("a -> b -> c -> d"))
    for put, height in ((view.cards.dock.add_top, 130), (view.cards.set_lower_left, 250)):
        card = QWidget()
        card.setFixedSize(800, height)
        put(card)
        card.show()
    view.framing.place_cards()
    view.framing.fit()
    assert not fitting.covers(view.cards.floating(), view.drawing, view.camera)


def test_a_graph_that_was_fitted_stays_whole_when_cards_change_until_something_else_is_looked_at(show) -> None:
    view = show(dynamic())
    view.resize(700, 420)
    view.framing.fit()
    card = QWidget()
    card.setFixedSize(200, 120)
    view.cards.set_lower_left(card)
    view.framing.make_room()
    assert fitting.shows_all(view.drawing, view.camera, view.viewport().width(), view.viewport().height())
    view.zoom_reset()
    view.framing.make_room()
    assert view.zoom == 1


def test_what_is_brought_into_sight_is_not_under_a_card(view: GraphView) -> None:
    view.set_graph(*grid(2000))
    card = QWidget()
    card.setFixedSize(300, 200)
    view.cards.set_lower_left(card)
    under = view.camera.to_scene(100, view.viewport().height() - 100)
    box = int(view.drawing.boxes_in((*under, 100, 60))[0])
    for node in (int(view.drawing.placement.box_node[box]), 0):
        view.framing.reveal(node)
        view._pan.setCurrentTime(view._pan.duration())
        x, y, width, height = view.drawing.rect[view.drawing.box_of(node)].tolist()
        place = (*view.camera.to_view(x, y), width * view.zoom, height * view.zoom)
        assert not fitting.overlaps(place, view.cards.floating())


def test_only_what_can_be_seen_is_painted(view: GraphView) -> None:
    view.set_graph(*grid(2000))
    view.grab()
    assert 10 < view.scene.painted.nodes < 100
    assert view.scene.painted.edges < 150
    view.framing.fit()
    view.grab()
    assert view.scene.painted.nodes == 2000


def test_another_loss_paints_the_node_of_the_loss_alone(show, view: GraphView) -> None:
    show(dynamic())
    view.framing.fit()
    view.grab()
    view.scene.set_loss(1.5)
    view.grab()
    assert 0 < view.scene.painted.nodes < 4 < len(view.drawing)


def test_far_away_a_cluster_is_one_box(show) -> None:
    view = show(dynamic())
    view.framing.fit()
    view.grab()
    assert view.scene.painted.nodes == len(view.drawing)
    while view.zoom > 0.12:
        view.zoom_out()
    view.grab()
    assert view.scene.painted.nodes < len(view.drawing)


def test_the_same_network_with_another_structure_keeps_the_zoom(show, view: GraphView) -> None:
    view.resize(900, 860)
    show(dynamic(2))
    zoom = view.zoom
    assert 0.8 <= zoom < 1.1
    show(dynamic(1))
    assert view.zoom == zoom


def test_a_view_moved_by_hand_stays_where_it_is(show) -> None:
    view = show(dynamic(2))
    wheel(view, QPointF(100, 100), 1)
    camera = view.camera
    show(dynamic(1))
    assert view.camera == camera


def test_another_network_is_looked_at_as_a_whole(show) -> None:
    view = show(dynamic(2))
    wheel(view, QPointF(100, 100), 5)
    show(two_layers())
    assert view.zoom <= 1.25


def test_center_on_brings_a_node_to_the_middle(view: GraphView, qtbot) -> None:
    view.set_graph(*grid(2000))
    view.grab()
    view.framing.center_on(1500)
    middle = QPointF(view.viewport().rect().center())
    qtbot.waitUntil(lambda: (view.framing.position_of(1500) - middle).manhattanLength() < 3)
    view.framing.center_on(10**6)  # a node that is not there changes nothing


# Marks and states


def test_selecting_a_node_that_is_not_there_selects_none(show) -> None:
    view = show(two_layers())
    view.marks.select(99)
    assert view.marks.selected is None


def test_a_selection_survives_a_new_graph_that_still_has_the_node(show) -> None:
    view = show(dynamic(2))
    view.marks.select(1)
    show(dynamic(1))
    assert view.marks.selected == 1


def test_a_number_of_two_digits_has_a_place_between_a_parameters_name_and_its_tip(theme: Theme) -> None:
    graph = two_layers()
    parameter = next(node for node in graph.nodes if node.kind == "parameter")
    texts = TextCache()
    for title in ("bias", "weight", "middle_linear.weight"):
        box = node_box(parameter, title, "100", least=0, large=False)
        left = LEAF_PAD + texts.width(title, styles.STRONG)
        assert left + texts.width("14", styles.CODE_SMALL) < box.width - LEAF_POINT


def test_a_screen_reader_hears_what_is_next_and_what_is_selected(show, monkeypatch) -> None:
    view = show(two_layers())
    said: list[str] = []
    monkeypatch.setattr(
        QAccessible, "updateAccessibility",
        lambda event: said.append(event.message()) if isinstance(event, QAccessibleAnnouncementEvent) else None,
    )  # fmt: skip
    view.marks.set_point(id_of(view.graph, "mm"))
    assert len(said) == 1 and "mm" in said[0]
    interface = QAccessible.queryAccessibleInterface(view)
    assert interface.text(QAccessible.Text.Name) == "Graph"
    assert interface.text(QAccessible.Text.Description) == said[0]
    view.marks.select(id_of(view.graph, "clamp"))
    assert len(said) == 2 and "clamp" in said[1] and said[1] == interface.text(QAccessible.Text.Description)
    view.marks.select(id_of(view.graph, "clamp"))
    assert len(said) == 2


def node_at(view: GraphView, x: float, y: float) -> int:
    """Return the node that is shown nearest to a point of the viewport."""
    to_x, to_y = view.camera.to_scene(x, y)
    drawing = view.drawing
    away = abs(drawing.rect[:, 0] - to_x) + abs(drawing.rect[:, 1] - to_y)
    return view.graph.nodes[int(drawing.node_at[int(away.argmin())])].id


def test_a_part_of_a_graph_stays_when_cards_leave_less_room_and_what_is_next_is_in_sight(view) -> None:
    graph, placement = grid(2000)
    view.set_graph(graph, placement)
    view.framing.keep_clear_of(node_at(view, 520, 480))
    before = view.camera
    view.resize(780, 660)
    view.grab()
    assert view.viewport().width() == 780 and view.camera == before


def test_every_mark_and_state_can_be_painted(show) -> None:
    view = show(two_layers())
    count = len(view.graph)
    for number, state in enumerate(NodeState):
        states = NodeStates.all(count, state)
        states.order[:] = number
        states.tag[:] = number % len(NodeTag)
        states.breakpoint[:] = True
        view.scene.set_states(states)
        view.marks.highlight({0, 1})
        view.marks.set_matches({2, 3})
        view.marks.select(1)
        for zoom in (1.0, 0.6, 0.4, 0.2, 0.05):
            view.set_camera(view.camera.zoomed(zoom, 10, 10))
            assert not view.grab().isNull()
    view.marks.highlight(None)


@pytest.mark.parametrize("tag", [NodeTag.NAN, NodeTag.INF])
def test_the_tag_of_a_wrong_number_leaves_the_name_free(show, tag: NodeTag) -> None:
    view = show(two_layers())
    view.set_camera(view.camera.zoomed(1.0, 0, 0))
    node = id_of(view.graph, "mm")
    x, y, width, height = view.drawing.rect[view.drawing.box_of(node)].tolist()
    left, middle = view.camera.to_view(x, y + height / 2)
    name = QRect(round(left) + 10, round(middle) - 16, round(width / 2), 16)
    states = NodeStates.all(len(view.graph))
    view.scene.set_states(states)
    plain = view.grab().toImage().copy(name)
    states = NodeStates.all(len(view.graph))
    states.tag[view.graph.index[node]] = tag
    view.scene.set_states(states)
    assert view.grab().toImage().copy(name) == plain


def test_off_the_path_is_pale(show) -> None:
    view = show(two_layers())
    loss = id_of(view.graph, "loss")
    spot = view.framing.position_of(loss).toPoint() - QPoint(0, 16)
    plain = view.grab().toImage().pixelColor(spot)
    view.marks.highlight({0})
    pale = view.grab().toImage().pixelColor(spot)
    assert pale.lightness() < plain.lightness() / 2


def test_a_fresh_run_lights_functions_and_a_running_one_does_not(show) -> None:
    view = show(two_layers())
    view.framing.fit()
    x, y, _, height = view.drawing.rect[view.drawing.box_of(2)].tolist()
    spot = QPointF(*view.camera.to_view(x + 2.5, y + height / 2)).toPoint()
    assert view.grab().toImage().pixelColor(spot).name().upper() == DARK.forward.fill
    view.set_run_state("running")
    assert view.grab().toImage().pixelColor(spot).name().upper() == DARK.node


@pytest.mark.parametrize("pattern", [Pattern.FILLED, Pattern.BEYOND, Pattern.NOT_MEASURED, Pattern.ZERO])
def test_what_ran_keeps_its_stripe_under_the_colors_of_an_overlay(show, pattern: Pattern) -> None:
    view = show(two_layers())
    view.set_camera(view.camera.zoomed(1.0, 0, 0))
    view.scene.set_states(NodeStates.all(len(view.graph), NodeState.BACKWARD_RAN))
    coloring = BoxColoring.plain(len(view.drawing))
    coloring.pattern[:], coloring.fill[:] = pattern, int(DARK.backward.fill[1:], 16)
    view.scene.set_coloring(coloring)
    x, y, _, height = view.drawing.rect[view.drawing.box_of(id_of(view.graph, "mm"))].tolist()
    left, middle = (round(place) for place in view.camera.to_view(x, y + height / 2))
    image = view.grab().toImage()
    assert image.pixelColor(left + 3, middle).name().upper() == DARK.backward.fill
    assert image.pixelColor(left + 5, middle).name().upper() != DARK.backward.fill


def test_switching_the_theme_repaints(show, theme: Theme, qapp: QApplication) -> None:
    view = show(two_layers())
    corner = QPoint(view.viewport().width() - 4, 4)
    assert view.grab().toImage().pixelColor(corner).name().upper() == DARK.canvas
    theme.apply(qapp, "light")
    assert view.grab().toImage().pixelColor(corner).name().upper() == LIGHT.canvas
    theme.apply(qapp, "dark")


# Cards and texts


def test_the_message_shows_on_an_empty_canvas_alone(view: GraphView) -> None:
    view.set_message("Starting the engine", "PyTorch is being imported.", busy=True)
    assert view.cards.message.isVisible()
    assert view.cards.message.is_busy()
    graph = two_layers()
    view.set_graph(graph, place(graph))
    assert not view.cards.message.isVisible()
    view.clear()
    assert view.cards.message.isVisible()
    view.set_message("")
    assert not view.cards.message.isVisible()


def test_the_legend_names_the_kinds_that_are_there(show) -> None:
    view = show(make_graph("x:data -> mm; mm -> loss"))
    words = view.cards.legend.accessibleName()
    assert "data, no gradient" in words
    assert "output, loss" in words
    assert "parameter" not in words


def test_the_caption_belongs_to_a_graph(view: GraphView) -> None:
    view.set_caption("Autograd graph", "6 functions")
    assert not view.cards.caption.isVisible()
    graph = two_layers()
    view.set_graph(graph, place(graph))
    assert view.cards.caption.isVisible()


def test_the_selected_node_is_spoken(show) -> None:
    view = show(two_layers())
    assert "11 nodes" in view.accessibleDescription()
    view.marks.select(id_of(view.graph, "w1"))
    assert view.accessibleDescription().startswith("parameter w1")
    assert "to mm" in view.accessibleDescription()
    view.clear()
    assert view.accessibleDescription() == "No graph yet"


def test_the_boxes_of_a_graph_are_items_of_a_list_for_a_screen_reader(show) -> None:
    view = show(two_layers())
    view.marks.select(id_of(view.graph, "mm"))
    interface = QAccessible.queryAccessibleInterface(view)
    items = [interface.child(index) for index in range(len(view.drawing))]
    names = [item.text(QAccessible.Text.Name) for item in items]
    assert interface.role() == QAccessible.Role.List and all(names)
    at = next(index for index, name in enumerate(names) if items[index].state().selected)
    assert "mm" in names[at] and names.index(names[at]) < next(i for i, n in enumerate(names) if "loss" in n)
    assert items[at].role() == QAccessible.Role.ListItem and interface.indexOfChild(items[at]) == at
    middle = items[at].rect().center()
    assert interface.childAt(middle.x(), middle.y()) is items[at]
    view.clear()
    assert not items[at].isValid() and items[at].text(QAccessible.Text.Name) == ""
    assert interface.childCount() >= 0 and interface.child(0) is not items[0]
