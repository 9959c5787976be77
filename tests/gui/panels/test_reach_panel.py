"""The reach panel: what it counts, what it shows of each parameter, where its rows lead, what it writes."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt

from gradviz.gui.panels.tables.reach_list import ICONS, ReachRow
from gradviz.gui.panels.tables.reach_panel import ReachPanel
from gradviz.model.graph.graph import Graph
from gradviz.model.tables.reach_table import as_csv, as_text, reach_table
from gradviz.protocol.answers import HoldersListed
from gradviz.protocol.commands import SetMeasures
from gradviz.protocol.events import GraphChanged, Measured
from gradviz.protocol.explanations import HolderRecord
from gradviz.protocol.records import ColumnRecord, GraphRecord, ReachRecord, UnexplainedRecord
from tests.gui.conftest import Desk
from tests.helpers.fake_engine import graph_record

_FILE = "/m/gpt.py"
_REACH = (
    ReachRecord(-2, ("w1", "tied.w1"), (1000, 100), "float32"),
    ReachRecord(-1, ("wpe.weight",), (16, 32), "float32", False, "frozen", "frozen: requires_grad is False"),
    ReachRecord(-50, ("probe.weight",), (1, 32), "float32", False, "detached", "detached by detach", _FILE, 71),
    ReachRecord(-51, ("scale",), (), "float32", False, "unused", "not used in this forward"),
    ReachRecord(-52, ("hidden.weight",), (2, 2), "float32", None, "hidden", "in a compiled region"),
)


def record(**changes: object) -> GraphRecord:
    fields = {"reach": _REACH, "unexplained": (UnexplainedRecord(1, "source line", "clamp came from nowhere"),)}
    return replace(graph_record("reach"), **{**fields, **changes})


@pytest.fixture
def panel(desk: Desk) -> ReachPanel:
    desk.engine_ready()
    desk.window.show()
    desk.window.panels.show("reach")
    show(desk, record())
    return desk.window.opening.reach


def show(desk: Desk, graph: GraphRecord) -> None:
    desk.session.apply(GraphChanged(desk.session.state.runs.number, 0, graph.signature, graph))


def row(panel: ReachPanel, name: str) -> int:
    return next(i for i, row in enumerate(panel.list.rows) if row.name == name)


def rows(panel: ReachPanel, kind: str) -> list[ReachRow]:
    return [row for row in panel.list.rows if row.kind == kind]


def test_each_tensor_is_counted_once_and_what_is_unsure_is_not_counted_as_reached(panel: ReachPanel) -> None:
    assert panel.number.text() == "1" and panel.words.text() == "of 5 parameters get a gradient"
    assert [(head.name, head.right) for head in rows(panel, "head")] == [
        ("No gradient", "3"),
        ("Only backward can tell", "1"),
        ("One tensor, several names", "1"),
        ("What could not be explained", "1"),
    ]


def test_the_tab_carries_the_number_that_no_gradient_reaches(panel: ReachPanel, desk: Desk) -> None:
    strip = desk.window.panels.dock_of("reach")._strip.tabs
    assert "Reach  3" in [strip.tabText(i) for i in range(strip.count())]
    show(desk, record(signature="all", reach=_REACH[:1], unexplained=()))
    assert "Reach" in [strip.tabText(i) for i in range(strip.count())]
    assert panel.words.text() == "of 1: every parameter gets a gradient"


def test_every_reason_has_an_icon_of_its_own(panel: ReachPanel) -> None:
    assert len(set(ICONS.values())) == len(ICONS)
    assert [lost.icon for lost in rows(panel, "lost")] == ["lock", "scissors", "prohibit", "stack"]


def test_a_click_selects_what_is_drawn(panel: ReachPanel, desk: Desk, qtbot) -> None:
    at = panel.list.visualRect(panel.list.model().index(row(panel, "wpe.weight"), 0)).topLeft() + QPoint(60, 8)
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert desk.session.selection.node_id == -1


def test_the_link_shows_the_line_and_so_does_a_row_that_is_not_drawn(panel: ReachPanel, qtbot) -> None:
    number = row(panel, "probe.weight")
    panel.list.scrollTo(panel.list.model().index(number, 0))
    with qtbot.waitSignal(panel.source_requested) as got:
        qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=panel.list.link_rect(number).center())
    assert got.args == [_FILE, 71]
    with qtbot.waitSignal(panel.source_requested):
        panel.list.row_chosen.emit(panel.list.rows[number])


def test_enter_chooses_the_current_row(panel: ReachPanel, desk: Desk, qtbot) -> None:
    panel.list.setCurrentIndex(panel.list.model().index(row(panel, "w1 = tied.w1"), 0))
    qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    assert desk.session.selection.node_id == -2


def test_the_menu_highlights_the_way_of_a_gradient_where_there_is_one(panel: ReachPanel, desk: Desk) -> None:
    menu = panel.list.menu_for(panel.list.rows[row(panel, "w1 = tied.w1")])
    next(action for action in menu.actions() if "way" in action.text()).trigger()
    assert desk.window.graph_panel.highlighted
    gone = panel.list.menu_for(panel.list.rows[row(panel, "scale")])
    assert not any(action.isEnabled() for action in gone.actions() if "graph" in action.text())


def test_the_smallest_gradients_are_measured_only_while_the_panel_is_seen(panel: ReachPanel, desk: Desk) -> None:
    assert [c for c in desk.commands if isinstance(c, SetMeasures)][-1].kinds == ("grad_norm", "update_ratio")
    ids, values = np.array([-2], "<i4").tobytes(), np.array([0.0], "<f8").tobytes()
    desk.session.apply(Measured(desk.session.state.runs.number, 4, "reach", (ColumnRecord("grad_norm", ids, values),)))
    assert [(small.name, small.right) for small in rows(panel, "small")] == [("w1", "0")]
    desk.window.panels.show("inspector")
    assert [c for c in desk.commands if isinstance(c, SetMeasures)][-1].kinds == ()


def test_without_an_autograd_graph_it_shows_why_it_is_empty(panel: ReachPanel, desk: Desk) -> None:
    show(desk, record(signature="hand", kind="recorded", reach=(), unexplained=(), notes=()))
    assert panel.empty.title == "There is no autograd graph"
    show(desk, record(signature="none", reach=(), unexplained=()))
    assert panel.empty.title == "There are no parameters"


def test_the_reach_of_another_network_is_not_shown_for_the_one_that_failed(panel: ReachPanel, desk: Desk) -> None:
    desk.fake.answer = lambda command: []  # type: ignore[method-assign]
    desk.session.opening.open("nn")
    assert panel.table is None and panel.empty.title == "Nothing is reached yet"


def test_the_export_has_a_row_for_every_parameter(panel: ReachPanel, desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "reach.csv"
    desk.window.exports.write_reach(str(path))
    found = list(csv.DictReader(io.StringIO(path.read_text())))
    assert [entry["gets a gradient"] for entry in found] == ["yes", "no", "no", "no", "unknown"]
    assert found[2]["line"] == "71" and found[0]["other names"] == "tied.w1"
    desk.window.exports.write_reach(str(tmp_path / "none" / "reach.txt"))
    assert "cannot be written" in desk.window._status.message


def test_the_text_has_what_the_panel_shows() -> None:
    table = reach_table(Graph(record()))
    text = as_text(table)
    assert text.startswith("1 of 5 parameters get a gradient\n")
    assert "  probe.weight  1 × 32  detached by detach, gpt.py:71\n" in text
    assert "w1 = tied.w1" in text and "clamp came from nowhere" in text
    assert as_csv(table).count("\n") == 6


def test_thousands_of_frozen_parameters_are_rows_not_widgets(panel: ReachPanel, desk: Desk) -> None:
    many = tuple(ReachRecord(-100 - i, (f"h.{i}.w",), (1,), "float32", False, "frozen", "frozen") for i in range(3000))
    show(desk, record(signature="many", reach=many, unexplained=()))
    assert len(rows(panel, "lost")) == 3000 and len(panel.list.findChildren(type(panel.number))) == 0


def test_an_error_of_torchs_is_explained_and_shows_the_parameters_that_it_is_about(panel: ReachPanel) -> None:
    panel.search_for("Expected to have finished reduction in the prior iteration before starting a new one.")
    assert "find_unused_parameters=True" in panel.meaning.text() and panel.meaning.isVisible()
    assert [row.name for row in rows(panel, "lost")] == ["probe.weight", "scale", "hidden.weight"]
    panel.search_for("")
    assert not panel.meaning.isVisible() and len(rows(panel, "lost")) == 4


def test_what_no_update_changes_as_expected_has_rows_of_its_own(desk: Desk, panel: ReachPanel) -> None:
    holders = (HolderRecord(("w1", "tied.w1"), (("SGD", 0.0),)), HolderRecord(("scale",)))
    desk.session.apply(HoldersListed(desk.session.state.runs.number, holders))
    assert panel.list.rows[row(panel, "w1")].text == "its learning rate is 0"
    panel.search_for("in no optimizer")
    assert [row.name for row in rows(panel, "lost")] == ["scale"]


def test_an_error_typed_where_nodes_are_sought_opens_the_panel(desk: Desk, panel: ReachPanel) -> None:
    desk.window.finder._field.setText("element 0 of tensors does not require grad and does not have a grad_fn")
    desk.window.finder._on_text("")
    assert "has no graph" in panel.meaning.text()
