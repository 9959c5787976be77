"""The derivative card: formulas as mathematics, where each gradient goes, unknown operations, and its size."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from gradviz.gui.panels.graph.derivative_card import DerivativeCard
from gradviz.gui.panels.graph.formula import LINE, Formula, split
from gradviz.gui.style.theme import Theme
from gradviz.gui.widgets.buttons import LinkButton
from gradviz.model.derivative.derivative_rules import RULES
from gradviz.model.derivative.derivatives import Derivative, Hop, derivative, tokens
from gradviz.model.graph.graph import Graph
from gradviz.protocol.explanations import (
    CheckedElementRecord,
    CheckedInputRecord,
    CheckRecord,
    UpdateRecord,
    UpdateTermRecord,
    UpdateValueRecord,
)
from gradviz.protocol.records import EdgeRecord, GraphRecord, NodeRecord

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def two_uses() -> Graph:
    """`dynamic`: x → middle → clamp → middle, with one weight and one bias."""
    nodes = [
        NodeRecord(-1, "parameter", "middle.weight", shape=(100, 100)),
        NodeRecord(-2, "parameter", "middle.bias", shape=(100,)),
        NodeRecord(-3, "data", "x", shape=(64, 100)),
    ]
    edges: list[EdgeRecord] = []
    last = -3
    for use in range(2):
        t, addmm, clamp = 3 * use, 3 * use + 1, 3 * use + 2
        nodes += [
            NodeRecord(t, "function", "t", "TBackward0", shape=(100, 100)),
            NodeRecord(addmm, "function", "addmm", "AddmmBackward0", shape=(64, 100)),
            NodeRecord(clamp, "function", "clamp", "ClampBackward1", shape=(64, 100)),
        ]
        edges += [
            EdgeRecord(-1, t, shape=(100, 100)),
            EdgeRecord(-2, addmm, input_nr=0, shape=(100,)),
            EdgeRecord(last, addmm, input_nr=1, shape=(64, 100)),
            EdgeRecord(t, addmm, input_nr=2, shape=(100, 100)),
            EdgeRecord(addmm, clamp, shape=(64, 100)),
        ]
        last = clamp
    return Graph(GraphRecord("s", "autograd", tuple(nodes), tuple(edges)))


@pytest.fixture
def card(qtbot: QtBot, qapp: QApplication) -> Iterator[DerivativeCard]:
    Theme().apply(qapp, "light")
    canvas = QWidget()
    canvas.resize(700, 900)
    qtbot.addWidget(canvas)
    canvas.show()
    yield DerivativeCard(canvas)


def test_every_gradient_has_its_formula_its_shapes_and_its_way(card: DerivativeCard) -> None:
    card.set_derivative(derivative(two_uses(), 4))
    assert card.text().splitlines() == [
        "Derivative of addmm",
        "out = input + mat1 · mat2",
        "100 + 64×100 · 100×100 → 64×100",
        "out = middle.bias + clamp · middle.weightᵀ",
        "grad mat1 = grad · mat2ᵀ",
        "64×100 · 100×100 → 64×100",
        "to clamp",
        "grad mat2 = mat1ᵀ · grad",
        "100×64 · 64×100 → 100×100",
        "to t, then term 1 of 2 for middle.weight",
        "grad input = Σ_rows grad",
        "64×100 → 100",
        "term 1 of 2 for middle.bias",
    ]
    assert card.accessibleName() == "Derivative of addmm"
    assert "mat2ᵀ" in card.accessibleDescription()


def test_an_input_without_a_gradient_says_so(card: DerivativeCard) -> None:
    card.set_derivative(derivative(two_uses(), 1))
    lines = card.text().splitlines()
    assert lines[lines.index("grad mat1 = grad · mat2ᵀ") + 2] == "wants no gradient, so none is computed"


def test_a_long_way_through_views_is_cut_short(card: DerivativeCard) -> None:
    hops = [Hop("view"), Hop("transpose"), Hop("view"), Hop("weight", (2, 3))]
    assert card.route_text(hops) == "to view, then 2 more views, then term 2 of 3 for weight"


def test_an_unknown_operation_says_what_it_saved_and_no_more(card: DerivativeCard) -> None:
    card.set_derivative(Derivative("MyReLU", known=False), "Saved: input, mask.")
    assert card.text().splitlines() == ["Derivative of MyReLU", "No rule for MyReLU here.", "Saved: input, mask."]
    card.set_derivative(Derivative("MyReLU", known=False))
    assert card.text().splitlines() == ["Derivative of MyReLU", "No rule for MyReLU here."]


def test_a_note_of_the_rule_stands_below(card: DerivativeCard) -> None:
    card.set_derivative(derivative(two_uses(), 2))
    assert card.text().splitlines()[-1] == "A bound that is not given is ±∞."


@pytest.mark.parametrize("how", ["cross", "escape"])
def test_it_can_be_put_away(card: DerivativeCard, qtbot: QtBot, how: str) -> None:
    card.set_derivative(derivative(two_uses(), 4))
    with qtbot.waitSignal(card.closed):
        if how == "cross":
            button = next(b for b in card.findChildren(QToolButton) if b.accessibleName() == "Close the derivative")
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        else:
            qtbot.keyClick(card, Qt.Key.Key_Escape)
    assert not card.isVisible()


def test_no_derivative_no_card(card: DerivativeCard) -> None:
    card.set_derivative(derivative(two_uses(), 4))
    assert card.isVisible()
    card.set_derivative(None)
    assert not card.isVisible()


def test_a_card_that_is_too_high_is_scrolled(card: DerivativeCard) -> None:
    card.set_derivative(derivative(two_uses(), 4))
    whole = card.height()
    card.set_available_height(180)
    assert card.height() == 180
    QApplication.processEvents()
    assert card._scroll.verticalScrollBar().maximum() > 0
    card.set_available_height(900)
    assert card.height() == whole


def test_a_card_that_was_scrolled_fits_again_as_soon_as_there_is_room(card: DerivativeCard) -> None:
    # Its second formula fits on one line only without a scroll bar beside it.
    card.set_derivative(derivative(two_uses(), 5))
    whole = card.height()
    bar = card._scroll.verticalScrollBar()
    card.set_available_height(100)
    QApplication.processEvents()
    assert bar.isVisible()
    card.set_available_height(600)
    QApplication.processEvents()
    assert (card.height(), bar.isVisible()) == (whole, False)


def test_on_a_projector_everything_is_larger(card: DerivativeCard) -> None:
    card.set_derivative(derivative(two_uses(), 4))
    height, width = card.height(), card.width()
    card.set_projector(True)
    assert card.height() > height and card.width() > width
    card.set_projector(False)
    assert (card.height(), card.width()) == (height, width)


def test_a_formula_that_is_too_long_goes_on_in_the_next_line(qtbot: QtBot, qapp: QApplication) -> None:
    formula = Formula()
    qtbot.addWidget(formula)
    left, right = split(tokens("out = a + b + c + d + e + f + g", "abcdefg"))
    formula.set_formula(left, right, "forward")
    assert formula.heightForWidth(600) == LINE
    assert formula.heightForWidth(120) >= 2 * LINE


def test_definitions_have_lines_of_their_own_where_not_all_fits(qtbot: QtBot, qapp: QApplication) -> None:
    formula = Formula()
    qtbot.addWidget(formula)
    formula.set_formula(*split(tokens("out = P · value,  P = softmax(query)", ("query", "value"))), "forward")
    assert formula.heightForWidth(600) == LINE
    assert formula.heightForWidth(200) == 2 * LINE


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_rule_is_set_without_loss(qtbot: QtBot, qapp: QApplication, name: str) -> None:
    formula = Formula()
    qtbot.addWidget(formula)
    rule = RULES[name]
    sides = [split(tokens(rule.forward, rule.inputs))]
    sides += [(tokens(f"grad {line.input}", rule.inputs), tokens(line.formula, rule.inputs)) for line in rule.gradients]
    for left, right in sides:
        formula.set_formula(left, right, "forward")
        formula.heightForWidth(282)
        shown = "".join(placed.piece.text for placed in formula._placed)
        wanted = "".join(piece.text for piece in (*left, *right))
        assert shown.replace("\u2002=\u2002", "").replace(" ", "") == wanted.replace(" ", "")
        assert all(placed.x < 282 for placed in formula._placed)


def test_at_an_update_the_card_has_the_step_and_opens_what_the_optimizer_keeps(
    card: DerivativeCard, qtbot: QtBot
) -> None:
    terms = (UpdateTermRecord("gradient", "−lr g", 0.25), UpdateTermRecord("momentum", "−lr μ b", 0.5))
    values = (UpdateValueRecord("w", "weight", (2,), 1.0), UpdateValueRecord("b", "momentum_buffer", (2,), 0.0, 3.0))
    formulas = ("b ← μ b + g", "w ← w − lr b")
    update = UpdateRecord("fc.weight", "SGD", formulas, ("b ← 0.9 b + g", "w ← w − 0.5 b"), (), terms, values, 0.75)
    card.set_update(update)
    shown = card.text().splitlines()
    assert shown[:4] == ["Update of fc.weight", "SGD", "w ← w − lr b", "w ← w − 0.5 b"]
    assert shown.index("b ← μ b + g") < shown.index("momentum") and "0.7500" in shown
    assert "weight" not in shown  # the card of the stop has it
    link = next(b for b in card.findChildren(LinkButton) if "momentum_buffer" in b.text())
    with qtbot.waitSignal(card.state_requested) as signal:
        link.click()
    assert signal.args == ["momentum_buffer"]
    card.set_derivative(derivative(two_uses(), 4))
    assert card.text().startswith("Derivative of addmm")


def test_a_derivative_is_checked_by_a_link_and_the_result_takes_its_place(card: DerivativeCard, qtbot: QtBot) -> None:
    card.set_derivative(derivative(two_uses(), 4))
    link = next(b for b in card.findChildren(LinkButton) if b.text() == "Check this derivative")
    with qtbot.waitSignal(card.check_requested):
        link.click()
    element = CheckedElementRecord(0, (2, 0), (0.25,), (0.5,), 0.25, False)
    given = CheckedInputRecord("", 1, (4, 3), 12, 12)
    card.set_check(CheckRecord(4, "torch.addmm", "wrong_formula", (given,), (element,), (0.5,)))
    shown = card.text().splitlines()
    assert shown[:2] == [
        "Derivative checked", "The backward of addmm is wrong: it gives 0.5 times the derivative everywhere.",
    ]  # fmt: skip
    assert {"input 1[2, 0]", "0.2500", "0.5000", "0.25"} <= set(shown)
    card.set_derivative(derivative(two_uses(), 4))
    assert card.text().startswith("Derivative of addmm")
