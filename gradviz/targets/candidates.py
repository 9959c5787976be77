"""Finds what can be opened in a Python file, by its text: functions, module classes, the script itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gradviz.targets.python_file import DEFAULT_FACTORY, PythonFile

LARGEST = 256 * 1024
"""Bytes of a file that is looked into. No other thread runs while Python parses, here for up to a tenth of a second;
few files that were written by hand are larger."""
_BASES = frozenset("Module Sequential LightningModule PreTrainedModel ModuleList ModuleDict".split())
"""Last parts of the names of classes that are known to be modules."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that could be opened."""

    name: str
    """Of the function or class; empty for the script as a whole."""
    kind: Literal["factory", "module", "script"]
    line: int
    summary: str = ""
    """The first line of its docstring."""
    keywords: frozenset[str] | None = frozenset()
    """The keywords that it takes; None for any."""


def read_candidates(path: Path) -> tuple[Candidate, ...]:
    """Return what can be opened in `path`, the default first. Nothing is executed.

    Raises:
        OSError: the file cannot be read, or is larger than `LARGEST`.
        SyntaxError: it is not Python.
    """
    file = PythonFile(path, LARGEST)
    found = [*_functions(file.tree), *_modules(file.tree)]
    found.sort(key=lambda one: (one.name != DEFAULT_FACTORY, one.line))
    if file.trains:
        found.insert(0, Candidate("", "script", 1, _summary(file.tree), None))
    return tuple(found)


def list_candidates(path: Path) -> tuple[Candidate, ...]:
    """Return what can be opened in `path`; empty where it cannot be read, which is reported when it is opened."""
    try:
        return read_candidates(path)
    except (OSError, SyntaxError):
        return ()


def _functions(tree: ast.Module) -> Iterator[Candidate]:
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or _requires_arguments(node.args):
            continue
        if node.name == DEFAULT_FACTORY or _returns(node):
            yield Candidate(node.name, "factory", node.lineno, _summary(node), _keywords(node.args))


def _modules(tree: ast.Module) -> Iterator[Candidate]:
    known = set(_BASES)
    for node in tree.body:
        if not isinstance(node, ast.ClassDef) or not any(_last(base) in known for base in node.bases):
            continue
        known.add(node.name)
        init = next((d for d in node.body if isinstance(d, ast.FunctionDef) and d.name == "__init__"), None)
        if node.name.startswith("_") or (init is not None and _requires_arguments(init.args, 1)):
            continue
        yield Candidate(node.name, "module", node.lineno, _summary(node), _keywords(init.args) if init else None)


def _requires_arguments(arguments: ast.arguments, skipped: int = 0) -> bool:
    positional = len(arguments.posonlyargs) + len(arguments.args) - skipped - len(arguments.defaults)
    return positional > 0 or any(default is None for default in arguments.kw_defaults)


def _keywords(arguments: ast.arguments) -> frozenset[str] | None:
    if arguments.kwarg is not None:
        return None
    return frozenset(argument.arg for argument in (*arguments.args, *arguments.kwonlyargs))


def _returns(function: ast.FunctionDef) -> bool:
    """Return whether it returns a value: a `main()` that does not is no factory."""
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.Return) and node.value is not None:
            return True
        stack.extend(ast.iter_child_nodes(node))
    return False


def _summary(node: ast.Module | ast.FunctionDef | ast.ClassDef) -> str:
    return (ast.get_docstring(node) or "").partition("\n")[0]


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
