"""Standard output and error where they are closed, full, or no longer read."""

from __future__ import annotations

import faulthandler
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TextIO


def prepare() -> None:
    """Make standard output and error take any text: what their encoding has no place for is escaped.

    A shell can close a stream (`>&-`); what is written there goes nowhere then.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 (open to the end)
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@contextmanager
def results_alone() -> Iterator[TextIO]:
    """What belongs on standard output goes to the stream that this gives; all else that is written there, to stderr.

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
            # A crash in C code would end the process without a word; the line of Python that called it is the cure.
            if not faulthandler.is_enabled():
                faulthandler.enable(2, all_threads=False)
    with redirect_stdout(sys.stderr):
        yield out


def discard(stream: TextIO) -> None:
    """Let what is left in the buffer go nowhere: Python would complain when it flushes `stream` at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
