"""The arguments of a script: all of them can be read and changed, however many there are."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gradviz.gui.panels.networks.arguments_row import ArgumentsRow
from gradviz.gui.widgets.fields import HEIGHT

MANY = ("--hidden", "24", "--data-folder", "/data/some where/long/path/to/a/folder", "--learning-rate", "0.01")


@pytest.fixture
def row(qtbot) -> ArgumentsRow:
    row = ArgumentsRow()
    qtbot.addWidget(row)
    row.resize(230, 60)
    row.show()
    qtbot.waitExposed(row)
    return row


def test_the_field_grows_until_all_arguments_are_in_sight(row: ArgumentsRow, qtbot) -> None:
    one = row.text.height()
    assert HEIGHT <= one < HEIGHT + 6
    row.show_arguments(MANY)
    assert row.text.height() > 1.5 * HEIGHT
    qtbot.waitUntil(lambda: row.text.verticalScrollBar().maximum() == 0)
    row.show_arguments(("a",) * 2000)
    assert row.text.height() < 8 * HEIGHT and row.text.verticalScrollBar().maximum() > 0
    row.show_arguments(())
    assert row.text.height() == one


def test_enter_asks_for_the_arguments_once_and_escape_takes_the_typing_back(row: ArgumentsRow, qtbot) -> None:
    asked: list[tuple[str, ...]] = []
    row.arguments_requested.connect(asked.append)
    row.show_arguments(("--a", "1"))
    QTest.keyClicks(row.text, "x")
    QTest.keyClick(row.text, Qt.Key.Key_Escape)
    assert row.text.text() == "--a 1"
    row.text.setPlainText("--a 2\n--b 'c d'")
    for _ in range(2):
        QTest.keyClick(row.text, Qt.Key.Key_Return)
    assert asked == [("--a", "2", "--b", "c d")]


def test_what_cannot_be_read_stays_with_its_sentence_until_there_are_others(row: ArgumentsRow) -> None:
    row.text.setPlainText("'open")
    row.text.finish()
    row.show_arguments(())
    assert row.text.text() == "'open" and row.sentence
    row.show_arguments(("--a",))
    assert row.text.text() == "--a" and row.sentence == ""
