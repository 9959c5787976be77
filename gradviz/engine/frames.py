"""Finds the line of the user's code that a call comes from."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from types import FrameType
from typing import Literal

import numpy as np
import torch

_ENGINE = str(Path(__file__).parent)
_PACKAGE = str(Path(__file__).parent.parent)
_LESSONS = str(Path(__file__).parent.parent / "networks")
_LIBRARIES = tuple(str(Path(package.__file__ or "").parent) for package in (torch, np))

Owner = Literal["user", "library", "engine"]


@lru_cache(maxsize=4096)
def owner_of(file: str) -> Owner:
    """Whose code a file is. The built-in networks count as the user's."""
    if _inside(file, _ENGINE):
        return "engine"
    if _inside(file, _LESSONS):
        return "user"
    if _inside(file, _PACKAGE) or file.startswith("<frozen") or any(_inside(file, library) for library in _LIBRARIES):
        return "library"
    return "user"


def _inside(file: str, folder: str) -> bool:
    return file.startswith(folder) and file[len(folder) : len(folder) + 1] in ("/", "\\")


def user_line(frame: FrameType | None) -> tuple[str, int]:
    """File and line of the innermost frame of the user's, from `frame` outwards; `("", 0)` if there is none.

    The engine's own frames are the border: what lies beyond them called the engine and is not the network's.
    """
    while frame is not None:
        owner = owner_of(frame.f_code.co_filename)
        if owner == "engine":
            break
        if owner == "user":
            return frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return "", 0
