"""Notices an engine that gives no sign of life, as where native code holds the GIL, and finds the line it is in."""

from __future__ import annotations

import os
import re
import tempfile
import threading
import traceback
from collections.abc import Callable
from time import monotonic, sleep

from msgspec.structs import replace

from gradviz.client.user_frames import innermost_line, users_part
from gradviz.protocol.engine_signals import INTERRUPT, WRITE_STACK
from gradviz.protocol.events import Alive, Busy, Event

_EVERY = 1.0
_FRAME = re.compile(r'^  File "(?P<file>.*)", line (?P<line>\d+) in (?P<name>.*)$')
_ESCAPED = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")
_TRIES = 20
_PAUSE = 0.02
"""Seconds between two looks at what the engine has written."""


class SilenceWatch:
    """Watches one engine, in a thread of its own."""

    def __init__(self, report: Callable[[Event], None], signal: Callable[[int], None]) -> None:
        """`report` takes what was noticed; `signal` sends a signal to the engine."""
        self._report, self._signal = report, signal
        self._stacks = tempfile.TemporaryFile() if WRITE_STACK is not None else None  # noqa: SIM115
        self._alive: Alive | None = None
        self._received_at = 0.0
        self._silent = False
        self._ended = threading.Event()

    @property
    def descriptor(self) -> int | None:
        """The file that the engine writes its stacks to; None where there is no signal for it."""
        return self._stacks.fileno() if self._stacks is not None else None

    def receive(self, alive: Alive) -> None:
        """Take in a sign of life; one that ends a silence is reported."""
        self._alive, self._received_at = alive, monotonic()
        if self._silent:
            self._silent = False
            self._report(alive)

    def run(self) -> None:
        """Look once a second until `end`, and close the file then."""
        while not self._ended.wait(_EVERY):
            self.look(monotonic())
        if self._stacks is not None:
            self._stacks.close()

    def end(self) -> None:
        """Watch no longer."""
        self._ended.set()

    def look(self, now: float) -> None:
        """Report a silence that has lasted for too long. None before the first sign of life."""
        alive, seconds = self._alive, now - self._received_at
        if alive is None or seconds < alive.patience:
            return
        self._silent = True
        busy = replace(alive.busy, seconds=alive.busy.seconds + seconds, native=True)
        report = with_place(busy, self._read_stack())
        if self._alive is alive and not self._ended.is_set():
            self._report(report)

    def interrupt(self) -> bool:
        """Interrupt an engine that does not read commands; return False if it does, or if there is no way."""
        if not self._silent or INTERRUPT is None:
            return False
        self._signal(INTERRUPT)
        return True

    def _read_stack(self) -> str:
        """Return what the engine writes of its threads; empty where it does not answer the signal either."""
        if self._stacks is None or WRITE_STACK is None:
            return ""
        descriptor, size = self._stacks.fileno(), 0
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)  # the engine has the same place in the file
        self._signal(WRITE_STACK)
        for _ in range(_TRIES):
            sleep(_PAUSE)
            before, size = size, os.fstat(descriptor).st_size
            if size and size == before:
                break
        return os.pread(descriptor, size, 0).decode("ascii", "replace")


def with_place(busy: Busy, stacks: str) -> Busy:
    """Return `busy` with the user's line; `stacks` is of all threads, of which the last one is the main thread."""
    found = [
        match for line in stacks.rpartition("most recent call first")[2].splitlines() if (match := _FRAME.match(line))
    ]
    frames = [traceback.FrameSummary(_unescape(m["file"]), int(m["line"]), m["name"]) for m in reversed(found)]
    file, line = innermost_line(frames)
    if not file:
        return busy
    text = next(frame.line for frame in reversed(frames) if (frame.filename, frame.lineno) == (file, line))
    stack = users_part("".join(traceback.StackSummary.from_list(frames).format()))
    return replace(busy, file=file, line=line, text=text or "", stack="\n".join(stack))


def _unescape(name: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[0][2:], 16)), name)
