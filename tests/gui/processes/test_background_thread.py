"""Work in another thread: where it runs, where its result arrives, and what becomes of work that is not wanted."""

from __future__ import annotations

import threading

import pytest
import shiboken6
from PySide6.QtCore import QObject

from gradviz.gui.processes.background_thread import BackgroundWork, Stopped

AT_ONCE, LATER = 30.0, 0.0


@pytest.mark.parametrize("grace", [AT_ONCE, LATER])
def test_work_runs_in_another_thread_and_its_result_arrives_in_this_one(qtbot, monkeypatch, grace: float) -> None:
    monkeypatch.setattr(BackgroundWork, "GRACE", grace)
    go_on = threading.Event()
    background, arrived = BackgroundWork(), []

    def work(_stopped: Stopped) -> int:
        assert grace or go_on.wait(30)
        return threading.get_ident()

    background.run(work, lambda found: arrived.append((found, threading.get_ident())))
    assert background.busy is not bool(grace) and bool(arrived) is bool(grace)
    go_on.set()
    qtbot.waitUntil(lambda: bool(arrived))
    ((ran, asked),) = arrived
    assert ran != asked == threading.get_ident() and not background.busy


def test_the_newest_work_counts_and_what_came_before_is_asked_to_stop(qtbot, monkeypatch) -> None:
    monkeypatch.setattr(BackgroundWork, "GRACE", LATER)
    background, arrived, asked, ended = BackgroundWork(), [], threading.Event(), threading.Event()

    def endless(stopped: Stopped) -> str:
        while not stopped():
            asked.wait(0.001)
        ended.set()
        return "old"

    background.run(endless, arrived.append)
    background.run(lambda _stopped: "new", arrived.append)
    qtbot.waitUntil(lambda: bool(arrived))
    assert ended.wait(30)
    background.run(lambda _stopped: "newer", arrived.append)
    qtbot.waitUntil(lambda: len(arrived) == 2)
    assert arrived == ["new", "newer"]


def test_nothing_arrives_after_a_stop(qtbot, monkeypatch) -> None:
    monkeypatch.setattr(BackgroundWork, "GRACE", LATER)
    background, arrived, go_on, done = BackgroundWork(), [], threading.Event(), threading.Event()
    background.run(lambda _stopped: go_on.wait(30) and done.set(), arrived.append)
    background.stop()
    go_on.set()
    assert done.wait(30) and not background.busy
    background.run(lambda _stopped: "other", arrived.append)
    qtbot.waitUntil(lambda: bool(arrived))
    assert arrived == ["other"]


def test_what_work_raises_is_raised_where_the_result_would_have_arrived(qapp) -> None:
    background = BackgroundWork()

    def broken(_stopped: Stopped) -> None:
        raise ZeroDivisionError("in the other thread")

    with pytest.raises(ZeroDivisionError, match="in the other thread"):
        background.run(broken, lambda _found: pytest.fail("it has no result"))
    assert not background.busy


def test_work_may_outlive_the_window_that_asked_for_it(qapp, monkeypatch) -> None:
    monkeypatch.setattr(BackgroundWork, "GRACE", LATER)
    go_on, done = threading.Event(), threading.Event()

    def work(_stopped: Stopped) -> None:
        assert go_on.wait(30)
        done.set()

    window = QObject()
    BackgroundWork(window).run(work, lambda _found: pytest.fail("the window is gone"))
    shiboken6.delete(window)
    go_on.set()
    assert done.wait(30)
    qapp.processEvents()
