"""Named pipes, devices and sockets under the names of files, and a record of what is opened."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SPECIAL = {"pipe": "a named pipe", "device": "a device", "socket": "a socket"}
"""Kind → what it is called."""

_records: list[list[str]] = []
_hooked: list[bool] = []


@contextmanager
def special_file(kind: str, path: Path) -> Iterator[Path]:
    """One of `SPECIAL` at `path`. To open the pipe for reading waits for ever; the device has no end."""
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        before = Path.cwd()
        os.chdir(path.parent)  # the whole path may be longer than a socket's may be
        try:
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(path.name)
        finally:
            os.chdir(before)
    yield path
    path.unlink()


@contextmanager
def opened_files() -> Iterator[list[str]]:
    """Collect the paths of the files that this process opens, in whatever way."""
    if not _hooked:
        sys.addaudithook(_note)
        _hooked.append(True)
    record: list[str] = []
    _records.append(record)
    try:
        yield record
    finally:
        _records.remove(record)


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and _records:
        for record in _records:
            record.append(os.fsdecode(arguments[0]) if isinstance(arguments[0], str | bytes) else str(arguments[0]))
