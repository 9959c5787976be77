"""Completes commands, and behind them nodes, parameters, modules, files, optimizers and devices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from gradviz.client.debug_state import DebugState
from gradviz.errors import GradvizError
from gradviz.model.stepping.breakpoint_kinds import PHASES
from gradviz.targets.target_spec import expand_path
from gradviz.terminal.prompt.command_table import COMMANDS, Wants, find_command
from gradviz.terminal.text.breakpoint_text import CONDITIONS, files_of, modules_of, ops_of
from gradviz.terminal.text.name_grammar import PARTS, node_names, parameters_of, read_node

_OF_PARAMETER = ("grad", "update", "before", "after")
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
