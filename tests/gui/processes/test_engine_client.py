"""The engine's process from the window's side: greeted by token, its events in order, and its end as a sentence."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from gradviz.client.engine_listener import LARGEST_GREETING, LARGEST_READ, Admission, Admitted
from gradviz.gui.processes.engine_client import EngineClient
from gradviz.protocol.commands import Open, Run
from gradviz.protocol.events import Event, GraphChanged, Hello, Ready
from gradviz.protocol.framing import encode
from tests.helpers.strangers import Strangers, is_closed

FAKE = str(Path(__file__).parents[2] / "helpers" / "fake_engine.py")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def make(qapp, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    clients: list[EngineClient] = []

    def made(manner: str = "plain") -> EngineClient:
        client = EngineClient(arguments=[FAKE, manner])
        client.received = []
        client.event_received.connect(client.received.append)
        clients.append(client)
        return client

    yield made
    for client in clients:
        client.close()


def until(qtbot, client: EngineClient, kind: type[Event]) -> Event:
    """The next event of a kind; those before it are taken as read."""

    def found() -> bool:
        return any(isinstance(event, kind) for event in client.received)

    qtbot.waitUntil(found, timeout=20000)
    while not isinstance(event := client.received.pop(0), kind):
        pass
    return event


def test_the_engine_is_greeted_and_received(qtbot, make) -> None:
    client = make()
    client.start()
    assert isinstance(until(qtbot, client, Hello), Hello)
    assert until(qtbot, client, Ready).torch == "0.0.fake"


def test_commands_sent_before_the_greeting_arrive_after_it(qtbot, make) -> None:
    client = make()
    client.start()
    client.send(Open(1, "autograd"))
    assert until(qtbot, client, GraphChanged).signature == "one"


def test_what_the_network_prints_arrives_by_stream(qtbot, make) -> None:
    client = make("noisy")
    received: dict[str, str] = {"stdout": "", "stderr": ""}
    client.output_received.connect(lambda stream, text: received.update({stream: received[stream] + text}))
    client.start()
    qtbot.waitUntil(lambda: "✓" in received["stdout"] and "warned" in received["stderr"], timeout=20000)


def test_a_killed_engine_is_said_as_a_sentence(qtbot, make) -> None:
    client = make()
    client.start()
    pid = until(qtbot, client, Hello).pid
    with qtbot.waitSignal(client.died, timeout=20000) as died:
        os.kill(pid, signal.SIGKILL)
    assert died.args[0] == "The engine was killed (SIGKILL)"
    assert "out of memory" in died.args[1] and "kept" in died.args[1]


def test_an_engine_that_leaves_by_itself_is_reported_with_its_exit_code(qtbot, make) -> None:
    client = make("exit-3")
    client.start()
    until(qtbot, client, Ready)
    client.send(Open(1, "autograd"))
    with qtbot.waitSignal(client.died, timeout=20000) as died:
        client.send(Run(10))
    assert died.args[0] == "The engine ended (exit code 3)"


def test_an_error_of_the_engines_own_is_not_put_down_to_the_user(qtbot, make) -> None:
    client = make("exit-70")
    with qtbot.waitSignal(client.died, timeout=20000) as died:
        client.start()
    assert "not in your code" in died.args[1]


def test_another_protocol_is_refused_with_what_to_do(qtbot, make) -> None:
    client = make("wrong-protocol")
    with qtbot.waitSignal(client.died, timeout=20000) as died:
        client.start()
    assert "reinstall gradviz" in died.args[1]
    assert client.process_id == 0


@pytest.fixture
def strangers() -> Iterator[Strangers]:
    with Strangers() as opened:
        yield opened


def test_strangers_at_the_port_cost_nothing(qtbot, make, strangers: Strangers) -> None:
    client = make()
    client.start()
    port = client._engine._listener.port
    strangers.scan(port)
    for said in (encode(Hello(1, "guessed", 1)), encode(Hello(1, "é", 1)), b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 4096):
        strangers.connect(port, said)
    silent = [strangers.connect(port), strangers.connect(port, b"\0\0")]
    # Only now is any of them looked at, and the engine comes last.
    assert until(qtbot, client, Ready)
    qtbot.waitUntil(lambda: all(map(is_closed, silent)), timeout=20000)


def test_a_silent_stranger_is_turned_away_in_time(qtbot, make, strangers: Strangers, monkeypatch) -> None:
    monkeypatch.setattr("gradviz.client.engine_listener.SECONDS", 0.05)
    client = make("absent")
    client.start()
    silent = [
        strangers.connect(client._engine._listener.port),
        strangers.connect(client._engine._listener.port, b"\0\0"),
    ]
    qtbot.waitUntil(lambda: all(map(is_closed, silent)), timeout=20000)


def test_no_more_than_a_little_is_read_of_a_stranger(qtbot, make, strangers: Strangers, monkeypatch) -> None:
    read: list[int] = []
    feed = Admission.feed

    def noted(admission: Admission, peer: socket.socket, data: bytes) -> Admitted | None:
        read.append(len(data))
        return feed(admission, peer, data)

    monkeypatch.setattr(Admission, "feed", noted)
    client = make("absent")
    client.start()
    stranger = strangers.connect(client._engine._listener.port, LARGEST_GREETING.to_bytes(4, "big"))
    qtbot.waitUntil(lambda: bool(read), timeout=20000)
    stranger.setblocking(False)
    with contextlib.suppress(BlockingIOError, ConnectionError):
        while True:
            stranger.send(bytes(1 << 20))  # as much as the system takes
    qtbot.waitUntil(lambda: is_closed(stranger), timeout=20000)
    assert max(read) <= LARGEST_READ and sum(read) <= LARGEST_GREETING + LARGEST_READ


def test_closing_leaves_no_process(qtbot, make) -> None:
    client = make()
    client.start()
    pid = until(qtbot, client, Hello).pid
    with qtbot.assertNotEmitted(client.died):
        client.close()
    assert not alive(pid)


def test_starting_again_ends_the_engine_before(qtbot, make) -> None:
    client = make()
    client.start()
    pid = until(qtbot, client, Hello).pid
    client.start()
    assert until(qtbot, client, Hello).pid != pid
    assert not alive(pid)


def test_a_python_that_cannot_be_started_is_said(qtbot, make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    client = make()
    with qtbot.waitSignal(client.died, timeout=20000) as died:
        client.start()
    assert died.args[0] == "The engine could not be started"
