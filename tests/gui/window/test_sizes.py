"""The window at every size and scale, for each kind of drawing: no card lies on what is next, and no text is cut."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize
from PySide6.QtWidgets import QApplication, QWidget

from gradviz.gui.scene.painting.paint_caches import TextCache
from gradviz.gui.scene.view.graph_view import GraphView
from gradviz.protocol.events import GraphChanged, Stopped
from gradviz.protocol.records import EdgeRecord, GraphRecord, NodeRecord, PointRecord
from tests.gui.conftest import Desk
from tests.helpers.deep_graph import deep_record
from tests.helpers.dressed import dressed
from tests.helpers.graphs import dynamic

SCREENS = (QSize(1280, 800), QSize(1600, 1000), QSize(3840, 2160))
SCALES = (1.0, 1.5, 2.0)
"""A window at 200 % has half as many pixels of its own each way."""


def cards_of(view: GraphView) -> list[QWidget]:
    """Return every card of a canvas that is shown, wherever it is."""
    inside = view.findChildren(QWidget)
    cards = [child for child in inside if child.parent() is view and child is not view.viewport() and child.isVisible()]
    return [
        card for card in cards if type(card).__name__ != "_Ground" and card.objectName() != "qt_scrollarea_hcontainer"
    ]


def rect_in_view(view: GraphView, node: int) -> QRect:
    x, y, width, height = view.drawing.rect[view.drawing.box_of(node)].tolist()
    left, top = view.camera.to_view(x, y)
    place = QRect(round(left), round(top), round(width * view.zoom), round(height * view.zoom))
    return place.translated(view.viewport().pos())


def by_hand() -> GraphRecord:
    """Two layers whose gradients are derived by hand, with what backward computes beside what forward did."""
    ops = [("dot", "forward"), ("maximum", "forward"), ("dot", "forward"), ("subtract", "forward"),
           ("multiply", "backward"), ("T", "backward"), ("dot", "backward")]  # fmt: skip
    nodes = [
        NodeRecord(number, "op", name, op=f"numpy.{name}", phase=phase, shape=(64, 100))
        for number, (name, phase) in enumerate(ops)
    ]
    nodes.append(NodeRecord(-1, "loss", "loss", shape=()))
    pairs = ((0, 1), (1, 2), (2, 3), (3, 4), (4, 6), (1, 5), (5, 6), (3, -1))
    return GraphRecord("by hand", "recorded", tuple(nodes), tuple(EdgeRecord(*pair, shape=(64, 100)) for pair in pairs))


GRAPHS = {
    "autograd": (None, "MmBackward0"),
    "dynamic": (lambda: dynamic(3).record, "AddmmBackward0"),
    "folded": (lambda: deep_record(blocks=12), "AddmmBackward0"),
    "by hand": (by_hand, ""),
}
"""Of each kind of drawing one: what makes its record (None for the one that the engine of tests opens), and where to
stop."""


@pytest.mark.parametrize("theme, kind", [("light", "autograd"), *(("dark", kind) for kind in GRAPHS)])
def test_no_card_meets_the_node_that_is_next_which_is_in_sight_and_no_text_is_cut(
    desk: Desk, qapp: QApplication, qtbot, monkeypatch, theme, kind
) -> None:
    window, view, session = desk.window, desk.window.graph_panel.view, desk.session
    fits, cut = TextCache.fit, set()

    def fit(cache: TextCache, text: str, *given) -> str:
        fitted = fits(cache, text, *given)
        if fitted != text:
            cut.add(text)
        return fitted

    monkeypatch.setattr(TextCache, "fit", fit)
    make, grad_fn = GRAPHS[kind]
    with dressed(qapp, theme):
        desk.engine_ready()
        if make is not None:
            record = make()
            session.apply(GraphChanged(session.state.runs.number, 0, record.signature, record))
        window.resize(SCREENS[1])
        window.show()
        node = [node.id for node in view.graph.nodes if node.kind in ("function", "op")][-2]
        session.apply(Stopped(1, 0, "step", PointRecord(3, "backward", node, grad_fn=grad_fn)))
        qtbot.waitUntil(window.overlays.stop.isVisible)
        for size in {(int(s.width() / by), int(s.height() / by)) for s in SCREENS for by in SCALES}:
            window.resize(*size)
            qtbot.waitUntil(lambda: view.viewport().rect().translated(view.viewport().pos()).contains(
                rect_in_view(view, node)
            ))  # fmt: skip
            view.viewport().grab()
            assert not cut, size
            for card in cards_of(view):
                place = QRect(card.mapTo(view, QPoint()), card.size())
                assert not place.intersects(rect_in_view(view, node)), (size, type(card).__name__)
                assert view.rect().contains(place) or place.top() >= view.height(), (size, type(card).__name__)


class LayoutCount(QObject):
    """Counts the layouts that are asked for in the whole program."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


@pytest.mark.parametrize("size", [(640, 400), (1280, 800), (1600, 1000), (3840, 2160)])
def test_a_window_that_nobody_touches_lays_nothing_out(desk: Desk, qapp: QApplication, qtbot, size) -> None:
    layouts = LayoutCount()

    def quiet() -> bool:
        before = layouts.count
        QApplication.processEvents()
        return layouts.count == before

    desk.engine_ready()
    desk.window.resize(*size)
    desk.window.show()
    qapp.installEventFilter(layouts)
    try:
        qtbot.waitUntil(quiet)
    finally:
        qapp.removeEventFilter(layouts)
