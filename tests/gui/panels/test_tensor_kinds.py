"""Complex and sparse tensors in the window: cells, table and notes say what they are."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from gradviz.gui.panels.inspector.stop_inspector import SavedRow
from gradviz.gui.panels.tensors.tensor_columns import TensorColumns
from gradviz.gui.panels.tensors.tensor_dialog import TensorDialog
from gradviz.gui.panels.tensors.tensor_heatmap import TensorPicture
from gradviz.gui.style.theme import Theme
from gradviz.model.tensor_choices import TensorChoice
from gradviz.protocol.events import NodeDetails
from gradviz.protocol.records import SavedRecord
from tests.helpers.answers import answered
from tests.helpers.dressed import dressed

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The offscreen platform says so of every window that has a least size.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")

COMPLEX = torch.tensor([[3 + 4j, -1 - 0.5j], [0, complex("nan")]])
SPARSE = torch.eye(4)[:, :3].to_sparse()


@pytest.fixture(autouse=True)
def theme(qapp: QApplication) -> Iterator[Theme]:
    with dressed(qapp) as worn:
        yield worn


@pytest.fixture
def columns(qtbot: QtBot) -> Iterator[TensorColumns]:
    widget = TensorColumns()
    widget.resize(416, 440)
    widget.set_choices([], [TensorChoice("output"), TensorChoice("grad_output")])
    qtbot.addWidget(widget)
    widget.show()
    yield widget


def notes(columns: TensorColumns) -> list[str]:
    return [column.note.text() for column in columns.columns if column.note.isVisible()]


def test_a_cell_of_complex_numbers_says_both_parts(qtbot: QtBot) -> None:
    picture = TensorPicture()
    qtbot.addWidget(picture)
    picture.set_answer(answered(COMPLEX))
    assert picture.cell_text(0, 0) == "row 0, column 0: 3.000+4.000j"
    assert picture.cell_text(0, 1) == "row 0, column 1: −1.000−0.5000j"
    picture.set_answer(answered(COMPLEX.real))
    assert picture.cell_text(0, 0) == "row 0, column 0: 3.0000"


def test_each_column_notes_how_its_numbers_are_to_be_read(columns: TensorColumns) -> None:
    columns.set_answer(0, answered(COMPLEX))
    columns.set_answer(1, answered(SPARSE))
    first, second = notes(columns)
    assert "of the magnitudes" in first
    assert second == "sparse_coo: 3 of 12 elements stored, the rest is 0"
    assert "elements" not in columns.columns[1].picture.message
    columns.set_answer(0, answered(torch.ones(2)))
    assert notes(columns) == [second]
    columns.set_choices([], [TensorChoice("output")])
    assert notes(columns) == []
    columns.set_message(1, "not computed yet")
    columns.set_choices([], [TensorChoice("output"), TensorChoice("grad_output")])
    assert notes(columns) == []


def test_what_has_no_numbers_says_so_in_place_of_its_picture(columns: TensorColumns) -> None:
    columns.set_answer(0, answered(torch.empty(2, device="meta")))
    assert columns.columns[0].picture.message == "A tensor on the device meta holds no numbers."
    assert notes(columns) == []


def test_the_table_lists_and_edits_complex_numbers(qtbot: QtBot) -> None:
    dialog = TensorDialog("w", editable=True)
    qtbot.addWidget(dialog)
    dialog.set_answer(answered(COMPLEX, values=True))
    model = dialog.table.values
    assert model.index(0, 0).data() == "3.000+4.000j"
    assert dialog.table.text() == "3+4j\t-1-0.5j\n0j\tnan+0j"
    assert "of the magnitudes" in dialog.note.text()
    wanted: list[tuple[object, str]] = []
    refused: list[str] = []
    model.edit_requested.connect(lambda element, text: wanted.append((element, text)))
    model.edit_refused.connect(refused.append)
    model.setData(model.index(0, 1), "1−2j", Qt.ItemDataRole.EditRole)
    model.setData(model.index(1, 0), "2 apples", Qt.ItemDataRole.EditRole)
    assert wanted == [((0, 1), "1-2j")]
    assert len(refused) == 1


def test_a_long_note_of_a_saved_tensor_does_not_widen_the_panel(qtbot: QtBot) -> None:
    row = SavedRow()
    qtbot.addWidget(row)
    note = "overwritten by an op in place since it was saved, by mul_ (row_written_in_place.py:16)"
    row.show_details(NodeDetails("g", 0, "held", (SavedRecord("mat1", note=note), SavedRecord("mat2", (4, 2)))))
    row.findChild(QToolButton).setChecked(True)
    row.show()
    assert row.minimumSizeHint().width() <= 300
    assert note in [label.text() for label in row.findChildren(QLabel)]


def test_the_window_of_a_sparse_tensor_says_its_layout(qtbot: QtBot) -> None:
    dialog = TensorDialog("w.grad")
    qtbot.addWidget(dialog)
    dialog.set_answer(answered(SPARSE, values=True))
    facts = [label.text() for label in dialog.findChildren(QLabel)]
    assert any("sparse_coo" in text and "float32" in text for text in facts)
    assert "3 of 12 elements stored" in dialog.note.text()
    assert dialog.table.text().splitlines()[1] == "0.0\t1.0\t0.0"
