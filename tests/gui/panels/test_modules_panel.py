"""Totals by module: headline, tree, what is measured while it is seen, selection, export."""

from __future__ import annotations

import csv
import io

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QFileDialog

from gradviz.gui.panels.tables.module_tree_model import CLASS_ROLE, COLUMNS
from gradviz.gui.panels.tables.modules_panel import ModulesPanel
from gradviz.protocol.commands import SetMeasures
from tests.gui.conftest import Desk
from tests.helpers.deep_graph import measured


@pytest.fixture
def deep(deep: Desk) -> Desk:
    deep.window.panels.show("modules")
    return deep


def panel(desk: Desk) -> ModulesPanel:
    return desk.window.measures.modules


def give(desk: Desk, **values: dict[int, float]) -> None:
    desk.session.apply(measured(desk.session.state.runs.number, 1, values))  # type: ignore[arg-type]
    desk.window.measures._show_values()


def cell(shown: ModulesPanel, path: str, column: str):
    row = shown.model.totals.index[path]
    return shown.model.data(shown.model.index_of(row).siblingAtColumn(COLUMNS.index(column)))


def children(shown: ModulesPanel, parent: QModelIndex) -> list[str]:
    return [shown.model.index(row, 0, parent).data() for row in range(shown.model.rowCount(parent))]


def test_the_headline_counts_a_tied_weight_once_and_names_it(deep: Desk) -> None:
    shown = panel(deep)
    assert shown.headline.text() == "235 parameters"
    assert shown.facts.text() == "232 trainable, 3 frozen · 940 B"
    assert shown.tied.text() == "wte.weight = head.weight: one tensor, counted once."


def test_the_tree_is_that_of_the_model(deep: Desk) -> None:
    shown = panel(deep)
    top = shown.model.index(0, 0)
    assert top.data() == "Tiny" and children(shown, top) == ["wte", "h", "head", "spare"]
    blocks = shown.model.index_of(shown.model.totals.index["h"])
    assert children(shown, blocks) == ["0", "1", "2", "3", "4", "5"]
    assert shown.model.parent(blocks) == top
    block = shown.model.index_of(shown.model.totals.index["h.0"])
    assert block.data(CLASS_ROLE) == "Block" and children(shown, block) == ["attn", "mlp"]


def test_cells_show_parameters_output_and_what_was_measured(deep: Desk) -> None:
    give(deep, flops={1: 64.0, 2: 36.0}, time_forward={1: 1e-6, 4: 3e-6}, saved_bytes={1: 1024.0})
    shown = panel(deep)
    assert [cell(shown, "h.0", name) for name in ("parameters", "own", "output")] == ["32", "–", "2 × 4"]
    assert cell(shown, "h.0.attn", "flops") == "100" and cell(shown, "h.1", "flops") == "–"
    assert cell(shown, "h.0", "time_forward") == "4.00 µs" and cell(shown, "h.0.attn", "share") == "25.0 %"
    assert "1.00 KiB held for backward" in shown.facts.text() and "100 FLOP in forward" in shown.facts.text()


def test_it_measures_while_it_is_seen_and_no_longer(deep: Desk) -> None:
    asked = [command for command in deep.commands if isinstance(command, SetMeasures)]
    assert asked[-1].kinds == ("time_forward", "time_backward", "flops", "saved_bytes")
    deep.window.panels.show("inspector")
    assert deep.commands[-1] == SetMeasures(())


def test_choosing_a_module_shows_it_on_the_graph_and_unfolds_what_hides_it(deep: Desk, qtbot) -> None:
    deep.window.graph_panel.fold_all()
    shown, view = panel(deep), deep.window.graph_panel.view
    shown.view.setCurrentIndex(shown.model.index_of(shown.model.totals.index["h.2.attn"]))
    cluster = shown.model.totals.rows[shown.model.totals.index["h.2.attn"]].clusters[0]
    qtbot.waitUntil(
        lambda: view.marks.selected_cluster == cluster and view.drawing.place_of_cluster(cluster) is not None
    )


def test_the_module_of_the_selected_node_is_selected(deep: Desk) -> None:
    deep.session.selection.select(5)
    shown = panel(deep)
    assert shown.model.totals.rows[shown.model.row_of(shown.view.currentIndex())].path == "h.0.mlp"


def test_a_module_that_was_gone_to_from_elsewhere_is_selected(deep: Desk) -> None:
    shown = panel(deep)
    deep.session.selection.select(5)
    path = deep.session.engine.graph.clusters[3].path
    deep.window.graph_panel.folds.show_cluster(3)
    assert shown.chosen.path == path


def test_values_that_arrive_keep_what_is_open_and_selected(deep: Desk) -> None:
    shown = panel(deep)
    block = shown.model.index_of(shown.model.totals.index["h.3"])
    shown.view.expand(block)
    shown.select("h.3.mlp")
    give(deep, flops={1: 64.0})
    assert shown.view.isExpanded(block)
    assert shown.model.totals.rows[shown.model.row_of(shown.view.currentIndex())].path == "h.3.mlp"


def test_the_file_has_every_module(deep: Desk, tmp_path, monkeypatch) -> None:
    target = tmp_path / "modules.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    give(deep, flops={1: 64.0})
    deep.window.update_actions()
    deep.window.actions_["export_modules"].trigger()
    rows = {row["module"]: row for row in csv.DictReader(io.StringIO(target.read_text("utf-8")))}
    assert len(rows) == len(panel(deep).model.totals.rows)
    assert rows["h.0.attn"]["flops"] == "64" and rows["h.0.attn"]["time_forward_s"] == ""


def test_before_a_network_is_open_the_panel_shows_what_will_be_there(desk: Desk) -> None:
    assert panel(desk)._stack.currentIndex() == 1


def test_a_network_without_modules_is_one_row(desk: Desk) -> None:
    desk.engine_ready()
    shown = panel(desk)
    assert shown.model.rowCount() == 1 and children(shown, shown.model.index(0, 0)) == []
