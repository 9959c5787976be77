"""Marks a run file that is being written, for all programs: a file beside it that its writer holds locked, and that the
system unlocks when the writer is killed."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from time import sleep

_TRIES = 50
_PAUSE = 0.01
"""Seconds between two tries: who asks whether a file is live has it locked for a moment."""


class LiveMark:
    """The mark of one file, as long as its writer holds it."""

    def __init__(self, path: Path) -> None:
        """Set the mark. Raises OSError where it cannot be set, or another program has set it."""
        self._path = _mark_of(path)
        for _ in range(_TRIES):
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            if _lock(self._descriptor) and self._is_in_place():
                return
            os.close(self._descriptor)
            sleep(_PAUSE)
        raise FileExistsError(f"{path.name} is being written already")

    def release(self) -> None:
        """Remove the mark."""
        if sys.platform != "win32":  # where a file that is open cannot be removed
            self._path.unlink(missing_ok=True)
        os.close(self._descriptor)
        if sys.platform == "win32":
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _is_in_place(self) -> bool:
        """Return whether the file that was locked is not one that its writer has just removed."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), self._path.stat())
        except FileNotFoundError:
            return False


def is_live(path: Path) -> bool:
    """Return whether a program writes to this run file now."""
    try:
        descriptor = os.open(_mark_of(path), os.O_RDWR)
    except FileNotFoundError:
        return False
    except OSError:
        return True  # of somebody else, who may be writing
    try:
        return not _lock(descriptor)
    finally:
        os.close(descriptor)


def _mark_of(path: Path) -> Path:
    return path.with_name(path.name + ".live")


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        """Lock a file until its descriptor is closed; return False if it is locked already."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
