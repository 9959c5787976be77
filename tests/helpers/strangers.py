"""Connections to a port of the loopback interface from a program that is not the engine."""

from __future__ import annotations

import contextlib
import socket
import struct


class Strangers(contextlib.ExitStack):
    """Opens connections, and closes them when the test is over."""

    def connect(self, port: int, said: bytes = b"") -> socket.socket:
        peer = self.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
        peer.sendall(said)
        return peer

    def scan(self, port: int, times: int = 40) -> None:
        """Connect and reset at once, as a port scan does."""
        for _ in range(times):
            peer = self.connect(port)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            peer.close()


def is_closed(peer: socket.socket) -> bool:
    """Whether the other end has closed it by now."""
    peer.setblocking(False)
    try:
        return peer.recv(16) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def ends(peer: socket.socket) -> bool:
    """Wait until the other end closes it or sends something; whether it was closed."""
    try:
        return peer.recv(16) == b""
    except ConnectionError:
        return True
