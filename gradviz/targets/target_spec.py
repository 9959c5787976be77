"""Reads what a target's text means: a network's id, a file, a module, a program, weights. Nothing is executed."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import islice
from pathlib import Path, PurePath
from typing import Literal

from gradviz.errors import GradvizError
from gradviz.files.regular_files import special_kind
from gradviz.protocol.encodable import ESCAPE_START, escape_text, restore_text

DEFAULT_FACTORY = "build"
PROGRAM_SUFFIXES = (".pt2",)
WEIGHTS_SUFFIXES = (".pt", ".pth", ".bin", ".ckpt", ".safetensors")

_SHOWN = 5
"""So many other files of the folder are named where one is not there."""
_LOOKED_AT = 1000
"""So many entries of the folder are looked at for it."""

Kind = Literal["network", "file", "module", "program", "weights"]

_DOTTED_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


@dataclass(frozen=True, slots=True)
class Place:
    """What a target's text means. A file or a module may be there or not."""

    kind: Kind
    name: str
    """The network's id, the path as it was written, or the module's dotted name."""
    attribute: str = ""
    """What follows the colon; empty if nothing does."""

    @property
    def path(self) -> Path:
        """Of a file, a program or weights."""
        return expanded(self.name)

    @property
    def title(self) -> str:
        """As short as it stays clear: `gpt.py:build`."""
        name = self.name if self.kind in ("network", "module") else PurePath(self.name).name
        return f"{name}:{self.attribute}" if self.attribute else name


def file_of(text: str) -> Path:
    """Return the path that a text names, also where the text has the path's undecodable bytes escaped."""
    path = Path(text)
    if ESCAPE_START not in text and text.isprintable():
        return path
    forms = (path, Path(restore_text(text)), Path(escape_text(text)))
    return next((form for form in forms if _at_home(form).exists()), path)


def expanded(text: str) -> Path:
    """Return the path that a text names, with the user's home for `~`."""
    return _at_home(file_of(text))


def _at_home(path: Path) -> Path:
    """The path with a home for `~`; `~somebody` stays as it is where nobody is called so."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def read_target(text: str) -> Place:
    """What `text` means, from its letters alone.

    Raises:
        GradvizError: it is nothing that could be opened; the message says what can.
    """
    name, attribute = _split(text)
    suffix = Path(name).suffix.lower()
    if suffix in PROGRAM_SUFFIXES or suffix in WEIGHTS_SUFFIXES:
        if attribute:
            raise GradvizError(f"{name} holds no Python, so nothing in it is called {attribute!r}; open it without.")
        return Place("program" if suffix in PROGRAM_SUFFIXES else "weights", name)
    if suffix == ".py":
        return Place("file", name, attribute)
    if not attribute and name.isidentifier():
        return Place("network", name)
    if "/" in name or "\\" in name or suffix == ".ipynb" or not _DOTTED_NAME.fullmatch(name):
        raise GradvizError(_not_openable(text, expanded(name)))
    return Place("module", name, attribute)


def check_presence(place: Place) -> None:
    """Raises GradvizError if the file or the module's package is not there. Executes nothing."""
    if place.kind in ("file", "program", "weights"):
        _check_file(place)
    elif place.kind == "module":
        if place.path.is_file():
            raise GradvizError(_not_openable(place.name, place.path))
        top = place.name.partition(".")[0]
        here = Path(f"{top}.py").is_file() or Path(top).is_dir()
        if not here and top not in sys.modules and find_spec(top) is None:
            raise GradvizError(
                f"There is no module {top!r} here or in this Python; start gradviz in the folder that holds it."
            )


def _split(text: str) -> tuple[str, str]:
    """What is before the last colon, and the attribute behind it. The colon of a Windows drive is none."""
    name, colon, attribute = text.rpartition(":")
    if not colon or not name or "/" in attribute or "\\" in attribute:
        return text, ""
    if not _DOTTED_NAME.fullmatch(attribute):
        raise GradvizError(f"{attribute!r} after the colon of {text} is no name; write {name}:{DEFAULT_FACTORY}.")
    return name, attribute


def _check_file(place: Place) -> None:
    path = place.path
    if path.is_file():
        return
    if path.is_dir():
        raise GradvizError(f"{place.name} is a folder; open a file in it.")
    if kind := special_kind(path):
        raise GradvizError(f"{place.name} is {kind}, which is not read; open a regular file.")
    if not path.parent.is_dir():
        raise GradvizError(f"There is no folder {path.parent}; check the path of {place.name}.")
    there = _alike(path)
    shown = ", ".join(there[:_SHOWN]) + (" …" if len(there) > _SHOWN else "")
    known = f"; in its folder there is {shown}" if there else "; check its path"
    raise GradvizError(f"There is no file {place.name}{known}.")


def _alike(path: Path) -> list[str]:
    """Names of files of the same kind in the same folder, of a large folder those that are found first."""
    try:
        with os.scandir(path.parent) as entries:
            names = (entry.name for entry in islice(entries, _LOOKED_AT) if entry.is_file())
            return sorted(name for name in names if name.endswith(path.suffix))
    except OSError:
        return []


def _not_openable(text: str, path: Path) -> str:
    can = "open FILE.py, FILE.py:factory, package.module:factory, FILE.pt2, or a network that gradviz networks lists"
    if path.suffix.lower() == ".ipynb":
        return f"{text} is a notebook; save its model as a Python file, and open that."
    if text and path.is_dir():
        return f"{text} is a folder; open a file in it, such as {text.rstrip('/')}/model.py:{DEFAULT_FACTORY}."
    if path.is_file():
        return f"{text} is no Python file; {can}."
    if kind := special_kind(path):
        return f"{text} is {kind}, which is not read; {can}."
    return f"{text!r} cannot be opened; {can}."
