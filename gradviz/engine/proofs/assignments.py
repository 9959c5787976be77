"""Find the line of the user's code that keeps a tensor: the one that assigns it, adds to it, or appends it."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from functools import lru_cache


def line_that_keeps(file: str, name: str, before: int = 0) -> int:
    """Return the line that assigns `name` (`total`, `self.hidden`, `self.states[-1]`), or appends to it; 0 if there is
    none. Of several the last one up to line `before` is meant, and of a class one outside of `__init__`."""
    base = name.partition("[")[0]
    lines = [line for line, outside in _keeping(file, base) if outside] or [line for line, _ in _keeping(file, base)]
    earlier = [line for line in lines if not before or line <= before]
    return (earlier or lines or [0])[-1]


_ADDING = frozenset("append appendleft extend insert add update setdefault".split())


@lru_cache(maxsize=64)
def _keeping(file: str, name: str) -> tuple[tuple[int, bool], ...]:
    """Return the lines that keep `name`, and whether each is outside of a constructor."""
    try:
        tree = ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError):
        return ()
    inside = {
        id(child)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and function.name == "__init__"
        for child in ast.walk(function)
    }
    found = [
        (node.lineno, id(node) not in inside)
        for node in ast.walk(tree)
        if name in _kept_by(node) and isinstance(node, ast.stmt | ast.expr)
    ]
    return tuple(sorted(found))


def _kept_by(node: ast.AST) -> Iterator[str]:
    """Yield what a statement keeps something in."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _ADDING:
        yield ast.unparse(node.func.value)
    while targets:
        target = targets.pop()
        if isinstance(target, ast.Tuple | ast.List):
            targets += target.elts
        elif isinstance(target, ast.Subscript):
            yield ast.unparse(target.value)
        else:
            yield ast.unparse(target)
