"""The engine's end of the socket: sends Hello, reads commands in a thread, ends the process when the client is gone;
and sends events in a thread of its own."""

from __future__ import annotations

import _thread
import os
import queue
import signal
import socket
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable
from math import inf
from time import monotonic
from types import FrameType

import msgspec

from gradviz.errors import ProtocolError
from gradviz.protocol import PROTOCOL_VERSION
from gradviz.protocol.commands import Command, Interrupt, Pause
from gradviz.protocol.events import Event, GraphChanged, Hello, LossBatch, Measured, NodeDetails
from gradviz.protocol.framing import command_decoder, encode

# Bytes of losses in one merged batch. Merging copies, so an unlimited batch would cost the square of a long wait.
_LARGEST_BATCH = 1 << 16
# Graphs whose signature alone is enough. The window keeps twice as many, so it never misses one.
GRAPHS_REMEMBERED = 64


class Outbox:
    """Events that wait, in order. What waits is bounded: only losses (8 bytes each) grow with a window that sleeps."""

    def __init__(self) -> None:
        self._events: list[Event] = []

    def __len__(self) -> int:
        return len(self._events)

    def put(self, event: Event) -> None:
        """Add `event`, merged with those that wait, or in place of those that it supersedes."""
        if isinstance(event, LossBatch):
            if not self._merge(event):
                self._events.append(event)
            return
        if isinstance(event, GraphChanged):
            self._events = [e for e in self._events if not isinstance(e, GraphChanged)]
        elif isinstance(event, Measured):
            # Newer measurements replace those of the same kinds that were not sent yet.
            self._events = [e for e in self._events if not (isinstance(e, Measured) and _covers(event, e))]
        elif isinstance(event, NodeDetails):
            self._events = [e for e in self._events if not (isinstance(e, NodeDetails) and _same_node(e, event))]
        self._events.append(event)

    def take(self) -> list[Event]:
        """Remove and return all events."""
        events, self._events = self._events, []
        return events

    def _merge(self, batch: LossBatch) -> bool:
        """Append `batch` to the waiting one it continues, if nothing but graphs and details came between."""
        for i in range(len(self._events) - 1, -1, -1):
            waiting = self._events[i]
            if isinstance(waiting, LossBatch):
                size = len(waiting.losses)
                if (
                    waiting.run != batch.run
                    or waiting.first + size // 8 != batch.first
                    or size + len(batch.losses) > _LARGEST_BATCH
                ):
                    return False
                losses = waiting.losses + batch.losses
                evaluations = waiting.evaluations + batch.evaluations
                self._events[i] = LossBatch(batch.run, waiting.first, losses, batch.rate, evaluations)
                return True
            if not isinstance(waiting, GraphChanged | NodeDetails | Measured):
                return False
        return False


def _same_node(a: NodeDetails, b: NodeDetails) -> bool:
    return a.signature == b.signature and a.node == b.node


def _covers(newer: Measured, older: Measured) -> bool:
    kinds = {column.kind for column in newer.columns}
    return newer.run == older.run and all(column.kind in kinds for column in older.columns)


class SentGraphs:
    """Remembers the signatures that the client was sent, the most recent last."""

    def __init__(self, size: int = GRAPHS_REMEMBERED) -> None:
        self._signatures: OrderedDict[str, None] = OrderedDict()
        self._size = size

    def thin(self, event: GraphChanged) -> GraphChanged:
        """Return `event`, without its graph if the client has it."""
        known = event.signature in self._signatures
        self._signatures[event.signature] = None
        self._signatures.move_to_end(event.signature)
        if len(self._signatures) > self._size:
            self._signatures.popitem(last=False)
        return msgspec.structs.replace(event, graph=None) if known else event


class Sender:
    """Owns the writing half of a socket. `post` never blocks; a thread of its own encodes and writes."""

    def __init__(self, connection: socket.socket, on_broken: Callable[[], None]) -> None:
        self._connection = connection
        self._on_broken = on_broken
        self._outbox = Outbox()
        self._sent = SentGraphs()
        self._condition = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._write, name="gradviz-sender", daemon=True)
        self._thread.start()

    def post(self, event: Event) -> None:
        """Send `event` as soon as the socket takes it."""
        with self._condition:
            self._outbox.put(event)
            self._condition.notify()

    def close(self, seconds: float) -> None:
        """Write what waits, for at most `seconds`."""
        with self._condition:
            self._closing = True
            self._condition.notify()
        self._thread.join(seconds)

    def _write(self) -> None:
        while True:
            with self._condition:
                while not self._outbox and not self._closing:
                    self._condition.wait()
                events = self._outbox.take()
            if not events:
                return
            frames = [encode(self._sent.thin(e) if isinstance(e, GraphChanged) else e) for e in events]
            try:
                self._connection.sendall(b"".join(frames))
            except OSError:
                self._on_broken()
                return


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
        self._interrupts = False
        """Whether the client asked for an interrupt that is not handled yet."""
        self.looked = monotonic()
        """When the engine looked for commands last; infinite while it waits for one."""
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
        self.looked = monotonic()
        return not self._commands.empty()

    def next_command(self, seconds: float | None) -> Command | None:
        """Return the next command; wait for it, for at most `seconds` (None: for ever). None if there was none."""
        if self._is_child:
            os._exit(0)  # no thread reads here: it would wait for ever
        self.looked = inf
        try:
            return self._commands.get(timeout=seconds)
        except queue.Empty:
            return None
        finally:
            self.looked = monotonic()

    def close(self) -> None:
        """Give the last events two seconds to leave."""
        self._sender.close(2.0)

    def handle_interrupt(self, number: int, frame: FrameType | None) -> None:
        """Handle a signal that interrupts. SIGINT means nothing unless the client asked for it: Ctrl+C in a terminal is
        the client's."""
        requested, self._interrupts = self._interrupts or number != signal.SIGINT, False
        if not requested or self.looked == inf:
            return
        from gradviz.engine.frames.stack_frames import owner_of

        while frame is not None:
            if owner_of(frame.f_code.co_filename) == "user":
                raise KeyboardInterrupt
            frame = frame.f_back
        self._commands.put(Pause())

    def _interrupt(self) -> None:
        self._interrupts = True
        if sys.platform != "win32" and (main := threading.main_thread().ident) is not None:
            signal.pthread_kill(main, signal.SIGINT)  # which also ends a sleep
        else:
            _thread.interrupt_main()

    def _let_go(self) -> None:
        """Close the connection in a child that user code forked: it is the parent's alone."""
        self._is_child = True
        self._socket.close()

    def _read(self) -> None:
        decoder = command_decoder()
        try:
            while data := self._socket.recv(_PIECE):
                for command in decoder.feed(data):
                    if isinstance(command, Interrupt):
                        self._interrupt()
                    else:
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
