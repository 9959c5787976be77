"""The timeline of an iteration and its cursor."""

from __future__ import annotations

from gradviz.model.stepping.timeline import Timeline
from gradviz.protocol.records import PassedRecord, PointRecord, SummaryRecord


def passed(index: int, phase: str, node: int, *norms: float) -> PassedRecord:
    values = tuple(SummaryRecord("v", (1,), norm) for norm in norms)
    return PassedRecord(PointRecord(index, phase, node), 1e-6, values)


def iteration() -> Timeline:
    timeline = Timeline(46)
    timeline.append([passed(0, "forward", 0, 1.0), passed(1, "forward", 1, 2.0)])
    timeline.append([passed(2, "backward", 1, 22.6), passed(3, "backward", 0, 18.0, 3.0)])
    return timeline


def test_the_cursor_follows_the_present_until_it_is_moved() -> None:
    timeline = iteration()
    assert timeline.cursor == 4
    timeline.append([passed(4, "backward", -1)])
    assert timeline.cursor == 5
    timeline.move(2)
    timeline.append([passed(5, "update", -1)])
    assert timeline.cursor == 2
    assert not timeline.at_present


def test_looking_back_shows_what_had_run_then() -> None:
    timeline = iteration()
    timeline.move(3)
    assert timeline.order("backward") == {1: 1}
    assert timeline.gradient(1, 0).norm == 22.6
    assert timeline.gradient(0, 0) is None
    assert timeline.point.node == 0


def test_moving_beyond_either_end_stays_inside() -> None:
    timeline = iteration()
    timeline.move(-3)
    assert timeline.cursor == 0
    timeline.move(99)
    assert timeline.at_present


def test_points_that_were_sent_before_are_taken_once() -> None:
    timeline = iteration()
    timeline.append([passed(2, "backward", 1, 22.6), passed(3, "backward", 0, 18.0)])
    assert len(timeline.passed) == 4


def test_phases_are_counted_and_timed_apart() -> None:
    timeline = iteration()
    assert (timeline.count("forward"), timeline.count("backward"), timeline.count("update")) == (2, 2, 0)
    assert timeline.seconds("forward") == 2e-6
