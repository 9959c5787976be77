"""The stop card: what it says at each kind of stop and when looking back, and what it asks for."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gradviz.gui.panels.graph.stop_card import StopCard
from gradviz.gui.style.theme import Theme
from gradviz.gui.widgets.labels import ElidedLabel
from gradviz.protocol.events import Stopped
from gradviz.protocol.records import PointRecord, SummaryRecord

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

FORWARD = PointRecord(
    2, "forward", 3, "torch.nn.functional.linear", "AddmmBackward0", "middle_linear", 1, "/a/d.py", 20
)
BACKWARD = PointRecord(
    14, "backward", 3, "torch.nn.functional.linear", "AddmmBackward0", "middle_linear", 2, "/a/d.py", 20
)
UPDATE = PointRecord(28, "update", parameter="middle_linear.weight")


@pytest.fixture
def card(qtbot: QtBot, qapp: QApplication) -> Iterator[StopCard]:
    Theme().apply(qapp, "dark")
    canvas = QWidget()
    canvas.resize(600, 500)
    qtbot.addWidget(canvas)
    canvas.show()
    yield StopCard(canvas)


def stop(point: PointRecord, position: int, count: int, **more: object) -> Stopped:
    values: dict[str, object] = {"reason": "step", "of_phase": (position, count), **more}
    return Stopped(1, 46, point=point, **values)  # type: ignore[arg-type]


def test_without_a_stop_there_is_no_card(card: StopCard) -> None:
    card.set_stop(stop(BACKWARD, 7, 18))
    assert card.isVisible()
    card.set_stop(None)
    assert not card.isVisible()


def test_a_stop_in_backward_names_the_node_and_its_place(card: StopCard) -> None:
    card.set_stop(stop(BACKWARD, 7, 18), uses=2)
    assert card.text() == (
        "Stopped in backward. node 7 of 18. before AddmmBackward0. middle_linear, use 2 of 2. d.py:20"
    )
    assert card.accessibleDescription() == card.text()


def test_a_stop_in_forward_names_the_call(card: StopCard) -> None:
    card.set_stop(stop(FORWARD, 3, 0), uses=2)
    assert "Stopped in forward. op 3. before torch.nn.functional.linear" in card.text()


def test_a_name_that_is_too_long_loses_its_package(card: StopCard) -> None:
    card.set_stop(stop(PointRecord(0, "forward", op="torch.nn.functional.scaled_dot_product_attention"), 1, 1))
    assert "before scaled_dot_product_attention" in card.text()
    assert "functional" not in card.text()


def test_a_breakpoint_says_why(card: StopCard) -> None:
    card.set_stop(stop(BACKWARD, 7, 18))
    low = card.height()
    card.set_stop(stop(BACKWARD, 7, 18, reason="breakpoint", message="12 NaN in mat1"), reason="NaN or Inf appears")
    assert "NaN or Inf appears: 12 NaN in mat1" in card.text()
    assert card.height() > low


@pytest.mark.parametrize(
    ("point", "words"),
    [(FORWARD, "after torch.nn.functional.linear"), (BACKWARD, "after AddmmBackward0"),
     (UPDATE, "after middle_linear.weight changed")],
)  # fmt: skip
def test_a_point_that_ran_before_its_values_were_looked_at_is_not_said_to_come(
    card: StopCard, point: PointRecord, words: str
) -> None:
    card.set_stop(stop(point, 3, 6, reason="breakpoint", after=True, message="12 NaN in mat1"))
    assert words in card.text() and "before" not in card.text()


def test_an_error_names_the_op_and_the_message(card: StopCard) -> None:
    card.set_stop(stop(FORWARD, 3, 8, reason="exception", message="RuntimeError: shapes cannot be multiplied"))
    assert "Error in forward" in card.text()
    assert "linear raised" in card.text()
    assert "shapes cannot be multiplied" not in card.text()  # the banner above says it


def test_an_update_has_its_numbers_as_far_as_they_are_known(card: StopCard) -> None:
    card.set_stop(stop(UPDATE, 3, 6))
    low = card.height()
    card.set_update(SummaryRecord("before", (2,), 5.774, -0.1, 0.1), SummaryRecord("gradient", (2,), 1109.0, -22, 25))
    assert "before middle_linear.weight changes" in card.text()
    assert "gradient 1109 −22.00 25.00" in card.text()
    assert "after to come" in card.text()
    assert card.height() > low
    card.set_stop(stop(BACKWARD, 7, 18))
    assert "1109" not in card.text()


def test_no_number_of_an_update_is_cut(card: StopCard) -> None:
    card.set_stop(stop(UPDATE, 3, 6))
    wide = SummaryRecord("gradient", (2,), 5.08123e6, -5.736123e5, -5.831234e-5)
    card.set_update(wide, wide, wide, wide)
    card.show()
    QApplication.processEvents()
    cells = [label for label in card.findChildren(ElidedLabel) if "e+05" in label.text() or "e−05" in label.text()]
    assert {cell.text() for cell in cells} == {"−5.74e+05", "−5.83e−05"}
    assert all(cell.fits(cell.text(), cell.width()) for cell in cells)


def test_a_backward_by_hand_is_counted_in_ops_and_has_no_gradient_to_come(card: StopCard) -> None:
    by_hand = PointRecord(9, "backward", 4, "numpy.multiply", file="/a/n.py", line=32)
    card.set_stop(stop(by_hand, 2, 11))
    assert "op 2 of 11" in card.text()
    card.set_stop(stop(UPDATE, 1, 2))
    card.set_update(SummaryRecord("before", (2,), 5.774, -0.1, 0.1), None)
    assert "gradient not kept" in card.text() and "step to come" in card.text()


def test_the_source_can_be_asked_for_by_mouse_and_keyboard(card: StopCard, qtbot: QtBot) -> None:
    card.set_stop(stop(BACKWARD, 7, 18))
    with qtbot.waitSignal(card.source_requested) as asked:
        qtbot.mouseClick(card._link, Qt.MouseButton.LeftButton)
    assert asked.args == ["/a/d.py", 20]
    with qtbot.waitSignal(card.source_requested):
        qtbot.keyClick(card._link, Qt.Key.Key_Space)
    assert card._link.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_looking_back_says_so_and_offers_the_way_back(card: StopCard, qtbot: QtBot) -> None:
    card.set_stop(stop(BACKWARD, 7, 18), uses=2)
    card.set_past(FORWARD, (3, 8), uses=2)
    assert card.looking_back
    assert card.text().startswith(
        "Looking back. op 3 of 8. before torch.nn.functional.linear. middle_linear, use 1 of 2"
    )
    assert "The engine waits at node 7 of 18" in card.text()
    with qtbot.waitSignal(card.present_requested):
        qtbot.mouseClick(card._back, Qt.MouseButton.LeftButton)
    card.set_past(None)
    assert card.text().startswith("Stopped in backward")
    assert not card._back.isVisible()


def test_the_reason_of_the_stop_is_not_the_reason_of_the_past(card: StopCard) -> None:
    card.set_stop(stop(BACKWARD, 7, 18, reason="breakpoint", message="12 NaN"), reason="NaN or Inf appears")
    card.set_past(FORWARD, (3, 8))
    assert "NaN" not in card.text()


def test_a_change_of_height_is_announced(card: StopCard, qtbot: QtBot) -> None:
    card.set_stop(stop(BACKWARD, 7, 18))
    with qtbot.waitSignal(card.height_changed):
        card.set_past(FORWARD, (3, 8))


def test_the_canvas_beneath_does_not_feel_the_mouse(card: StopCard, qtbot: QtBot) -> None:
    class Canvas(QWidget):
        felt = 0

        def wheelEvent(self, event: QWheelEvent) -> None:
            self.felt += 1

    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(400, 300)
    canvas.show()
    card.setParent(canvas)
    card.set_stop(stop(BACKWARD, 7, 18))
    wheel = QWheelEvent(
        QPointF(60, 40),
        QPointF(card.mapToGlobal(QPoint(60, 40))),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(card, wheel)
    assert canvas.felt == 0


@pytest.mark.parametrize("choice", ["dark", "light"])
def test_it_wears_both_themes(card: StopCard, qapp: QApplication, choice: str) -> None:
    theme = Theme()
    theme.apply(qapp, choice)  # type: ignore[arg-type]
    card.set_stop(stop(BACKWARD, 7, 18, reason="breakpoint", message="found"))
    image = card.grab().toImage()
    assert image.pixelColor(image.width() // 2, image.height() - 4).name().upper() == theme.palette.panel


def test_what_has_just_happened_and_why_this_point_are_paragraphs_of_the_card(card: StopCard) -> None:
    card.set_stop(stop(BACKWARD, 7, 18))
    low = card.height()
    card.explain("clamp made the gradient for addmm.", "The gradient that it waits for is in.")
    assert "Why now: The gradient that it waits for is in.. Just now: clamp made the gradient for addmm." in card.text()
    assert card.height() > low
    card.explain("", "")
    assert card.height() == low and "Just now" not in card.text()


def test_what_is_of_the_iteration_before_is_said_in_the_card(card: StopCard) -> None:
    card.set_stop(stop(FORWARD, 1, 0))
    card.explain("", "", "The graph is that of iteration 45.")
    assert "From before: The graph is that of iteration 45." in card.text()


def test_a_folded_card_has_the_name_alone_beside_the_phase(card: StopCard) -> None:
    card.set_stop(Stopped(1, 0, "step", UPDATE, of_phase=(1, 2)))
    card.set_folded(True, 220)
    shown = [label.text() for label in card.findChildren(ElidedLabel) if label.isVisibleTo(card)]
    assert any("middle_linear.weight" in text for text in shown) and not any("before" in text for text in shown)
