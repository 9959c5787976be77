"""Finds the line of the user's code that a call comes from."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Literal

import numpy as np
import torch

_ENGINE = str(Path(__file__).parent)
_PACKAGE = str(Path(__file__).parent.parent)
_LESSONS = str(Path(__file__).parent.parent / "networks")
_LIBRARIES = tuple(str(Path(package.__file__ or "").parent) for package in (torch, np))
# Of Python's own modules (copy, contextlib) nobody looks for a line; other people's packages may be the network itself.
_PYTHON = sysconfig.get_paths()["stdlib"]
PACKAGES = ("site-packages", "dist-packages")

_MOST = 4096

Owner = Literal["user", "library", "engine"]


@lru_cache(maxsize=_MOST)
def owner_of(file: str) -> Owner:
    """Whose code a file is. The built-in networks count as the user's."""
    if _inside(file, _ENGINE):
        return "engine"
    if _inside(file, _LESSONS):
        return "user"
    if _inside(file, _PACKAGE) or file.startswith("<frozen") or any(_inside(file, library) for library in _LIBRARIES):
        return "library"
    if _inside(file, _PYTHON) and not any(name in Path(file).parts for name in PACKAGES):
        return "library"
    return "user"


def is_ours(file: str) -> bool:
    """Whether it is gradviz's own and no lesson."""
    return _inside(file, _PACKAGE) and not _inside(file, _LESSONS)


def _inside(file: str, folder: str) -> bool:
    return file.startswith(folder) and file[len(folder) : len(folder) + 1] in ("/", "\\")


def user_line(frame: FrameType | None) -> tuple[str, int]:
    """File and line of the innermost frame of the user's, from `frame` outwards; `("", 0)` if there is none.

    The engine's own frames are the border: what lies beyond them called the engine and is not the network's.
    """
    while frame is not None:
        file = frame.f_code.co_filename
        owner = _OWNERS.get(file) or _learnt(file)
        if owner == "engine":
            break
        if owner == "user":
            return file, frame.f_lineno
        frame = frame.f_back
    return "", 0


def variables_of(frame: FrameType) -> Mapping[str, Any]:
    """The variables of a frame by their names; nothing holds them on when the answer is gone."""
    found = frame.f_locals
    if found is frame.f_globals or sys.version_info >= (3, 13):
        return found
    # Before 3.13 a frame holds on to what it was asked for, and with it to the graph behind a loss.
    copy = dict(found)
    if frame.f_code.co_flags & 0x2:  # a function's: the variables themselves are elsewhere
        found.clear()
    return copy


def first_argument(frame: FrameType) -> Any:
    """What `self` is in a method's frame."""
    return variables_of(frame).get(frame.f_code.co_varnames[0])


def is_called_by(frame: FrameType | None, code: CodeType) -> bool:
    """Whether `frame`, or one outside of it up to the engine's own, runs `code`."""
    while frame is not None and owner_of(frame.f_code.co_filename) != "engine":
        if frame.f_code is code:
            return True
        frame = frame.f_back
    return False


# This is asked of each frame at each op: a dict answers quicker than a cached function.
_OWNERS: dict[str, Owner] = {}


def _learnt(file: str) -> Owner:
    if len(_OWNERS) >= _MOST:
        _OWNERS.clear()
    _OWNERS[file] = owner_of(file)
    return _OWNERS[file]
