"""An engine that does not answer is shown with the line that it is in, and the ways out; a pause shows that it is
pending."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from gradviz.protocol.commands import Interrupt, Pause
from gradviz.protocol.events import Alive, Busy, LossBatch
from tests.gui.conftest import Desk


def busy(desk: Desk, seconds: float, **where: object) -> Busy:
    return Busy(desk.session.state.runs.number, 10, "forward", seconds, **where)  # type: ignore[arg-type]


def running(desk: Desk) -> None:
    desk.engine_ready()
    desk.session.run()
    desk.session.state.enter("running")


def _primary(desk: Desk) -> str:
    buttons = desk.window.hangs.banner.findChildren(QPushButton)
    return next(b.text() for b in buttons if not b.isHidden() and b.property("primary"))


def test_a_hang_is_shown_with_its_line_until_the_engine_answers(desk: Desk) -> None:
    running(desk)
    desk.session.apply(busy(desk, 4.2, file="/m/loop.py", line=12, text="while True:", ops=7))
    banner = desk.window.hangs.banner
    assert banner.title == "Iteration 10 has not come to its end for 4 s"
    assert banner.text == "It is in line 12 of loop.py: while True:\n7 ops and nodes so far."
    state, iteration = desk.window._status.texts[:2]
    assert state == "Running, no answer for 4 s" and "Iteration 10" in iteration
    desk.session.apply(busy(desk, 5.2))
    assert banner.title.endswith("5 s") and banner.text == "It is in no line of yours."
    desk.session.apply(LossBatch(desk.session.state.runs.number, 0, b"", 1.0))
    assert banner.title == "" and desk.session.engine.busy is None


def test_a_hang_can_be_interrupted_and_a_reset_starts_another_engine(desk: Desk, qtbot) -> None:
    running(desk)
    desk.session.apply(busy(desk, 4.0))
    desk.session.interrupt()
    assert isinstance(desk.commands[-1], Interrupt)
    with qtbot.waitSignal(desk.session.state.engine_requested):
        desk.session.opening.reset()
    assert desk.window.hangs.banner.title == "" and desk.session.state.phase == "starting"


def test_a_pause_shows_that_it_is_pending(desk: Desk, qtbot) -> None:
    running(desk)
    desk.session.engine.send = desk.commands.append  # it does not come about
    desk.session.pause()
    assert isinstance(desk.commands[-1], Pause)
    pause = desk.window.actions_["pause"]
    qtbot.waitUntil(lambda: pause.text() == "Pausing…")
    assert not pause.isEnabled() and pause.toolTip().endswith("It pauses at the end of what it is in.")
    assert desk.window._status.texts[0] == "Pausing at the end of the iteration"
    for event in desk.fake.answer(Pause()):
        desk.session.apply(event)
    qtbot.waitUntil(lambda: pause.text() == "Pause")
    assert not desk.session.engine.pausing


def test_native_code_without_an_answer_is_shown_with_a_restart_first(desk: Desk) -> None:
    running(desk)
    desk.session.apply(busy(desk, 4.0))
    assert _primary(desk) == "Interrupt"
    desk.session.apply(busy(desk, 5.0, file="/m/match.py", line=3, text="re.match(…)", native=True))
    banner = desk.window.hangs.banner
    assert banner.title == "The engine has not answered for 5 s" and banner.text.startswith("It is in line 3 of match")
    assert banner.text.endswith("Interrupt waits until that code looks for it or returns.")
    assert _primary(desk) == "Restart engine"
    desk.session.apply(Alive(busy(desk, 0.0), 3.0))
    assert desk.window.hangs.banner.title == ""
