"""Standard streams that may be closed, and Ctrl+C."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import TextIO

from gradviz.errors import GradvizError
from gradviz.language import tr


def prepare() -> None:
    """Open what a shell has closed, and make standard output and error take any text: what their encoding has no place
    for is escaped."""
    _open_missing()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _open_missing() -> None:
    """Open the null device for each standard stream that a shell has closed (`<&-`, `>&-`).

    To be called before anything else is opened: a socket or file would get the free number, and be read or written as
    the stream. Programs that are started inherit the device, too.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is not None:
            continue
        mode = "w" if number else "r"
        try:
            os.fstat(number)
        except OSError:
            device = os.open(os.devnull, os.O_RDWR)
            if device != number:
                os.dup2(device, number)
                os.close(device)
            os.set_inheritable(number, True)
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))
        else:
            # Python alone has none (`pythonw`), or somebody uses the number already.
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 (open to the end)


def check_input() -> None:
    """Make standard input ready for lines of any bytes.

    Raises:
        GradvizError: it cannot be read, since it was opened for writing.
    """
    try:
        os.read(0, 0)
    except OSError as error:
        raise GradvizError(tr("Standard input cannot be read: {strerror}.").format(strerror=error.strerror)) from error
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")


@contextmanager
def reserve_stdout() -> Iterator[TextIO]:
    """Reserve standard output: results go to the stream that this yields, all else that is written there to stderr.

    Also what is written below Python, by C code or by programs that are started: the descriptor itself is turned. It
    is not turned back, since C code may write what it holds only when the process ends.
    """
    out = sys.stdout
    out.flush()
    try:
        real, other = out.fileno(), sys.stderr.fileno()
    except (OSError, ValueError, AttributeError):
        real = other = -1  # a stream that Python alone knows, as in a test
    if real == 1 and other == 2:
        try:
            kept = os.dup(1)
            os.dup2(2, 1)
        except OSError:
            pass  # one of the two is closed
        else:
            out = os.fdopen(kept, "w", encoding=out.encoding, errors=out.errors)
            # A crash in C code would end the process without a word; the line of Python that called it is what helps.
            if not faulthandler.is_enabled():
                faulthandler.enable(2, all_threads=False)
    with redirect_stdout(sys.stderr):
        yield out


def discard(stream: TextIO) -> None:
    """Let what is left in the buffer go nowhere: Python would complain when it flushes `stream` at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


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


def report(sentence: str) -> None:
    """Write a sentence to standard error; nothing if it is empty."""
    if sentence:
        print(f"gradviz: {sentence}", file=sys.stderr, flush=True)
