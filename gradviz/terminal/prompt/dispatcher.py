"""Carries out one typed line: finds its command, does it, and says in one sentence why it could not."""

from __future__ import annotations

from collections.abc import Callable

from gradviz.errors import GradvizError
from gradviz.terminal.prompt import edit_commands as changing
from gradviz.terminal.prompt import inspect_commands as looking
from gradviz.terminal.prompt import run_commands as going
from gradviz.terminal.prompt.command_table import Command, find_command, split_line
from gradviz.terminal.prompt.help_text import show_help
from gradviz.terminal.prompt.repl import Conversation

_DOES: dict[str, Callable[[Conversation, str], None]] = {
    "step": going.step,
    "next": going.step_over,
    "out": going.step_out,
    "until": going.until,
    "phase": going.next_phase,
    "iteration": going.next_iteration,
    "continue": going.go_on,
    "pause": going.pause,
    "back": going.back,
    "forth": going.forth,
    "restart": going.restart,
    "break": changing.add_breakpoint,
    "breakpoints": looking.breakpoints,
    "delete": changing.delete,
    "disable": changing.disable,
    "enable": changing.enable,
    "where": looking.where,
    "graph": looking.graph,
    "timeline": looking.timeline,
    "print": looking.show,
    "rule": looking.rule,
    "terms": looking.terms,
    "reach": looking.reach,
    "set": changing.change,
    "optimizer": changing.optimizer,
    "lr": changing.learning_rate,
    "device": changing.device,
    "save": changing.save,
    "export": changing.export,
}


class Doer:
    """Remembers the last line, which an empty one repeats."""

    def __init__(self, talk: Conversation) -> None:
        self._talk = talk
        self._last = ""

    def do(self, line: str, *, repeats: bool = True) -> None:
        """One line. `repeats`: whether an empty one does the last again."""
        line = line.strip()
        if line == "#" or line.startswith("# "):
            return
        if not line:
            line = self._last if repeats else ""
        if not line:
            return
        try:
            word, rest = split_line(line)
            command = find_command(word)
            self._last = line if command.repeats else ""
            self._carry_out(command, rest)
        except GradvizError as error:
            self._talk.screen.sentence(str(error), "error")

    def _carry_out(self, command: Command, rest: str) -> None:
        if command.name == "quit":
            self._talk.status = 0
        elif command.name == "help":
            show_help(self._talk.screen, rest)
        else:
            _DOES[command.name](self._talk, rest)
