"""Which of the connections to the port is the engine: proved by few bytes within seconds, whatever else connects."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradviz.client.engine_listener import LARGEST_GREETING, MOST, SECONDS, Admission
from gradviz.errors import ProtocolError, VersionError
from gradviz.protocol import PROTOCOL_VERSION
from gradviz.protocol.events import Failed, Hello
from gradviz.protocol.framing import encode

TOKEN = "0123abcd"
GREETING = encode(Hello(PROTOCOL_VERSION, TOKEN, 17))
FOLLOWING = [Failed("Open", "x" * 5000), Failed("Run", "y")]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.integers(1, 200), max_size=8), st.integers(0, 8))
def test_the_engine_is_admitted_however_its_greeting_is_cut(cuts: list[int], strangers: int) -> None:
    admission: Admission[int] = Admission(TOKEN)
    for stranger in range(1, strangers + 1):
        admission.add(stranger)
    admission.add(0)
    data = GREETING + b"".join(map(encode, FOLLOWING))
    admitted, arrived, rest = None, [], data
    while admitted is None:
        size = cuts.pop() if cuts else len(rest)
        admitted, rest = admission.feed(0, rest[:size]), rest[size:]
    arrived = [*admitted.decoder.feed(b""), *admitted.decoder.feed(rest)]
    assert admitted.hello.pid == 17 and arrived == FOLLOWING
    assert admission.candidates == list(range(1, strangers + 1))


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_a_stranger_is_refused_or_waited_for_and_keeps_few_bytes(sent: list[bytes]) -> None:
    admission: Admission[str] = Admission(TOKEN)
    admission.add("stranger")
    for data in sent:
        try:
            assert admission.feed("stranger", data) is None
        except ProtocolError:
            assert admission.candidates == []
            return
    assert admission.candidates == ["stranger"]


@pytest.mark.parametrize(
    "data",
    [
        encode(Hello(PROTOCOL_VERSION, "guessed", 1)),
        encode(Hello(PROTOCOL_VERSION, "", 1)),
        encode(Hello(PROTOCOL_VERSION, "gerät-ё-\udcff", 1)),
        encode(Failed("Open", TOKEN)),
        b"GET / HTTP/1.1\r\n\r\n",
        (LARGEST_GREETING + 1).to_bytes(4, "big"),
        b"\x00\x00\x00\x05\xa4\xff\xff\xff\xff",
        GREETING.replace(TOKEN.encode(), b"\xff\xfe\xfd\xfc0123"),
    ],
    ids=["another token", "no token", "no ASCII", "another event", "HTTP", "too long", "no message", "invalid UTF-8"],
)
def test_what_does_not_prove_itself_is_refused_at_once(data: bytes) -> None:
    admission: Admission[str] = Admission(TOKEN)
    admission.add("stranger")
    with pytest.raises(ProtocolError):
        admission.feed("stranger", data)
    assert admission.candidates == []


def test_the_engine_of_another_version_is_distinguished_from_a_stranger() -> None:
    admission: Admission[str] = Admission(TOKEN)
    admission.add("engine")
    with pytest.raises(VersionError, match="reinstall gradviz"):
        admission.feed("engine", encode(Hello(PROTOCOL_VERSION + 1, TOKEN, 17)))
    admission.add("stranger")
    with pytest.raises(ProtocolError) as refused:
        admission.feed("stranger", encode(Hello(PROTOCOL_VERSION + 1, "guessed", 17)))
    assert not isinstance(refused.value, VersionError)


def test_each_connection_has_its_own_time() -> None:
    clock = Clock()
    admission: Admission[str] = Admission(TOKEN, clock)
    assert admission.remaining() is None
    admission.add("silent")
    clock.now += SECONDS - 1
    admission.add("slow")
    admission.feed("slow", GREETING[:10])
    assert admission.remaining() == pytest.approx(1) and admission.take_overdue() == []
    clock.now += 1
    assert admission.take_overdue() == ["silent"] and admission.candidates == ["slow"]
    assert admission.feed("slow", GREETING[10:]) is not None


def test_too_many_connections_at_once_close_the_oldest() -> None:
    admission: Admission[int] = Admission(TOKEN)
    assert [admission.add(peer) for peer in range(MOST)] == [[]] * MOST
    assert admission.add(MOST) == [0]
    assert admission.feed(MOST, GREETING) is not None
    with contextlib.suppress(ProtocolError):
        admission.feed(1, b"GET ")
    assert admission.candidates == list(range(2, MOST))
