"""Reads and writes regular files alone (a pipe, a device or a socket blocks, or never ends), and private ones."""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path

from gradviz.language import tr, translatable

_KINDS = (
    (stat.S_ISFIFO, translatable("a named pipe")),
    (stat.S_ISCHR, translatable("a device")),
    (stat.S_ISBLK, translatable("a device")),
    (stat.S_ISSOCK, translatable("a socket")),
    (stat.S_ISDIR, translatable("a folder")),
)


def special_kind(path: Path) -> str:
    """Return what lies at a path where that is something other than a regular file or a folder; empty where it is not.

    Nothing is opened: to open a named pipe or a device can have effects of its own.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return ""
    return "" if stat.S_ISDIR(mode) else _kind(mode)


def open_regular(path: Path) -> BufferedReader:
    """Open a file for reading.

    Raises:
        OSError: it cannot be opened, or is not a regular file.
    """
    _check(path, path.stat().st_mode)
    # What was put there since is not waited for.
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    file = os.fdopen(number, "rb")
    try:
        _check(path, os.fstat(number).st_mode)
    except OSError:
        file.close()
        raise
    return file


def read_regular(path: Path, largest: int | None = None) -> bytes:
    """Return the contents of a file.

    Raises:
        OSError: it cannot be read, is not a regular file, or is larger than `largest` bytes.
    """
    with open_regular(path) as file:
        if largest is None:
            return file.read()
        contents = file.read(largest + 1)
    if len(contents) > largest:
        raise OSError(errno.EFBIG, tr("it is larger than {size:,} bytes").format(size=largest), str(path))
    return contents


def check_replaceable(path: Path) -> None:
    """Check that a file can be written in place of what lies at a path.

    Raises:
        OSError: a named pipe, a device or a socket does.
    """
    if kind := special_kind(path):
        raise OSError(errno.EINVAL, tr("it is {kind}").format(kind=kind), str(path))


def write_regular(path: Path, contents: bytes) -> None:
    """Write a file, in place of one that is there.

    Raises:
        OSError: it cannot be written, or something other than a regular file is there.
    """
    check_replaceable(path)
    path.write_bytes(contents)


def _check(path: Path, mode: int) -> None:
    if kind := _kind(mode):
        raise OSError(errno.EINVAL, tr("it is {kind}").format(kind=kind), str(path))


def _kind(mode: int) -> str:
    return next((tr(name) for test, name in _KINDS if test(mode)), "")


def private_file(path: Path) -> Path:
    """Create a file, and the folder of ours that holds it, where they are missing; let only their user read either.

    Returns the path.

    Raises:
        OSError: it cannot be created or belongs to somebody else, or something lies there that is no file.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _take_from_others(path.parent)
    if path.exists() and not path.is_file():
        raise OSError(tr("{path} is no file").format(path=path))
    os.close(os.open(path, os.O_RDONLY | os.O_CREAT, 0o600))
    _take_from_others(path)
    return path


def _take_from_others(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        path.chmod(mode & ~0o077)
