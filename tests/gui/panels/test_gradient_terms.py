"""The sum of a shared gradient as rows."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QListView
from pytestqt.qtbot import QtBot

from gradviz.gui.panels.inspector.gradient_terms import GradientTerms
from gradviz.gui.style.theme import Theme
from gradviz.model.derivative.gradient_terms import Term, TermSum
from gradviz.protocol.records import SummaryRecord
from tests.helpers.dressed import dressed

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The offscreen platform says so of every window that has a least size.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture(autouse=True)
def theme(qapp: QApplication) -> Iterator[Theme]:
    with dressed(qapp) as worn:
        yield worn


FIRST = Term(1, 6, "t", 2, "next", frozenset((6, 7)))
FIRST_IN = Term(1, 6, "t", 2, "in", frozenset((6, 7)), SummaryRecord("g", (100, 100), 698.4))
SECOND = Term(2, 3, "t", 1, "pending", frozenset((3, 4)))


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication) -> Iterator[GradientTerms]:
    widget = GradientTerms()
    widget.resize(416, 160)
    qtbot.addWidget(widget)
    widget.show()
    yield widget


def texts(view: GradientTerms) -> list[str]:
    return [label.text() for label in view.findChildren(QLabel)]


def test_the_heading_names_the_sum_and_counts_what_is_in(view: GradientTerms) -> None:
    view.show_sum(TermSum(-3, "middle_linear.weight", (FIRST_IN, SECOND)))
    assert "middle_linear.weight.grad, the sum of two terms" in texts(view)
    assert "1 of 2 in" in texts(view)
    assert "to come" in texts(view)


def test_the_selected_node_is_told_that_it_gives_a_term(view: GradientTerms) -> None:
    view.show_sum(TermSum(-3, "w", (FIRST, SECOND)), selected=7)
    assert view.rows() == ["term 1 from use 2, t: this node gives it", "term 2 from use 1, t: pending"]
    view.show_sum(TermSum(-3, "w", (FIRST, SECOND)), selected=-3)
    assert view.rows()[0] == "term 1 from use 2, t: comes next"


def test_a_term_that_is_in_has_its_norm_and_the_sum_its_own(view: GradientTerms) -> None:
    second = Term(2, 3, "t", 0, "none", frozenset((3,)))
    view.show_sum(TermSum(-3, "w", (FIRST_IN, second), 1109.0), selected=7)
    assert view.rows() == ["term 1 from use 2, t: norm 698.4", "term 2 from t: none: adds nothing"]
    assert "1109" in texts(view)


def test_enter_goes_to_the_node_of_a_term(view: GradientTerms, qtbot: QtBot) -> None:
    view.show_sum(TermSum(-3, "w", (FIRST, SECOND)))
    rows = view.findChild(QListView)
    rows.setCurrentIndex(rows.model().index(1, 0))
    with qtbot.waitSignal(view.term_activated) as asked:
        qtbot.keyClick(rows, Qt.Key.Key_Return)
    assert asked.args == [3]


def test_a_click_goes_to_the_node_once(view: GradientTerms, qtbot: QtBot) -> None:
    view.show_sum(TermSum(-3, "w", (FIRST, SECOND)))
    rows = view.findChild(QListView)
    heard: list[int] = []
    view.term_activated.connect(heard.append)
    where = rows.visualRect(rows.model().index(0, 0)).center()
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert heard == [6]


def test_a_thousand_terms_scroll_in_the_room_of_six(view: GradientTerms) -> None:
    many = tuple(Term(i + 1, 1000 - i, "t", 0, "pending", frozenset()) for i in range(1000))
    view.show_sum(TermSum(-3, "w", many))
    assert view.findChild(QListView).height() == 6 * 22
    assert "w.grad, the sum of 1000 terms" in texts(view)


@pytest.mark.parametrize("choice", ["dark", "light"])
def test_all_states_are_drawn_in_both_themes(
    view: GradientTerms, qapp: QApplication, theme: Theme, choice: str
) -> None:
    theme.apply(qapp, choice)
    view.show_sum(TermSum(-3, "w", (FIRST_IN, SECOND, Term(3, 2, "mul", 0, "none", frozenset()))))
    assert not view.grab().isNull()
