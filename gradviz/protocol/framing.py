"""Messages to bytes and back, without a socket: a length of four bytes, then msgpack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

import msgspec

from gradviz.errors import ProtocolError
from gradviz.protocol.commands import AnyCommand, Command
from gradviz.protocol.events import AnyEvent, Event

Message = TypeVar("Message")

_LENGTH = 4
# A graph of a million nodes takes some 100 MB; more than this is not one of our frames.
_LARGEST = 1 << 30

_encoder = msgspec.msgpack.Encoder()


def encode(message: object) -> bytes:
    """One frame: big-endian length of the body, then the body as msgpack."""
    body = _encoder.encode(message)
    return len(body).to_bytes(_LENGTH, "big") + body


class Decoder(Generic[Message]):
    """Collects bytes as they arrive, in pieces of any size, and yields the messages that are complete."""

    def __init__(self, message_type: object) -> None:
        self._decode = msgspec.msgpack.Decoder(message_type).decode
        self._buffer = bytearray()

    def feed(self, data: bytes | bytearray | memoryview) -> Iterator[Message]:
        """Take in `data`; yield every message it completes, in order.

        Raises:
            ProtocolError: a frame is too long or its body is not a known message.
        """
        buffer = self._buffer
        buffer += data
        start = 0
        try:
            while len(buffer) - start >= _LENGTH:
                length = int.from_bytes(buffer[start : start + _LENGTH], "big")
                if length > _LARGEST:
                    raise ProtocolError(f"a frame of {length} bytes is not one of gradviz's; restart the engine")
                end = start + _LENGTH + length
                if len(buffer) < end:
                    break
                body = bytes(memoryview(buffer)[start + _LENGTH : end])
                start = end
                try:
                    message = self._decode(body)
                except msgspec.DecodeError as error:
                    raise ProtocolError(f"a message is not understood ({error}); restart the engine") from error
                yield message
        finally:
            del buffer[:start]


def command_decoder() -> Decoder[Command]:
    """The engine's ear."""
    return Decoder(AnyCommand)


def event_decoder() -> Decoder[Event]:
    """The window's ear."""
    return Decoder(AnyEvent)
