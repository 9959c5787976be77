"""Ctrl+C while torch is imported: raised in there, KeyboardInterrupt is swallowed, or aborts the process."""

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
def ending_at_once() -> Iterator[None]:
    """While this lasts, Ctrl+C ends the process on the spot: nothing is lost yet."""
    # Only where Python's own handler stands: a shell may have the signal ignored (`gradviz run … &`).
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
def ending_at_the_second() -> Iterator[None]:
    """While this lasts, Ctrl+C raises KeyboardInterrupt, and ends the process when it is pressed again.

    A person's code may catch the first one, or may be busy below Python when it comes.
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
