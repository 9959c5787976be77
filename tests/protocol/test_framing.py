"""Frames: however the bytes are cut, the messages are the same."""

from __future__ import annotations

import contextlib
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.msgpack import encode as msgpack

from gradviz.errors import ProtocolError
from gradviz.protocol.commands import Command, Inspect, Open, Pause, Run, RunOne, SetDevice, SetOptimizer, Shutdown
from gradviz.protocol.encodable import escape
from gradviz.protocol.events import Event, Failed, GraphChanged, LossBatch, NodeDetails, StateChanged
from gradviz.protocol.framing import Decoder, as_received, command_decoder, encode, event_decoder
from gradviz.protocol.records import EdgeRecord, GraphRecord, NodeRecord, OptimizerChoice, SavedRecord

any_text = st.text(st.characters(), max_size=20)
"""Lone surrogates too."""
text = any_text.filter(lambda word: "\\ud" not in word)
"""What has the form of an escape is restored as one."""
small = st.integers(-(2**31), 2**31)
whole = st.integers() | st.integers(-(2**200), 2**200)
values = st.one_of(
    st.booleans(), whole, st.floats(allow_nan=False), text, st.none(), st.lists(st.floats(0, 1), max_size=3)
)
choices = st.builds(OptimizerChoice, text, st.dictionaries(text, values, max_size=3))
commands = st.one_of(
    st.builds(Open, small, text, st.dictionaries(text, values, max_size=3), whole, text, st.none() | choices),
    st.builds(Run, st.none() | whole),
    st.just(RunOne()),
    st.just(Pause()),
    st.just(Shutdown()),
    st.builds(SetDevice, text),
    st.builds(SetOptimizer, choices),
    st.builds(Inspect, text, whole),
)
graphs = st.builds(
    lambda signature, ids: GraphRecord(
        signature,
        "autograd",
        tuple(NodeRecord(i, "function", f"n{signature}", shape=(i, 2)) for i in ids),
        tuple(EdgeRecord(i, i + 1, shape=()) for i in ids),
    ),
    any_text,
    st.lists(st.integers(0, 50), max_size=4),
)
events = st.one_of(
    st.builds(LossBatch, small, small, st.binary(max_size=64), st.floats(0, 1e6)),
    st.builds(
        StateChanged, small, st.sampled_from(["ready", "running"]), small, st.none() | st.floats(allow_nan=False)
    ),
    st.builds(GraphChanged, small, whole, any_text, st.none() | graphs),
    st.builds(NodeDetails, any_text, whole, st.just("held"), st.tuples(st.builds(SavedRecord, any_text))),
    st.builds(Failed, any_text, any_text),
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
def test_events_survive_any_cutting_with_what_utf_8_has_no_place_for_escaped(
    messages: list[Event], cuts: list[int]
) -> None:
    data = b"".join(encode(message) for message in messages)
    arrived = decoded(event_decoder(), pieces(data, cuts))
    assert arrived == [escape(message) for message in messages] == [as_received(message) for message in messages]


def test_bytes_may_come_one_at_a_time() -> None:
    data = encode(Run(5)) + encode(Pause())
    assert decoded(command_decoder(), [bytes([byte]) for byte in data]) == [Run(5), Pause()]


@given(st.binary(min_size=1, max_size=40))
def test_a_body_that_is_no_message_is_refused_with_the_remedy(body: bytes) -> None:
    with pytest.raises(ProtocolError, match="restart the engine"):
        list(command_decoder().feed(len(body).to_bytes(4, "big") + body))


class OwnText(str):
    """A subclass, as a library's messages can be."""


@given(
    st.one_of(
        st.integers(-(2**63), 2**63 - 1).map(np.int64),
        st.integers(0, 2**64 - 1).map(np.uint64),
        st.floats(allow_nan=False).map(np.float64),
        st.floats(allow_nan=False, width=32).map(np.float32),
        st.floats(allow_nan=False, width=16).map(np.float16),
        st.floats(allow_nan=False, width=32).map(np.array),
        st.booleans().map(np.bool_),
        text.map(OwnText),
        text.filter(lambda word: not word.endswith("\0")).map(np.str_),
    )
)
def test_values_of_other_types_arrive_as_the_builtin_ones(value: Any) -> None:
    sent = Open(1, "nn", {"plain": 1, OwnText("key"): value}, optimizer=OptimizerChoice("SGD", {"lr": value}))
    (arrived,) = decoded(command_decoder(), [encode(sent)])
    assert arrived.hyperparameters == {"plain": 1, "key": value} and arrived.optimizer.options == {"lr": value}
    assert {type(each) for each in arrived.hyperparameters.values()} <= {bool, int, float, str}


def test_what_is_no_value_is_refused_where_it_is_sent() -> None:
    with pytest.raises(TypeError, match="cannot carry a object"):
        encode(Failed("Open", object()))


@given(st.binary(max_size=60) | st.integers(1, 40).map(lambda n: b"\xa3\xff\xfe\xfd" * n))
def test_whatever_arrives_nothing_but_a_protocol_error_is_raised(body: bytes) -> None:
    frame = len(body).to_bytes(4, "big") + body
    for decoder in (command_decoder(), event_decoder()):
        with contextlib.suppress(ProtocolError):
            list(decoder.feed(frame))


@pytest.mark.parametrize(
    "body",
    [
        msgpack({"type": "Failed", "command": "Open"}),
        b"\x83\xa4type\xa6Failed\xa7command\xa2\xff\xfe\xa7message\xa0",
        b"\x82\xa4type\xa6Failed\xa5other" + b"\x91" * 200_000 + b"\xc0",
        b"\x82\xa4type\xa6Failed\xa5other\xdd\xff\xff\xff\xff",
        b"\x82\xa4type\xa3Run\xa5until\xd4\x07\x00",
    ],
    ids=["incomplete", "invalid UTF-8", "nested deeply", "a claim of four billion", "unknown extension"],
)
def test_a_body_that_cannot_be_read_is_a_protocol_error(body: bytes) -> None:
    for decoder in (command_decoder(), event_decoder()):
        with pytest.raises(ProtocolError, match="restart the engine"):
            list(decoder.feed(len(body).to_bytes(4, "big") + body))


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
