"""Writes help: the commands in their groups, or more about one of them."""

from __future__ import annotations

import re

from gradviz.terminal.prompt.command_table import COMMANDS, NAMES_HELP, find_command
from gradviz.terminal.text.line_writer import Line, Screen, columns_of, wrap_text

_ROW = re.compile(r"^(?P<left>  \S.*?\s{2,})(?P<right>\S.*)$")
_ROOMY = 84
"""Columns from which on the arguments are listed beside the names."""
_LEAST = 24
"""Columns that an explanation needs beside its term; with fewer, it is written below it."""


def show_help(screen: Screen, about: str) -> None:
    """Write all commands, or more about one.

    Raises:
        GradvizError: there is no such command.
    """
    if about in ("names", "name"):
        _write(screen, NAMES_HELP)
        return
    if not about:
        screen.write(*_overview(screen.width))
        return
    command = find_command(about)
    forms = f"  ({', '.join(command.forms)})" if command.forms else ""
    screen.write([("bold", command.usage), ("dim", forms)])
    screen.sentence(f"{command.summary[:1].upper()}{command.summary[1:]}.", indent=2)
    _write(screen, command.help)


def _overview(width: int) -> list[Line]:
    names = [c.usage if width >= _ROOMY else c.name for c in COMMANDS]
    margin = max(map(len, names))
    lines: list[Line] = []
    group = ""
    for command, name in zip(COMMANDS, names, strict=True):
        if command.group != group:
            group = command.group
            lines += [*([[("", "")]] if lines else []), [("accent", group)]]
        form = command.forms[0] if command.forms else ""
        for i, part in enumerate(wrap_text(command.summary, width - margin - 9)):
            lines.append([("dim", f"  {'' if i else form:<3}"), ("bold", f"  {'' if i else name:<{margin}}"),
                          ("", f"  {part}")])  # fmt: skip
    last = "help COMMAND says more; help names: how a tensor or a node is called."
    return [*lines, [("", "")], *([("dim", part)] for part in wrap_text(last, width))]


def _write(screen: Screen, text: str) -> None:
    """Write rows, which keep their second column, and sentences, which are wrapped."""
    sentence = ""
    for line in [*text.splitlines(), "  "]:
        row = _ROW.match(line)
        if row is None and line.strip():
            sentence = f"{sentence} {line.strip()}".strip()
            continue
        if sentence:
            screen.sentence(sentence, "dim", 0 if "\n" in text else 2)
            sentence = ""
        if row is not None:
            margin = columns_of(row["left"])
            if screen.width - margin < _LEAST:
                screen.write([("bold", row["left"].rstrip())])
                screen.sentence(row["right"], indent=6)
                continue
            for i, part in enumerate(wrap_text(row["right"], screen.width - margin)):
                screen.write([("bold", " " * margin if i else row["left"]), ("", part)])
