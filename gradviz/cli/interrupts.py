"""Ctrl+C in the command line. While torch is imported a KeyboardInterrupt would be swallowed, or abort the process."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130
"""The status of a program that Ctrl+C ended: 128 and the signal's number."""


@contextmanager
def exit_on_interrupt() -> Iterator[None]:
    """Let Ctrl+C end the process at once: nothing is lost yet."""
    # Only in place of Python's own handler: a shell may have the signal ignored (`gradviz run … &`).
    default = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not default or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def exit_on_second_interrupt() -> Iterator[None]:
    """Let Ctrl+C raise KeyboardInterrupt, and end the process when it is pressed again.

    The user's code may catch the first one, or may be busy below Python when it comes.
    """
    default = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not default or threading.current_thread() is not threading.main_thread():
        yield
        return

    def first(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, _end)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _end(number: int, frame: FrameType | None) -> None:
    os._exit(INTERRUPTED)
