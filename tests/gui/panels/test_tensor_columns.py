"""Value and gradient side by side: what each column says, what it asks for, and what it shows when nothing came."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from gradviz.gui.panels.tensors.tensor_columns import TensorColumns
from gradviz.gui.style.theme import Theme
from gradviz.model.tensor_choices import TensorChoice
from gradviz.protocol.events import TensorAnswered
from tests.helpers.answers import answered, sparse_gradient
from tests.helpers.dressed import dressed

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The offscreen platform says so of every window that has a least size.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture(autouse=True)
def theme(qapp: QApplication) -> Iterator[Theme]:
    with dressed(qapp) as worn:
        yield worn


OUTPUT, SAVED, INCOMING = TensorChoice("output"), TensorChoice("saved", name="mat1"), TensorChoice("grad_output")


@pytest.fixture
def columns(qtbot: QtBot, qapp: QApplication) -> Iterator[TensorColumns]:
    widget = TensorColumns()
    widget.resize(416, 400)
    widget.set_choices([OUTPUT, SAVED, INCOMING], [OUTPUT, INCOMING])
    qtbot.addWidget(widget)
    widget.show()
    yield widget


def caption(columns: TensorColumns, column: int) -> QToolButton:
    return columns.columns[column].header.findChild(QToolButton)


def heading(columns: TensorColumns, column: int) -> str:
    return columns.columns[column].header.findChildren(QLabel)[1].text()


def slice_field(columns: TensorColumns, column: int) -> QLineEdit:
    return columns.columns[column].slice_box.findChild(QLineEdit)


def test_each_column_says_what_it_shows_and_its_shape(columns: TensorColumns) -> None:
    columns.set_answer(0, answered(torch.randn(64, 100)))
    columns.set_answer(1, answered(sparse_gradient()))
    assert [heading(columns, i) for i in (0, 1)] == ["Value", "Gradient"]
    assert [caption(columns, i).text() for i in (0, 1)] == ["output, 64 × 100", "incoming, 64 × 100"]
    assert len(columns.statistics.rows()[0][1]) == 2


def test_choosing_another_tensor_asks_for_it(columns: TensorColumns, qtbot: QtBot) -> None:
    menu = caption(columns, 1).menu()
    menu.aboutToShow.emit()
    actions = [action for action in menu.actions() if not action.isSeparator()]
    assert [action.text() for action in actions] == ["output", "saved mat1", "incoming gradient"]
    assert [action.isChecked() for action in actions] == [False, False, True]
    with qtbot.waitSignal(columns.tensor_requested) as asked:
        actions[1].trigger()
    assert asked.args == [1, "saved", 0, "mat1"]
    assert heading(columns, 1) == "Saved"


def test_the_choice_is_reached_by_keyboard_only_where_there_is_one(columns: TensorColumns) -> None:
    assert caption(columns, 0).focusPolicy() == Qt.FocusPolicy.StrongFocus
    columns.set_choices([OUTPUT], [OUTPUT])
    assert caption(columns, 0).focusPolicy() == Qt.FocusPolicy.NoFocus


def test_a_node_without_a_gradient_has_one_wide_column(columns: TensorColumns, qapp: QApplication) -> None:
    columns.set_choices([OUTPUT], [OUTPUT])
    columns.set_answer(0, answered(torch.randn(3)))
    qapp.processEvents()
    assert not columns.columns[1].picture.isVisible()
    assert columns.columns[0].picture.width() == 416
    assert len(columns.statistics.rows()[0][1]) == 1


@pytest.mark.parametrize(
    "text", ["not computed yet", "freed by backward", "gone: over the byte budget", "none: no gradient reaches it"]
)
def test_a_message_takes_the_place_of_picture_and_figures(columns: TensorColumns, text: str) -> None:
    columns.set_answer(1, answered(sparse_gradient()))
    columns.set_message(1, text)
    assert columns.columns[1].picture.message == text
    assert columns.answer(1) is None
    assert columns.statistics.rows()[0][1][1][0] == ""


def test_an_answer_without_a_tensor_is_its_message(columns: TensorColumns) -> None:
    columns.set_answer(1, TensorAnswered(3, message="freed by backward"))
    assert columns.columns[1].picture.message == "freed by backward"


def test_an_answer_in_time_is_shown_without_a_word_of_waiting(columns: TensorColumns) -> None:
    columns.set_answer(0, answered(torch.randn(3, 3)))
    columns.set_waiting(0)
    assert columns.columns[0].picture.message == ""
    columns.set_answer(0, answered(torch.randn(4, 4)))
    assert caption(columns, 0).text() == "output, 4 × 4"


def test_waiting_is_said_when_the_answer_takes_long(columns: TensorColumns, qtbot: QtBot) -> None:
    columns.set_waiting(0)
    qtbot.waitUntil(lambda: columns.columns[0].picture.message == "waiting for the engine…")


def test_more_than_two_dimensions_bring_a_slice_field(columns: TensorColumns, qtbot: QtBot) -> None:
    columns.set_answer(0, answered(torch.randn(64, 100)))
    assert not slice_field(columns, 0).isVisible()
    columns.set_answer(0, answered(torch.randn(3, 5, 28, 28)))
    field = slice_field(columns, 0)
    assert field.isVisible()
    assert field.text() == "0, 0, :, :"
    field.setText(" −1, 2 ")
    with qtbot.waitSignal(columns.slice_requested) as asked:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert asked.args == [0, "-1, 2"]


def test_a_wrong_slice_is_told_at_the_field_until_an_answer_comes(columns: TensorColumns) -> None:
    columns.set_answer(0, answered(torch.randn(3, 5, 28, 28)))
    columns.set_slice_error(0, "Index 9 is out of range for a dimension of 3.")
    error = columns.columns[0].slice_box.findChild(QLabel)
    assert error.isVisible()
    assert slice_field(columns, 0).accessibleDescription() == error.text()
    columns.set_answer(0, answered(torch.randn(3, 5, 28, 28)))
    assert not error.isVisible()


def test_pictures_stay_level_when_only_one_column_has_a_slice(columns: TensorColumns, qapp: QApplication) -> None:
    columns.set_answer(0, answered(torch.randn(3, 5, 28, 28)))
    columns.set_answer(1, answered(sparse_gradient()))
    qapp.processEvents()
    assert columns.columns[0].picture.y() == columns.columns[1].picture.y()


def test_enter_on_a_picture_opens_its_column(columns: TensorColumns, qtbot: QtBot) -> None:
    columns.set_answer(1, answered(sparse_gradient()))
    with qtbot.waitSignal(columns.open_requested) as asked:
        qtbot.keyClick(columns.columns[1].picture, Qt.Key.Key_Return)
    assert asked.args == [1]


def test_compact_takes_less_height(columns: TensorColumns) -> None:
    before = columns.sizeHint().height()
    columns.compact = True
    assert columns.sizeHint().height() <= before - 80


def test_the_arrow_follows_the_theme(columns: TensorColumns, qapp: QApplication, theme: Theme) -> None:
    icon = columns.columns[1].header.findChildren(QLabel)[0]
    dark = icon.pixmap().toImage()
    theme.apply(qapp, "light")
    assert icon.pixmap().toImage() != dark
