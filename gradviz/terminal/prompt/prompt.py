"""`gradviz debug`: reads lines at the prompt and carries out their commands."""

from __future__ import annotations

import sys
from collections.abc import Callable

from gradviz.client.engine_process import EngineProcess
from gradviz.errors import GradvizError
from gradviz.language import tr
from gradviz.protocol.commands import Open
from gradviz.terminal.prompt.command_table import find_command, show_help, split_line
from gradviz.terminal.prompt.line_readers import Reader, history_file, reader_for
from gradviz.terminal.prompt.repl import INTERRUPTED, Conversation
from gradviz.terminal.prompt.watch_commands import report_watched
from gradviz.terminal.text.line_writer import Screen


def prompt(opening: Open, until: int, start: Callable[[], EngineProcess]) -> int:
    """Open a target and carry out what is typed until it ends; `start` makes an engine. Return the exit status: 0 done,
    1 the engine died, 2 the target cannot be opened, 130 interrupted."""
    screen = Screen(sys.stdout)
    talk = Conversation(opening, until, screen, start)
    try:
        talk.open()
        serve(talk, reader_for(talk, screen, history_file))
    except KeyboardInterrupt:
        talk.status = INTERRUPTED
    finally:
        talk.close()
    if talk.status is None:
        return 1 if talk.death else 0
    return talk.status


def serve(talk: Conversation, reader: Reader) -> None:
    """Read and carry out lines until they end, or one of them ends it. Ctrl+C discards the line; twice ends."""
    dispatcher = CommandDispatcher(talk)
    warned = False
    while talk.status is None:
        try:
            line = reader.read()
        except KeyboardInterrupt:
            if warned or not reader.repeats:
                talk.status = INTERRUPTED
                return
            warned = True
            talk.screen.write([("dim", tr("It is paused. Ctrl+C again, Ctrl+D or quit ends."))])
            continue
        warned = False
        if line is None:
            return
        dispatcher.do(line, repeats=reader.repeats)


class CommandDispatcher:
    """Carries out typed lines; remembers the last, which an empty line repeats."""

    def __init__(self, talk: Conversation) -> None:
        self._talk = talk
        self._last = ""

    def do(self, line: str, *, repeats: bool = True) -> None:
        """Carry out one line, or write why it cannot be. `repeats`: whether an empty line is the last again."""
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
            if command.act is None:
                show_help(self._talk.screen, rest)
                return
            before = self._talk.debugger.point
            command.act(self._talk, rest)
            if self._talk.debugger.point is not before:
                report_watched(self._talk)
        except GradvizError as error:
            self._talk.screen.sentence(str(error), "error")
