"""Find the line of the user's code that a call comes from."""

from __future__ import annotations

import sys
import sysconfig
import weakref
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Literal, TypeVar

import numpy as np
import torch

_PACKAGE = str(Path(__file__).parents[2])
_ENGINE = str(Path(_PACKAGE, "engine"))
_LESSONS = str(Path(_PACKAGE, "networks"))
_LIBRARIES = tuple(str(Path(package.__file__ or "").parent) for package in (torch, np))
# Lines in Python's own modules (copy, contextlib) are of no use; packages of third parties may be the network itself.
_PYTHON = sysconfig.get_paths()["stdlib"]
PACKAGES = ("site-packages", "dist-packages")

_GENERATED = ("<frozen", "<string>")
"""What Python and its data classes generate has no lines to show."""
_MOST = 4096

Owner = Literal["user", "library", "engine"]
_Function = TypeVar("_Function", bound=Callable[..., Any])
_PASSING_ON: set[tuple[str, str]] = set()
_REPLACEMENTS: weakref.WeakSet[CodeType] = weakref.WeakSet()


@lru_cache(maxsize=_MOST)
def owner_of(file: str) -> Owner:
    """Return whose code a file is. The built-in networks count as the user's."""
    if _inside(file, _ENGINE):
        return "engine"
    if _inside(file, _LESSONS):
        return "user"
    if _inside(file, _PACKAGE) or file.startswith(_GENERATED) or any(_inside(file, library) for library in _LIBRARIES):
        return "library"
    if _inside(file, _PYTHON) and not any(name in Path(file).parts for name in PACKAGES):
        return "library"
    return "user"


def is_ours(file: str) -> bool:
    """Return whether a file is gradviz's own and no built-in network."""
    return _inside(file, _PACKAGE) and not _inside(file, _LESSONS)


def _inside(file: str, folder: str) -> bool:
    return file.startswith(folder) and file[len(folder) : len(folder) + 1] in ("/", "\\")


def user_line(frame: FrameType | None) -> tuple[str, int]:
    """Return file and line of the innermost frame of the user's, from `frame` outwards; `("", 0)` if there is none."""
    if frame is not None and _OWNERS.get(file := frame.f_code.co_filename) == "user":
        return file, frame.f_lineno
    found = user_frame(frame)
    return ("", 0) if found is None else (found.f_code.co_filename, found.f_lineno)


def calling_line(frame: FrameType | None) -> tuple[str, int]:
    """Return file and line of the user's that called `frame`, whatever hooks of ours are in between."""
    while frame is not None and owner_of(frame.f_code.co_filename) != "user":
        frame = frame.f_back
    return ("", 0) if frame is None else (frame.f_code.co_filename, frame.f_lineno)


def user_frame(frame: FrameType | None) -> FrameType | None:
    """Return the innermost frame of the user's, from `frame` outwards."""
    inner = frame
    while frame is not None:
        file = frame.f_code.co_filename
        owner = _OWNERS.get(file) or _learn(file)
        if owner == "user":
            return frame
        if owner == "engine" and inner is not None:
            frame = inner = outer(inner)
        else:
            inner, frame = frame, frame.f_back
    return None


def variables_of(frame: FrameType) -> Mapping[str, Any]:
    """Return the variables of a frame by their names; no reference to them remains when the result is gone."""
    found = frame.f_locals
    if found is frame.f_globals or sys.version_info >= (3, 13):
        return found
    # Before 3.13 a frame keeps the dict that it returned, and with it the graph behind a loss.
    copy = dict(found)
    if frame.f_code.co_flags & 0x2:  # a function's: its variables are not in the dict
        found.clear()
    return copy


def user_variables(frame: FrameType | None) -> dict[str, Any]:
    """Return the variables that the innermost line of the user's can see, from `frame` outwards: its own, and tensors,
    modules and numbers of its file."""
    while frame is not None and owner_of(frame.f_code.co_filename) != "user":
        frame = frame.f_back
    if frame is None:
        return {}
    kinds = torch.Tensor | torch.nn.Module | int | float
    found = {name: value for name, value in frame.f_globals.items() if isinstance(value, kinds)}
    return {**found, **variables_of(frame)}


def first_argument(frame: FrameType) -> Any:
    """Return `self` of a method's frame."""
    return variables_of(frame).get(frame.f_code.co_varnames[0])


def is_called_by(frame: FrameType | None, code: CodeType) -> bool:
    """Return whether `frame`, or one outside of it, runs `code`."""
    while frame is not None:
        if frame.f_code is code:
            return True
        frame = outer(frame)
    return False


def passes_on(function: _Function) -> _Function:
    """Mark a function of the engine that only passes on a call of the user's code, or of torch's for it: what it raises
    then is the user's."""
    code = function.__code__
    _PASSING_ON.add((code.co_filename, code.co_name))
    return function


def is_passing_on(file: str, name: str) -> bool:
    """Return whether the function called `name` in `file` was marked by `passes_on`."""
    return (file, name) in _PASSING_ON


def mark_replacement(code: CodeType) -> None:
    """Mark code that replaces a function's own: plain Python would not have its frame."""
    _REPLACEMENTS.add(code)


def outer(frame: FrameType) -> FrameType | None:
    """Return the frame outside of `frame`, skipping those of the engine that only pass a call on.

    None at the border: the frames beyond it called the engine and are not the network's.
    """
    inner, around = frame, frame.f_back
    while around is not None:
        if owner_of(around.f_code.co_filename) != "engine":
            code = inner.f_code
            if owner_of(code.co_filename) == "engine" and not is_passing_on(code.co_filename, code.co_name):
                return None
            if around.f_code not in _REPLACEMENTS:
                return around
        inner, around = around, around.f_back
    return None


# Looked up for each frame at each op: a dict is quicker than a cached function.
_OWNERS: dict[str, Owner] = {}


def _learn(file: str) -> Owner:
    if len(_OWNERS) >= _MOST:
        _OWNERS.clear()
    _OWNERS[file] = owner_of(file)
    return _OWNERS[file]
