"""Lets Ctrl+C in the terminal, and a polite kill, close the window as its close button would."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable

from PySide6.QtCore import QObject, QSocketNotifier


class SignalGate(QObject):
    """Qt's event loop does not return to Python by itself; a byte in a socket pair makes it."""

    def __init__(self, close: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ear, self._mouth = socket.socketpair()
        for end in (self._ear, self._mouth):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._ear.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._heard)
        self._before = signal.set_wakeup_fd(self._mouth.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: close())

    def restore(self) -> None:
        """Give the signals their usual meaning back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._before)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        self._ear.close()
        self._mouth.close()

    def _heard(self) -> None:
        # The handler itself runs as soon as Python does, which is now.
        self._ear.recv(4096)
