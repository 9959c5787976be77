"""A server in a thread of this process, for tests that speak to it as a window would, without a socket."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

from gradviz.engine.serving.server import Server
from gradviz.protocol.commands import Command, Open, Shutdown
from gradviz.protocol.events import Event, Ready, StateChanged
from gradviz.protocol.framing import command_decoder, encode, event_decoder

Wanted = TypeVar("Wanted", bound=Event)
PATIENCE = 30.0


class EngineThread:
    """`tell` sends a command, `until` waits for an event. Every message passes the real framing."""

    def __init__(self) -> None:
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.seen: list[Event] = []
        self.server = Server(self)
        self._thread = threading.Thread(target=self.server.serve, daemon=True)

    def __enter__(self) -> EngineThread:
        self._thread.start()
        self.until(Ready)
        return self

    def __exit__(self, *exception: object) -> None:
        self.tell(Shutdown())
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "the engine does not end"

    def open(self, target: str, run: int = 1, **options: object) -> StateChanged:
        """Open a network, and wait until its first forward is held."""
        self.tell(Open(run, target, **options))
        return self.until(StateChanged, lambda event: event.state == "ready")

    def tell(self, command: Command) -> None:
        (received,) = command_decoder().feed(encode(command))
        self._commands.put(received)

    def until(self, wanted: type[Wanted], check: Callable[[Wanted], bool] = lambda event: True) -> Wanted:
        """The next event of this type that passes `check`; what comes before it is kept in `seen`."""
        while True:
            event = self.next()
            if isinstance(event, wanted) and check(event):
                return event

    def next(self) -> Event:
        """The next event, of whatever type."""
        event = self._events.get(timeout=PATIENCE)
        self.seen.append(event)
        return event

    def all(self, wanted: type[Wanted]) -> list[Wanted]:
        """All events of this type so far."""
        return [event for event in self.seen if isinstance(event, wanted)]

    # -- what the server sees ---------------------------------------------------------------------------------------

    def post(self, event: Event) -> None:
        (received,) = event_decoder().feed(encode(event))
        self._events.put(received)

    def has_command(self) -> bool:
        return not self._commands.empty()

    def next_command(self, seconds: float | None = None) -> Command | None:
        try:
            return self._commands.get(timeout=seconds)
        except queue.Empty:
            return None
