"""An engine in native code that holds the GIL is noticed from outside with its line, and interrupted."""

from __future__ import annotations

import os
from pathlib import Path
from time import monotonic

import pytest

from gradviz.client.engine_process import EngineProcess
from gradviz.client.silence_watch import SilenceWatch, with_place
from gradviz.protocol.commands import Interrupt, Open, Run
from gradviz.protocol.engine_signals import INTERRUPT, WRITE_STACK
from gradviz.protocol.events import Alive, Busy, Event, Raised, Ready, StateChanged
from tests.helpers.stuck_network import LINES, stuck_network

pytestmark = pytest.mark.skipif(WRITE_STACK is None, reason="no signals")
_MATCH = stuck_network("if self.count > 2:", '__import__("re").match("(a+)+$", "a" * 60 + "b")')
_STACKS = """Thread 0x00007f (most recent call first):
  File "/usr/lib/python3.11/threading.py", line 324 in wait

Current thread 0x00007e (most recent call first):
  File "{library}/torch/nn/functional.py", line 9 in linear
  File "{file}", line 2 in forward
  File "{ours}/training/runner.py", line 10 in run
"""


def test_silence_is_reported_with_the_line_until_there_is_a_sign_of_life(tmp_path: Path) -> None:
    file = tmp_path / "model.py"
    file.write_text("def forward(x):\n    return slow(x)\n")
    ours = Path(__file__).parents[2] / "gradviz" / "engine"
    reports: list[Event] = []
    sent: list[int] = []

    def signal(number: int) -> None:
        sent.append(number)
        stacks = _STACKS.format(file=file, library="/x/site-packages", ours=ours)
        os.write(watch.descriptor or 0, stacks.encode() if number == WRITE_STACK else b"")

    watch = SilenceWatch(reports.append, signal)
    watch.look(monotonic() + 60)
    assert not reports and not watch.interrupt()  # torch is being imported
    alive = Alive(Busy(1, 7, "forward", 0.5), 3.0)
    watch.receive(alive)
    watch.look(monotonic() + 2)
    assert not reports and not sent
    for seconds in (4, 5):
        watch.look(monotonic() + seconds)
    for seconds, report in zip((4, 5), reports, strict=True):
        assert isinstance(report, Busy) and (report.file, report.line, report.native) == (str(file), 2, True)
        assert report.text == "return slow(x)" and report.seconds == pytest.approx(seconds + 0.5, abs=0.4)
        assert "in forward" in report.stack and "runner" not in report.stack
    assert watch.interrupt() and sent == [WRITE_STACK, WRITE_STACK, INTERRUPT]
    watch.receive(alive)
    assert reports[2:] == [alive] and not watch.interrupt()
    watch.receive(alive)
    assert len(reports) == 3
    watch.end()
    watch.run()


def test_a_silence_without_a_line_of_the_users_or_without_an_answer_is_reported_as_it_is() -> None:
    busy = Busy(1, 0, "build", 4.0, native=True)
    assert with_place(busy, "") == busy
    assert with_place(busy, 'Thread 1 (most recent call first):\n  File "/x/site-packages/a.py", line 1 in f\n') == busy
    strange = with_place(busy, 'Thread 1 (most recent call first):\n  File "/tmp/\\xe9.py", line 3 in <module>\n')
    assert (strange.file, strange.line) == ("/tmp/é.py", 3)


def test_a_regular_expression_without_end_is_noticed_and_interrupted_in_its_line(tmp_path: Path) -> None:
    path = tmp_path / "match.py"
    path.write_text(_MATCH)
    engine = EngineProcess()
    seen: dict[type, Event] = {}

    def until(kind: type, state: str = "") -> Event:
        while True:
            message = engine.next(60)
            assert message is not None, f"no {kind.__name__} came"
            if isinstance(message, kind) and getattr(message, "state", "") == state:
                seen[kind] = message  # type: ignore[assignment]
                return seen[kind]

    try:
        until(Ready)
        engine.send(Open(1, f"{path}:build"))
        until(StateChanged, "ready")
        engine.send(Run(None))
        busy = until(Busy)
        assert isinstance(busy, Busy) and busy.native and (busy.file, busy.line) == (str(path), LINES[1])
        assert ".match(" in busy.text and "gradviz" not in busy.stack
        engine.send(Interrupt())
        raised = until(Raised)
        assert isinstance(raised, Raised) and raised.line == LINES[1]
    finally:
        engine.close()
