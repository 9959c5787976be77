"""Reads a source file for the panel, of a long one an excerpt, and finds and applies the colors of its words."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextLayout
from PySide6.QtWidgets import QTextEdit

from gradviz.files import open_regular
from gradviz.gui.style import qt_colors as palette
from gradviz.language import tr
from gradviz.targets.target_spec import file_of

MOST_LINES = 5_000
"""At most this many lines are shown at once: the layout of more would block the window."""
LONGEST_LINE = 2_000
"""At most this many letters of a line are shown."""
LARGEST = 64 * 2**20
"""In bytes; a larger file is not shown."""
_REMEMBERED, _MOST_REMEMBERED = 8, 100_000
"""The colors of this many texts of at most this many letters are cached: stops go from file to file and back."""

_AROUND = 40
"""Lines above and below the visible ones that are colored with them."""

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
        """Return whether a line is in the excerpt; 0, for no particular line, always is."""
        return not line or self.first <= line < self.first + self.count


def read_excerpt(file: str, line: int) -> Excerpt:
    """Read a file: all lines, or where there are too many, those around `line` (from 1; 0 for the beginning).

    Raises:
        OSError: it cannot be read.
    """
    path = file_of(file)
    if path.stat().st_size > LARGEST:
        raise OSError(tr("the file is too large"))
    with io.TextIOWrapper(open_regular(path), "utf-8", "replace") as stream:
        lines = stream.read().split("\n")
    head = next((n for n, one in enumerate(lines, start=1) if one.startswith(("def ", "class ", "@"))), 1)
    first = min(max(1, (line or head) - MOST_LINES // 2), max(1, len(lines) - MOST_LINES + 1))
    shown = [_cut(one) for one in lines[first - 1 : first - 1 + MOST_LINES]]
    return Excerpt("\n".join(shown), first, len(shown), len(lines), head)


def colors_of(text: str, stopped: Callable[[], bool] = bool) -> Colors:
    """Return the colors of a text; nothing once `stopped` returns true."""
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


class SourceColors:
    """Colors the visible lines. A `QSyntaxHighlighter` would lay out the rest of the document again for each line."""

    def __init__(self, code: QTextEdit, height: int) -> None:
        """Color the lines of `code`, each `height` pixels high."""
        self._code, self._height = code, height
        self._table: Colors = {}
        self._formats: dict[str, QTextCharFormat] = {}
        self._done: set[int] = set()

    def set_colors(self, table: Colors) -> None:
        """Use the colors of another text."""
        self._table = table
        self._done.clear()
        self.show()

    def set_palette(self) -> None:
        """Use the current palette."""
        colors = palette.current()
        shades = {
            "keyword": colors.accent,
            "function": colors.forward.text,
            "string": colors.update.text,
            "number": colors.backward.text,
            "comment": colors.text3,
        }
        self._formats = {}
        for role, shade in shades.items():
            style = QTextCharFormat()
            style.setForeground(palette.color(shade))
            self._formats[role] = style
        self._done.clear()
        self.show()

    def show(self) -> None:
        """Color visible lines that are not colored yet."""
        first = self._code.verticalScrollBar().value() // self._height
        last = first + self._code.viewport().height() // self._height
        lines = range(max(0, first - _AROUND), last + _AROUND + 1)
        wanted = [line for line in lines if line in self._table and line not in self._done]
        if not wanted:
            return
        document = self._code.document()
        every = QTextCursor(document)
        every.beginEditBlock()  # one layout for all of them
        for line in wanted:
            block = document.findBlockByNumber(line)
            if block.isValid():
                block.layout().setFormats([self._range(*word) for word in self._table[line]])
        every.endEditBlock()
        self._done.update(wanted)

    def _range(self, start: int, length: int, role: str) -> QTextLayout.FormatRange:
        found = QTextLayout.FormatRange()
        found.start, found.length, found.format = start, length, self._formats[role]
        return found
