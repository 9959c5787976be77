"""The terminal while the engine runs: what is typed is read when the prompt is back, and Ctrl+C is taken at once."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def without_echo() -> Iterator[None]:
    """Turn the terminal's echo off, and back on as it was; nothing where there is no such terminal."""
    if not sys.stdin.isatty() or sys.platform == "win32":
        yield
        return
    import termios

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    quiet = list(before)
    quiet[3] &= ~termios.ECHO
    termios.tcsetattr(descriptor, termios.TCSANOW, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSANOW, before)


@contextmanager
def interrupts_heard(heard: Callable[[], None]) -> Iterator[None]:
    """Call `heard` at Ctrl+C, which raises nothing while this lasts."""
    before = signal.signal(signal.SIGINT, lambda _signal, _frame: heard())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
