"""Execute the user's file or import their module, each time anew, with imports from its folder as in Python itself.
A target that trains while it is executed for its factory is refused before it trains."""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any, NoReturn

import torch

from gradviz.engine.frames.code_replacement import CodeHook
from gradviz.engine.loading.allowed_code import ALLOWED
from gradviz.errors import GradvizError
from gradviz.language import tr
from gradviz.targets.python_file import compile_text, is_installed, parse, read_python
from gradviz.targets.target_spec import TargetSpec


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


class _TrainsError(BaseException):
    """Leaves the target's code. Not an `Exception`: no `except` of a library may swallow it."""


@contextmanager
def refuse_training(spec: TargetSpec) -> Iterator[None]:
    """Context manager around the execution of a target. If nothing in it is known to be a factory, a `backward()` that
    it calls, or that a library calls for it, ends it.

    Raises:
        GradvizError: there was such a call. The message gives the remedy.
    """
    if spec.attribute:
        yield  # what is named may have been trained in the file
        return
    guard = _Guard(spec)
    try:
        with guard.hook_backward():
            yield
    except BaseException as error:
        if guard.line:
            guard.refuse(error)
        raise
    if guard.line:
        guard.refuse(None)


class _Guard:
    def __init__(self, spec: TargetSpec) -> None:
        self._spec = spec
        self.line = 0
        """Line of the target at which it began to train; 0 while it does not."""

    @contextmanager
    def hook_backward(self) -> Iterator[None]:
        """Context manager: `backward` is hooked."""
        with ExitStack() as stack:
            for function in (torch.Tensor.backward, torch.autograd.backward):
                stack.enter_context(CodeHook(function, self._backward))
            yield

    def refuse(self, error: BaseException | None) -> NoReturn:
        """Leave the target's code."""
        raise GradvizError(
            tr(
                "{title} trains by itself, in its line {line}; call gradviz.watch(model) before that line"
                " and open it again, which makes it a training script."
            ).format(title=self._spec.title, line=self.line)
        ) from (None if isinstance(error, _TrainsError) else error)

    def _backward(self, run: Callable[..., Any], frame: FrameType, *args: Any) -> Any:
        target = self._frame_of_target(frame)
        python = read_python(Path(target.f_code.co_filename)) if target is not None else None
        if target is None or python is None or python.makes_factory:
            return run(*args)
        self.line = self.line or target.f_lineno
        raise _TrainsError

    def _frame_of_target(self, frame: FrameType | None) -> FrameType | None:
        """Return the innermost frame of the target itself, while it is executed."""
        spec = self._spec
        file = str(spec.path.absolute()) if spec.kind == "file" else ""
        while frame is not None:
            is_target = frame.f_code.co_filename == file or frame.f_globals.get("__name__") == spec.name
            if is_target and frame.f_code.co_name == "<module>":
                return frame
            frame = frame.f_back
        return None
