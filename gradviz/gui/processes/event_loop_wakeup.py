"""Wakes Qt's event loop from other threads and from signal handlers, by a byte in a socket pair."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from PySide6.QtCore import QObject, QSocketNotifier, Signal


class EventLoopWakeup(QObject):
    """Emits `woken` in the thread of the event loop after `wake` was called in any."""

    woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)
        self.wake: Callable[[], None] = partial(_send_byte, self._writer)
        """Refers to no Qt object: a thread that calls it may outlive the window."""
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)

    def fileno(self) -> int:
        """Return the descriptor that a byte is written to."""
        return self._writer.fileno()

    def close(self) -> None:
        """Emit nothing any more."""
        self._notifier.setEnabled(False)
        self._reader.close()
        self._writer.close()

    def _read(self) -> None:
        with suppress(BlockingIOError):
            self._reader.recv(1 << 16)
        self.woken.emit()


def _send_byte(writer: socket.socket) -> None:
    with suppress(OSError):  # closed, or full, and then the event loop is woken already
        writer.send(b"\0")


class SignalHandler(QObject):
    """Lets Ctrl+C in the terminal, and a polite kill, close the window as its close button would: Qt's event loop does
    not return to Python by itself, where the handlers of signals run."""

    def __init__(self, close: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wakeup = EventLoopWakeup(self)
        self._before = signal.set_wakeup_fd(self._wakeup.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: close())

    def restore(self) -> None:
        """Give the signals their usual meaning back."""
        signal.set_wakeup_fd(self._before)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        self._wakeup.close()
