"""What follows training is shown at once after a rest, and together."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from gradviz.gui.session.refresh_clock import RefreshClock


def test_several_requests_get_one_tick(qtbot: QtBot) -> None:
    clock, ticks = RefreshClock(), []
    clock.ticked.connect(lambda: ticks.append(None))
    with qtbot.waitSignal(clock.ticked):
        clock.request()
        clock.request()
    with qtbot.waitSignal(clock.ticked):
        clock.request()
    assert len(ticks) == 2


def test_the_first_request_after_a_rest_is_answered_at_once_and_the_next_one_waits(qtbot: QtBot) -> None:
    clock = RefreshClock()
    with qtbot.waitSignal(clock.ticked):
        clock.request()
        assert clock._timer.interval() == 0
    clock.request()
    assert clock._timer.interval() > 0
