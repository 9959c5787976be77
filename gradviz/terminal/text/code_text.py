"""Lines of source code from their file, highlighted where the screen has colors."""

from __future__ import annotations

import io
from functools import lru_cache

from gradviz.files import read_regular
from gradviz.targets.target_spec import file_of
from gradviz.terminal.text.line_writer import Line

_LARGEST = 4_000_000
"""Bytes; a longer file was not written by hand."""
_LARGEST_COLORED = 300_000
"""Characters; to highlight more would delay a stop by a second and longer."""


def source_line(file: str, line: int, *, colored: bool) -> Line | None:
    """Return one line without its indentation; None where the file cannot be read or is shorter."""
    lines = _lines(file, _stamp(file), colored)
    if not 0 < line <= len(lines):
        return None
    found = list(lines[line - 1])
    if found:
        found[0] = (found[0][0], found[0][1].lstrip())
    return found


def excerpt(file: str, line: int, around: int, *, colored: bool) -> list[tuple[int, Line]]:
    """Return numbered lines around `line`, as many before as after; empty where the file cannot be read."""
    lines = _lines(file, _stamp(file), colored)
    first = max(1, line - around)
    return [(i, lines[i - 1]) for i in range(first, min(len(lines), line + around) + 1)]


def _stamp(file: str) -> float:
    # A file that was edited meanwhile is read again.
    try:
        return file_of(file).stat().st_mtime if file else 0.0
    except OSError:
        return 0.0


@lru_cache(maxsize=64)
def _lines(file: str, stamp: float, colored: bool) -> tuple[Line, ...]:
    path = file_of(file)
    try:
        if not file:
            return ()
        with io.TextIOWrapper(io.BytesIO(read_regular(path, _LARGEST)), "utf-8", "replace") as stream:
            text = stream.read().expandtabs()
    except OSError:
        return ()
    if not colored or len(text) > _LARGEST_COLORED:
        return tuple([("", line)] for line in text.splitlines())
    return _highlight(text)


def _highlight(text: str) -> tuple[Line, ...]:
    from pygments.lexers import PythonLexer
    from pygments.token import Token

    roles = (
        (Token.Comment, "comment"),
        (Token.Literal.String, "string"),
        (Token.Literal.Number, "number"),
        (Token.Keyword, "keyword"),
        (Token.Operator.Word, "keyword"),
        (Token.Name.Function, "function"),
        (Token.Name.Class, "function"),
    )
    lines: list[Line] = [[]]
    # The whole file is read, so that strings over several lines are.
    for kind, value in PythonLexer(stripnl=False, ensurenl=False).get_tokens(text):
        role = next((name for token, name in roles if kind in token), "")
        for number, piece in enumerate(value.split("\n")):
            if number:
                lines.append([])
            if piece:
                lines[-1].append((role, piece))
    return tuple(lines)
