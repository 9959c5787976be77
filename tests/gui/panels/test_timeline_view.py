"""The timeline: bars for what ran and what is to come, the cursor by keys and mouse, words for each point."""

from __future__ import annotations

import bisect
import itertools
import os
import time

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gradviz.gui.panels.timeline.timeline_layout import GAP, LEAST_PITCH, TimelineColumn, TimelineLayout
from gradviz.gui.panels.timeline.timeline_painter import Looks, heading, heading_room
from gradviz.gui.panels.timeline.timeline_view import TimelineView
from gradviz.gui.style.theme import Theme
from gradviz.model.stepping.timeline import Timeline
from gradviz.protocol.records import PassedRecord, Phase, PointRecord, SummaryRecord

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

PHASES: list[tuple[Phase, int]] = [("forward", 8), ("backward", 18), ("update", 6)]


def point(index: int, phases: list[tuple[Phase, int]] = PHASES) -> PointRecord:
    phase = phases[bisect.bisect_right(list(itertools.accumulate(count for _, count in phases)), index)][0]
    if phase == "update":
        return PointRecord(index, phase, parameter=f"layer.{index}")
    return PointRecord(
        index, phase, index, "torch.Tensor.mm", "MmBackward0", module="middle", use=2, file="/a/dynamic.py", line=20
    )


def passed(index: int, *, nans: int = 0, edited: bool = False, seconds: float = 20e-6) -> PassedRecord:
    return PassedRecord(point(index), seconds, (SummaryRecord("mat1", (64, 100), 22.63, nans=nans),), edited)


def iteration(ran: int, *, expected: bool = True) -> Timeline:
    timeline = Timeline(46)
    if expected:
        timeline.expected = dict(PHASES)
    timeline.append(passed(i) for i in range(ran))
    timeline.next = point(ran) if ran < 32 else None
    return timeline


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication) -> TimelineView:
    Theme().apply(qapp, "dark")
    view = TimelineView()
    qtbot.addWidget(view)
    view.resize(886, 92)
    view.show()
    return view


def follow(view: TimelineView) -> list[int]:
    """Move the cursor as the window does, and note what was asked."""
    asked: list[int] = []

    def moved(position: int) -> None:
        asked.append(position)
        assert view.timeline is not None
        view.timeline.move(position)
        view.refresh()

    view.cursor_moved.connect(moved)
    return asked


def x_of(view: TimelineView, position: int) -> int:
    return round(16 + view._layout.x_of(position) - view.horizontalScrollBar().value())


def picture(view: TimelineView) -> QImage:
    return view.grab().toImage()


def test_an_empty_timeline_shows_what_to_press(view: TimelineView) -> None:
    assert "No iteration has been stepped yet" in view.accessibleDescription()
    assert "F11" in view.accessibleDescription()


def test_headings_count_what_ran_and_what_is_to_come() -> None:
    layout = TimelineLayout()
    layout.read(iteration(14))
    texts = [heading(column)[1] for column in layout.columns]
    assert texts == ["8 ops, 160 µs", "6 of 18 nodes, 120 µs so far", "6 parameters"]


def test_without_expectations_only_the_next_point_is_to_come() -> None:
    layout = TimelineLayout()
    layout.read(iteration(9, expected=False))
    assert [(c.phase, c.ran, c.to_come) for c in layout.columns] == [("forward", 8, 0), ("backward", 1, 1)]


def test_a_phase_that_runs_twice_has_two_columns() -> None:
    timeline = Timeline()
    order: list[Phase] = ["forward", "backward", "backward", "forward", "backward"]
    timeline.append(PassedRecord(PointRecord(i, phase, i), 1e-5) for i, phase in enumerate(order))
    layout = TimelineLayout()
    layout.read(timeline)
    assert [(c.phase, c.first, c.ran) for c in layout.columns] == [
        ("forward", 0, 1),
        ("backward", 1, 2),
        ("forward", 3, 1),
        ("backward", 4, 1),
    ]


def test_points_that_are_appended_give_the_columns_of_the_whole() -> None:
    timeline = iteration(3)
    grown = TimelineLayout()
    grown.read(timeline)
    timeline.append(passed(i) for i in range(3, 14))
    timeline.next = point(14)
    grown.read(timeline)
    whole = TimelineLayout()
    whole.read(iteration(14))
    assert [(c.phase, c.first, c.count, c.seconds) for c in grown.columns] == [
        (c.phase, c.first, c.count, c.seconds) for c in whole.columns
    ]


@pytest.mark.parametrize("width", [300.0, 854.0, 3000.0])
def test_every_bar_is_found_where_it_is(width: float) -> None:
    layout = TimelineLayout()
    layout.read(iteration(14))
    layout.arrange(width, {"update": 120.0})
    for position in range(layout.count):
        column = layout.column_of(position)
        assert column is not None
        assert layout.position_at(layout.x_of(position) + column.pitch / 2) == position
        assert layout.position_at(layout.x_of(position) + 0.1, nearest=True) == position


def test_a_heading_keeps_to_what_is_seen_of_its_column() -> None:
    column = TimelineColumn("backward", 0, x=700.0, width=9000.0)
    assert heading_room(column, Looks(0.0, 1000.0, 90.0)) == (700.0, 300.0)
    assert heading_room(column, Looks(5000.0, 1000.0, 90.0)) == (5000.0, 1000.0)
    assert heading_room(column, Looks(9000.0, 1000.0, 90.0)) == (9000.0, 700.0)


def test_a_narrow_column_gets_what_its_heading_needs_and_all_fit() -> None:
    layout = TimelineLayout()
    layout.read(iteration(14))
    layout.arrange(400.0, {"forward": 110.0, "backward": 100.0, "update": 110.0})
    assert [round(c.width) for c in layout.columns] == [110, 148, 110]
    assert layout.width == pytest.approx(400.0)
    assert layout.columns[1].x == pytest.approx(110.0 + GAP)


def test_a_longer_time_is_a_higher_bar() -> None:
    timeline = Timeline()
    timeline.append([passed(0, seconds=1e-6), passed(1, seconds=1e-5), passed(2, seconds=1e-3)])
    layout = TimelineLayout()
    layout.read(timeline)
    heights = [layout.height(i, 10, 40) for i in range(3)]
    assert heights == pytest.approx([10, 20, 40])


def test_equal_times_give_equal_bars() -> None:
    layout = TimelineLayout()
    layout.read(iteration(5))
    assert len({layout.height(i, 10, 40) for i in range(5)}) == 1


def test_keys_walk_through_the_past_and_back_to_the_present(view: TimelineView, qtbot: QtBot) -> None:
    view.set_timeline(iteration(14))
    asked = follow(view)
    keys = [Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_PageUp]
    keys += [Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_Left, Qt.Key.Key_End, Qt.Key.Key_Right]
    for key in keys:
        qtbot.keyClick(view, key)
    assert asked == [13, 12, 13, 8, 0, 8, 0, 14]


def test_a_press_on_a_bar_asks_for_its_point(view: TimelineView, qtbot: QtBot) -> None:
    view.set_timeline(iteration(14))
    asked = follow(view)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x_of(view, 3) + 8, 70))
    assert asked == [3]


def test_a_press_on_what_is_to_come_asks_for_the_present(view: TimelineView, qtbot: QtBot) -> None:
    timeline = iteration(14)
    timeline.move(2)
    view.set_timeline(timeline)
    asked = follow(view)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x_of(view, 25) + 8, 70))
    assert asked == [14]
    assert timeline.at_present


def test_the_cursor_can_be_dragged(view: TimelineView, qtbot: QtBot) -> None:
    view.set_timeline(iteration(14))
    asked = follow(view)
    port = view.viewport()
    qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=QPoint(x_of(view, 14), 36))
    assert asked == []
    for position in (12, 9, 9, 5):
        qtbot.mouseMove(port, QPoint(x_of(view, position), 36))
    qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=QPoint(x_of(view, 5), 36))
    assert asked == [12, 9, 5]


def test_asking_moves_nothing_until_the_timeline_moved(view: TimelineView, qtbot: QtBot) -> None:
    view.set_timeline(iteration(14))
    before = picture(view)
    with qtbot.waitSignal(view.cursor_moved):
        qtbot.keyClick(view, Qt.Key.Key_Home)
    assert picture(view) == before


def test_the_description_has_the_place_of_the_cursor(view: TimelineView) -> None:
    timeline = iteration(14)
    view.set_timeline(timeline)
    assert view.accessibleName() == "Timeline"
    assert view.description() == (
        "Before MmBackward0, node 7 of 18 in backward. middle, use 2, dynamic.py:20. 14 of 32 points have run."
    )
    timeline.move(1)
    view.refresh()
    assert view.accessibleDescription().startswith("Looking back. Before torch.Tensor.mm, op 2 of 8 in forward.")


def test_a_tip_shows_place_time_and_results(view: TimelineView) -> None:
    view.set_timeline(iteration(14))
    tip = view.tip(9)
    for words in ("MmBackward0", "node 2 of 18", "middle, use 2 · dynamic.py:20", "20 µs", "64 × 100, norm 22.63"):
        assert words in tip
    assert "runs next" in view.tip(14)
    assert "still to come" in view.tip(20)


def test_edits_and_nan_are_marked_and_described(view: TimelineView) -> None:
    plain = iteration(14)
    view.set_timeline(plain)
    before = picture(view)
    marked = iteration(14)
    marked.passed[9] = passed(9, edited=True)
    marked.passed[11] = passed(11, nans=3)
    view.set_timeline(marked)
    after = picture(view)
    assert "edited by hand" in view.tip(9)
    assert "3 NaN" in view.tip(11) and "NaN or Inf came out" in view.tip(11)
    changed = {x for x in range(after.width()) if any(after.pixel(x, y) != before.pixel(x, y) for y in range(78, 92))}
    assert changed
    for position in (9, 11):
        middle = x_of(view, position) + 11
        assert any(abs(x - middle) <= 5 for x in changed)
    assert all(min(abs(x - x_of(view, p) - 11) for p in (9, 11)) <= 7 for x in changed)


@pytest.mark.parametrize("choice", ["dark", "light"])
@pytest.mark.parametrize("ran", [0, 1, 14, 32])
def test_it_paints_in_both_themes(view: TimelineView, qapp: QApplication, choice: str, ran: int) -> None:
    empty = picture(view)
    Theme().apply(qapp, choice)  # type: ignore[arg-type]
    view.set_timeline(iteration(ran))
    view.setFocus()
    assert picture(view) != empty


def long_iteration(ran: int) -> Timeline:
    phases: list[tuple[Phase, int]] = [("forward", 4000), ("backward", 8000), ("update", 200)]
    timeline = Timeline()
    timeline.expected = dict(phases)
    timeline.append(PassedRecord(point(i, phases), 1e-5 * (1 + i % 7)) for i in range(ran))
    timeline.next = point(ran, phases)
    return timeline


def test_more_points_than_fit_are_scrolled_and_the_cursor_stays_in_sight(view: TimelineView, qtbot: QtBot) -> None:
    view.set_timeline(long_iteration(6000))
    follow(view)
    bar = view.horizontalScrollBar()
    assert view._layout.columns[0].pitch == LEAST_PITCH
    assert bar.maximum() > 10_000
    assert 0 < x_of(view, 6000) < view.width()
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert bar.value() == 0
    wheel = QWheelEvent(
        QPointF(100, 50),
        QPointF(view.mapToGlobal(QPoint(100, 50))),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), wheel)
    assert bar.value() > 0


def test_a_step_among_thousands_is_shown_within_a_frame(view: TimelineView) -> None:
    timeline = long_iteration(10_000)
    view.set_timeline(timeline)
    view.grab()
    best = 1.0
    for _ in range(5):
        start = time.perf_counter()
        view.refresh()
        view.grab()
        best = min(best, time.perf_counter() - start)
    assert best < 0.016
