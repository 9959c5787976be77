"""The watch list in the window: what is asked at each stop, what the rows say, and comparing two of them."""

from __future__ import annotations

import pytest
import torch
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from gradviz.gui.panels.watch.watch_panel import WatchPanel
from gradviz.gui.window.contents import filled_window
from gradviz.protocol.commands import AskTensor
from gradviz.protocol.events import Passed, StateChanged, Stopped
from gradviz.protocol.records import PassedRecord, PointRecord
from tests.gui.conftest import Desk
from tests.helpers.answers import answered


def stop(desk: Desk, index: int) -> None:
    """Stop in backward, before point `index`."""
    points = [PointRecord(i, "backward", 0, grad_fn="MmBackward0") for i in range(index + 1)]
    desk.session.apply(Passed(1, 0, tuple(PassedRecord(point, 1e-5) for point in points[:-1])))
    desk.session.apply(Stopped(1, 0, "step", points[-1]))
    desk.session.apply(StateChanged(1, "stopped", 0, 3.0))


def give(desk: Desk, *values: torch.Tensor) -> None:
    """Answer the last requests for values."""
    asked = [command for command in desk.commands if isinstance(command, AskTensor) and command.values]
    for command, value in zip(asked[-len(values) :], values, strict=True):
        desk.session.apply(replace(answered(value, values=True), request=command.request))


@pytest.fixture
def panel(desk: Desk) -> WatchPanel:
    desk.window.show()
    desk.engine_ready()
    stop(desk, 1)
    graph = desk.session.engine.graph
    leaf = next(node for node in graph.nodes if node.kind == "parameter")
    desk.session.selection.select(leaf.id)
    for column in (0, 1):
        desk.window.inspector.stop_page.tensors.watch_requested.emit(column)
    return desk.window.watch


def cells(panel: WatchPanel, row: int) -> list[str]:
    model = panel.view.model()
    return [model.index(row, column).data() for column in range(model.columnCount())]


def test_a_pinned_tensor_stays_in_sight_with_what_it_was_and_what_changed(desk: Desk, panel: WatchPanel) -> None:
    assert len(panel.rows) == 2 and panel.isVisible()
    give(desk, torch.tensor([1.0, 2.0]), torch.tensor([0.0, 0.0]))
    desk.session.selection.select(0)
    stop(desk, 2)
    give(desk, torch.tensor([1.0, 6.0]), torch.tensor([0.0, 0.0]))
    name, shape, value, before, change, largest, place, relative = cells(panel, 0)
    assert (shape, value, before) == ("2", "6.083", "2.236")
    assert (change, largest, place, relative) == ("4.000", "4.000", "[1]", "1.789")
    assert name == panel.rows[0].title


def test_a_tensor_is_watched_once(desk: Desk, panel: WatchPanel) -> None:
    desk.session.selection.select(panel.rows[0].node)
    desk.window.inspector.stop_page.tensors.watch_requested.emit(0)
    assert len(panel.rows) == 2


def test_two_selected_rows_are_compared_and_delete_removes_them(qtbot, desk: Desk, panel: WatchPanel) -> None:
    give(desk, torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0]))
    assert "Select two rows" in panel.comparison.text()
    panel.view.selectAll()
    assert "largest −2.000 at [1]" in panel.comparison.text()
    stop(desk, 2)
    give(desk, torch.tensor(5.0), torch.tensor(4.0))
    assert panel.comparison.text().endswith("1.000, relative 0.2500")
    panel.copy()
    assert len(QGuiApplication.clipboard().text().splitlines()) == 3
    qtbot.keyClick(panel.view, Qt.Key.Key_Delete)
    assert panel.rows == []


def test_an_expression_is_followed(desk: Desk, panel: WatchPanel) -> None:
    panel.field.setText(" h.max() ")
    panel.field.returnPressed.emit()
    asked = [command for command in desk.commands if isinstance(command, AskTensor) and command.what == "expression"]
    assert [(command.node, command.name) for command in asked] == [(None, "h.max()")]
    assert panel.field.text() == ""
    desk.session.apply(replace(answered(torch.tensor(3.0)), request=asked[-1].request))
    assert cells(panel, 2)[:3] == ["h.max()", "scalar", "3.000"]


def test_each_network_has_its_own_list_which_outlives_the_window(desk: Desk, panel: WatchPanel) -> None:
    panel.add_expression("h.max()")
    titles = [row.title for row in panel.rows]
    desk.session.opening.open("nn")
    assert panel.rows == []
    panel.add_expression("y.sum()")
    window = filled_window(desk.session, desk.settings, desk.theme)
    assert [row.title for row in window.watch.rows] == ["y.sum()"]
    desk.session.opening.open("autograd")
    assert [row.title for row in panel.rows] == titles
    stop(desk, 1)
    assert not any(row.message for row in panel.rows)
    panel.view.selectAll()
    panel.remove_selected()
    assert desk.setups.watched("autograd") == []
