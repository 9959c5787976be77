"""Notices that the engine has not looked for commands for some seconds, and reports the line that it is in."""

from __future__ import annotations

import linecache
import sys
import threading
from collections.abc import Callable
from time import monotonic, sleep
from typing import Protocol

from msgspec.structs import replace

from gradviz.engine.frames.stack_frames import passes_on, user_line
from gradviz.engine.frames.tracebacks import stack_text
from gradviz.engine.serving.connection import Connection
from gradviz.protocol.events import Alive, Busy, Event

passes_on(Connection.handle_interrupt)
PATIENCE = 3.0
"""Seconds after which the user should know what the engine is in."""
_MOST_PATIENCE = 10.0
_EVERY = 1.0


class Watched(Protocol):
    """The connection, as the watch needs it."""

    looked: float

    def post(self, event: Event) -> None:
        """Send `event`."""


class HangWatch:
    """Looks once a second, in a thread of its own, so that the thread that trains pays nothing."""

    def __init__(self, connection: Watched, describe: Callable[[float], Busy]) -> None:
        """`describe` is given for how many seconds something has been under way, and returns what."""
        self._connection, self._describe = connection, describe
        self._main = threading.main_thread().ident
        self._longest = 0.0
        """Seconds that the iteration before took: what always takes so long is no news."""
        self._last = (0.0, 0.0)
        """When the engine had looked for commands, and for how long that was known."""

    def start(self) -> None:
        """Watch from now on. The first sign of life comes at once: without one, a silence is not noticed."""
        self._connection.post(Alive(self._describe(0.0), PATIENCE))
        threading.Thread(target=self._watch, name="gradviz-hangs", daemon=True).start()

    def _watch(self) -> None:
        while True:
            sleep(_EVERY)
            self.look(monotonic())

    def look(self, now: float) -> None:
        """Give a sign of life, and report what the engine is in, if it has been in it for too long."""
        looked = self._connection.looked
        before, lasted = self._last
        if looked != before:
            self._longest = lasted
        self._last = (looked, max(0.0, now - looked))
        event = self._describe(max(0.0, now - looked))
        patience = min(max(PATIENCE, 2 * self._longest), _MOST_PATIENCE)
        self._connection.post(Alive(event, patience))
        if now - looked < patience:
            return
        frame = sys._current_frames().get(self._main or 0)
        if frame is not None:
            file, line = user_line(frame)
            text = linecache.getline(file, line).strip()
            event = replace(event, file=file, line=line, text=text, stack=stack_text(frame))
        if self._connection.looked == looked:
            self._connection.post(event)
