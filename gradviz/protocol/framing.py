"""Messages to bytes and back, without a socket: a length of four bytes, then msgpack."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Generic, TypeVar

import msgspec

from gradviz.errors import ProtocolError
from gradviz.language import tr
from gradviz.protocol.answers import AnyAnswer
from gradviz.protocol.commands import AnyCommand, Command
from gradviz.protocol.encodable import ESCAPE_START, escape_text, map_leaves, plain_value, restore
from gradviz.protocol.events import AnyEvent, Event
from gradviz.protocol.metric_events import AnyMetricEvent
from gradviz.protocol.past_events import AnyPastEvent

Message = TypeVar("Message")

_LENGTH = 4
# A graph of a million nodes takes some 100 MB; more than this is not one of our frames.
LARGEST_FRAME = 1 << 30
_WHOLE_NUMBER = 1
"""Extension type of a whole number that does not fit into 64 bits: its bytes, big-endian, signed."""
_WIDTH = range(-(1 << 63), 1 << 64)


def encode(message: object) -> bytes:
    """One frame: big-endian length of the body, then the body as msgpack."""
    body = pack(message)
    return len(body).to_bytes(_LENGTH, "big") + body


def pack(message: object) -> bytes:
    r"""Return `message` as msgpack, whatever its texts and numbers are.

    Text that UTF-8 cannot encode is escaped (`\udcff`). `command_decoder` restores it, so that what the engine has
    named can be asked for by that name.
    """
    try:
        return _encoder.encode(message)
    except (UnicodeEncodeError, OverflowError):
        return _encoder.encode(map_leaves(message, _encodable, _is_encodable))


def as_received(message: Message) -> Message:
    """Return `message` with its texts as they are where they arrive: for what leaves in another way than in a frame."""
    changed: Message = map_leaves(message, _escaped, _is_encodable)
    return changed


def _is_encodable(part: object) -> bool:
    try:
        _encoder.encode(part)
    except (UnicodeEncodeError, OverflowError):
        return False
    return True


def _escaped(value: object) -> object:
    return escape_text(value) if isinstance(value, str) else value


def _encodable(value: object) -> object:
    value = _escaped(plain_value(value))
    if type(value) is int and value not in _WIDTH:
        return msgspec.msgpack.Ext(_WHOLE_NUMBER, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))
    return value


def _builtin(value: object) -> object:
    plain = plain_value(value)
    if plain is value:
        raise TypeError(f"a message cannot carry a {type(value).__name__}")
    return plain


_encoder = msgspec.msgpack.Encoder(enc_hook=_builtin)


class Decoder(Generic[Message]):
    """Collects bytes as they arrive, in pieces of any size, and yields the messages that are complete."""

    def __init__(self, message_type: object, *, largest: int = LARGEST_FRAME, restores: bool = False) -> None:
        """`restores`: whether text that was escaped is restored."""
        self.largest = largest
        """Bytes; a frame that is longer is refused when its length arrives."""
        self._type: Any = message_type
        self._decode = msgspec.msgpack.Decoder(message_type).decode
        self._restores = restores
        self._buffer = bytearray()

    def feed(self, data: bytes | bytearray | memoryview) -> Generator[Message, None, None]:
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
                if length > self.largest:
                    raise ProtocolError(
                        tr("a frame of {length} bytes is not one of gradviz's; restart the engine").format(
                            length=length
                        )
                    )
                end = start + _LENGTH + length
                if len(buffer) < end:
                    break
                body = bytes(memoryview(buffer)[start + _LENGTH : end])
                start = end
                yield self._message(body)
        finally:
            del buffer[:start]

    def _message(self, body: bytes) -> Message:
        try:
            message = self._decoded(body)
        # Invalid UTF-8 and deep nesting are no errors of msgspec's own.
        except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
            raise ProtocolError(
                tr("a message is not understood ({error}); restart the engine").format(error=error)
            ) from error
        return restore(message) if self._restores and ESCAPE_START.encode() in body else message

    def _decoded(self, body: bytes) -> Message:
        try:
            message: Message = self._decode(body)
        except msgspec.ValidationError:
            # msgspec's types have no place for an extension.
            untyped, has_extensions = _untyped(body)
            if not has_extensions:
                raise
            message = msgspec.convert(untyped, self._type)
        return message


def _untyped(body: bytes) -> tuple[object, bool]:
    """Return the content of a body, and whether there are numbers of more than 64 bits in it."""
    found: list[int] = []

    def number(code: int, data: memoryview) -> int:
        if code != _WHOLE_NUMBER:
            raise ValueError(f"extension {code} is unknown")
        found.append(int.from_bytes(data, "big", signed=True))
        return found[-1]

    return msgspec.msgpack.decode(body, ext_hook=number), bool(found)


def command_decoder() -> Decoder[Command]:
    """Return a decoder for the engine's end."""
    return Decoder(AnyCommand, restores=True)


def event_decoder(*, largest: int = LARGEST_FRAME) -> Decoder[Event]:
    """Return a decoder for the window's or the terminal's end."""
    return Decoder(AnyEvent | AnyAnswer | AnyPastEvent | AnyMetricEvent, largest=largest)
