"""Writes lines to the terminal: its width, colors and characters, and lines and tables cut to fit.

Not rich, which was measured (15.0): 95 ms of imports, twelve times the time for a line, and this file would still
be needed for what rich does otherwise: no escapes at all under NO_COLOR, the terminal's own 16 colors, streams that
encode no box characters, tables that drop columns, names cut at their beginning, and lines that the next one replaces.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

Piece = tuple[str, str]
"""Style and text; the empty style is plain."""
Line = list[Piece]

# The window's colors of the phases, as near as 256 colors come, dark enough to be read on white and bright enough on
# black. With 16 colors, the terminal's own.
_CODES_256 = {
    "forward": "38;5;33",
    "backward": "38;5;172",
    "update": "38;5;36",
    "error": "38;5;167",
    "accent": "38;5;99",
    "keyword": "38;5;99",
    "string": "38;5;72",
    "number": "38;5;67",
    "comment": "2",
    "function": "38;5;67",
    "dim": "2",
    "bold": "1",
}
_CODES_16 = {
    **_CODES_256,
    "forward": "34",
    "backward": "33",
    "update": "36",
    "error": "31",
    "accent": "35",
    "keyword": "35",
    "string": "32",
    "number": "36",
    "function": "34",
}
_PLAIN = str.maketrans(
    {
        "─": "-", "│": "|", "┬": "+", "┴": "+", "├": "+", "┤": "+", "╭": "+", "╮": "+", "╰": "+", "╯": "+", "┼": "+",
        "▶": ">", "►": ">", "▼": "v", "●": "*", "○": "o", "◆": "*", "→": ">", "←": "<", "×": "x", "…": "~", "·": ".",
        "✓": "+", "✗": "-", "█": "#", "▓": "#", "░": ".", "−": "-", "ᵀ": "^T", "⊙": "*", "Σ": "sum", "Π": "prod",
        "²": "^2", "³": "^3", "½": "1/2", "√": "sqrt", "≥": ">=", "≤": "<=", "≠": "!=", "“": '"', "”": '"',
        "∇": "grad ", "∞": "inf",
        **dict(zip("▁▂▃▄▅▆▇", "_.:-=+*", strict=True)),
    }
)  # fmt: skip
NARROWEST = 40
_SHORTEST_NAME = 12


def columns_of(text: str) -> int:
    """Return how many columns a text takes: combining marks take none, East Asian letters two."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def width_of(line: Line) -> int:
    """Return how many columns a line takes."""
    return sum(columns_of(text) for _, text in line)


def fit(line: Line, width: int) -> Line:
    """Return the line, cut with an ellipsis where it is wider than `width` columns."""
    if width_of(line) <= width:
        return line
    kept: Line = []
    left = width - 1
    for style, text in line:
        if columns_of(text) <= left:
            kept.append((style, text))
            left -= columns_of(text)
            continue
        while columns_of(text) > left:
            text = text[:-1]
        kept.append((style, text + "…"))
        break
    return kept


class Screen:
    """Writes lines to a stream, in color if it is a terminal that wants colors."""

    def __init__(self, stream: TextIO, environment: Mapping[str, str] = os.environ) -> None:
        self._stream = stream
        self._environment = environment
        self.is_terminal = stream.isatty()
        """Whether the user sees the lines as they are written."""
        self.is_dumb = environment.get("TERM") == "dumb"
        """Whether the terminal can only append text."""
        colored = self.is_terminal and not self.is_dumb and not environment.get("NO_COLOR")
        many = "256" in environment.get("TERM", "") or bool(environment.get("COLORTERM"))
        self._codes = {} if not colored else _CODES_256 if many else _CODES_16
        self._unicode = _encodes(stream, "─▶█▁ᵀ")
        self._has_temporary = False
        self._rest = ""
        """The unfinished last line of what the user's code wrote."""
        self._style = ""

    @property
    def colored(self) -> bool:
        """Whether styles show."""
        return bool(self._codes)

    @property
    def width(self) -> int:
        """Columns of the terminal now; where they are not known, those of `COLUMNS`, or 100."""
        try:
            found = os.get_terminal_size(self._stream.fileno()).columns
        except (OSError, ValueError):
            found = 0
        said = self._environment.get("COLUMNS", "")
        return max(NARROWEST, found or (int(said) if said.isdigit() else 100))

    def write(self, *lines: Line | str) -> None:
        """Write lines, each cut to the width of the terminal if it is given in pieces; text runs on as it is."""
        self.clear_temporary()
        for line in lines:
            pieces = [("", line)] if isinstance(line, str) else fit(line, self.width)
            self._emit(self._render(pieces).rstrip(" ") + "\n")
        self._stream.flush()

    def sentence(self, text: str, style: str = "", indent: int = 0) -> None:
        """Write a sentence, wrapped between words at the width of the terminal."""
        for line in wrap_text(text, self.width - indent):
            self.write([("", " " * indent), (style, line)])

    def write_temporary(self, line: Line) -> None:
        """Write a line that the next one replaces; on a terminal only."""
        if self.is_terminal and not self.is_dumb:
            self._emit("\r\x1b[K" + self._render(fit(line, self.width - 1)))
            self._stream.flush()
            self._has_temporary = True

    def write_first_temporary(self, line: Line) -> None:
        """Write such a line, unless there is one already."""
        if not self._has_temporary:
            self.write_temporary(line)

    def clear_temporary(self) -> None:
        """Remove the line that the next one would replace."""
        if self._has_temporary:
            self._emit("\r\x1b[K")
            self._stream.flush()
            self._has_temporary = False

    def write_output(self, text: str, style: str) -> None:
        """Write what the user's code wrote, line by line, each after a bar that marks it.

        An unfinished line waits for its rest, or for `flush`; one that ends in a carriage return is replaced.
        """
        if style != self._style:
            self.flush()
            self._style = style
        *whole, self._rest = re.split(r"(?<=[\n\r])", self._rest + text.replace("\r\n", "\n"))
        for piece in whole:
            if piece.endswith("\n"):
                self._write_output_line(piece.rstrip("\n"))
            elif piece.strip():
                self.write_temporary([(self._style, "│ "), ("", piece.rstrip("\r"))])
        self._stream.flush()

    def flush(self) -> None:
        """Write the unfinished line of what the user's code wrote."""
        if self._rest:
            self._write_output_line(self._rest)
            self._rest = ""
            self._stream.flush()

    def _write_output_line(self, text: str) -> None:
        self.clear_temporary()
        self._emit(self._render([(self._style, "│ ")]) + (text if self._unicode else text.translate(_PLAIN)) + "\n")

    def _render(self, line: Iterable[Piece]) -> str:
        out = []
        for style, text in line:
            code = ";".join(self._codes[s] for s in style.split() if s in self._codes)
            out.append(f"\x1b[{code}m{text}\x1b[0m" if code and text else text)
        joined = "".join(out)
        return joined if self._unicode else joined.translate(_PLAIN)

    def _emit(self, text: str) -> None:
        try:
            self._stream.write(text)
        except UnicodeEncodeError:
            encoding = self._stream.encoding or "ascii"
            self._stream.write(text.encode(encoding, "backslashreplace").decode(encoding))


def wrap_text(text: str, width: int) -> list[str]:
    """Wrap a text into lines of at most `width` columns; a word that is longer gets a line of its own."""
    lines: list[str] = []
    for word in text.split():
        if lines and columns_of(lines[-1]) + 1 + columns_of(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]


def drop_parts(parts: list[tuple[int, Piece]], width: int) -> Line:
    """Return a line of the parts that fit: those with the highest number are left out first, parts with 0 never."""
    while sum(columns_of(text) for _, (_, text) in parts) > width:
        most = max(rank for rank, _ in parts)
        if most == 0:
            break
        parts = [part for part in parts if part[0] != most]
    return [piece for _, piece in parts]


def _encodes(stream: TextIO, text: str) -> bool:
    try:
        text.encode(getattr(stream, "encoding", None) or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def table(
    rows: list[list[str]],
    styles: list[str],
    right: frozenset[int] = frozenset(),
    indent: int = 2,
    *,
    width: int = 10_000,
    without: Sequence[int] = (),
    names: int | None = None,
) -> list[Line]:
    """Return rows in aligned columns, two blanks apart; the columns in `right` are flush right.

    If it is wider than `width`, the columns in `without` are left out, one after the other, until it fits; then the
    column of `names` is made narrower, which keep their ends.
    """
    if not rows:
        return []
    widths = [max(columns_of(row[i]) for row in rows) for i in range(len(rows[0]))]

    def beyond() -> int:
        return indent + sum(widths) + 2 * sum(w > 0 for w in widths[1:]) - width

    for column in without:
        if beyond() <= 0:
            break
        rows = [[*row[:column], "", *row[column + 1 :]] for row in rows]
        widths[column] = 0
    if names is not None and beyond() > 0:
        widths[names] = min(widths[names], max(_SHORTEST_NAME, widths[names] - beyond()))
        rows = [[*row[:names], keep_end(row[names], widths[names]), *row[names + 1 :]] for row in rows]
    lines = []
    for row in rows:
        line: Line = [("", " " * indent)]
        for i, (cell, style, wide) in enumerate(zip(row, styles, widths, strict=True)):
            blank = " " * (wide - columns_of(cell))
            gap = "  " if i and wide else ""
            line += [("", gap + blank), (style, cell)] if i in right else [("", gap), (style, cell), ("", blank)]
        lines.append(line)
    return lines


def keep_end(name: str, width: int) -> str:
    """Return the name, or as much of its end as fits: names of nested modules differ at their ends."""
    if columns_of(name) <= width:
        return name
    while columns_of(name) > max(0, width - 1):
        name = name[1:]
    return f"…{name}"


def number(value: float | None, digits: int = 4) -> str:
    """Return a number in a few digits: `620.6`, `1.234e-05`; a dash where there is none."""
    if value is None:
        return "-"
    return f"{value:.{digits}g}"


def shape_text(shape: tuple[int, ...] | None) -> str:
    """Return the shape as `64×100` or `scalar`; empty where it is not known."""
    if shape is None:
        return ""
    return "×".join(map(str, shape)) or "scalar"
