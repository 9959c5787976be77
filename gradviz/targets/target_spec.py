"""A target: the value that a target's text is parsed into once. Nothing is executed."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.util import find_spec
from itertools import islice
from pathlib import Path, PurePath
from typing import Literal

from gradviz.errors import GradvizError
from gradviz.files import special_kind
from gradviz.language import tr
from gradviz.protocol.encodable import ESCAPE_START, escape_text, restore_text
from gradviz.targets.python_file import DEFAULT_FACTORY, PythonFile, read_python

PROGRAM_SUFFIXES = (".pt2",)
WEIGHTS_SUFFIXES = (".pt", ".pth", ".bin", ".ckpt", ".safetensors")

_SHOWN = 5
"""So many other files of the folder are named where one is not there."""
_LOOKED_AT = 1000
"""So many entries of the folder are looked at for it."""

Kind = Literal["network", "file", "module", "program", "weights"]

_DOTTED_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


@dataclass(frozen=True)
class TargetSpec:
    """A network's id, a file, a module, an exported program or weights. A file or a module may be there or not.

    Each opening parses its own, and hands it on: what is read of the file is read for this opening.
    """

    kind: Kind
    name: str
    """The network's id, the path as it was written, or the module's dotted name."""
    attribute: str = ""
    """What follows the colon; empty if nothing does."""

    @property
    def path(self) -> Path:
        """Of a file, a program or weights."""
        return expand_path(self.name)

    @property
    def text(self) -> str:
        """The text that it was parsed from."""
        return f"{self.name}:{self.attribute}" if self.attribute else self.name

    @property
    def title(self) -> str:
        """As short as it stays clear: `gpt.py:build`."""
        is_path = self.kind not in ("network", "module")
        return replace(self, name=PurePath(self.name).name).text if is_path else self.text

    @cached_property
    def python(self) -> PythonFile | None:
        """The Python file, read when it is first asked for; None where it is none, or cannot be read or parsed."""
        return read_python(self.path) if self.kind == "file" else None

    def absolute(self) -> TargetSpec:
        """Return it with the whole path of its file, so that it means the same in another folder."""
        if self.kind in ("network", "module"):
            return self
        return replace(self, name=escape_text(str(self.path.absolute())))

    def runs_as_script(self, has_arguments: bool) -> bool:
        """Return whether it is run as a script.

        A whole file is, if it trains, or if it is given arguments and makes no factory.
        """
        python = None if self.attribute else self.python
        return python is not None and (python.trains or (has_arguments and not python.makes_factory))

    def import_roots(self) -> tuple[Path, ...]:
        """Return the folders in which Python looks first for what a file or a module imports."""
        if self.kind == "module":
            return (Path.cwd(),)
        folder = self.path.absolute().parent
        # A file of a package is imported from the folder above all of its packages.
        above = folder
        while (above / "__init__.py").is_file() and above.name.isidentifier():
            above = above.parent
        return (folder,) if above == folder else (folder, above)


def file_of(text: str) -> Path:
    """Return the path that a text names, also where the text has the path's undecodable bytes escaped."""
    path = Path(text)
    if ESCAPE_START not in text and text.isprintable():
        return path
    forms = (path, Path(restore_text(text)), Path(escape_text(text)))
    return next((form for form in forms if _at_home(form).exists()), path)


def expand_path(text: str) -> Path:
    """Return the path that a text names, with the user's home for `~`."""
    return _at_home(file_of(text))


def _at_home(path: Path) -> Path:
    """Return the path with the user's home for `~`; `~name` stays where there is no user of that name."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def read_target(text: str) -> TargetSpec:
    """Parse a target's text, from its letters alone.

    Raises:
        GradvizError: it is nothing that could be opened; the message states what can.
    """
    name, attribute = _split(text)
    suffix = Path(name).suffix.lower()
    if suffix in PROGRAM_SUFFIXES or suffix in WEIGHTS_SUFFIXES:
        if attribute:
            raise GradvizError(
                tr("{name} holds no Python, so nothing in it is called {attribute!r}; open it without.").format(
                    name=name, attribute=attribute
                )
            )
        return TargetSpec("program" if suffix in PROGRAM_SUFFIXES else "weights", name)
    if suffix == ".py":
        return TargetSpec("file", name, attribute)
    if not attribute and name.isidentifier():
        return TargetSpec("network", name)
    if "/" in name or "\\" in name or suffix == ".ipynb" or not _DOTTED_NAME.fullmatch(name):
        raise GradvizError(_not_openable(text, expand_path(name)))
    return TargetSpec("module", name, attribute)


def check_presence(target: TargetSpec) -> None:
    """Raise GradvizError if the file or the module's package is not there. Execute nothing."""
    if target.kind in ("file", "program", "weights"):
        _check_file(target)
    elif target.kind == "module":
        if target.path.is_file():
            raise GradvizError(_not_openable(target.name, target.path))
        top = target.name.partition(".")[0]
        here = Path(f"{top}.py").is_file() or Path(top).is_dir()
        if not here and top not in sys.modules and find_spec(top) is None:
            raise GradvizError(
                tr(
                    "There is no module {top!r} here or in this Python; start gradviz in the folder that holds it."
                ).format(top=top)
            )


def _split(text: str) -> tuple[str, str]:
    """Split at the last colon: the name, and the attribute after it. The colon of a Windows drive is none."""
    name, colon, attribute = text.rpartition(":")
    if not colon or not name or "/" in attribute or "\\" in attribute:
        return text, ""
    if not _DOTTED_NAME.fullmatch(attribute):
        raise GradvizError(
            tr("{attribute!r} after the colon of {text} is no name; write {name}:{factory}.").format(
                attribute=attribute, text=text, name=name, factory=DEFAULT_FACTORY
            )
        )
    return name, attribute


def _check_file(target: TargetSpec) -> None:
    path = target.path
    if path.is_file():
        return
    if path.is_dir():
        raise GradvizError(tr("{name} is a folder; open a file in it.").format(name=target.name))
    if kind := special_kind(path):
        raise GradvizError(
            tr("{name} is {kind}, which is not read; open a regular file.").format(name=target.name, kind=kind)
        )
    if not path.parent.is_dir():
        raise GradvizError(
            tr("There is no folder {parent}; check the path of {name}.").format(parent=path.parent, name=target.name)
        )
    there = _alike(path)
    if not there:
        raise GradvizError(tr("There is no file {name}; check its path.").format(name=target.name))
    shown = ", ".join(there[:_SHOWN]) + (" …" if len(there) > _SHOWN else "")
    text = tr("There is no file {name}; in its folder there is {files}.")
    raise GradvizError(text.format(name=target.name, files=shown))


def _alike(path: Path) -> list[str]:
    """Return the names of files of the same kind in the same folder, of a large folder those that are found first."""
    try:
        with os.scandir(path.parent) as entries:
            names = (entry.name for entry in islice(entries, _LOOKED_AT) if entry.is_file())
            return sorted(name for name in names if name.endswith(path.suffix))
    except OSError:
        return []


def _not_openable(text: str, path: Path) -> str:
    if path.suffix.lower() == ".ipynb":
        return tr("{name} is a notebook; save its model as a Python file, and open that.").format(name=text)
    if text and path.is_dir():
        example = f"{text.rstrip('/')}/model.py:{DEFAULT_FACTORY}"
        return tr("{name} is a folder; open a file in it, such as {example}.").format(name=text, example=example)
    if path.is_file():
        sentence = tr("{name} is no Python file; {remedy}.")
    elif special_kind(path):
        sentence = tr("{name} is {kind}, which is not read; {remedy}.")
    else:
        sentence = tr("{name!r} cannot be opened; {remedy}.")
    remedy = tr(
        "open FILE.py, FILE.py:factory, package.module:factory, FILE.pt2, or a network that gradviz networks lists"
    )
    return sentence.format(name=text, kind=special_kind(path), remedy=remedy)
