"""The table of all nodes: rows, order, filter, selection to and fro, columns, export, a window of its own."""

from __future__ import annotations

import csv
import io
import math

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from gradviz.gui.panels.tables.node_table_model import COLUMNS
from gradviz.gui.panels.tables.table_panel import TablePanel
from gradviz.model.graph.graph import Graph
from gradviz.model.tables.node_table import NodeTable
from gradviz.protocol.commands import SetMeasures
from gradviz.protocol.events import GraphChanged
from gradviz.protocol.records import GraphRecord, NodeRecord
from tests.gui.conftest import Desk
from tests.helpers.deep_graph import deep_record, measured

DISPLAY = Qt.ItemDataRole.DisplayRole


@pytest.fixture
def panel(qtbot) -> TablePanel:
    panel = TablePanel()
    qtbot.addWidget(panel)
    panel.set_table(NodeTable(Graph(deep_record())))
    panel.resize(900, 500)
    panel.show()
    return panel


@pytest.fixture
def deep(desk: Desk) -> Desk:
    desk.engine_ready()
    desk.session.apply(GraphChanged(desk.session.state.runs.number, 0, "deep", deep_record()))
    desk.window.resize(1500, 950)
    desk.window.show()
    desk.window.panels.show("table")
    return desk


def cell(panel: TablePanel, row: int, name: str, role: int = DISPLAY):
    return panel.model.data(panel.model.index(row, COLUMNS.index(name)), role)


def names(panel: TablePanel) -> list[str]:
    return [cell(panel, row, "name") for row in range(panel.model.rowCount())]


def give(desk: Desk, **values: dict[int, float]) -> None:
    desk.session.apply(measured(desk.session.state.runs.number, 1, values))  # type: ignore[arg-type]
    desk.window.measures._show_values()


def test_every_node_is_a_row_in_the_graphs_order(panel: TablePanel) -> None:
    assert panel.model.rowCount() == len(deep_record().nodes)
    assert names(panel)[:3] == ["wte.weight = head.weight", "embedding", "h.0.attn.weight"]
    assert panel.count.text() == "45 nodes"


def test_a_click_on_a_heading_sorts_and_a_third_restores_the_order(panel: TablePanel) -> None:
    before = names(panel)
    header = panel.view.horizontalHeader()
    header.setSortIndicator(COLUMNS.index("name"), Qt.SortOrder.AscendingOrder)
    assert names(panel)[0] == "addmm"
    header.setSortIndicator(COLUMNS.index("name"), Qt.SortOrder.DescendingOrder)
    assert names(panel)[0] == "wte.weight = head.weight"
    header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    assert names(panel) == before


def test_typing_filters_and_counts_how_many_are_left(panel: TablePanel, qtbot) -> None:
    panel.field.setText("softmax h.3")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    assert panel.count.text() == "1 of 45"
    panel.field.setText("nothing like it")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 0)
    assert panel._stack.currentWidget() is panel._none


def test_enter_in_the_filter_goes_to_the_first_row(panel: TablePanel, qtbot) -> None:
    panel.field.setText("softmax")
    with qtbot.waitSignal(panel.node_chosen) as chosen:
        qtbot.keyClick(panel.field, Qt.Key.Key_Return)
    assert chosen.args == [2] and panel.model.rowCount() == 6


def test_the_selected_node_stays_selected_when_the_order_changes(panel: TablePanel) -> None:
    panel.select(2)
    panel.view.horizontalHeader().setSortIndicator(COLUMNS.index("name"), Qt.SortOrder.DescendingOrder)
    assert panel.model.node_id(panel.view.currentIndex().row()) == 2


def test_a_node_that_is_selected_elsewhere_is_shown_without_a_signal(panel: TablePanel, qtbot) -> None:
    with qtbot.assertNotEmitted(panel.node_chosen):
        panel.select(7)
    assert panel.view.selectionModel().selectedRows()[0].row() == panel.model.row_of(7)
    panel.select(None)
    assert not panel.view.selectionModel().hasSelection()


def test_without_nodes_the_panel_shows_when_there_will_be_some(panel: TablePanel) -> None:
    panel.set_table(None)
    assert panel._stack.currentWidget() is panel._empty and panel._empty.title == "No nodes yet"


def test_measured_cells_have_units_a_dash_where_nothing_is_known_and_all_figures_in_the_tip(deep: Desk) -> None:
    table = deep.window.measures.table
    give(deep, time_forward={0: 1.234567e-5}, grad_norm={0: math.nan}, saved_bytes={0: 0.0})
    row = table.model.row_of(0)
    assert cell(table, row, "time_forward") == "12.3 µs"
    assert cell(table, row, "saved_bytes") == "0" and cell(table, row, "flops") == "–"
    assert cell(table, row, "grad_norm") == "NaN"
    assert cell(table, row, "time_forward", Qt.ItemDataRole.ToolTipRole).endswith("1.234567e-05")
    assert "not measured" in cell(table, row, "flops", Qt.ItemDataRole.ToolTipRole)
    assert cell(table, row, "line", Qt.ItemDataRole.ToolTipRole) == "/code/gpt.py:4"


def test_rows_that_are_sorted_by_a_measured_column_follow_it_live(deep: Desk) -> None:
    table = deep.window.measures.table
    table.view.horizontalHeader().setSortIndicator(COLUMNS.index("grad_norm"), Qt.SortOrder.DescendingOrder)
    give(deep, grad_norm={3: 5.0, 4: 9.0})
    assert [table.model.node_id(row) for row in (0, 1)] == [4, 3]
    give(deep, grad_norm={3: 50.0, 4: 9.0})
    assert [table.model.node_id(row) for row in (0, 1)] == [3, 4]


def test_choosing_a_row_selects_the_node_and_the_other_way_round(deep: Desk) -> None:
    table = deep.window.measures.table
    table.view.setCurrentIndex(table.model.index(table.model.row_of(5), 1))
    assert deep.session.selection.node_id == 5
    deep.session.selection.select(9)
    assert table.model.node_id(table.view.currentIndex().row()) == 9


def test_walking_through_rows_unfolds_nothing_but_enter_does(deep: Desk, qtbot) -> None:
    deep.window.graph_panel.fold_all()
    table, view = deep.window.measures.table, deep.window.graph_panel.view
    boxes = len(view.drawing)
    table.view.setCurrentIndex(table.model.index(table.model.row_of(5), 1))
    assert len(view.drawing) == boxes
    qtbot.keyClick(table.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not view.drawing.folded[view.drawing.box_of(5)])


def test_columns_can_be_put_away_which_is_remembered_and_no_longer_measured(deep: Desk) -> None:
    table = deep.window.measures.table
    asked = [command for command in deep.commands if isinstance(command, SetMeasures)]
    assert len(asked[-1].kinds) == 9
    section = COLUMNS.index("dead_units")
    table.columns_menu().actions()[section + 1].trigger()  # a section heading is between
    assert table.view.isColumnHidden(section)
    assert "dead_units" not in deep.commands[-1].kinds
    assert deep.settings.get("table/hidden") == "dead_units"


def test_a_hidden_column_is_still_in_the_file(deep: Desk, tmp_path, monkeypatch) -> None:
    target = tmp_path / "nodes.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target.with_suffix("")), ""))
    give(deep, grad_norm={0: 1 / 3})
    deep.window.measures.table.hide_columns(["grad_norm", "shape"])
    deep.window.update_actions()
    deep.window.actions_["export_nodes"].trigger()
    rows = list(csv.DictReader(io.StringIO(target.read_text("utf-8"))))
    assert len(rows) == 45
    found = next(row for row in rows if row["id"] == "0")
    assert float(found["grad_norm"]) == 1 / 3 and found["flops"] == "" and found["shape"] == "2x4"


def test_a_file_that_cannot_be_written_is_said(deep: Desk, tmp_path, qtbot) -> None:
    with qtbot.waitSignal(deep.window.exports.reported) as reported:
        deep.window.exports.write(str(tmp_path / "no such folder" / "a.csv"), "")
    assert "cannot be written" in reported.args[0]


def test_the_table_opens_large_in_a_window_that_is_joined_too(deep: Desk) -> None:
    deep.window.update_actions()
    deep.window.actions_["open_table"].trigger()
    window = deep.window.measures._window
    large = window.findChild(TablePanel)
    assert window.isVisible() and large.model.rowCount() == 45
    deep.session.selection.select(3)
    assert large.model.node_id(large.view.currentIndex().row()) == 3
    give(deep, grad_norm={3: 2.0})
    assert cell(large, large.model.row_of(3), "grad_norm") == "2.0e+00"
    window.close()


def test_rows_are_made_when_they_are_looked_at(qtbot, monkeypatch) -> None:
    nodes = tuple(NodeRecord(i, "function", f"op{i % 40}", "Op", shape=(4, 4)) for i in range(20_000))
    panel = TablePanel()
    qtbot.addWidget(panel)
    panel.resize(900, 500)
    panel.show()
    asked = []
    before = panel.model._text
    monkeypatch.setattr(panel.model, "_text", lambda section, row: asked.append(row) or before(section, row))
    panel.set_table(NodeTable(Graph(GraphRecord("many", "autograd", nodes, ()))))
    qtbot.waitUntil(lambda: len(asked) > 0)
    assert panel.model.rowCount() == 20_000
    assert 0 < len(set(asked)) < 100


def test_ids_are_shown_whole_and_what_autograd_has_no_node_for_has_none(qtbot) -> None:
    nodes = tuple(NodeRecord(i, "function", "op") for i in (-1_002_049, 0, 1_234_567))
    panel = TablePanel()
    qtbot.addWidget(panel)
    panel.set_table(NodeTable(Graph(GraphRecord("ids", "autograd", nodes, ()))))
    section = COLUMNS.index("id")
    assert panel.view.columnWidth(section) > panel.view.fontMetrics().horizontalAdvance("1234567")
    panel.view.sortByColumn(section, Qt.SortOrder.AscendingOrder)
    assert [panel.model.index(row, section).data() for row in range(3)] == ["0", "1234567", ""]
    panel.view.sortByColumn(section, Qt.SortOrder.DescendingOrder)
    assert [panel.model.index(row, section).data() for row in range(3)] == ["1234567", "0", ""]


def test_another_order_and_another_filter_show_what_comes_first(qtbot) -> None:
    nodes = tuple(NodeRecord(i, "function", f"op{i}") for i in range(500))
    panel = TablePanel()
    qtbot.addWidget(panel)
    panel.resize(900, 400)
    panel.show()
    panel.set_table(NodeTable(Graph(GraphRecord("many", "autograd", nodes, ()))))
    panel.select(400)
    assert panel.view.verticalScrollBar().value() > 0
    panel.view.horizontalHeader().setSortIndicator(COLUMNS.index("name"), Qt.SortOrder.DescendingOrder)
    assert panel.view.verticalScrollBar().value() == 0
    panel.view.scrollToBottom()
    panel.field.setText("op")
    panel._to_rows()
    assert panel.view.verticalScrollBar().value() == 0


def test_every_button_and_field_has_a_name(panel: TablePanel) -> None:
    for button in panel.corner.findChildren(type(panel._columns_button)):
        assert button.toolTip() and button.accessibleName()
    assert panel.field.accessibleName() and panel.view.accessibleName()
