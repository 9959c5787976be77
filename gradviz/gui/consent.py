"""Remembers which code of a person's may run: each file once, as long as its contents stay the same."""

from __future__ import annotations

import hashlib
import json
import sys
from codecs import getincrementaldecoder
from collections.abc import Callable
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path

import platformdirs

from gradviz.protocol.encodable import escape_text
from gradviz.protocol.regular_files import open_regular
from gradviz.protocol.targets import Place, file_of
from gradviz.user_files import private_file

_MOST = 2000
"""So many files are remembered; the oldest are forgotten first."""
_PIECE = 2**20


@dataclass(frozen=True, slots=True)
class Code:
    """What would be executed for a target: a file with the SHA-256 of its contents."""

    path: str
    """Absolute; for a module that no file was found of, its dotted name."""
    digest: str

    def first_lines(self, count: int) -> list[str]:
        """The first `count` lines of the file as text; empty where it is none."""
        try:
            with open_regular(file_of(self.path)) as file:
                # Where it is cut, a letter may be cut, too.
                text = getincrementaldecoder("utf-8")().decode(file.read(64 * 1024))
        except (OSError, UnicodeDecodeError):
            return []
        return text.splitlines()[:count] if "\0" not in text else []


def default_path() -> Path:
    """Where the consents of this user lie; the folder need not exist yet."""
    return Path(platformdirs.user_data_dir("gradviz", appauthor=False)) / "allowed.json"


def code_of(place: Place, stopped: Callable[[], bool] = bool) -> Code:
    """What would be executed for a file, a module or a program, as it is now. Executes nothing.

    Raises:
        OSError: the file cannot be read, or `stopped` returned true.
    """
    path = _file_of_module(place.name) if place.kind == "module" else place.path.absolute()
    if path is None:
        return Code(place.name, hashlib.sha256(place.name.encode()).hexdigest())
    return Code(escape_text(str(path)), digest_of(path, stopped))


def digest_of(path: Path, stopped: Callable[[], bool] = bool) -> str:
    """SHA-256 of a file's contents.

    Raises:
        OSError: it cannot be read, or `stopped` returned true.
    """
    found, piece = hashlib.sha256(), memoryview(bytearray(_PIECE))
    with open_regular(path) as file:
        while count := file.readinto(piece):
            found.update(piece[:count])
            if stopped():
                raise InterruptedError(f"{path} was not read to its end")
    return found.hexdigest()


class Consents:
    """What a person has allowed, kept in a file of the user's; the same text elsewhere is asked for again."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or default_path()
        self._given: dict[str, str] | None = None
        """Path → digest of the contents that were allowed last."""

    def has(self, code: Code) -> bool:
        """Whether just these contents of this file may run."""
        return self._known().get(code.path) == code.digest

    def has_former(self, code: Code) -> bool:
        """Whether other contents of this file were allowed."""
        return self._known().get(code.path) not in (None, code.digest)

    def give(self, code: Code) -> None:
        """From now on these contents may run. Where the folder cannot be written it lasts for this window."""
        known = self._known()
        known.pop(code.path, None)
        known[code.path] = code.digest
        while len(known) > _MOST:
            del known[next(iter(known))]
        try:
            new = private_file(self._path.with_suffix(".new"))
            new.write_text(json.dumps(known, indent=1), "utf-8")
            new.replace(self._path)
        except OSError:
            return

    def _known(self) -> dict[str, str]:
        if self._given is None:
            try:
                found = json.loads(self._path.read_text("utf-8"))
            except (OSError, ValueError):
                found = {}
            pairs = found.items() if isinstance(found, dict) else ()
            self._given = {str(path): str(digest) for path, digest in pairs}
        return self._given


def _file_of_module(name: str) -> Path | None:
    """The file of a dotted module, found without importing its packages; None if there is none to be read."""
    places: list[str] | None = [str(Path.cwd()), *sys.path]
    origin: str | None = None
    parts = name.split(".")
    for count in range(1, len(parts) + 1):
        if places is None:
            return None
        spec = PathFinder.find_spec(".".join(parts[:count]), places)
        if spec is None:
            return None
        origin = spec.origin
        places = None if spec.submodule_search_locations is None else list(spec.submodule_search_locations)
    return Path(origin) if origin and Path(origin).is_file() else None
