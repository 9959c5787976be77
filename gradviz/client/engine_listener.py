"""Finds the engine that was started among the connections to a port, which any program of this machine can open."""

from __future__ import annotations

import contextlib
import secrets
import selectors
import socket
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from gradviz.errors import ProtocolError, VersionError
from gradviz.language import tr
from gradviz.protocol import PROTOCOL_VERSION
from gradviz.protocol.events import Event, Hello
from gradviz.protocol.framing import LARGEST_FRAME, Decoder, event_decoder

Peer = TypeVar("Peer", bound=Hashable)

SECONDS = 5.0
"""For a connection to prove itself; the engine sends its `Hello` before it imports torch."""
LARGEST_GREETING = 1024
"""Bytes; a hello has about 80."""
LARGEST_READ = 4096
"""Bytes to read at a time from a connection that has not proved itself."""
MOST = 32
"""Connections that are given time at once; one more, and the oldest is closed."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """The engine's greeting, and the decoder for what follows it; some of that may have arrived already."""

    hello: Hello
    decoder: Decoder[Event]


@dataclass(frozen=True, slots=True)
class _Candidate:
    decoder: Decoder[Event]
    deadline: float


class Admission(Generic[Peer]):
    """What a connection must prove before it is served: within seconds and a few KiB, that it is the engine that was
    started (by the token), and that it speaks this version of the protocol.

    The caller owns the connections, closes those that are refused, and passes on what they send.
    """

    def __init__(self, token: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._token = token.encode()
        self._clock = clock
        self._candidates: dict[Peer, _Candidate] = {}

    @property
    def candidates(self) -> list[Peer]:
        """The connections that have not proved themselves yet, the oldest first."""
        return list(self._candidates)

    def add(self, peer: Peer) -> list[Peer]:
        """Give a new connection its time. Returns those to close in its favor."""
        deadline = self._clock() + SECONDS
        self._candidates[peer] = _Candidate(event_decoder(largest=LARGEST_GREETING), deadline)
        excess = self.candidates[:-MOST]
        for each in excess:
            self.remove(each)
        return excess

    def feed(self, peer: Peer, data: bytes) -> Admitted | None:
        """Take in what a connection sent. Returns what it proved; None while that is not complete.

        Raises:
            VersionError: it is the engine, of another version.
            ProtocolError: it is not the engine; close it.
        """
        decoder = self._candidates[peer].decoder
        messages = decoder.feed(data)
        try:
            hello = next(messages, None)
            if hello is None:
                return None
            if not isinstance(hello, Hello) or not secrets.compare_digest(hello.token.encode(), self._token):
                raise ProtocolError(tr("This is not the engine that was started."))
        except ProtocolError:
            self.remove(peer)
            raise
        messages.close()
        self.remove(peer)
        if hello.protocol != PROTOCOL_VERSION:
            raise VersionError(hello.protocol, PROTOCOL_VERSION)
        decoder.largest = LARGEST_FRAME
        return Admitted(hello, decoder)

    def remove(self, peer: Peer) -> None:
        """Forget a connection that is closed."""
        self._candidates.pop(peer, None)

    def take_overdue(self) -> list[Peer]:
        """Forget the connections whose time is over, and return them, to be closed."""
        now = self._clock()
        overdue = [peer for peer, candidate in self._candidates.items() if candidate.deadline <= now]
        for peer in overdue:
            self.remove(peer)
        return overdue

    def remaining(self) -> float | None:
        """Return the seconds until the next connection is overdue; None while there is none."""
        deadlines = [candidate.deadline for candidate in self._candidates.values()]
        return max(0.0, min(deadlines) - self._clock()) if deadlines else None


class EngineListener:
    """A port of the loopback interface. One thread waits in `accept`; any other may `close`."""

    def __init__(self, token: str) -> None:
        """Open a port. Raise OSError if there is none."""
        self._admission: Admission[socket.socket] = Admission(token)
        self._server = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._server.setblocking(False)
        self.port: int = self._server.getsockname()[1]
        self._closed = threading.Event()
        self._awake, self._alarm = socket.socketpair()

    def accept(self) -> tuple[socket.socket, Admitted] | None:
        """Wait for the engine. Return its connection, or None if `close` was called.

        Raises:
            VersionError: the engine speaks another version of the protocol.
        """
        selector = selectors.DefaultSelector()
        try:
            selector.register(self._server, selectors.EVENT_READ)
            selector.register(self._awake, selectors.EVENT_READ)
            while not self._closed.is_set():
                for key, _ in selector.select(self._admission.remaining()):
                    if key.fileobj is self._server:
                        self._add_all(selector)
                    elif isinstance(key.fileobj, socket.socket) and key.fileobj in self._admission.candidates:
                        admitted = self._read(selector, key.fileobj)
                        if admitted is not None:
                            return key.fileobj, admitted
                for peer in self._admission.take_overdue():
                    _refuse(selector, peer)
            return None
        finally:
            selector.close()
            for other in (*self._admission.candidates, self._server, self._awake):
                other.close()

    def close(self) -> None:
        """End the wait."""
        self._closed.set()
        self._alarm.close()

    def _add_all(self, selector: selectors.BaseSelector) -> None:
        with contextlib.suppress(OSError):  # no more of them, or one that is gone already
            while True:
                peer, _ = self._server.accept()
                peer.setblocking(False)
                selector.register(peer, selectors.EVENT_READ)
                for excess in self._admission.add(peer):
                    _refuse(selector, excess)

    def _read(self, selector: selectors.BaseSelector, peer: socket.socket) -> Admitted | None:
        """Return what a connection has proved; one that is not the engine is closed."""
        try:
            data = peer.recv(LARGEST_READ)
            admitted = self._admission.feed(peer, data) if data else None
        except BlockingIOError:
            return None
        except VersionError:
            peer.close()
            raise
        except (OSError, ProtocolError):
            data, admitted = b"", None
        if admitted is not None:
            selector.unregister(peer)
            peer.setblocking(True)
        elif not data:
            self._admission.remove(peer)
            _refuse(selector, peer)
        return admitted


def _refuse(selector: selectors.BaseSelector, peer: socket.socket) -> None:
    selector.unregister(peer)
    peer.close()
