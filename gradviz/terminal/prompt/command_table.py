"""The commands of the prompt in one table: names, short forms, arguments, implementation, help.

A new command is a row here and a function in one of the `*_commands` files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from gradviz.errors import GradvizError
from gradviz.language import tr, translatable
from gradviz.protocol.commands import NextIteration, NextPhase, StepIn, StepOut, StepOver
from gradviz.terminal.prompt import edit_commands as edit
from gradviz.terminal.prompt import inspect_commands as look
from gradviz.terminal.prompt import run_commands as run
from gradviz.terminal.prompt import watch_commands as watching
from gradviz.terminal.prompt.help_texts import BACK_HELP, NAMES_HELP, REACH_HELP, SET_HELP, UNTIL_HELP, break_help
from gradviz.terminal.prompt.repl import Conversation
from gradviz.terminal.text.line_writer import Line, Screen, columns_of, wrap_text

Wants = Literal["", "name", "node", "gate", "breakpoint", "place", "id", "optimizer", "device", "file", "command"]
"""What completion offers behind the command."""


@dataclass(frozen=True, slots=True)
class PromptCommand:
    """One command: `forms` are its short forms, the first of them shown in help."""

    name: str
    forms: tuple[str, ...]
    act: Callable[[Conversation, str], None] | None
    """Carry it out, with what was typed after its name; None for help, which needs this table."""
    arguments: str
    summary: str
    group: str
    wants: Wants = ""
    help: str | Callable[[], str] = ""
    """What `help NAME` adds to the summary: a text, or what makes one that is translated."""
    repeats: bool = True
    """Whether an empty line does it again."""

    @property
    def usage(self) -> str:
        """The name and its arguments."""
        return f"{self.name} {self.arguments}".rstrip()


_RUN, _STOP, _LOOK = translatable("Go on"), translatable("Breakpoints"), translatable("Look")
_CHANGE, _REST = translatable("Change"), translatable("The rest")
_row = PromptCommand

COMMANDS: tuple[PromptCommand, ...] = (
    _row(
        "step",
        ("s",),
        run.repeat_step(StepIn),
        "[N]",
        translatable("run one op, one node, or one parameter's update"),
        _RUN,
    ),
    _row(
        "next",
        ("n",),
        run.repeat_step(StepOver),
        "[N]",
        translatable("the same, but run over a module call that begins here"),
        _RUN,
    ),
    _row("out", ("o", "finish"), run.make_step(StepOut), "", translatable("run to the end of the module call"), _RUN),
    _row(
        "until",
        ("u",),
        run.until,
        "NODE",
        translatable("run until a node is about to run"),
        _RUN,
        "gate",
        UNTIL_HELP,
    ),
    _row(
        "phase",
        ("ph",),
        run.make_step(NextPhase),
        "",
        translatable("run to the next phase: forward, backward, update"),
        _RUN,
    ),
    _row(
        "iteration",
        ("it",),
        run.make_step(NextIteration),
        "",
        translatable("run to the first op of the next iteration"),
        _RUN,
    ),
    _row(
        "continue",
        ("c", "cont"),
        run.run_on,
        "[N]",
        translatable("run to a breakpoint or to the end (iteration N)"),
        _RUN,
        "",
        translatable(
            "Losses pass by in one line. Ctrl+C pauses, also inside a long forward or backward; twice interrupts."
        ),
    ),
    _row("pause", (), run.pause, "", translatable("Ctrl+C while it runs; twice interrupts"), _RUN, repeats=False),
    _row(
        "back",
        ("bk", "rs"),
        run.back,
        "[N]",
        translatable("look at the point before; nothing is undone"),
        _RUN,
        "",
        BACK_HELP,
    ),
    _row("back-to", (), run.back_to, "N", translatable("stop at the first op of iteration N"), _RUN, repeats=False),
    _row("when", (), run.when, "CONDITION [since N]", translatable("stop where it was met first"), _RUN, "place"),
    _row("forth", ("fo",), run.forth, "[N]", translatable("look at the point after, up to the present"), _RUN),
    _row(
        "break",
        ("b",),
        edit.add_breakpoint,
        translatable("WHERE | CONDITION"),
        translatable("stop there; alone, list them"),
        _STOP,
        "place",
        break_help,
        repeats=False,
    ),
    _row("breakpoints", ("bl",), look.breakpoints, "", translatable("list them, with their hits"), _STOP),
    _row(
        "delete",
        ("d",),
        edit.delete,
        translatable("[N …]"),
        translatable("delete breakpoints; alone, all of them"),
        _STOP,
        "id",
        repeats=False,
    ),
    _row(
        "disable",
        ("dis",),
        edit.disable,
        translatable("N …"),
        translatable("keep breakpoints, but do not stop at them"),
        _STOP,
        "id",
        repeats=False,
    ),
    _row(
        "enable",
        ("en",),
        edit.enable,
        translatable("N …"),
        translatable("stop at them again"),
        _STOP,
        "id",
        repeats=False,
    ),
    _row("where", ("w", "bt", "l", "list"), look.where, "", translatable("module path and code of the stop"), _LOOK),
    _row(
        "graph",
        ("g",),
        look.graph,
        "[NODE]",
        translatable("what comes in and what goes out, with shapes"),
        _LOOK,
        "node",
    ),
    _row(
        "timeline",
        ("t", "tl"),
        look.timeline,
        translatable("[N | all]"),
        translatable("what ran in this iteration, and what comes next"),
        _LOOK,
    ),
    _row(
        "print",
        ("p",),
        look.show,
        "[NAME]",
        translatable("a tensor: figures, histogram, corner values"),
        _LOOK,
        "name",
        NAMES_HELP,
    ),
    _row("watch", ("wa",), watching.watch, "[NAME]", translatable("follow a tensor at each stop"), _LOOK, "name"),
    _row("unwatch", ("unw",), watching.unwatch, "[NAME]", translatable("follow it, or all, no more"), _LOOK, "name"),
    _row("rule", ("r",), look.rule, "[NODE]", translatable("the derivative, with the shapes put in"), _LOOK, "node"),
    _row(
        "terms",
        ("te",),
        look.terms,
        "[NODE]",
        translatable("the sum that a shared gradient is, term by term"),
        _LOOK,
        "node",
    ),
    _row("check", ("ck",), look.check, "[NODE]", translatable("the derivative beside differences"), _LOOK, "node"),
    _row("update", ("upd",), look.update, "[NODE]", translatable("a parameter's step in numbers"), _LOOK, "node"),
    _row("blame", ("bm",), look.blame, "[NODE]", translatable("where a NaN or Inf comes from"), _LOOK, "node"),
    _row("spike", ("sp",), look.spike, "[rows]", translatable("which modules and rows moved more than usual"), _LOOK),
    _row(
        "reach",
        ("re",),
        look.reach,
        "[TEXT]",
        translatable("which parameters the gradient reaches, and why not"),
        _LOOK,
        "",
        REACH_HELP,
    ),
    _row(
        "set",
        (),
        edit.change,
        translatable("NAME = EXPRESSION"),
        translatable("change a parameter, or the gradient at the stop"),
        _CHANGE,
        "name",
        SET_HELP,
        repeats=False,
    ),
    _row(
        "optimizer",
        ("opt",),
        edit.optimizer,
        translatable("[NAME [KEY=VALUE …]]"),
        translatable("show or change the optimizer"),
        _CHANGE,
        "optimizer",
        translatable("The same optimizer with other options keeps its state; another one starts fresh."),
        repeats=False,
    ),
    _row("lr", (), edit.learning_rate, "[X]", translatable("show or change the learning rate"), _CHANGE, repeats=False),
    _row(
        "device",
        ("dev",),
        edit.device,
        "[NAME]",
        translatable("show the devices, or move to one"),
        _CHANGE,
        "device",
        translatable("Inside an iteration, the iteration is finished first."),
        repeats=False,
    ),
    _row("restart", ("run",), run.restart, "", translatable("begin again from iteration 0"), _CHANGE, repeats=False),
    _row("again", (), run.again, "", translatable("run a script again to its trap or error"), _CHANGE, repeats=False),
    _row(
        "checkpoint", (), edit.checkpoint, "", translatable("keep the state in the recorded run"), _REST, repeats=False
    ),
    _row(
        "save",
        (),
        edit.save,
        translatable("NAME FILE.npy"),
        translatable("write a whole tensor to a file"),
        _REST,
        "name",
        repeats=False,
    ),
    _row(
        "export",
        (),
        edit.export,
        "FILE.svg",
        translatable("draw the graph to a file: svg, pdf, png, dot, json"),
        _REST,
        "file",
        repeats=False,
    ),
    _row(
        "help",
        ("h", "?"),
        None,
        "[COMMAND]",
        translatable("this, or more about one command; help names, too"),
        _REST,
        "command",
    ),
    _row("quit", ("q", "exit"), run.leave, "", translatable("end (Ctrl+D)"), _REST, repeats=False),
)

_BY_WORD = {word: command for command in COMMANDS for word in (command.name, *command.forms)}


def find_command(word: str) -> PromptCommand:
    """Return the command that a word means: its name, a short form, or a beginning that no other command has.

    Raises:
        GradvizError: none is meant; the sentence names the nearest.
    """
    word = word.lower()
    if word in _BY_WORD:
        return _BY_WORD[word]
    begun = [command for command in COMMANDS if command.name.startswith(word)]
    if len(begun) == 1:
        return begun[0]
    if begun:
        raise GradvizError(
            tr("{word!r} is the beginning of {listed}; write one more letter.").format(
                word=word, listed=_listed(c.name for c in begun)
            )
        )
    near = get_close_matches(word, [*_BY_WORD], n=1, cutoff=0.5)
    hint = tr("did you mean {name}?").format(name=_BY_WORD[near[0]].name) if near else tr("help lists them.")
    raise GradvizError(tr("There is no command {word!r}; {hint}").format(word=word, hint=hint))


def split_line(line: str) -> tuple[str, str]:
    """Split a line into the command's word and what follows; `p#3` and `?step` need no blank."""
    line = line.strip()
    for mark in ("?", "#"):
        if line.startswith(mark):
            return ("help" if mark == "?" else "print", line[1:].strip() if mark == "?" else line)
    word, _, rest = line.partition(" ")
    head, hash_, tail = word.partition("#")
    return (head, f"{hash_}{tail} {rest}".strip()) if hash_ else (word, rest.strip())


def _listed(words: Iterable[str]) -> str:
    *rest, last = words
    return f"{', '.join(rest)} and {last}" if rest else last


_ROW = re.compile(r"^(?P<left>  \S.*?\s{2,})(?P<right>\S.*)$")
_ROOMY = 84  # columns from which on the arguments are listed beside the names
_LEAST = 24
"""Columns that an explanation needs beside its term; with fewer, it is written below it."""


def show_help(screen: Screen, about: str) -> None:
    """Write all commands, or more about one.

    Raises:
        GradvizError: there is no such command.
    """
    if about in ("names", "name"):
        _write(screen, tr(NAMES_HELP))
        return
    if not about:
        screen.write(*_overview(screen.width))
        return
    command = find_command(about)
    forms = f"  ({', '.join(command.forms)})" if command.forms else ""
    screen.write([("bold", command.usage), ("dim", forms)])
    summary = tr(command.summary)
    screen.sentence(f"{summary[:1].upper()}{summary[1:]}.", indent=2)
    _write(screen, command.help() if callable(command.help) else tr(command.help))


def _overview(width: int) -> list[Line]:
    names = [c.usage if width >= _ROOMY else c.name for c in COMMANDS]
    margin = max(map(len, names))
    lines: list[Line] = []
    group = ""
    for command, name in zip(COMMANDS, names, strict=True):
        if command.group != group:
            group = command.group
            lines += [*([[("", "")]] if lines else []), [("accent", tr(group))]]
        form = command.forms[0] if command.forms else ""
        for i, part in enumerate(wrap_text(tr(command.summary), width - margin - 9)):
            lines.append([("dim", f"  {'' if i else form:<3}"), ("bold", f"  {'' if i else name:<{margin}}"),
                          ("", f"  {part}")])  # fmt: skip
    last = tr("help COMMAND says more; help names: how a tensor or a node is called.")
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
