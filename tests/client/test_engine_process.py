"""The terminal's engine process: found among strangers at the port, and its end as a sentence."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gradviz.client.engine_listener import EngineListener
from gradviz.client.engine_process import EngineDeath, EngineProcess
from gradviz.protocol import PROTOCOL_VERSION
from gradviz.protocol.commands import Open
from gradviz.protocol.events import GraphChanged, Hello, Ready
from gradviz.protocol.framing import encode
from tests.helpers.strangers import Strangers, ends

FAKE = str(Path(__file__).parents[1] / "helpers" / "fake_engine.py")
PATIENCE = 20


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], EngineProcess]]:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    made: list[EngineProcess] = []

    def start(manner: str) -> EngineProcess:
        made.append(EngineProcess([FAKE, manner]))
        return made[-1]

    yield start
    for engine in made:
        engine.close()


def until(engine: EngineProcess, kind: type) -> object:
    while not isinstance(message := engine.next(PATIENCE), kind):
        assert message is not None, f"no {kind.__name__} came"
    return message


@pytest.fixture
def strangers() -> Iterator[Strangers]:
    with Strangers() as opened:
        yield opened


def test_the_engine_is_found_among_strangers(make: Callable[[str], EngineProcess], strangers: Strangers) -> None:
    engine = make("plain")
    port = engine._listener.port
    engine.send(Open(1, "autograd"))
    strangers.scan(port)
    for said in (encode(Hello(1, "guessed", 1)), encode(Hello(1, "é", 1)), b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 4096):
        strangers.connect(port, said)
    silent = [strangers.connect(port), strangers.connect(port, b"\0\0")]
    assert isinstance(until(engine, Hello), Hello)
    until(engine, Ready)
    until(engine, GraphChanged)
    assert all(map(ends, silent))


def test_another_protocol_is_refused_with_what_to_do(make: Callable[[str], EngineProcess]) -> None:
    death = until(make("wrong-protocol"), EngineDeath)
    assert isinstance(death, EngineDeath) and "reinstall gradviz" in str(death)


def test_an_error_of_the_engines_own_is_not_put_down_to_the_user(make: Callable[[str], EngineProcess]) -> None:
    death = until(make("exit-70"), EngineDeath)
    assert isinstance(death, EngineDeath) and "not in your code" in str(death)


def test_an_engine_that_never_comes_can_be_given_up(make: Callable[[str], EngineProcess]) -> None:
    engine = make("absent")
    waiting = engine._threads[0]
    engine.close()
    waiting.join(PATIENCE)
    assert not waiting.is_alive()


def test_a_silent_stranger_is_turned_away_in_time(strangers: Strangers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradviz.client.engine_listener.SECONDS", 0.05)
    listener = EngineListener("token")
    accepted: list[Any] = []
    thread = threading.Thread(target=lambda: accepted.append(listener.accept()))
    thread.start()
    silent, slow = strangers.connect(listener.port), strangers.connect(listener.port, b"\0")
    assert ends(silent) and ends(slow)
    strangers.connect(listener.port, encode(Hello(PROTOCOL_VERSION, "token", 17)))
    thread.join(PATIENCE)
    ((peer, admitted),) = accepted
    assert admitted.hello.pid == 17
    peer.close()
    listener.close()
