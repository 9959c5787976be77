"""The window at every size and scale, in both themes: no card lies on the node that is next, and it is in sight."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QApplication, QWidget

from gradviz.gui.scene.view.graph_view import GraphView
from gradviz.protocol.events import Stopped
from gradviz.protocol.records import PointRecord
from tests.gui.conftest import Desk
from tests.helpers.dressed import dressed

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


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_no_card_meets_the_node_that_is_next_and_it_is_in_sight(desk: Desk, qapp: QApplication, qtbot, theme) -> None:
    window, view = desk.window, desk.window.graph_panel.view
    with dressed(qapp, theme):
        desk.engine_ready()
        window.resize(SCREENS[1])
        window.show()
        node = next(node.id for node in view.graph.nodes if node.kind == "function")
        desk.session.apply(Stopped(1, 0, "step", PointRecord(3, "backward", node, grad_fn="MmBackward0")))
        qtbot.waitUntil(window.overlays.stop.isVisible)
        for size in {(int(s.width() / by), int(s.height() / by)) for s in SCREENS for by in SCALES}:
            window.resize(*size)
            qtbot.waitUntil(lambda: view.viewport().rect().translated(view.viewport().pos()).contains(
                rect_in_view(view, node)
            ))  # fmt: skip
            for card in cards_of(view):
                place = QRect(card.mapTo(view, QPoint()), card.size())
                assert not place.intersects(rect_in_view(view, node)), (size, type(card).__name__)
