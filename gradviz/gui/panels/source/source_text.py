"""What is shown of a source file: its lines, of a long file those around one of them, and which words have a color."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from gradviz.files.regular_files import open_regular
from gradviz.targets.target_spec import file_of

MOST_LINES = 5_000
"""So many lines are shown at once: the layout of more would hold up the window."""
LONGEST_LINE = 2_000
"""Letters of a line; the rest of it is left out."""
LARGEST = 64 * 2**20
"""Bytes; a larger file is no source."""
_REMEMBERED, _MOST_REMEMBERED = 8, 100_000
"""The colors of so many texts of so many letters are kept: at a stop the source goes from file to file and back."""

Colors = dict[int, list[tuple[int, int, str]]]
"""Line from 0 → (start, length, role) of each word that has a color."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Consecutive lines of a file."""

    text: str
    first: int
    """Number of the first line that is shown, from 1."""
    count: int
    total: int
    """How many lines the file has."""
    head: int
    """The first line that begins a function or a class; 1 where none does."""

    def has(self, line: int) -> bool:
        """Whether a line is among them; 0, for no line in particular, always is."""
        return not line or self.first <= line < self.first + self.count


def read_excerpt(file: str, line: int) -> Excerpt:
    """Read a file: all lines, or where there are too many, those around `line` (from 1; 0 for the beginning).

    Raises:
        OSError: it cannot be read.
    """
    path = file_of(file)
    if path.stat().st_size > LARGEST:
        raise OSError("the file is too large")
    with io.TextIOWrapper(open_regular(path), "utf-8", "replace") as stream:
        lines = stream.read().split("\n")
    head = next((n for n, one in enumerate(lines, start=1) if one.startswith(("def ", "class ", "@"))), 1)
    first = min(max(1, (line or head) - MOST_LINES // 2), max(1, len(lines) - MOST_LINES + 1))
    shown = [_cut(one) for one in lines[first - 1 : first - 1 + MOST_LINES]]
    return Excerpt("\n".join(shown), first, len(shown), len(lines), head)


def colors_of(text: str, stopped: Callable[[], bool] = bool) -> Colors:
    """Return what has a color in a text. Nothing is returned that counts once `stopped` returned true."""
    if len(text) > _MOST_REMEMBERED:
        return _colors(text, stopped)
    known = _known(text)
    if not known:
        found = _colors(text, stopped)
        if stopped():
            return {}
        known.append(found)
    return known[0]


@lru_cache(maxsize=_REMEMBERED)
def _known(_text: str) -> list[Colors]:
    return []


def _colors(text: str, stopped: Callable[[], bool]) -> Colors:
    # The whole text is read, so that strings over several lines are.
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
        (Token.Name.Decorator, "function"),
    )
    table: Colors = {}
    line, column = 0, 0
    for kind, value in PythonLexer(stripnl=False, ensurenl=False).get_tokens(text):
        if stopped():
            break
        role = next((name for token, name in roles if kind in token), "")
        for number, piece in enumerate(value.split("\n")):
            if number:
                line, column = line + 1, 0
            if role and piece:
                table.setdefault(line, []).append((column, len(piece), role))
            column += len(piece)
    return table


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + " …"
