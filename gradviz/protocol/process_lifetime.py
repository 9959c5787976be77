"""Start and end of our own processes: without modules of the current folder, and never outliving their client."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_PR_SET_PDEATHSIG = 1
_EVERY = 0.5
"""Seconds between two looks of the watcher."""
_MOST_DESCRIPTORS = 256


def isolation_options() -> list[str]:
    """Options for Python before `-m` or `-c`, which look for modules in the current folder first.

    A file there that is called like something torch imports (`cuda.py`, `random.py`) would run in its place, and
    without the user's consent. A folder that gradviz itself runs from without being installed is left in.
    """
    try:
        return [] if Path.cwd().resolve() == _ROOT else ["-P"]
    except OSError:
        return ["-P"]  # the folder was removed


def end_with_parent() -> None:
    """Have this process killed when the program that started it ends, however that ends.

    A thread that waits for the end of a socket or pipe is not enough: code that holds the GIL (a regular expression, a
    layout by Graphviz) keeps it waiting for ever. On Linux the kernel does it. It watches the thread that started this
    process, so clients start theirs from the main thread. A parent that ended before this call is noticed by its socket
    or pipe, which is closed then. Elsewhere a small process watches both, and on Windows, which cannot fork, the socket
    alone has to do.
    """
    if sys.platform == "linux":
        _die_with_parent()
    elif hasattr(os, "fork"):
        fork_watcher(os.getppid())


def end_forked_children() -> None:
    """Have what this thread forks from now on killed when this process ends, on Linux: user code may fork children
    that do not come back, and what ends this process gives it no time to end them."""
    thread = threading.get_ident()

    def in_child() -> None:
        # Not what another thread forked, since the kernel watches that thread, which may end long before the process.
        if threading.get_ident() == thread:
            _die_with_parent()

    if sys.platform == "linux":
        os.register_at_fork(after_in_child=in_child)


def _die_with_parent() -> None:
    import ctypes  # not for a client, which needs only `isolated`

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def fork_watcher(parent: int) -> None:
    """Start a process that kills this one within a second after the process `parent` has ended."""
    watched = os.getpid()
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    if os.fork():
        os._exit(0)  # the watcher is nobody's child: code that waits for any child must not wait for it
    os.closerange(0, _MOST_DESCRIPTORS)
    while _is_alive(watched) and _is_alive(parent):
        time.sleep(_EVERY)
    if _is_alive(watched):
        os.kill(watched, signal.SIGKILL)
    os._exit(0)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
