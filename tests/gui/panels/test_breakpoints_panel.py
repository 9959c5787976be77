"""The breakpoints panel: rows, switches, keys, menu, empty state; and the dialog that adds one."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListView
from pytestqt.qtbot import QtBot

from gradviz.appearance.palette import DARK
from gradviz.gui.dialogs.breakpoint_dialog import BreakpointDialog, KnownPlaces
from gradviz.gui.panels.breakpoints.breakpoints_panel import BreakpointsPanel
from gradviz.gui.style.theme import Theme
from gradviz.model.stepping.breakpoint_kinds import FIELDS, KINDS
from gradviz.model.stepping.breakpoints import Breakpoints
from gradviz.protocol.records import BreakpointRecord
from tests.helpers.dressed import dressed

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The offscreen platform warns so for every window that has a least size.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture(autouse=True)
def theme(qapp: QApplication) -> Iterator[Theme]:
    with dressed(qapp) as worn:
        yield worn


@pytest.fixture
def points() -> Breakpoints:
    points = Breakpoints()
    points.add(BreakpointRecord(0, "line", file="/a/dynamic.py", line=20, number=2, phase="backward"))
    points.add(BreakpointRecord(0, "nan"))
    points.enable(points.add(BreakpointRecord(0, "norm_above", number=1000)), False)
    return points


@pytest.fixture
def panel(qtbot: QtBot, qapp: QApplication, points: Breakpoints) -> Iterator[BreakpointsPanel]:
    widget = BreakpointsPanel()
    widget.resize(264, 220)
    widget.set_breakpoints(points)
    qtbot.addWidget(widget)
    widget.show()
    yield widget


def rows(panel: BreakpointsPanel) -> QListView:
    return panel.findChild(QListView)


def go_to(panel: BreakpointsPanel, row: int) -> QListView:
    view = rows(panel)
    view.setCurrentIndex(view.model().index(row, 0))
    return view


def test_rows_say_what_and_where_and_how_often(panel: BreakpointsPanel, points: Breakpoints) -> None:
    points.count([(1, 3)])
    panel.set_breakpoints(points)
    panel.set_hit(1, "backward")
    first = rows(panel).model().index(0, 0)
    assert first.data(Qt.ItemDataRole.AccessibleTextRole) == "dynamic.py:20, in backward, use 2"
    assert first.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "hit 3 times, the run stands here"
    assert panel.count == 3


def test_space_asks_to_switch_and_shows_nothing_before_it_is_notified(panel: BreakpointsPanel, qtbot: QtBot) -> None:
    view = go_to(panel, 0)
    with qtbot.waitSignal(panel.enabled_changed) as asked:
        qtbot.keyClick(view, Qt.Key.Key_Space)
    assert asked.args == [1, False]
    assert view.currentIndex().data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked


def test_a_click_on_the_box_switches_and_elsewhere_does_not(panel: BreakpointsPanel, qtbot: QtBot) -> None:
    view = rows(panel)
    row = view.visualRect(view.model().index(2, 0))
    with qtbot.waitSignal(panel.enabled_changed) as asked:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, row.center().y()))
    assert asked.args == [3, True]
    with qtbot.assertNotEmitted(panel.enabled_changed):
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(120, row.center().y()))


def test_delete_asks_to_remove_and_enter_to_go_there(panel: BreakpointsPanel, qtbot: QtBot) -> None:
    view = go_to(panel, 0)
    with qtbot.waitSignal(panel.remove_requested) as asked:
        qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert asked.args == [1]
    with qtbot.waitSignal(panel.activated) as asked:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert asked.args == [1]


def test_a_condition_is_edited_in_its_row_by_enter_double_click_and_f2(panel: BreakpointsPanel, qtbot: QtBot) -> None:
    view = go_to(panel, 2)
    for act in (
        lambda: qtbot.keyClick(view, Qt.Key.Key_F2),
        lambda: qtbot.keyClick(view, Qt.Key.Key_Return),
        lambda: view.doubleClicked.emit(view.currentIndex()),
    ):
        act()
        (dialog,) = [each for each in panel.findChildren(BreakpointDialog) if each.isVisible()]
        norm = dialog.field("norm")
        assert isinstance(norm, QLineEdit) and norm.text() == "1000"
        norm.setText("5")
        with qtbot.waitSignal(panel.change_requested) as asked:
            dialog.accept()
        assert asked.args == [3, BreakpointRecord(0, "norm_above", number=5)]


def test_a_breakpoint_that_is_changed_keeps_place_and_switch_and_starts_to_count(points: Breakpoints) -> None:
    points.count([(3, 7)])
    points.change(3, BreakpointRecord(0, "spike", "loss", number=10, other=50))
    assert [(item.record.kind, item.enabled, item.hits) for item in points][2] == ("spike", False, 0)
    points.change(3, BreakpointRecord(0, "nan"))
    assert [(item.record.id, item.record.kind) for item in points] == [(1, "line"), (3, "nan")]


def test_after_a_removal_the_next_row_is_current(panel: BreakpointsPanel, points: Breakpoints) -> None:
    go_to(panel, 1)
    points.remove(2)
    panel.set_breakpoints(points)
    assert rows(panel).currentIndex().row() == 1


def test_the_current_row_stays_when_hits_are_counted(panel: BreakpointsPanel, points: Breakpoints) -> None:
    go_to(panel, 2)
    points.count([(1, 5)])
    panel.set_breakpoints(points)
    assert rows(panel).currentIndex().row() == 2


def test_the_badge_follows_a_changed_count_alone(panel: BreakpointsPanel, points: Breakpoints, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(panel.count_changed):
        panel.set_breakpoints(points)
    points.remove(1)
    with qtbot.waitSignal(panel.count_changed) as counted:
        panel.set_breakpoints(points)
    assert counted.args == [2]


def test_the_menu_of_a_row_does_what_the_keys_do(panel: BreakpointsPanel, qtbot: QtBot) -> None:
    actions = {action.text(): action for action in panel.menu_for(2).actions() if action.text()}
    assert list(actions) == ["Edit…", "Enable", "Remove", "Add breakpoint…", "Remove all"]
    with qtbot.waitSignal(panel.enabled_changed) as asked:
        actions["Enable"].trigger()
    assert asked.args == [3, True]
    removed: list[int] = []
    panel.remove_requested.connect(removed.append)
    actions["Remove all"].trigger()
    assert removed == [1, 2, 3]


def test_the_row_that_was_hit_wears_the_tint_of_its_phase(panel: BreakpointsPanel) -> None:
    panel.set_hit(2, "forward")
    view = rows(panel)
    row = view.visualRect(view.model().index(1, 0))
    image = view.viewport().grab().toImage()
    assert image.pixelColor(250, row.top() + 6).name().upper() == DARK.forward.tint
    panel.set_hit(None)
    assert view.viewport().grab().toImage().pixelColor(250, row.top() + 6).name().upper() != DARK.forward.tint


def test_an_empty_panel_shows_how_to_add_one(panel: BreakpointsPanel, qtbot: QtBot) -> None:
    panel.set_breakpoints(Breakpoints())
    assert any(label.text() == "No breakpoints" and label.isVisible() for label in panel.findChildren(QLabel))
    panel.add_action.trigger()
    dialog = panel.open_dialog()
    assert dialog.isVisible()
    with qtbot.waitSignal(panel.add_requested) as asked:
        dialog.kind.setCurrentIndex(dialog.kind.findData("nan"))
        dialog.accept()
    assert asked.args == [BreakpointRecord(0, "nan")]


@pytest.fixture
def dialog(qtbot: QtBot) -> Iterator[BreakpointDialog]:
    files = ("/net/dynamic.py", "/net/a/layers.py", "/net/b/layers.py")
    window = BreakpointDialog(
        KnownPlaces(("addmm",), ("middle_linear",), files, "/net/dynamic.py", ("middle_linear.weight",))
    )
    qtbot.addWidget(window)
    window.show()
    yield window


def choose(dialog: BreakpointDialog, kind: str) -> None:
    dialog.kind.setCurrentIndex(dialog.kind.findData(kind))


def write(dialog: BreakpointDialog, field: str, text: str) -> None:
    widget = dialog.field(field)
    assert isinstance(widget, QLineEdit)
    widget.setText(text)


def test_the_dialog_adds_a_line_with_the_whole_path_of_its_file(dialog: BreakpointDialog, qtbot: QtBot) -> None:
    choose(dialog, "line")
    button = dialog.add_button
    assert not button.isEnabled()
    assert dialog.sentence.text() == "The line is a whole number from 1."
    write(dialog, "line", "20")
    write(dialog, "use", "2")
    assert dialog.sentence.text() == ""
    with qtbot.waitSignal(dialog.record_entered) as entered:
        button.click()
    assert entered.args == [BreakpointRecord(0, "line", file="/net/dynamic.py", line=20, number=2)]


def test_only_the_fields_of_a_kind_are_shown(dialog: BreakpointDialog) -> None:
    for kind in KINDS.values():
        if kind.label:
            choose(dialog, kind.word)
            visible = {field.name for field in FIELDS if dialog.field(field.name).isVisible()}
            assert visible == {field.name for field in kind.fields}, kind.word


def test_a_trap_begins_with_numbers_that_are_right_for_most(dialog: BreakpointDialog, qtbot: QtBot) -> None:
    choose(dialog, "spike")
    with qtbot.waitSignal(dialog.record_entered) as entered:
        dialog.add_button.click()
    assert entered.args == [BreakpointRecord(0, "spike", "loss", 10, other=50)]


def test_enter_on_a_wrong_entry_neither_adds_nor_closes(dialog: BreakpointDialog, qtbot: QtBot) -> None:
    choose(dialog, "shape")
    write(dialog, "shape", "wide")
    with qtbot.assertNotEmitted(dialog.record_entered):
        dialog.accept()
    assert dialog.isVisible()


def test_letters_find_any_word_of_a_kind(dialog: BreakpointDialog, qtbot: QtBot) -> None:
    dialog.kind.setFocus()
    qtbot.keyClicks(dialog.kind, "sp")
    assert dialog.kind.currentData() == "spike"


def test_a_letter_again_and_again_walks_through_the_kinds_that_have_it(dialog: BreakpointDialog, qtbot: QtBot) -> None:
    found = []
    for _ in range(3):
        qtbot.keyClicks(dialog.kind, "g")
        found.append(dialog.kind.currentData())
    assert found == ["norm_above", "norm_below", "zero_grad"]


def test_a_trap_on_a_name_that_nothing_has_is_refused_with_the_name_that_was_meant(dialog: BreakpointDialog) -> None:
    choose(dialog, "unchanged")
    write(dialog, "within", "middle_liner")
    text = "No module and no parameter is called middle_liner; did you mean middle_linear?"
    assert (dialog.sentence.text(), dialog.add_button.isEnabled()) == (text, False)
    write(dialog, "within", "middle_linear.weight")
    assert dialog.add_button.isEnabled()


def test_each_kind_has_its_numbers_above_what_narrows_it(dialog: BreakpointDialog) -> None:
    choose(dialog, "update_ratio_above")
    assert dialog.field("ratio").y() < dialog.field("within").y()


def test_the_tip_of_a_trap_says_what_is_kept_for_it(panel: BreakpointsPanel, points: Breakpoints) -> None:
    points.add(BreakpointRecord(0, "nonfinite"))
    points.count((), 3 * 2**20)
    panel.set_breakpoints(points)
    model = panel.findChild(QListView).model()
    tips = [str(model.index(row, 0).data(Qt.ItemDataRole.ToolTipRole)) for row in range(model.rowCount())]
    assert [("up to 3.00 MiB are kept" in tip) for tip in tips] == [False, False, False, True]


def test_when_asks_for_conditions_alone_and_from_which_iteration_on(panel: BreakpointsPanel, qtbot: QtBot) -> None:
    dialog = panel.ask_when(120)
    kinds = {dialog.kind.itemData(index) for index in range(dialog.kind.count())}
    assert {"norm_above", "loss_below", "changed", "nonfinite"} <= kinds and not kinds & {"line", "op", "iteration"}
    dialog.kind.setCurrentIndex(dialog.kind.findData("loss_below"))
    dialog.field("loss").setText("0.5")
    dialog.since.setText("119")
    with qtbot.waitSignal(panel.search_requested) as asked:
        dialog.accept()
    assert asked.args == [BreakpointRecord(0, "loss_below", number=0.5), 119]
