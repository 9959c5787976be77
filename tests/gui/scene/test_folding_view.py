"""Folded things on the canvas: stacks and their cells, keys, marks on what is hidden, filters, keeping the place."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from gradviz.appearance.boxes import BoxKind
from gradviz.gui.scene.data.box_colors import NOT_MEASURED, BoxColoring, Pattern
from gradviz.gui.scene.data.camera import Camera
from gradviz.gui.scene.data.node_states import NodeState, NodeStates
from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.scene.painting.hit_testing import HitTarget
from gradviz.gui.scene.painting.tooltips import folded_tooltip
from gradviz.gui.scene.view.fold_animation import Tween
from gradviz.gui.scene.view.graph_view import GraphView
from gradviz.gui.style.theme import Theme
from gradviz.layout.geometry import stack_geometry as stacks
from gradviz.layout.layout import place
from gradviz.model.graph.folding import folding_of, open_by_default, toggle_open
from gradviz.model.graph.graph import Graph
from tests.gui.placements import grid
from tests.helpers.graphs import dynamic, repeated_blocks

Show = Callable[[Graph, frozenset[int] | None], GraphView]


@pytest.fixture(scope="module")
def theme(qapp):
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
def show(view: GraphView) -> Show:
    def show(graph: Graph, opened: frozenset[int] | None) -> GraphView:
        view.set_graph(graph, place(graph, open_clusters=None if opened is None else set(opened)))
        view.grab()
        return view

    return show


@pytest.fixture(scope="module")
def decoder() -> Graph:
    return repeated_blocks(48, 50)


def click(view: GraphView, x: float, y: float, *, double: bool = False) -> None:
    spot = QPointF(*view.camera.to_view(x, y)).toPoint()
    gesture = QTest.mouseDClick if double else QTest.mouseClick
    gesture(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)


def stack_of(view: GraphView) -> int:
    return int(np.nonzero(view.drawing.kind == BoxKind.STACK)[0][0])


def cell_of(view: GraphView, box: int, number: int) -> tuple[float, float]:
    x, y, width, height = view.drawing.rect[box].tolist()
    left, top, wide, high = stacks.cells((x, y, width, height), int(view.drawing.box_count[box]))[number]
    return left + wide / 2, top + high / 2


# Pointer


def test_a_click_on_a_cell_asks_for_that_member_alone(show: Show, decoder: Graph, qtbot) -> None:
    view = show(decoder, open_by_default(decoder))
    with qtbot.waitSignal(view.cluster_toggled) as toggled_:
        click(view, *cell_of(view, stack_of(view), 17))
    assert decoder.clusters[toggled_.args[0]].path == "h.17"


def test_a_click_on_the_arrow_of_a_stack_asks_for_all_of_them(show: Show, decoder: Graph, qtbot) -> None:
    view = show(decoder, open_by_default(decoder))
    x, y = view.drawing.rect[stack_of(view), :2].tolist()
    with qtbot.waitSignal(view.cluster_toggled) as toggled_:
        click(view, x + 14, y + 14)
    assert toggled_.args == [folding_of(decoder).group_id(0)]


def test_a_click_beside_the_arrow_chooses_and_a_double_click_unfolds(show: Show, qtbot) -> None:
    graph = dynamic()
    view = show(graph, frozenset({0}))
    box = int(np.nonzero(view.drawing.kind == BoxKind.CLUSTER)[0][0])
    x, y, width, height = view.drawing.rect[box].tolist()
    with qtbot.waitSignal(view.cluster_clicked) as clicked, qtbot.assertNotEmitted(view.cluster_toggled):
        click(view, x + width - 20, y + height / 2)
    assert view.marks.selected_cluster == clicked.args[0] and view.marks.selected is None
    with qtbot.waitSignal(view.cluster_toggled) as toggled_:
        click(view, x + width - 20, y + height / 2, double=True)
    assert toggled_.args == clicked.args


def test_what_is_unfolded_stays_under_the_pointer(show: Show, decoder: Graph) -> None:
    opened = toggle_open(decoder, open_by_default(decoder), folding_of(decoder).group_id(0))
    view = show(decoder, opened)
    view.set_camera(Camera(0.9, 30, 20))
    x, y = view.drawing.place_of_cluster(7)
    corner = view.camera.to_view(x, y)
    click(view, x + 14, y + 14)
    show(decoder, toggle_open(decoder, opened, 7))
    assert view.drawing.rect_of_cluster(7) is not None
    assert view.camera.to_view(*view.drawing.place_of_cluster(7)) == pytest.approx(corner, abs=1)
    assert view.zoom == 0.9


def test_a_stack_stays_where_it_is_when_one_of_it_opens(show: Show, decoder: Graph) -> None:
    opened = open_by_default(decoder)
    view = show(decoder, opened)
    view.set_camera(Camera(0.9, 30, 20))
    corner = view.camera.to_view(*view.drawing.place_of_cluster(0))
    click(view, *cell_of(view, stack_of(view), 30))
    show(decoder, toggle_open(decoder, opened, 30))
    assert view.camera.to_view(*view.drawing.place_of_cluster(0)) == pytest.approx(corner, abs=1)


def test_a_tooltip_states_what_a_click_does(show: Show, decoder: Graph) -> None:
    view = show(decoder, open_by_default(decoder))
    drawing, box = view.drawing, stack_of(view)
    key, fold = drawing.key_of(box), drawing.fold_id(box)
    assert folded_tooltip(drawing, HitTarget(key=key, fold=fold)).startswith("Block × 48\n50 nodes each")
    member = drawing.members(box)[3]
    assert folded_tooltip(drawing, HitTarget(key=key, fold=fold, member=member)).startswith("h.3 · Block\n50 nodes")


# Keys


def test_keys_fold_and_unfold_as_in_a_tree(show: Show, qtbot) -> None:
    graph = dynamic()
    view = show(graph, None)
    cluster = int(view.drawing.placement.cluster_id[0])
    view.marks.select_cluster(cluster)
    with qtbot.waitSignal(view.cluster_toggled) as toggled_:
        QTest.keyClick(view, Qt.Key.Key_Left)
    assert toggled_.args == [cluster]
    show(graph, frozenset(range(len(graph.clusters))) - {cluster})
    assert view.marks.selected_cluster == cluster
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Return):
        with qtbot.waitSignal(view.cluster_toggled) as toggled_:
            QTest.keyClick(view, key)
        assert toggled_.args == [cluster]


def test_right_on_an_open_module_goes_in_and_backspace_out(show: Show, qtbot) -> None:
    graph = dynamic()
    view = show(graph, None)
    cluster = int(view.drawing.placement.cluster_id[0])
    view.marks.select_cluster(cluster)
    with qtbot.waitSignal(view.node_clicked):
        QTest.keyClick(view, Qt.Key.Key_Right)
    assert graph.node(view.marks.selected).cluster == cluster
    with qtbot.waitSignal(view.cluster_clicked):
        QTest.keyClick(view, Qt.Key.Key_Backspace)
    assert view.marks.selected_cluster == cluster and view.marks.selected is None


def test_arrows_walk_onto_folded_boxes(show: Show) -> None:
    graph = dynamic()
    view = show(graph, frozenset({0}))
    QTest.keyClick(view, Qt.Key.Key_Home)
    reached = []
    for _ in range(12):
        QTest.keyClick(view, Qt.Key.Key_Down)
        if view.marks.selected_cluster is not None:
            reached.append(graph.clusters[view.marks.selected_cluster].path)
    assert "input_linear" in reached and "output_linear" in reached


# Marks


def test_what_is_found_is_counted_on_the_box_that_hides_it(show: Show, decoder: Graph) -> None:
    view = show(decoder, open_by_default(decoder))
    adds = [node.id for node in decoder.nodes if node.name == "add"]
    view.marks.set_matches(adds)
    assert view.scene.emphasis.hidden[stack_of(view)] == len(adds) == 48
    view.marks.set_matches([], [0, 1])
    assert view.scene.emphasis.hidden[stack_of(view)] == 2
    assert view.scene.emphasis.cell_matches[stack_of(view)] == {0, 1}
    view.grab()


def test_the_node_that_runs_next_marks_the_box_that_hides_it(show: Show) -> None:
    graph = dynamic()
    view = show(graph, frozenset({0}))
    plain = view.grab().toImage()
    states = NodeStates.all(len(graph))
    hidden = next(i for i, node in enumerate(graph.nodes) if node.name == "addmm")
    states.state[hidden] = NodeState.NEXT_BACKWARD
    view.scene.set_states(states)
    box = view.drawing.box_of(graph.nodes[hidden].id)
    assert view.drawing.folded[box]
    assert differs(plain, view.grab().toImage(), view, box)


def differs(one: QImage, other: QImage, view: GraphView, box: int) -> bool:
    x, y, width, _ = view.drawing.rect[box].tolist()
    left, top = view.camera.to_view(x, y)
    spots = [(int(left + width * view.zoom * k / 8), int(top + 1)) for k in range(1, 8)]
    return any(one.pixelColor(*spot) != other.pixelColor(*spot) for spot in spots)


def test_what_is_chosen_or_found_is_seen_though_its_kind_is_left_out(show: Show) -> None:
    graph = dynamic()
    view = show(graph, None)
    view.marks.set_filter(["parameters"], hides=True)
    chosen, found, other = [node.id for node in graph.nodes if node.kind == "parameter"][:3]
    view.marks.select(chosen)
    view.marks.set_matches([found])
    shares = [float(view.scene.emphasis.opacity[view.drawing.box_of(node)]) for node in (chosen, found, other)]
    assert shares == [1, 1, 0]


def test_what_is_filtered_is_dim_or_not_there(show: Show) -> None:
    graph = dynamic()
    view = show(graph, None)
    weight = next(node.id for node in graph.nodes if node.name == "input_linear.weight")
    spot = view.framing.position_of(weight).toPoint()
    view.marks.set_filter(["parameters"], hides=False)
    assert 0 < view.scene.emphasis.opacity[view.drawing.box_of(weight)] < 0.5
    view.marks.set_filter(["parameters"], hides=True)
    assert view.scene.emphasis.opacity[view.drawing.box_of(weight)] == 0
    view.grab()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    assert view.marks.selected is None
    view.marks.set_filter([], hides=True)
    assert view.scene.emphasis.opacity is None


def test_a_filter_outlives_the_drawing(show: Show) -> None:
    view = show(dynamic(1), None)
    view.marks.set_filter(["data"], hides=True)
    show(dynamic(2), None)
    data = view.drawing.kind == BoxKind.DATA
    assert (view.scene.emphasis.opacity[data] == 0).all()


def test_a_path_through_folded_boxes_is_strong(show: Show, decoder: Graph) -> None:
    view = show(decoder, open_by_default(decoder))
    view.marks.highlight([decoder.nodes[10].id])
    assert view.scene.emphasis.opacity[stack_of(view)] == 1


# Colors


def test_a_coloring_colors_boxes_and_cells_and_leaves_with_its_drawing(show: Show, decoder: Graph, qtbot) -> None:
    view = show(decoder, open_by_default(decoder))
    box, count = stack_of(view), len(view.drawing)
    cells = np.full(48, 0x22719C, np.int32)
    cells[5] = NOT_MEASURED
    coloring = BoxColoring.plain(count)
    view.scene.set_coloring(BoxColoring(coloring.pattern, coloring.fill, coloring.ink, coloring.value, {box: cells}))
    picture = view.grab().toImage()
    left, top = view.camera.to_view(*cell_of(view, box, 0))
    assert picture.pixelColor(int(left), int(top)).name() == "#22719c"
    with qtbot.waitSignal(view.drawing_changed):
        show(decoder, None)
    assert view.scene.coloring is None


def test_a_filled_box_has_its_color_from_far_and_near(show: Show) -> None:
    graph, placement = grid(400)
    view = show(graph, None)
    view.set_graph(graph, placement)
    count = len(view.drawing)
    full = np.full(count, Pattern.FILLED, np.uint8)
    shade, ink = np.full(count, 0x93CF8B, np.int32), np.zeros(count, np.int32)
    view.scene.set_coloring(BoxColoring(full, shade, ink, ("",) * count))
    for zoom in (1.0, 0.2, 0.04):
        view.set_camera(Camera(zoom, 20, 20))
        x, y, width, height = view.drawing.rect[0].tolist()
        left, top = view.camera.to_view(x + width * 0.7, y + height * 0.45)
        picture = view.grab().toImage()
        near = [picture.pixelColor(int(left), int(top) + way).name() for way in (-1, 0, 1)]
        assert "#93cf8b" in near, zoom


def test_a_coloring_of_another_drawing_is_ignored(show: Show) -> None:
    view = show(dynamic(), None)
    view.scene.set_coloring(BoxColoring.plain(3))
    assert view.scene.coloring is None


# Painting in parts


@pytest.mark.parametrize("zoom", [1.0, 0.6, 0.25, 0.05])
def test_a_pan_leaves_the_picture_that_a_whole_painting_would(show: Show, zoom: float) -> None:
    graph, placement = grid(900)
    view = show(graph, None)
    view.set_graph(graph, placement)
    view.set_camera(Camera(zoom, -100, -80))
    view.grab()
    for way in ((-37, 0), (0, 25), (61, -44)):
        view.set_camera(view.camera.moved(*way))
        view.grab()
    panned = view.viewport().grab().toImage()
    view.scene.repaint()
    assert difference(panned, view.viewport().grab().toImage()) <= 3


def test_hovering_paints_two_boxes_as_a_whole_painting_would(show: Show) -> None:
    graph, placement = grid(200)
    view = show(graph, None)
    view.set_graph(graph, placement)
    view.set_camera(Camera(1.0, 10, 10))
    view.grab()
    for node in (3, 4):
        QTest.mouseMove(view.viewport(), view.framing.position_of(node).toPoint())
        view.grab()
    assert view.marks.hovered == 4
    hovered = view.viewport().grab().toImage()
    assert view.scene.painted.nodes < 6
    view.scene.repaint()
    assert difference(hovered, view.viewport().grab().toImage()) <= 3


def difference(one: QImage, other: QImage) -> int:
    """Return the largest difference between the colors of two pictures; rounding of soft edges costs two or three."""
    arrays = [np.array(picture.constBits(), np.uint8).astype(int) for picture in (one, other)]
    return int(np.abs(arrays[0] - arrays[1]).max())


# Motion


def test_between_two_drawings_things_go_from_where_they_were_to_where_they_are() -> None:
    graph = dynamic()
    every = frozenset(range(len(graph.clusters)))
    folded = Drawing(graph, place(graph, open_clusters=set(every - {1})))
    opened = Drawing(graph, place(graph))
    tween = Tween(folded, opened, (5.0, 0.0))
    start, end = tween.at(0), tween.at(1)
    box = folded.box_of_cluster(1)
    row = opened.placement.cluster_id.tolist().index(1)
    was = (folded.rect[box] + np.array([5, 0, 0, 0])).tolist()
    assert start.cluster_rect[row].tolist() == pytest.approx(was, abs=1)
    loss = next(node.id for node in graph.nodes if node.kind == "loss")
    x, y = folded.rect[folded.box_of(loss), :2].tolist()
    assert start.rect[start.box_of(loss), :2].tolist() == pytest.approx([x + 5, y], abs=1)
    assert np.abs(end.rect - opened.rect).max() <= 1
    boxes, edges = tween.opacity(0)
    assert boxes[opened.box_of(loss)] == 1 and boxes.min() == 0 and edges.min() == 0
    assert all(values.min() == 1 for values in tween.opacity(1))


def test_unfolding_is_shown_and_ends_at_the_new_drawing(show: Show, qtbot, monkeypatch) -> None:
    graph = dynamic()
    monkeypatch.setattr("gradviz.gui.style.theme.motion_allowed", lambda: True)
    view = show(graph, frozenset(range(len(graph.clusters))) - {1})
    view.framing.keep_in_place(1)
    show(graph, None)
    assert view.scene.tween is not None
    qtbot.waitUntil(lambda: view.scene.tween is None)
    moved = view.viewport().grab().toImage()
    view.scene.repaint()
    assert difference(moved, view.viewport().grab().toImage()) <= 3


def test_nothing_moves_where_the_system_wants_no_motion(show: Show, monkeypatch) -> None:
    graph = dynamic()
    monkeypatch.setattr("gradviz.gui.style.theme.motion_allowed", lambda: False)
    view = show(graph, frozenset(range(len(graph.clusters))) - {1})
    view.framing.keep_in_place(1)
    show(graph, None)
    assert view.scene.tween is None
