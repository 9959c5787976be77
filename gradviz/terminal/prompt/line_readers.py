"""Where the prompt's lines come from: prompt_toolkit in a terminal, with completion and history, or a plain stream."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Protocol, TextIO

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from gradviz.client.debug_state import DebugState
from gradviz.client.engine_process import Message
from gradviz.errors import GradvizError
from gradviz.files import private_file
from gradviz.model.stepping.breakpoint_kinds import PHASES
from gradviz.targets.target_spec import expand_path
from gradviz.terminal.prompt.command_table import COMMANDS, Wants, find_command
from gradviz.terminal.prompt.repl import Conversation
from gradviz.terminal.text.breakpoint_text import CONDITIONS, files_of, modules_of, ops_of
from gradviz.terminal.text.line_writer import Screen
from gradviz.terminal.text.name_grammar import PARTS, node_names, parameters_of, read_node

_OF_PARAMETER = ("grad", "update", "before", "after", "state")
_OF_NODE = ("output", "input", "grad_output", "grad_input", "saved")


class PromptCompleter(Completer):
    """Completes from what the debugger knows at this moment."""

    def __init__(self, debugger: DebugState) -> None:
        self._debugger = debugger

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """Yield what the text before the cursor can become."""
        text = document.text_before_cursor.lstrip()
        found, typed = candidates(text, self._debugger)
        yield from (Completion(word, -len(typed)) for word in found)


def candidates(text: str, debugger: DebugState) -> tuple[list[str], str]:
    """Return what can replace the last part of `text`, and that part."""
    word, blank, rest = text.partition(" ")
    if not blank:
        return [c.name for c in COMMANDS if c.name.startswith(word)], word
    try:
        wants = find_command(word).wants
    except GradvizError:
        return [], ""
    typed = rest.lstrip()
    return _matching(typed, _completions(wants, typed, debugger)), typed


def _completions(wants: Wants, typed: str, debugger: DebugState) -> Iterable[str]:
    graph = debugger.graph
    nodes = [*node_names(graph), *_numbers(debugger, typed)] if graph is not None else []
    match wants:
        case "name":
            return [*nodes, *parameters_of(debugger), *PARTS, *_parts(typed, debugger)]
        case "node":
            return nodes
        case "breakpoint" | "place":
            files = [f"{Path(file).name}:" for file in files_of(debugger)]
            names = [*parameters_of(debugger), *modules_of(debugger), *ops_of(graph), *nodes, *files]
            return [*PHASES, *CONDITIONS, *names, *_phases(typed)]
        case "gate":
            return [*nodes, *_phases(typed)]
        case "id":
            return [str(item.record.id) for item in debugger.breakpoints]
        case "optimizer":
            opened = debugger.opened
            return [o.name for o in opened.optimizers if not o.reason] if opened is not None else []
        case "device":
            opened = debugger.opened
            return [d.id for d in opened.devices if not d.reason] if opened is not None else []
        case "command":
            return [*(c.name for c in COMMANDS), "names"]
        case "file":
            return _files(typed)
        case _:
            return []


def _numbers(debugger: DebugState, typed: str) -> list[str]:
    # Hundreds of numbers help nobody who has not begun one.
    graph = debugger.graph
    return (
        [f"#{node.id}" for node in graph.nodes if node.id >= 0] if graph is not None and typed.startswith("#") else []
    )


def _phases(typed: str) -> list[str]:
    head, within, _ = typed.rpartition(" in ")
    return [f"{head} in {phase}" for phase in PHASES] if within else []


def _parts(typed: str, debugger: DebugState) -> list[str]:
    head, dot, _ = typed.rpartition(".")
    graph = debugger.graph
    if not dot or graph is None:
        return []
    try:
        node = graph.node(read_node(head, debugger))
    except GradvizError:
        return []
    return [f"{head}.{part}" for part in (_OF_PARAMETER if node.kind == "parameter" else _OF_NODE)]


def _matching(typed: str, words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(word for word in words if word.startswith(typed)))


def _files(typed: str) -> list[str]:
    folder, _, _ = typed.rpartition("/")
    try:
        return [f"{folder}/{p.name}" if folder else p.name for p in sorted(expand_path(folder or ".").iterdir())]
    except OSError:
        return []


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

        from gradviz.terminal.prompt.line_readers import PromptCompleter

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
