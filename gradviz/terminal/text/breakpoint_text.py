"""Breakpoints as text: reads what is typed after `break` into a record, and lists the breakpoints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path, PurePath
from typing import Literal

from gradviz.client.debug_state import DebugState
from gradviz.errors import GradvizError, InvalidValueError
from gradviz.language import tr
from gradviz.model.explanation.held_text import held_text
from gradviz.model.graph.graph import Graph
from gradviz.model.stepping.breakpoint_kinds import KINDS, PHASES, detail_of, read_condition, title_of
from gradviz.model.stepping.breakpoints import Breakpoints, module_paths, node_breakpoint, unknown_owner
from gradviz.protocol.encodable import escape_text
from gradviz.protocol.records import BreakpointRecord, Phase, PlaceRecord
from gradviz.targets.target_spec import expand_path
from gradviz.terminal.text.code_text import excerpt
from gradviz.terminal.text.line_writer import Line, table
from gradviz.terminal.text.name_grammar import node_names, parameters_of, read_node, read_whole

CONDITIONS = tuple(dict.fromkeys(kind.prompt for kind in KINDS.values() if kind.prompt))
_IN_PHASE = re.compile(r"^(?P<rest>.*\S)\s+in\s+(?P<phase>forward|backward|update)$")


def read_breakpoint(text: str, debugger: DebugState) -> BreakpointRecord:
    """Read what to stop at; the id of the record is 0.

    Raises:
        GradvizError: it is nothing that can be stopped at; the message states how to write it.
    """
    text = text.strip()
    phase: Literal["", Phase] = ""
    match = _IN_PHASE.match(text)
    if match is not None:
        text = match["rest"]
        phase = match["phase"]  # type: ignore[assignment]
    # A module may be called like a condition: norm.
    condition = read_condition(text, phase) if text not in modules_of(debugger) else None
    if condition is not None and (unknown := unknown_within(condition, debugger)):
        raise InvalidValueError(unknown)
    return condition or _line(text, phase, debugger) or _thing(text, phase, debugger)


def _line(text: str, phase: Literal["", Phase], debugger: DebugState) -> BreakpointRecord | None:
    file, _, number = text.rpartition(":")
    line = read_whole(number)
    if line is None:
        return None
    point = debugger.point
    if not file:
        file = point.file if point is not None else ""
        if not file and debugger.opened is not None and debugger.opened.source is not None:
            file = debugger.opened.source.file
        if not file:
            raise InvalidValueError(tr("Say in which file: break model.py:{line}.").format(line=line))
    return BreakpointRecord(0, "line", file=file_with_line(file, line, debugger), line=line, phase=phase)


def file_with_line(name: str, line: int, debugger: DebugState) -> str:
    """Return the whole path of a file, as `file_called` finds it.

    Raises:
        InvalidValueError: there is no such file, or it has no such line.
    """
    file = file_called(name, debugger)
    if excerpt(file, 1, 0, colored=False) and not excerpt(file, line, 0, colored=False):
        raise InvalidValueError(tr("{name} has no line {line}.").format(name=Path(file).name, line=line))
    return file


def file_called(name: str, debugger: DebugState) -> str:
    """Return the whole path of a file that ops come from, by its last part; of another one, if it exists.

    Raises:
        InvalidValueError: there is no such file.
    """
    known = files_of(debugger)
    name = escape_text(name)
    path = expand_path(name)
    same = [file for file in known if file in (name, escape_text(str(path.resolve())))]
    if not same and PurePath(name).name == name:
        same = [file for file in known if Path(file).name == name]
    if same:
        return same[0]
    if not path.is_file():
        near = get_close_matches(path.name, [Path(file).name for file in known], n=1)
        raise InvalidValueError(
            tr("There is no file {name}").format(name=name)
            + (tr("; did you mean {near}?").format(near=near[0]) if near else ".")
        )
    return escape_text(str(path.resolve()))


def _thing(text: str, phase: Literal["", Phase], debugger: DebugState) -> BreakpointRecord:
    graph = debugger.graph
    if text.startswith("#"):
        return _at_node(text, phase, debugger)
    if text in modules_of(debugger):
        return BreakpointRecord(0, "module", text=text, phase=phase)
    if graph is not None and any(text in node.names or (node.id < 0 and text == node.name) for node in graph.nodes):
        return _at_node(text, phase, debugger)
    for parameter in debugger.opened.parameters if debugger.opened is not None else ():
        if text in parameter.names:
            # Forward has not used it yet; its place is the first of its names.
            name = parameter.names[0]
            return BreakpointRecord(0, "node", text=name, phase=phase, place=PlaceRecord(type_name=name))
    if text in ops_of(graph):
        return BreakpointRecord(0, "op", text=text, phase=phase)
    if graph is not None and text in node_names(graph):
        return _at_node(text, phase, debugger)
    if re.fullmatch(r"[\w.]+", text):
        near = get_close_matches(text, [*modules_of(debugger), *ops_of(graph), *CONDITIONS, *PHASES], n=1, cutoff=0.7)
        if not near and (graph is None or _grows(debugger)):
            # A graph that is still being made does not have every op.
            return BreakpointRecord(0, "op", text=text, phase=phase)
        hint = (
            tr("; did you mean {near}?").format(near=near[0])
            if near
            else tr("; help break tells what can be broken on.")
        )
        raise GradvizError(tr("Nothing is called {text!r} here{hint}").format(text=text, hint=hint))
    raise InvalidValueError(tr("{text!r} is nothing to stop at; help break tells what is.").format(text=text))


def _grows(debugger: DebugState) -> bool:
    point = debugger.point
    return debugger.step == 0 and point is not None and point.phase == "forward"


def _at_node(text: str, phase: Literal["", Phase], debugger: DebugState) -> BreakpointRecord:
    node = read_node(text, debugger)
    graph = debugger.graph
    assert graph is not None  # a node was found in it
    return node_breakpoint(graph, node, phase)


def modules_of(debugger: DebugState) -> list[str]:
    """Return the paths of the known modules: those of the graph, and those that have parameters."""
    return module_paths(debugger.graph, parameters_of(debugger))


def unknown_within(record: BreakpointRecord, debugger: DebugState) -> str:
    """Return that nothing is called what narrows a breakpoint, as far as the names are known."""
    if debugger.graph is None or _grows(debugger):
        return ""
    return unknown_owner(record, (*modules_of(debugger), *parameters_of(debugger), *node_names(debugger.graph)))


def ops_of(graph: Graph | None) -> list[str]:
    """Return the names of the graph's ops: of their nodes, their autograd classes, the last part of the call."""
    found: dict[str, None] = {}
    for node in graph.nodes if graph is not None else ():
        if node.id >= 0:
            found.update(dict.fromkeys(filter(None, (node.name, node.type_name, node.op.rsplit(".", 1)[-1], node.op))))
    return list(found)


def files_of(debugger: DebugState) -> list[str]:
    """Return the files that made ops of the graph, and that of the network."""
    found: dict[str, None] = {}
    if debugger.opened is not None and debugger.opened.source is not None:
        found[debugger.opened.source.file] = None
    for node in debugger.graph.nodes if debugger.graph is not None else ():
        if node.file:
            found[node.file] = None
    return list(found)


def breakpoint_lines(breakpoints: Breakpoints) -> list[Line]:
    """Return the list of breakpoints, with how often each was hit."""
    if not len(breakpoints):
        return [[("dim", tr("There are no breakpoints; help break tells what can be broken on."))]]
    rows = [
        [
            str(item.record.id),
            "●" if item.enabled else "○",
            title_of(item.record),
            detail_of(item.record),
            hits(item.hits),
        ]
        for item in breakpoints
    ]
    lines = table(rows, ["bold", "error", "", "dim", "dim"], frozenset((0,)), indent=1)
    return [*lines, [("dim", held_text(breakpoints.held))]] if breakpoints.held else lines


def hits(count: int) -> str:
    """Return `3 hits`; empty for none."""
    return "" if not count else f"{count} hit{'s' * (count > 1)}"


def read_ids(text: str, breakpoints: Breakpoints) -> Sequence[int]:
    """Return the breakpoints that numbers mean.

    Raises:
        InvalidValueError: one of them is none.
    """
    found = []
    for word in text.replace(",", " ").split():
        number = read_whole(word)
        if number is None or number not in breakpoints:
            known = ", ".join(str(item.record.id) for item in breakpoints) or "none"
            raise InvalidValueError(
                tr("There is no breakpoint {word}; there is {known}.").format(word=word, known=known)
            )
        found.append(number)
    return found
