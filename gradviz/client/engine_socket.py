"""Listens for the engine that was started, and refuses every other connection."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading

from gradviz.errors import ProtocolError, VersionError
from gradviz.protocol.admission import LARGEST_READ, Admission, Admitted


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
