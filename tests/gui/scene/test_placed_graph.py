"""The resolved drawing: what is where, found by arrays, agrees with looking at every box in turn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradviz.appearance.boxes import BoxKind
from gradviz.gui.scene.data.camera import Rect
from gradviz.gui.scene.data.camera_fitting import first_view
from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.scene.painting.cluster_painter import closed_rows, outermost
from gradviz.layout.layout import place
from gradviz.model.graph.graph import Graph
from tests.gui.placements import grid
from tests.helpers.graphs import dynamic, two_layers

coordinates = st.floats(-50, 1200, width=32)


@pytest.fixture(scope="module")
def drawn() -> Drawing:
    return Drawing(*grid(200))


@given(x=coordinates, y=coordinates)
def test_hits_agree_with_looking_at_every_box(drawn: Drawing, x: float, y: float) -> None:
    hits = [
        box
        for box, (left, top, width, height) in enumerate(drawn.rect.tolist())
        if left <= x <= left + width and top <= y <= top + height
    ]
    assert drawn.box_at(x, y) == (hits[-1] if hits else None)


@given(x=coordinates, y=coordinates, width=st.floats(0, 500), height=st.floats(0, 500))
def test_visible_boxes_agree_with_looking_at_every_box(drawn: Drawing, x, y, width, height) -> None:
    seen = [
        box
        for box, (left, top, wide, high) in enumerate(drawn.rect.tolist())
        if left <= x + width and left + wide >= x and top <= y + height and top + high >= y
    ]
    assert drawn.boxes_in((x, y, width, height)).tolist() == seen


def test_edges_end_at_their_arrowheads() -> None:
    graph = two_layers()
    drawing = Drawing(graph, place(graph))
    for edge in range(len(drawing.placement.edge_source)):
        tip = drawing.lines.arrowhead(edge)[0]
        end = drawing.lines.path(edge).currentPosition()
        assert np.hypot(tip.x() - end.x(), tip.y() - end.y()) == pytest.approx(5.5, abs=0.1)


def test_kinds_follow_the_nodes() -> None:
    graph = two_layers()
    drawing = Drawing(graph, place(graph))
    kinds = {graph.nodes[node].name: BoxKind(kind) for node, kind in zip(drawing.node_at, drawing.kind, strict=True)}
    assert kinds["x"] == BoxKind.DATA
    assert kinds["w1"] == BoxKind.PARAMETER
    assert kinds["mm"] == BoxKind.FUNCTION
    assert kinds["loss"] == BoxKind.LOSS


def test_a_node_inside_a_folded_cluster_is_shown_by_its_box() -> None:
    graph = dynamic()
    drawing = Drawing(graph, place(graph, open_clusters={0}))
    hidden = next(node for node in graph.nodes if node.name == "addmm")
    box = drawing.box_of(hidden.id)
    assert box is not None
    assert drawing.kind[box] == BoxKind.CLUSTER
    assert drawing.title(box) == "input_linear"


def test_headers_are_found_only_on_open_clusters() -> None:
    graph = dynamic()
    drawing = Drawing(graph, place(graph))
    for row, cluster in enumerate(drawing.placement.cluster_id.tolist()):
        x, y, width, _ = drawing.cluster_rect[row].tolist()
        assert drawing.header_at(x + width / 2, y + 6) == cluster
        assert drawing.place_of_cluster(cluster) == (x, y)
    assert drawing.header_at(-100, -100) is None


def test_clusters_close_from_far_away_and_open_near() -> None:
    graph = dynamic()
    drawing = Drawing(graph, place(graph))
    assert not closed_rows(drawing, 0.5).any()
    closed = closed_rows(drawing, 0.05)
    assert closed.all()
    tops = np.nonzero(outermost(drawing, closed))[0]
    assert (drawing.cluster_parent_row[tops] == -1).all()


def test_counts_of_clusters_include_what_is_nested() -> None:
    graph = dynamic()
    drawing = Drawing(graph, place(graph))
    inside = sum(node.cluster != -1 for node in graph.nodes)
    tops = [i for i, cluster in enumerate(graph.clusters) if cluster.parent == -1]
    assert sum(drawing.cluster_counts[i] for i in tops) == inside


def test_an_empty_graph_can_be_drawn() -> None:
    graph, placement = grid(0)
    drawing = Drawing(graph, placement)
    assert isinstance(graph, Graph)
    assert drawing.box_at(0, 0) is None
    assert drawing.edges_in((0, 0, 10, 10)).tolist() == []


def test_a_first_view_begins_below_an_upper_card_and_at_the_top_where_one_reaches_too_low(drawn: Drawing) -> None:
    begin = drawn.rect[drawn.order[0]]

    def top(*cards: Rect) -> float:
        return first_view(drawn, 350, 270, list(cards), None).to_view(*begin[:2])[1]

    assert top((8, 10, 300, 60)) >= 70 > top()
    assert top((14, 60, 300, 80)) == top()
