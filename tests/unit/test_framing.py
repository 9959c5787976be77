"""Frames: however the bytes are cut, the messages are the same."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradviz.errors import ProtocolError
from gradviz.protocol.commands import Command, Inspect, Open, Pause, Run, RunOne, SetDevice, SetOptimizer, Shutdown
from gradviz.protocol.events import Event, Failed, GraphChanged, LossBatch, NodeDetails, StateChanged
from gradviz.protocol.framing import Decoder, command_decoder, encode, event_decoder
from gradviz.protocol.records import EdgeRecord, GraphRecord, NodeRecord, OptimizerChoice, SavedRecord

text = st.text(max_size=20)
small = st.integers(-(2**31), 2**31)
values = st.one_of(
    st.booleans(), small, st.floats(allow_nan=False), text, st.none(), st.lists(st.floats(0, 1), max_size=3)
)
choices = st.builds(OptimizerChoice, text, st.dictionaries(text, values, max_size=3))
commands = st.one_of(
    st.builds(Open, small, text, st.dictionaries(text, values, max_size=3), small, text, st.none() | choices),
    st.builds(Run, st.none() | small),
    st.just(RunOne()),
    st.just(Pause()),
    st.just(Shutdown()),
    st.builds(SetDevice, text),
    st.builds(SetOptimizer, choices),
    st.builds(Inspect, text, small),
)
graphs = st.builds(
    lambda signature, ids: GraphRecord(
        signature,
        "autograd",
        tuple(NodeRecord(i, "function", f"n{i}", shape=(i, 2)) for i in ids),
        tuple(EdgeRecord(i, i + 1, shape=()) for i in ids),
    ),
    text,
    st.lists(st.integers(0, 50), max_size=4),
)
events = st.one_of(
    st.builds(LossBatch, small, small, st.binary(max_size=64), st.floats(0, 1e6)),
    st.builds(
        StateChanged, small, st.sampled_from(["ready", "running"]), small, st.none() | st.floats(allow_nan=False)
    ),
    st.builds(GraphChanged, small, small, text, st.none() | graphs),
    st.builds(NodeDetails, text, small, st.just("held"), st.tuples(st.builds(SavedRecord, text))),
    st.builds(Failed, text, text),
)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[a:b] for a, b in pairwise(places)]


def decoded(decoder: Decoder, parts: list[bytes]) -> list:
    return [message for part in parts for message in decoder.feed(part)]


@given(st.lists(commands, max_size=5), st.lists(st.integers(0, 10_000), max_size=12))
def test_commands_survive_any_cutting(messages: list[Command], cuts: list[int]) -> None:
    data = b"".join(encode(message) for message in messages)
    assert decoded(command_decoder(), pieces(data, cuts)) == messages


@given(st.lists(events, max_size=5), st.lists(st.integers(0, 10_000), max_size=12))
def test_events_survive_any_cutting(messages: list[Event], cuts: list[int]) -> None:
    data = b"".join(encode(message) for message in messages)
    assert decoded(event_decoder(), pieces(data, cuts)) == messages


def test_bytes_may_come_one_at_a_time() -> None:
    data = encode(Run(5)) + encode(Pause())
    assert decoded(command_decoder(), [bytes([byte]) for byte in data]) == [Run(5), Pause()]


@given(st.binary(min_size=1, max_size=40))
def test_a_body_that_is_no_message_is_refused_with_the_cure(body: bytes) -> None:
    with pytest.raises(ProtocolError, match="restart the engine"):
        list(command_decoder().feed(len(body).to_bytes(4, "big") + body))


def test_a_length_that_cannot_be_is_refused_before_it_is_waited_for() -> None:
    with pytest.raises(ProtocolError, match="not one of gradviz's"):
        list(command_decoder().feed(b"\xff\xff\xff\xff"))


def test_what_follows_a_bad_frame_is_not_lost_to_it() -> None:
    decoder = command_decoder()
    with pytest.raises(ProtocolError):
        list(decoder.feed((1).to_bytes(4, "big") + b"\xc0" + encode(Pause())))
    assert list(decoder.feed(b"")) == [Pause()]


def test_losses_that_are_no_numbers_survive() -> None:
    state = StateChanged(1, "running", 2, float("inf"))
    assert decoded(event_decoder(), [encode(state)]) == [state]
