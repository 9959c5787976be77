"""A hang is reported with the line that it is in, and an interrupt ends it there; what always takes long is no news."""

from __future__ import annotations

from math import inf
from pathlib import Path

import pytest

from gradviz.engine.serving.hang_watch import PATIENCE, HangWatch
from gradviz.protocol.commands import Interrupt, Run
from gradviz.protocol.events import Alive, Busy, Event, LossBatch, Raised
from tests.engine.serving.test_process import Engine
from tests.helpers.stuck_network import LINES, stuck_network

_LOOP = stuck_network("while self.count > 10:", "x = x.detach()")


class Connection:
    def __init__(self) -> None:
        self.looked = 0.0
        self.posted: list[Busy] = []
        self.signs: list[Alive] = []

    def post(self, event: Event) -> None:
        if isinstance(event, Alive):
            self.signs.append(event)
        elif isinstance(event, Busy):
            self.posted.append(event)


def test_what_takes_longer_than_before_is_reported_with_its_stack_until_it_is_over() -> None:
    connection = Connection()
    watch = HangWatch(connection, lambda seconds: Busy(1, 10, "forward", seconds, ops=3))
    watch.look(PATIENCE - 1)
    assert not connection.posted
    watch.look(PATIENCE)
    watch.look(PATIENCE + 1)
    assert [event.seconds for event in connection.posted] == [PATIENCE, PATIENCE + 1]
    assert __file__ in connection.posted[0].stack and connection.posted[0].ops == 3
    connection.looked = 5.0  # an iteration later, which takes as long
    watch.look(5.0 + PATIENCE + 1)
    connection.looked = inf  # it waits for a command
    watch.look(60.0)
    assert len(connection.posted) == 2
    assert [sign.busy.seconds for sign in connection.signs] == [2, 3, 4, 4, 0]
    assert [sign.patience for sign in connection.signs] == [3, 3, 3, 8, 8]


def test_there_is_a_sign_of_life_from_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HangWatch, "_watch", lambda _watch: None)
    connection = Connection()
    HangWatch(connection, lambda seconds: Busy(0, 0, "build", seconds)).start()
    assert len(connection.signs) == 1 and not connection.posted


def test_an_endless_loop_is_reported_with_its_iteration_and_interrupted_in_its_line(tmp_path: Path) -> None:
    path = tmp_path / "loop.py"
    path.write_text(_LOOP)
    engine = Engine()
    try:
        engine.open(f"{path}:build")
        engine.send(Run(None))
        busy = engine.until(Busy)
        assert (busy.step, busy.phase, Path(busy.file)) == (10, "forward", path)
        assert busy.line in LINES and "in forward" in busy.stack and len(engine.losses) == 10
        engine.send(Interrupt())
        raised = engine.until(Raised)
        assert raised.message == f"Interrupted in line {raised.line} of loop.py." and raised.line in LINES
        assert "gradviz" not in raised.traceback
        engine.open("nn")
        engine.send(Run(3))
        engine.until(LossBatch)
    finally:
        engine.close()
