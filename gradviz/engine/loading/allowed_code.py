"""Execute only what the user consented to: contents are compared with those that were allowed before they run."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ExtensionFileLoader, ModuleSpec, PathFinder, SourceFileLoader, SourcelessFileLoader
from pathlib import Path
from tempfile import TemporaryFile
from types import ModuleType
from typing import Any, BinaryIO

from gradviz.files import open_regular, read_regular
from gradviz.language import tr
from gradviz.targets.python_file import is_installed
from gradviz.targets.target_spec import TargetSpec

_PIECE = 2**20


class UnallowedError(BaseException):
    """A file was about to be executed whose contents the user did not allow.

    Not an `Exception`: code that imports a module if it can must not go on without it.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(tr("{file} is not executed: the user has not allowed it as it is.").format(file=path.name))
        self.path = path


class AllowedCode:
    """What may be executed for the open target. `None` for the digests allows all: a file named on the command line is
    allowed with all its imports.

    The target's own file is checked and what Python imports from its folder at any time; neither installed packages,
    nor what the code itself reads and executes. A module in machine code is opened once more by the system after it was
    checked.
    """

    def __init__(self) -> None:
        self._digests: frozenset[str] | None = None
        self._roots: tuple[Path, ...] = ()
        self._name = ""
        self._finder = _AllowedCodeFinder(self)

    def allow(self, spec: TargetSpec, digests: Iterable[str] | None) -> None:
        """Allow these contents from now on, for `spec` and its imports."""
        self._digests = None if digests is None else frozenset(digests)
        self._roots = () if digests is None or spec.kind == "network" else spec.import_roots()
        self._name = spec.name if spec.kind == "module" else ""
        if self._finder in sys.meta_path:
            sys.meta_path.remove(self._finder)
        if self._roots:
            sys.meta_path.insert(sys.meta_path.index(PathFinder), self._finder)

    def read(self, path: Path) -> bytes:
        """Return the contents of a file that is to be executed.

        Raises:
            OSError: it cannot be read.
            UnallowedError: they are not what the user allowed.
        """
        contents = read_regular(path)
        self.check(path, contents)
        return contents

    def check(self, path: Path, contents: bytes) -> None:
        """Raise UnallowedError if `contents`, read from `path`, were not allowed."""
        if self._digests is not None and hashlib.sha256(contents).hexdigest() not in self._digests:
            raise UnallowedError(path)

    @contextmanager
    def open_copy(self, path: Path) -> Iterator[Path | BinaryIO]:
        """Context manager: gives the file to read a program from that may hold code: a copy that nobody can change any
        more, or the path itself where all is allowed.

        Raises what `read` raises.
        """
        if self._digests is None:
            yield path
            return
        with open_regular(path) as file, TemporaryFile() as copy:
            found = hashlib.sha256()
            while piece := file.read(_PIECE):
                found.update(piece)
                copy.write(piece)
            if found.hexdigest() not in self._digests:
                raise UnallowedError(path)
            copy.seek(0)
            yield copy

    def covers(self, fullname: str, file: Path) -> bool:
        """Return whether the module of this name and file has to be allowed."""
        if fullname == self._name:
            return True
        return any(file.is_relative_to(root) for root in self._roots) and not is_installed(file)


class _AllowedCodeFinder(MetaPathFinder):
    """Finds what Python's own finder finds, with a loader that checks what has to be allowed."""

    def __init__(self, allowed: AllowedCode) -> None:
        self._allowed = allowed

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module, checked where it has to be allowed."""
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None or not self._allowed.covers(fullname, Path(spec.origin)):
            return spec
        loader: Any = spec.loader
        if isinstance(loader, SourceFileLoader):
            spec.loader = _SourceLoader(fullname, spec.origin, self._allowed)
        elif isinstance(loader, SourcelessFileLoader):
            spec.loader = _BytecodeLoader(fullname, spec.origin, self._allowed)
        elif isinstance(loader, ExtensionFileLoader):
            self._allowed.read(Path(spec.origin))
        return spec


class _SourceLoader(SourceFileLoader):
    """Compiles the source that it has checked. Bytecode in `__pycache__`, which could be of another source, is neither
    read nor written."""

    def __init__(self, fullname: str, path: str, allowed: AllowedCode) -> None:
        super().__init__(fullname, path)
        self._allowed = allowed

    def get_data(self, path: str) -> bytes:
        """Return the checked contents."""
        if path != self.path:
            raise OSError(f"{path} is not read")
        return self._allowed.read(Path(path))

    def set_data(self, path: str, data: Any, *, _mode: int = 0o666) -> None:
        """Write no bytecode."""


class _BytecodeLoader(SourcelessFileLoader):
    """Executes the bytecode that it has checked."""

    def __init__(self, fullname: str, path: str, allowed: AllowedCode) -> None:
        super().__init__(fullname, path)
        self._allowed = allowed

    def get_data(self, path: str) -> bytes:
        """Return the checked contents."""
        return self._allowed.read(Path(path))


ALLOWED = AllowedCode()
"""Of this process, in which one target is open at a time."""
