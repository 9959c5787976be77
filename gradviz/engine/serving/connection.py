"""The engine's end of the socket: sends Hello, reads commands in a thread, ends the process when the client is gone."""

from __future__ import annotations

import os
import queue
import socket
import sys
import threading

from gradviz.engine.serving.sender import Sender
from gradviz.errors import ProtocolError
from gradviz.protocol import PROTOCOL_VERSION
from gradviz.protocol.commands import Command
from gradviz.protocol.events import Event, Hello
from gradviz.protocol.framing import command_decoder

_PIECE = 1 << 16


class Connection:
    """Commands in, events out. Imports no torch, so that Hello is sent at once."""

    def __init__(self, port: int, token: str) -> None:
        """Connect. Raises OSError if nothing listens at the port of the loopback interface."""
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._sender = Sender(self._socket, on_broken=leave)
        self._is_child = False
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._let_go)
        self.post(Hello(PROTOCOL_VERSION, token, os.getpid()))
        threading.Thread(target=self._read, name="gradviz-reader", daemon=True).start()

    def post(self, event: Event) -> None:
        """Send `event` as soon as the window takes it; never blocks."""
        if not self._is_child:
            self._sender.post(event)

    def has_command(self) -> bool:
        """Return whether there is a command."""
        return not self._commands.empty()

    def next_command(self, seconds: float | None) -> Command | None:
        """Return the next command; wait for it, for at most `seconds` (None: for ever). None if there was none."""
        if self._is_child:
            os._exit(0)  # no thread reads here: it would wait for ever
        try:
            return self._commands.get(timeout=seconds)
        except queue.Empty:
            return None

    def close(self) -> None:
        """Give the last events two seconds to leave."""
        self._sender.close(2.0)

    def _let_go(self) -> None:
        """Close the connection in a child that user code forked: it is the parent's alone."""
        self._is_child = True
        self._socket.close()

    def _read(self) -> None:
        decoder = command_decoder()
        try:
            while data := self._socket.recv(_PIECE):
                for command in decoder.feed(data):
                    self._commands.put(command)
        except ProtocolError as error:
            print(f"gradviz engine: {error}", file=sys.stderr, flush=True)
            os._exit(3)
        except OSError:
            pass  # a reset connection ends like a closed one
        leave()


def leave() -> None:
    """End the process now, whatever its main thread does: without its window nobody could stop it."""
    os._exit(0)
