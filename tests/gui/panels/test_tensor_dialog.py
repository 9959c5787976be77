"""The tensor in a window of its own: table, copying, slices, saving and editing."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from gradviz.gui.panels.tensors.tensor_dialog import TensorDialog
from gradviz.gui.panels.tensors.tensor_window import TensorWindow
from gradviz.gui.style.theme import Theme
from gradviz.model.tensor_choices import TensorChoice
from gradviz.protocol.events import TensorAnswered
from gradviz.protocol.records import NodeRecord
from tests.gui.conftest import Desk
from tests.helpers.answers import answered
from tests.helpers.dressed import dressed

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The offscreen platform says so of every window that has a least size.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture(autouse=True)
def theme(qapp: QApplication) -> Iterator[Theme]:
    with dressed(qapp) as worn:
        yield worn


@pytest.fixture
def dialog(qtbot: QtBot, qapp: QApplication) -> Iterator[TensorDialog]:
    window = TensorDialog("addmm #7: incoming gradient", editable=True)
    qtbot.addWidget(window)
    window.show()
    yield window


def shown(dialog: TensorDialog, row: int, column: int, role: int = Qt.ItemDataRole.DisplayRole) -> object:
    return dialog.table.values.index(row, column).data(role)


def header(dialog: TensorDialog, section: int, orientation: Qt.Orientation) -> object:
    return dialog.table.values.headerData(section, orientation, Qt.ItemDataRole.DisplayRole)


def test_values_stand_under_their_true_indices(dialog: TensorDialog) -> None:
    dialog.set_answer(answered(torch.arange(60.0).reshape(3, 4, 5), slice="1, 2:, 3:", values=True))
    assert (dialog.table.values.rowCount(), dialog.table.values.columnCount()) == (2, 2)
    assert header(dialog, 1, Qt.Orientation.Vertical) == "3"
    assert header(dialog, 0, Qt.Orientation.Horizontal) == "3"
    assert shown(dialog, 0, 0) == "33.00"
    assert shown(dialog, 0, 0, Qt.ItemDataRole.ToolTipRole) == "[1, 2, 3] = 33.0"
    assert dialog.slice_field.text() == "1, 2:, 3:"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (torch.tensor([0.1, -2.0]), "0.1\t-2.0"),
        (torch.tensor([0.1], dtype=torch.float64), "0.1"),
        (torch.tensor([3, -4]), "3\t-4"),
        (torch.tensor([True, False]), "True\tFalse"),
        (torch.tensor([torch.nan, torch.inf]), "nan\tinf"),
        (torch.tensor(2.5), "2.5"),
    ],
)
def test_all_is_copied_with_the_digits_of_its_dtype(dialog: TensorDialog, value: torch.Tensor, text: str) -> None:
    dialog.set_answer(answered(value, values=True))
    dialog.copy_button.click()
    assert QGuiApplication.clipboard().text() == text


def test_ctrl_c_copies_what_is_selected(dialog: TensorDialog, qtbot: QtBot) -> None:
    dialog.set_answer(answered(torch.arange(9.0).reshape(3, 3), values=True))
    selection = dialog.table.selectionModel()
    for row, column in [(1, 1), (1, 2), (2, 1), (2, 2)]:
        selection.select(dialog.table.values.index(row, column), selection.SelectionFlag.Select)
    qtbot.keyClick(dialog.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "4.0\t5.0\n7.0\t8.0"


def test_a_table_that_was_cut_says_so(dialog: TensorDialog) -> None:
    dialog.set_answer(answered(torch.randn(64, 100), values=True))
    assert dialog.note.text() == "The first 64 × 64 of 64 × 100 values are listed; write a slice to see others."
    dialog.set_answer(answered(torch.randn(8, 8), values=True))
    assert dialog.note.text() == ""


def test_editing_a_cell_asks_for_the_element_of_the_whole_tensor(dialog: TensorDialog, qtbot: QtBot) -> None:
    dialog.set_answer(answered(torch.arange(60.0).reshape(3, 4, 5), slice="1, 2:, 3:", values=True))
    with qtbot.waitSignal(dialog.edit_requested) as asked:
        dialog.table.values.setData(dialog.table.values.index(1, 0), "−0.5")
    assert asked.args == [(1, 3, 3), "-0.5"]
    assert shown(dialog, 1, 0) == "38.00", "the value changes when the engine says so"


def test_a_cell_is_edited_with_the_keyboard(dialog: TensorDialog, qtbot: QtBot) -> None:
    dialog.set_answer(answered(torch.zeros(2, 2), values=True))
    dialog.table.setCurrentIndex(dialog.table.values.index(0, 1))
    dialog.table.edit(dialog.table.currentIndex())
    editor = QApplication.focusWidget()
    assert editor is not None
    with qtbot.waitSignal(dialog.edit_requested) as asked:
        qtbot.keyClicks(editor, "7")
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert asked.args == [(0, 1), "7"]


def test_a_word_in_a_cell_is_refused_with_a_sentence(dialog: TensorDialog, qtbot: QtBot) -> None:
    dialog.set_answer(answered(torch.zeros(2, 2), values=True))
    with qtbot.assertNotEmitted(dialog.edit_requested):
        dialog.table.values.setData(dialog.table.values.index(0, 0), "many")
    assert "'many' is not a number" in dialog._error.text()


def test_leaving_a_cell_as_it_was_asks_for_nothing(dialog: TensorDialog, qtbot: QtBot) -> None:
    dialog.set_answer(answered(torch.tensor([0.1]), values=True))
    with qtbot.assertNotEmitted(dialog.edit_requested):
        dialog.table.values.setData(dialog.table.values.index(0, 0), "0.1")


def test_without_leave_nothing_can_be_edited(dialog: TensorDialog) -> None:
    dialog.set_answer(answered(torch.zeros(2, 2), values=True))
    dialog.set_editable(False, "Only a parameter or the gradient about to be passed on can be edited.")
    assert not dialog.table.values.flags(dialog.table.values.index(0, 0)) & Qt.ItemFlag.ItemIsEditable
    assert not dialog.apply_button.isEnabled() and not dialog.undo_button.isEnabled()
    assert dialog.expression.placeholderText().startswith("Only a parameter") and not dialog.expression.text()
    dialog.set_editable(True)
    assert dialog.expression.placeholderText() == "g.clamp(-1, 1)"


def test_apply_asks_for_the_expression(dialog: TensorDialog, qtbot: QtBot) -> None:
    dialog.expression.setText("g.clamp(−1, 1)")
    with qtbot.waitSignal(dialog.expression_requested) as asked:
        dialog.apply_button.click()
    assert asked.args == ["g.clamp(-1, 1)"]
    with qtbot.waitSignal(dialog.expression_requested):
        qtbot.keyClick(dialog.expression, Qt.Key.Key_Return)


@pytest.mark.parametrize("text", ["", "g.clamp(", "g = 3"])
def test_what_is_not_an_expression_is_told_without_asking_the_engine(dialog, qtbot: QtBot, text: str) -> None:
    dialog.expression.setText(text)
    with qtbot.assertNotEmitted(dialog.expression_requested):
        dialog.apply_button.click()
    assert dialog._error.text()
    assert dialog.isVisible()


def test_enter_in_the_slice_field_asks_and_keeps_the_dialog(dialog: TensorDialog, qtbot: QtBot) -> None:
    dialog.set_answer(answered(torch.randn(3, 4, 5), values=True))
    dialog.slice_field.setText("2, :2")
    with qtbot.waitSignal(dialog.slice_requested) as asked:
        qtbot.keyClick(dialog.slice_field, Qt.Key.Key_Return)
    assert asked.args == ["2, :2"]
    assert dialog.isVisible()


def test_saving_asks_with_a_npy_path(dialog: TensorDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("/somewhere/gradient", ""))
    with qtbot.waitSignal(dialog.save_requested) as asked:
        dialog.save_button.click()
    assert asked.args == ["/somewhere/gradient.npy"]


def test_a_message_empties_the_table(dialog: TensorDialog) -> None:
    dialog.set_answer(answered(torch.zeros(2, 2), values=True))
    dialog.set_message("freed by backward")
    assert dialog.table.values.rowCount() == 0
    assert dialog.picture.message == "freed by backward"


def test_the_current_cell_stays_when_an_edit_is_answered(dialog: TensorDialog) -> None:
    dialog.set_answer(answered(torch.zeros(3, 3), values=True))
    dialog.table.setCurrentIndex(dialog.table.values.index(2, 1))
    dialog.set_answer(answered(torch.ones(3, 3), values=True))
    assert (dialog.table.currentIndex().row(), dialog.table.currentIndex().column()) == (2, 1)


def test_an_answer_that_comes_after_the_window_was_closed_is_dropped(desk: Desk, qtbot) -> None:
    node = NodeRecord(0, "function", "mm")
    window = TensorWindow(desk.session, node, TensorChoice("output"), desk.window)
    with qtbot.waitSignal(window.dialog.destroyed):
        window.dialog.deleteLater()
    desk.session.tensors.answered.emit(TensorAnswered(-1, "late"))
    desk.session.tensors.edit_failed.emit("late")
    desk.session.steps.stopped.emit()
