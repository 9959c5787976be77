"""Readers of the typed lines: from a terminal with completion and history, a plain one, or a pipe."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol, TextIO

from gradviz.client.engine_process import Message
from gradviz.files.private_files import private_file
from gradviz.terminal.prompt.repl import Conversation
from gradviz.terminal.text.line_writer import Screen

_LISTENS = 0.1
"""Seconds between two looks at the engine's messages while the user types."""
_PROMPT = "(gradviz) "
_COLORS = {"forward": "#0087ff", "backward": "#d78700", "update": "#00af87"}


class Reader(Protocol):
    """Gives lines; None at their end. KeyboardInterrupt passes through."""

    repeats: bool
    """Whether an empty line means the last one again."""

    def read(self) -> str | None:
        """Return the next line."""


class PipedReader:
    """Lines of a file or a pipe: no prompt, no echo, and an empty line is nothing."""

    repeats = False

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def read(self) -> str | None:
        """Return the next line."""
        return self._stream.readline() or None


class PlainReader:
    """A terminal that can do no more than lines, or whose output goes elsewhere: the prompt goes to stderr."""

    repeats = True

    def __init__(self, stream: TextIO, prompts: TextIO) -> None:
        self._stream = stream
        self._prompts = prompts

    def read(self) -> str | None:
        """Write the prompt and return the next line."""
        self._prompts.write(_PROMPT)
        self._prompts.flush()
        return self._stream.readline() or None


class PromptReader:
    """A terminal: editing, completion with Tab, history between sessions."""

    repeats = True

    def __init__(self, talk: Conversation, history: Path | None) -> None:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.history import FileHistory, History, InMemoryHistory
        from prompt_toolkit.output import ColorDepth
        from prompt_toolkit.shortcuts import CompleteStyle

        from gradviz.terminal.prompt.completion import PromptCompleter

        kept: History = FileHistory(str(history)) if history is not None else InMemoryHistory()
        self._talk = talk
        self._session: PromptSession[str] = PromptSession(
            history=kept,
            completer=PromptCompleter(talk.debugger),
            complete_while_typing=False,
            # In columns below the prompt, as in a shell: a menu would keep lines free that the picture needs.
            complete_style=CompleteStyle.READLINE_LIKE,
            enable_history_search=True,
            color_depth=None if talk.screen.colored else ColorDepth.DEPTH_1_BIT,
        )

    def read(self) -> str | None:
        """Return the next line; Ctrl+C discards one that was begun."""
        from prompt_toolkit.formatted_text import FormattedText

        debugger = self._talk.debugger
        point = debugger.point
        color = _COLORS[point.phase] if point is not None and self._talk.screen.colored else ""
        back = debugger.timeline.cursor - len(debugger.timeline.passed) if debugger.timeline is not None else 0
        prompt = f"(gradviz {back}) " if debugger.looks_back else _PROMPT
        while True:
            try:
                return self._session.prompt(FormattedText([(color, prompt)]), pre_run=self._listen)
            except EOFError:
                return None
            except KeyboardInterrupt:
                # Given up is the line that was begun; without one, it is for who serves the lines.
                if not self._session.default_buffer.text.strip():
                    raise

    def _listen(self) -> None:
        from prompt_toolkit.application import get_app

        get_app().create_background_task(self._show_messages())

    async def _show_messages(self) -> None:
        """Show the engine's messages while the user types: prints of threads, its death."""
        from prompt_toolkit.application import run_in_terminal

        while True:
            await asyncio.sleep(_LISTENS)
            message = self._talk.next_message()
            if message is not None:
                await run_in_terminal(partial(self._show, message))

    def _show(self, message: Message) -> None:
        self._talk.take(message)
        self._talk.listen()


def reader_for(talk: Conversation, screen: Screen, history: Callable[[], Path | None]) -> Reader:
    """Return the reader that fits standard input and output."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")  # a file name can be of any bytes
    if not sys.stdin.isatty():
        return PipedReader(sys.stdin)
    if not screen.is_terminal or screen.is_dumb:
        return PlainReader(sys.stdin, sys.stderr)
    return PromptReader(talk, history())


def history_file() -> Path | None:
    """Return the file that keeps typed lines between sessions; None where nothing can be written."""
    import platformdirs

    path = Path(platformdirs.user_data_dir("gradviz", appauthor=False)) / "debug-history"
    try:
        private_file(path)
        with path.open("ab"):
            return path
    except OSError:
        return None
