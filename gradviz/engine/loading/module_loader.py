"""Execute the user's file or import their module, each time anew, with imports from its folder as in Python itself."""

from __future__ import annotations

import ast
import importlib
import re
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType

from gradviz.engine.loading.allowed_code import ALLOWED
from gradviz.targets.imported_files import is_installed
from gradviz.targets.python_file import compile_text, parse


class Loader:
    """Imports the code of targets. What was imported for one is forgotten before the next, so that changed files
    count."""

    def __init__(self) -> None:
        self._before: frozenset[str] | None = None
        """Modules that were imported before any target: torch, gradviz, and what they use."""
        self._folders: set[str] = set()
        """Folders of targets and of what they imported."""
        self._path: list[str] | None = None
        """`sys.path` before any target, which may leave anything there."""

    def file(self, path: Path) -> LoadedFile:
        """Execute `path`. What it raises comes through.

        A file that imports relatively belongs to its package, and is imported as a part of it.
        """
        path = path.absolute()
        tree = parse(ALLOWED.read(path), path)
        code = compile_text(tree, path)
        package, root = _package_of(path)
        if package and _imports_relatively(tree):
            return LoadedFile(self.module(f"{package}.{path.stem}", root), None)
        self._find_neighbours(path.parent)
        return LoadedFile(_execute(code, path), code)

    def module(self, name: str, root: Path | None = None) -> ModuleType:
        """Import a module by its dotted name, with `root` (or the current folder) searched first."""
        self._find_neighbours((root or Path()).absolute())
        return importlib.import_module(name)

    def leave(self) -> None:
        """Restore `sys.path` to before any target."""
        if self._path is not None:
            sys.path[:] = self._path

    def _find_neighbours(self, folder: Path) -> None:
        """Put `folder` first on the path, and forget what was imported from it and from its predecessors."""
        if self._before is None:
            self._before = frozenset(sys.modules)
        self._folders.add(str(folder.resolve()))
        for name, module in list(sys.modules.items()):
            if name not in self._before and self._is_theirs(module):
                del sys.modules[name]
        self.leave()
        self._path = self._path or list(sys.path)
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
        importlib.invalidate_caches()

    def _is_theirs(self, module: ModuleType) -> bool:
        """Return whether a module is Python code in a target's folder, and neither gradviz nor something installed."""
        file = getattr(module, "__file__", None)
        if (
            not isinstance(file, str)
            or not file.endswith((".py", ".pyc"))
            or module.__name__.partition(".")[0] == "gradviz"
        ):
            return False
        found = Path(file).resolve()
        return any(found.is_relative_to(folder) for folder in self._folders) and not is_installed(found)


class LoadedFile:
    """A module that was made from a file, and can be made once more from the same text."""

    def __init__(self, module: ModuleType, code: CodeType | None) -> None:
        self.module = module
        self._code = code

    def again(self) -> ModuleType:
        """Return a fresh module. One that is a package's part stays as it is: others refer to it."""
        if self._code is not None:
            self.module = _execute(self._code, Path(self._code.co_filename))
        return self.module


def _execute(code: CodeType, path: Path) -> ModuleType:
    name = re.sub(r"\W", "_", path.stem)
    taken = sys.modules.get(name)
    if taken is not None and getattr(taken, "__file__", None) != str(path):
        name = f"opened_{name}"  # a file called numpy.py must not replace what everyone else uses
    module = ModuleType(name)
    module.__file__ = str(path)
    module.__spec__ = ModuleSpec(name, None, origin=str(path))
    module.__package__ = ""
    # Dataclasses and pickles look their module up while it runs.
    sys.modules[name] = module
    try:
        exec(code, module.__dict__)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def _package_of(path: Path) -> tuple[str, Path]:
    """Return the dotted name of the package that a file lies in, and the folder above it."""
    names: list[str] = []
    folder = path.parent
    while (folder / "__init__.py").is_file() and folder.name.isidentifier():
        names.insert(0, folder.name)
        folder = folder.parent
    return ".".join(names), folder


def _imports_relatively(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.ImportFrom) and node.level > 0 for node in ast.walk(tree))
