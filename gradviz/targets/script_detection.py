"""Tells a training script from a file that makes a model, by its text alone. Nothing is executed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType

from gradviz.files.regular_files import read_regular
from gradviz.targets.imported_files import neighbours
from gradviz.targets.target_spec import DEFAULT_FACTORY, Place

_TRAINING = frozenset({"fit", "train"})
"""What libraries call the functions that train."""


def is_script(path: Path) -> bool:
    """Whether a Python file that is named without a factory is a training script.

    It is one if it makes nothing called `build`, and calls `backward()` itself or gradviz.watch. One that does
    something when it is run is a script, too, if it calls `torch.autograd.grad`, if a file beside it that it imports
    calls `backward()`, or if it defines nothing that could be opened and calls a library's `fit()` or `train()`.
    """
    tree = _parsed(path)
    return tree is not None and trains(tree, path)


def trains(tree: ast.Module, path: Path, largest: int | None = None) -> bool:
    """Whether the text of the file at `path` is that of a training script, as `is_script` says.

    Files that it imports are read only up to `largest` bytes each.
    """
    if DEFAULT_FACTORY in _names_at_top(tree):
        return False
    if _calls_backward(tree) or any(_is_call_of(call, "gradviz", "watch") for call in _calls(tree)):
        return True
    if not _acts(tree):
        return False
    if any(_is_call_of(call, "autograd", "grad") for call in _calls(tree)):
        return True
    by_library = _defines_nothing(tree) and not _TRAINING.isdisjoint(_called_names(tree))
    return by_library or any(map(_calls_backward, _neighbours(path, largest)))


def runs_as_script(place: Place, has_arguments: bool) -> bool:
    """Whether a target is run as a script: what stands behind a file's name is for a script, unless it is a factory."""
    if place.kind != "file" or place.attribute:
        return False
    return is_script(place.path) or (has_arguments and makes_no_factory(place.path))


def makes_no_factory(path: Path) -> bool:
    """Whether a file can be read, and makes nothing called `build`."""
    tree = _parsed(path)
    return tree is not None and DEFAULT_FACTORY not in _names_at_top(tree)


def acts_when_run(path: Path) -> bool:
    """Whether a file does something when it is run, beside defining what others import."""
    tree = _parsed(path)
    return tree is not None and _acts(tree)


def parse(source: bytes, path: Path) -> ast.Module:
    """Parse the text of a Python file.

    Raises:
        SyntaxError: it is no Python, holds null bytes, or is nested more deeply than Python's parser can go.
    """
    with _depth_as_syntax(path):
        return ast.parse(source, str(path))


def compile_text(source: bytes, path: Path) -> CodeType:
    """Compile the text of a Python file.

    Raises:
        SyntaxError: as `parse` says.
    """
    with _depth_as_syntax(path):
        return compile(source, str(path), "exec", dont_inherit=True)


@contextmanager
def _depth_as_syntax(path: Path) -> Iterator[None]:
    """Python's parser says in several ways that it cannot read on; only some of them are a `SyntaxError`."""
    try:
        yield
    except ValueError as error:
        raise SyntaxError(str(error), (str(path), None, None, None)) from None
    except (RecursionError, MemoryError):
        raise SyntaxError("it is too deeply nested for Python's parser", (str(path), None, None, None)) from None


def _parsed(path: Path, largest: int | None = None) -> ast.Module | None:
    try:
        return parse(read_regular(path, largest), path)
    except (OSError, SyntaxError):
        return None


def _calls(tree: ast.Module) -> Iterator[ast.Attribute]:
    """What is called by a name behind a dot."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func


def _called_names(tree: ast.Module) -> Iterator[str]:
    """The names of what is called, the last behind dots."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", "") or getattr(node.func, "id", "")


def _calls_backward(tree: ast.Module) -> bool:
    return any(call.attr == "backward" for call in _calls(tree))


def _is_call_of(call: ast.Attribute, owner: str, name: str) -> bool:
    """`owner.name(…)`, or `….owner.name(…)`."""
    last = call.value.attr if isinstance(call.value, ast.Attribute) else getattr(call.value, "id", "")
    return call.attr == name and last == owner


def _acts(tree: ast.Module) -> bool:
    calls = (node for node in tree.body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
    blocks = (node for node in tree.body if isinstance(node, ast.If | ast.For | ast.While | ast.With))
    return any(True for _ in calls) or any(
        not isinstance(node, ast.If) or any(map(_is_own_name, ast.walk(node.test))) for node in blocks
    )


def _is_own_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "__name__"


def _defines_nothing(tree: ast.Module) -> bool:
    """A `main` is no factory."""
    defined = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef))
    return all(node.name == "main" for node in defined)


def _neighbours(path: Path, largest: int | None) -> Iterator[ast.Module]:
    """The files in the same folder, or below it, that are imported, and what those import."""

    def read(file: Path) -> bytes:
        try:
            return read_regular(file, largest)
        except OSError:
            return b""

    for file in neighbours((path,), (path.parent,), read):
        found = _parsed(file, largest) if file != path and file.suffix == ".py" else None
        if found is not None:
            yield found


def _names_at_top(tree: ast.Module) -> set[str]:
    """Names that the file binds outside of functions and classes, also under `if` and `try`."""
    found: set[str] = set()
    stack: list[ast.AST] = list(tree.body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            found.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        stack.extend(ast.iter_child_nodes(node))
    return found
