"""Signals by which a client reaches an engine that runs no Python code; Windows has none of them."""

from __future__ import annotations

import signal

_LAST = getattr(signal, "SIGRTMAX", None)
# Real-time signals where there are some: programs use the two of users themselves.
WRITE_STACK: int | None = _LAST - 3 if _LAST is not None else getattr(signal, "SIGUSR2", None)
"""The engine writes where each of its threads is."""
INTERRUPT: int | None = _LAST - 4 if _LAST is not None else getattr(signal, "SIGUSR1", None)
"""The engine interrupts the user's code, as soon as what it is in looks for signals."""
