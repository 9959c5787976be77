"""Guards the process against user code that forks or ends it: no forked child comes back, `os._exit` is reported."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from gradviz.engine.frames.stack_frames import is_ours, user_line
from gradviz.engine.frames.tracebacks import traceback_text
from gradviz.language import tr

Leaving = Callable[[str, int], int]
"""Given where `os._exit` was called (`model.py:12`) and with what, report it; returns the status to end with."""

_MULTIPROCESSING = ("multiprocessing", "popen_fork.py")

_guarded = 0
"""How many guards are on."""


@contextmanager
def guarded(leaving: Leaving) -> Iterator[None]:
    """While this lasts, a child that user code forks ends where it would return into gradviz, and `leaving` is called
    before `os._exit` ends this process."""
    global _guarded
    real, process = os._exit, os.getpid()

    @wraps(real)
    def leave(status: int) -> NoReturn:
        caller = sys._getframe(1)
        if os.getpid() == process and not is_ours(caller.f_code.co_filename):
            status = leaving(_place(caller), status)
        real(status)

    os._exit = leave
    _guarded += 1
    try:
        yield
    finally:
        _guarded -= 1
        os._exit = real


def report_leaving(place: str, status: int) -> int:
    """Say on standard error that user code ended the process. Returns a status that is not 0: nothing was finished."""
    text = tr("{place} called os._exit({status}), which ends Python at once; take it out, and open it again.")
    print(f"gradviz: {text.format(place=place, status=status)}", file=sys.stderr, flush=True)
    return status or 1


def _place(frame: FrameType) -> str:
    file, line = user_line(frame)
    return f"{Path(file).name}:{line}" if file else tr("The code")


def _guard_child() -> None:
    """End a child that was forked just now as soon as it leaves the user's code.

    Its socket, its output and its iteration are the parent's. A child of multiprocessing (a worker that loads data)
    ends by itself, and is not slowed by tracing.
    """
    if not _guarded:
        return
    frame = sys._getframe(0).f_back
    while frame is not None and not is_ours(frame.f_code.co_filename):
        if Path(frame.f_code.co_filename).parts[-2:] == _MULTIPROCESSING:
            return
        frame = frame.f_back
    if frame is not None:  # None in a thread of the user's own, which never comes to gradviz
        frame.f_trace = _end_child
        sys.settrace(_trace_nothing)


def _trace_nothing(frame: FrameType, event: str, argument: Any) -> None:
    """Trace no function that is called from now on; the frame of ours that waits is traced."""


def _end_child(frame: FrameType, event: str, argument: Any) -> NoReturn:
    """End the child, which is back in a frame of gradviz's, by a return or by what it raised, as Python would end."""
    sys.settrace(None)
    status = 0
    try:
        if event == "exception":
            status = _status_of(argument[1])
            with suppress(OSError, ValueError):
                sys.stdout.flush()
    finally:
        os._exit(status)


def _status_of(error: BaseException) -> int:
    """Return the exit status of a program that ends by `error`, which is printed where Python would."""
    if not isinstance(error, SystemExit):
        print(traceback_text(error), end="", file=sys.stderr)
        return 1
    if error.code is None or isinstance(error.code, int):
        return (error.code or 0) & 0xFF
    print(error.code, file=sys.stderr)
    return 1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_guard_child)
