"""Remembers which code of the user may run: each file, and those it imports from its folder, with their contents; and
the folders that the user trusts."""

from __future__ import annotations

import hashlib
import json
import sys
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import unified_diff
from importlib.machinery import PathFinder
from pathlib import Path

import platformdirs

from gradviz.files import open_regular, private_file, read_regular
from gradviz.protocol.encodable import escape_text
from gradviz.targets.python_file import find_imported_files
from gradviz.targets.target_spec import TargetSpec

_MOST = 10_000
"""So many files are remembered; the oldest are forgotten first."""
_MOST_TEXTS = 500
"""Of the contents that were allowed last, so many are kept, to show what changed."""
_LOOKED_INTO = 256 * 1024
"""Bytes at the beginning of a file in which its imports are looked for; one that comes later is asked for when it is
met. So much is kept to show what changed."""
_PIECE = 2**20
_TRUSTED = "trusted"


@dataclass(frozen=True, slots=True)
class Code:
    """What would be executed for a target: files with the SHA-256 of their contents."""

    path: str
    """Absolute; for a module that no file was found of, its dotted name."""
    digest: str
    helpers: tuple[tuple[str, str], ...] = ()
    """Path and digest of each file that it imports from its folder, in the order of their paths."""
    beginnings: Mapping[str, bytes] = field(default_factory=dict, compare=False, repr=False)
    """Path → how the contents that have these digests begin."""

    @property
    def files(self) -> dict[str, str]:
        """Path → digest of all that would be executed."""
        return {self.path: self.digest, **dict(self.helpers)}

    def first_lines(self, count: int) -> list[str]:
        """Return the first `count` lines of the file as text; empty where it is none."""
        return _lines(self.beginnings.get(self.path, b""))[:count]


def default_path() -> Path:
    """Return the file of this user's consents; the folder need not exist yet."""
    return Path(platformdirs.user_data_dir("gradviz", appauthor=False)) / "allowed.json"


def code_of(spec: TargetSpec, stopped: Callable[[], bool] = bool, met: Iterable[Path] = ()) -> Code:
    """Read what would be executed for a file, a module or a program, as it is now. Execute nothing.

    `met`: files that were found to be imported when the code ran; what lies in the same folder is taken to be imported
    as well, since code that puts a name together imports several.

    Raises:
        OSError: the file cannot be read, or `stopped` returned true.
    """
    path = _file_of_module(spec.name) if spec.kind == "module" else spec.path.absolute()
    if path is None:
        return Code(spec.name, hashlib.sha256(spec.name.encode()).hexdigest())
    found: dict[Path, tuple[str, bytes]] = {}

    def read(file: Path) -> bytes:
        if file not in found:
            try:
                found[file] = _read(file, stopped)
            except InterruptedError:
                raise
            except OSError:
                if file == path:
                    raise
                return b""  # the engine reports it when it is imported
        return found[file][1]

    read(path)
    if spec.kind != "program":
        for file in find_imported_files((path, *_alike(met)), spec.import_roots(), read):
            read(file)
    beginnings = {escape_text(str(file)): beginning for file, (_, beginning) in found.items()}
    digest, _ = found.pop(path)
    helpers = sorted((escape_text(str(file)), digest) for file, (digest, _) in found.items())
    return Code(escape_text(str(path)), digest, tuple(helpers), beginnings)


def digest_of(path: Path, stopped: Callable[[], bool] = bool) -> str:
    """Return the SHA-256 of a file's contents.

    Raises:
        OSError: it cannot be read, or `stopped` returned true.
    """
    return _read(path, stopped)[0]


def _read(path: Path, stopped: Callable[[], bool]) -> tuple[str, bytes]:
    """Return the SHA-256 of a file's contents, and how they begin. Raises what `digest_of` raises."""
    found, piece, beginning = hashlib.sha256(), memoryview(bytearray(_PIECE)), b""
    with open_regular(path) as file:
        while count := file.readinto(piece):
            found.update(piece[:count])
            beginning = beginning or bytes(piece[: min(count, _LOOKED_INTO)])
            if stopped():
                raise InterruptedError(f"{path} was not read to its end")
    return found.hexdigest(), beginning


def _alike(met: Iterable[Path]) -> list[Path]:
    """Return those files and the Python files beside them."""
    found = set(met)
    for folder in {file.parent for file in found}:
        with suppress(OSError):
            found.update(file for file in folder.iterdir() if file.suffix == ".py" and file.is_file())
    return sorted(found)


def _lines(beginning: bytes) -> list[str]:
    """Return the lines of a text; none where it is no text."""
    try:
        text = getincrementaldecoder("utf-8")().decode(beginning)  # where it is cut, a letter may be cut, too
    except UnicodeDecodeError:
        return []
    return text.splitlines() if "\0" not in text else []


class Consents:
    """The code that the user has allowed, kept in a file; the same text elsewhere is asked for again, unless it lies in
    a folder that is trusted."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or default_path()
        self._given: dict[str, str] | None = None
        """Path → digest of the contents that were allowed last; of a trusted folder, `_TRUSTED`."""
        self._beginnings: dict[str, bytes] = {}
        """Digest → how contents begin that were allowed since this was made."""

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders that are trusted, with all below them."""
        return tuple(path for path, digest in self._known().items() if digest == _TRUSTED)

    def trusts(self, path: str | Path) -> bool:
        """Return whether a file or a folder lies in a trusted folder, or is one."""
        return any(Path(path).is_relative_to(folder) for folder in self.folders)

    def trust(self, folder: str, trusted: bool = True) -> None:
        """Allow whatever lies in a folder, now and later; or no longer what was not allowed by itself."""
        self._known().pop(folder, None)
        if trusted:
            self._known()[folder] = _TRUSTED
        self._write()

    def has(self, code: Code) -> bool:
        """Return whether just these contents of all its files may run."""
        known = self._known()
        return all(known.get(path) == digest or self.trusts(path) for path, digest in code.files.items())

    def changed(self, code: Code) -> tuple[str, ...]:
        """Return those of its files of which other contents were allowed."""
        known = self._known()
        return tuple(path for path, digest in code.files.items() if known.get(path) not in (None, digest))

    def difference(self, code: Code) -> list[str]:
        """Return how its changed files differ from what was allowed, as a unified diff; empty where that is not known
        any more."""
        found: list[str] = []
        for path in self.changed(code):
            before, now = self._beginning(self._known()[path]), code.beginnings.get(path)
            if before is not None and now is not None:
                name = Path(path).name
                found.extend(unified_diff(_lines(before), _lines(now), name, name, lineterm=""))
        return found

    def digests(self, code: Code, roots: Iterable[Path] = ()) -> tuple[str, ...] | None:
        """Return the contents that may be executed for `code`, which imports from `roots`: its own, and what was
        allowed of other files in its folder, which it may import by names that its text does not hold. None if all of
        it is trusted."""
        folders = [Path(code.path).parent, *(Path(escape_text(str(root))) for root in roots)]
        if all(self.trusts(folder) for folder in folders):
            return None
        known = self._known().items()
        beside = (digest for path, digest in known if Path(path).is_relative_to(folders[0]) and digest != _TRUSTED)
        return tuple({*code.files.values(), *beside})

    def give(self, code: Code) -> None:
        """Allow these contents to run from now on. Where the folder cannot be written it lasts for this window."""
        known = self._known()
        for path, digest in code.files.items():
            known.pop(path, None)
            known[path] = digest
            self._beginnings[digest] = code.beginnings.get(path, b"")
        while len(known) > _MOST:
            del known[next(iter(known))]
        self._write()

    def _write(self) -> None:
        known = self._known()
        with suppress(OSError):
            new = private_file(self._path.with_suffix(".new"))
            new.write_text(json.dumps(known, indent=1), "utf-8")
            new.replace(self._path)
            kept = set(list(known.values())[-_MOST_TEXTS:])
            for digest in kept & self._beginnings.keys():
                private_file(self._texts / digest).write_bytes(self._beginnings.pop(digest))
            for file in self._texts.iterdir() if self._texts.is_dir() else ():
                if file.name not in kept:
                    file.unlink()

    @property
    def _texts(self) -> Path:
        return self._path.with_suffix(".texts")

    def _beginning(self, digest: str) -> bytes | None:
        with suppress(OSError):
            return self._beginnings.get(digest) or read_regular(self._texts / digest)
        return None

    def _known(self) -> dict[str, str]:
        if self._given is None:
            try:
                found = json.loads(self._path.read_text("utf-8"))
            except (OSError, ValueError, RecursionError):
                found = {}
            pairs = found.items() if isinstance(found, dict) else ()
            self._given = {str(path): str(digest) for path, digest in pairs}
        return self._given


def _file_of_module(name: str) -> Path | None:
    """Return the file of a dotted module, found without importing its packages; None if there is none to be read."""
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
