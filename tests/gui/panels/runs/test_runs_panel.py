"""The panel of recorded runs: what is listed, found, written, shown on the plot, deleted and brought back."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit

from gradviz.client.runs import RunSetup, default_setup
from gradviz.gui.panels.runs.runs_panel import RunsPanel
from gradviz.gui.panels.runs.runs_table_model import COLUMNS, FIELDS
from gradviz.protocol.commands import Open
from gradviz.runs.library import RunLibrary
from gradviz.runs.recording import Recording, new_id
from gradviz.runs.run_records import LOSS, RunFacts
from tests.gui.conftest import Desk

HEADINGS = [column.heading for column in COLUMNS]


def begin(library: RunLibrary, name: str, setup: RunSetup | None = None, steps=range(3), **facts: object) -> Recording:
    setup = setup or default_setup("nn")
    made = RunFacts(id=new_id(), began=time.time(), name=name, title=setup.title, setup=setup, **facts)  # type: ignore[arg-type]
    recording = Recording(library.folder, made, print)
    recording.add_points(LOSS, steps, range(len(steps)), [3.0, 1.0, 2.0, 0.5][: len(steps)])
    return recording


def record(library: RunLibrary, name: str, setup: RunSetup | None = None, steps=range(3), **facts: object) -> str:
    recording = begin(library, name, setup, steps, **facts)
    recording.add_event(1, "learning_rate", "lr 0.1 → 0.2")
    recording.close("finished")
    return recording.id


@pytest.fixture
def library(desk: Desk) -> RunLibrary:
    return desk.session.recorded.library


@pytest.fixture
def panel(desk: Desk, library: RunLibrary) -> RunsPanel:
    """The panel in front, with an older run `first` and a newer one `second`."""
    record(library, "first", replace(default_setup("nn"), seed=3), state="finished")
    record(library, "second", default_setup("autograd"))
    desk.engine_ready()
    desk.window.show()
    desk.window.panels.show("runs")
    return desk.window.panels.get(RunsPanel)


def names(panel: RunsPanel) -> list[str]:
    return [panel.model.run(row).name for row in range(panel.model.rowCount())]


def cell(panel: RunsPanel, row: int, heading: str) -> str:
    return panel.model.index(row, HEADINGS.index(heading)).data()


def select(panel: RunsPanel, *rows: int) -> None:
    panel.view.clearSelection()
    for row in rows:
        flags = panel.view.selectionModel().SelectionFlag
        panel.view.selectionModel().setCurrentIndex(panel.model.index(row, 0), flags.Select | flags.Rows)


def test_runs_are_listed_when_the_panel_comes_to_the_front_the_newest_first(panel: RunsPanel) -> None:
    assert names(panel) == ["second", "first"]
    wanted = ("Network", "Optimizer", "lr", "Seed", "Iterations", "Last", "Best")
    shown = [cell(panel, 1, heading) for heading in wanted]
    assert shown == ["nn", "Manual", "0.0001", "3", "3", "2", "1"]
    assert panel.field.placeholderText() == "Search 2 runs"


def test_runs_are_listed_again_when_a_run_begins(panel: RunsPanel, desk: Desk, library: RunLibrary, qtbot) -> None:
    record(library, "third")
    assert names(panel) == ["second", "first"]
    desk.session.recorded._soon.setInterval(0)
    desk.session.run()
    qtbot.waitUntil(lambda: names(panel) == ["third", "second", "first"])
    assert panel._again.isActive()
    desk.window.panels.show("console")
    assert not panel._again.isActive()


def test_an_empty_library_says_how_a_run_comes_into_it(desk: Desk) -> None:
    desk.window.show()
    desk.window.panels.show("runs")
    panel = desk.window.panels.get(RunsPanel)
    assert panel._stack.currentWidget() is panel._empty and panel._empty.title == "No runs yet"


def test_a_file_with_a_problem_is_named_below_the_table(panel: RunsPanel, library: RunLibrary, desk: Desk) -> None:
    (library.folder / "broken.gradviz").write_text("no run")
    desk.session.recorded.refresh()
    assert "broken.gradviz" in panel.problems.text() and panel.problems.isVisible()
    assert names(panel) == ["second", "first"]


def test_the_search_finds_words_of_name_and_network(panel: RunsPanel) -> None:
    panel.field.setText("autograd sec")
    assert names(panel) == ["second"] and panel.field.accessibleDescription() == "1 of 2"
    panel.field.setText("nothing like it")
    assert panel._empty.title == "No run matches"


def test_a_heading_sorts_and_the_selection_stays_on_its_run(panel: RunsPanel) -> None:
    select(panel, 0)
    panel.view.sortByColumn(HEADINGS.index("Name"), Qt.SortOrder.AscendingOrder)
    assert names(panel) == ["first", "second"]
    assert [run.name for run in panel.selected] == ["second"]


def test_a_live_run_is_marked_and_cannot_be_deleted(panel: RunsPanel, library: RunLibrary, desk: Desk, qtbot) -> None:
    recording = begin(library, "live")
    qtbot.waitUntil(recording.path.exists, timeout=10_000)
    desk.session.recorded.refresh()
    assert cell(panel, 0, "State") == "recording"
    select(panel, 0)
    with qtbot.waitSignal(desk.session.recorded.said) as said:
        panel.acts.delete()
    assert "end it first" in said.args[0]
    recording.close()


def test_a_name_tags_and_a_note_are_written_in_their_cells(panel: RunsPanel, library: RunLibrary) -> None:
    for field, text in (("name", "better"), ("tags", "good, kept"), ("note", "with momentum")):
        panel.model.setData(panel.model.index(0, FIELDS[field]), text)
    run = panel.model.run(0)
    assert (run.name, run.tags, run.note) == ("better", ("good", "kept"), "with momentum")
    assert library.find(run.id) == run


def test_home_and_end_go_to_the_first_and_the_last_run(panel: RunsPanel, qtbot) -> None:
    select(panel, 0)
    qtbot.keyClick(panel.view, Qt.Key.Key_End)
    assert [run.name for run in panel.selected] == ["first"] and panel.view.currentIndex().column() == 0
    qtbot.keyClick(panel.view, Qt.Key.Key_Home)
    assert [run.name for run in panel.selected] == ["second"]


def test_f2_renames_in_place(panel: RunsPanel, qtbot) -> None:
    select(panel, 1)
    qtbot.keyClick(panel.view, Qt.Key.Key_F2)
    editor = panel.view.viewport().findChild(QLineEdit)
    assert editor is not None and editor.text() == "first"
    editor.setText("renamed")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(panel) == ["second", "renamed"])


def test_a_run_is_put_on_the_plot_with_its_marks_and_taken_off_again(panel: RunsPanel, desk: Desk, qtbot) -> None:
    desk.session.run()
    desk.tick()
    current = desk.session.state.scalars.current
    select(panel, 1)
    qtbot.keyClick(panel.view, Qt.Key.Key_Return)
    curve = desk.session.state.scalars.curves[0]
    assert (curve.name, curve.losses.tolist(), curve.raw.steps) == ("first", [3.0, 1.0, 2.0], None)
    assert [(mark.step, mark.text) for mark in curve.marks] == [(1, "lr 0.1 → 0.2")]
    assert desk.session.state.scalars.current is current is not None
    assert "on the plot" in panel.model.data(panel.model.index(1, 0), Qt.ItemDataRole.AccessibleTextRole)
    panel.acts._paint(panel.selected, "#4a8ee0")
    panel.model.setData(panel.model.index(1, 0), "best")
    assert (curve.name, curve.color) == ("best", "#4a8ee0")
    panel.acts.toggle_shown()
    assert desk.session.state.scalars.curves == (current,)


def test_steps_with_gaps_are_drawn_at_their_steps(panel: RunsPanel, desk: Desk, library: RunLibrary) -> None:
    record(library, "sparse", steps=[0, 50, 10])
    desk.session.recorded.refresh()
    select(panel, 0)
    panel.acts.toggle_shown()
    curve = desk.session.state.scalars.curves[0]
    assert curve.raw.polyline(0, 100, 100).steps.tolist() == [0, 10, 50]
    assert (curve.reach, curve.at(50), curve.at(1)) == (51, 1.0, None)


def test_another_metric_of_a_run_is_drawn_below_its_loss(panel: RunsPanel, desk: Desk, library: RunLibrary) -> None:
    recording = begin(library, "logged")
    recording.add_points("acc/train", [0, 2], [0, 2], [0.1, 0.9])
    recording.close("finished")
    desk.session.recorded.refresh()
    select(panel, 0)
    panel.acts.toggle_shown()
    metrics = next(action.menu() for action in panel.acts.menu().actions() if "metrics" in action.text())
    assert [action.text() for action in metrics.actions()] == ["acc/train"]
    metrics.actions()[0].trigger()
    assert desk.session.figures.chosen == ["acc/train"]
    (loss,) = desk.session.state.scalars.curves
    (metric,) = desk.session.state.runs.metrics.scalars("acc/train").curves
    assert (loss.name, loss.title, loss.run) == ("logged", "Manual 0.0001", metric.run)
    assert (metric.name, metric.raw.steps.tolist(), metric.losses.tolist()) == ("logged", [0, 2], [0.1, 0.9])
    panel.acts.toggle_shown()
    assert not desk.session.state.scalars.curves
    assert not desk.session.state.runs.metrics.scalars("acc/train").curves


def test_the_curve_of_a_run_that_goes_on_follows_it(panel: RunsPanel, desk: Desk, library: RunLibrary, qtbot) -> None:
    recording = begin(library, "live")
    qtbot.waitUntil(recording.path.exists, timeout=10_000)
    desk.session.recorded.refresh()
    select(panel, 0)
    panel.acts.toggle_shown()
    recording.add_points(LOSS, [3, 4], [3, 4], [0.2, 0.1])
    recording.close("finished")
    desk.session.recorded.refresh()
    qtbot.waitUntil(
        lambda: [curve.losses.tolist() for curve in desk.session.state.scalars.curves] == [[3.0, 1.0, 2.0, 0.2, 0.1]]
    )


def test_delete_has_an_undo(panel: RunsPanel, desk: Desk, library: RunLibrary, qtbot) -> None:
    select(panel, 0, 1)
    panel.acts.toggle_shown()
    qtbot.keyClick(panel.view, Qt.Key.Key_Delete)
    assert names(panel) == [] and not desk.session.state.scalars.curves and not library.runs()
    assert panel.undo.isVisible() and panel.undo.text.text() == "2 runs were deleted."
    panel.undo.undo.click()
    assert names(panel) == ["second", "first"] and not panel.undo.isVisible()


def test_duplicate_opens_the_network_with_the_runs_setup_in_the_form(panel: RunsPanel, desk: Desk, qtbot) -> None:
    select(panel, 1)
    with qtbot.waitSignal(panel.acts.form_requested):
        panel.acts.duplicate()
    assert desk.session.state.setup == replace(default_setup("nn"), seed=3)
    opened = [command for command in desk.commands if isinstance(command, Open)][-1]
    assert (opened.target, opened.seed) == ("nn", 3)


def test_the_menu_says_why_an_imported_run_cannot_be_duplicated(
    panel: RunsPanel, desk: Desk, tmp_path: Path, qtbot
) -> None:
    (tmp_path / "theirs.csv").write_text("step,timestamp,loss\n0,,3\n100,,2\n")
    with qtbot.waitSignal(desk.session.recorded.said) as said:
        desk.session.recorded.bring_in(tmp_path / "theirs.csv")
    assert said.args[0] == "Runs imported: 1." and cell(panel, 0, "Network") == "theirs"
    select(panel, 0)
    actions = {action.text().replace("&", ""): action for action in panel.acts.menu().actions()}
    assert not actions["Duplicate with changes"].isEnabled()
    assert "imported" in actions["Duplicate with changes"].toolTip()


def test_what_differs_between_two_runs_is_a_table(panel: RunsPanel) -> None:
    select(panel, 0, 1)
    panel.acts.compare()
    assert panel.acts.dialog is not None
    table = panel.acts.dialog.table
    fields = [table.item(row, 0).text() for row in range(table.rowCount())]
    assert "Seed" in fields and "Optimizer" not in fields
    row = fields.index("Seed")
    assert [table.item(row, column).text() for column in (1, 2)] == ["0", "3"]
    panel.acts.dialog.close()


def test_a_run_is_exported_to_the_file_that_the_user_chose(
    panel: RunsPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), "CSV (*.csv)"))
    select(panel, 1)
    panel.acts.exchange.export()
    assert path.read_text().splitlines()[0] == "step,timestamp,loss" and len(path.read_text().splitlines()) == 4


def test_a_run_of_this_window_is_not_put_on_the_plot_twice(panel: RunsPanel, desk: Desk, qtbot) -> None:
    recorded = desk.session.recorded
    select(panel, 0)
    recorded._own.add(panel.selected[0].id)
    with qtbot.waitSignal(recorded.said):
        panel.acts.toggle_shown()
    assert not desk.session.state.scalars.curves
