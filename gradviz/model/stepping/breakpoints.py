"""The set of breakpoints of a client: which there are, which are on, and how often each was hit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Literal

import msgspec

from gradviz.errors import InvalidValueError
from gradviz.language import listed, tr
from gradviz.model.graph.graph import Graph
from gradviz.model.stepping.breakpoint_kinds import KINDS
from gradviz.protocol.node_location import places
from gradviz.protocol.records import BreakpointRecord, Phase, PlaceRecord


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """One breakpoint as the panel shows it."""

    record: BreakpointRecord
    enabled: bool = True
    hits: int = 0


class Breakpoints:
    """An ordered set of breakpoints. Equal ones (all but the id) are one."""

    def __init__(self) -> None:
        self._items: dict[int, Breakpoint] = {}
        self._next = 1
        self.held = 0
        """How many bytes were kept at most so that an iteration can be run again for a trap."""

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Breakpoint]:
        return iter(self._items.values())

    def __contains__(self, breakpoint_id: int) -> bool:
        return breakpoint_id in self._items

    def __getitem__(self, breakpoint_id: int) -> Breakpoint:
        return self._items[breakpoint_id]

    def add(self, record: BreakpointRecord) -> int:
        """Add a breakpoint, or enable the equal one, and return its id. The record's own id is ignored."""
        same = self.find(record)
        if same is not None:
            self._items[same] = replace(self._items[same], enabled=True)
            return same
        breakpoint_id = self._next
        self._next += 1
        self._items[breakpoint_id] = Breakpoint(msgspec.structs.replace(record, id=breakpoint_id))
        return breakpoint_id

    def find(self, record: BreakpointRecord) -> int | None:
        """Return the id of the equal breakpoint; None if there is none."""
        for breakpoint_id, item in self._items.items():
            if msgspec.structs.replace(record, id=breakpoint_id) == item.record:
                return breakpoint_id
        return None

    def toggle(self, record: BreakpointRecord) -> int | None:
        """Remove the breakpoint if it is there, else add it; return its id, or None when it was removed."""
        same = self.find(record)
        if same is None:
            return self.add(record)
        self.remove(same)
        return None

    def enable(self, breakpoint_id: int, enabled: bool) -> None:
        """Enable or disable a breakpoint."""
        self._items[breakpoint_id] = replace(self._items[breakpoint_id], enabled=enabled)

    def change(self, breakpoint_id: int, record: BreakpointRecord) -> None:
        """Put another breakpoint in the place of one, with its id and not hit yet; where it equals a third, that one is
        removed."""
        same = self.find(record)
        if same is not None and same != breakpoint_id:
            self.remove(same)
        changed = msgspec.structs.replace(record, id=breakpoint_id)
        self._items[breakpoint_id] = replace(self._items[breakpoint_id], record=changed, hits=0)

    def remove(self, breakpoint_id: int) -> None:
        """Remove a breakpoint."""
        del self._items[breakpoint_id]

    def clear(self) -> None:
        """Remove all."""
        self._items.clear()

    def count(self, hits: Iterable[tuple[int, int]], held: int = 0) -> None:
        """Store how often each was hit, and what is kept for them; ids that were removed meanwhile are ignored."""
        self.held = held
        for breakpoint_id, number in hits:
            if breakpoint_id in self._items:
                self._items[breakpoint_id] = replace(self._items[breakpoint_id], hits=number)

    def reset_hits(self) -> None:
        """Count hits from 0 again, for a new run."""
        self.held = 0
        self._items = {key: replace(item, hits=0) for key, item in self._items.items()}

    def enabled(self) -> tuple[BreakpointRecord, ...]:
        """Return the enabled breakpoints, which the engine gets."""
        return tuple(item.record for item in self if item.enabled)

    def to_json(self) -> str:
        """Return the text for the settings from which a later session restores them."""
        rows = [{"enabled": item.enabled, "record": item.record} for item in self]
        return msgspec.json.encode(rows).decode()

    def restore(self, text: str) -> None:
        """Add what `to_json` wrote.

        Raises:
            InvalidValueError: the text is not of that form.
        """
        try:
            rows = msgspec.json.decode(text, type=list[_Row])
            if unknown := {row.record.kind for row in rows} - set(KINDS):
                raise ValueError(tr("there is no kind {kinds}").format(kinds=", ".join(sorted(unknown))))
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            raise InvalidValueError(
                tr("The stored breakpoints cannot be read ({error}); they start empty.").format(error=error)
            ) from None
        for row in rows:
            self.enable(self.add(row.record), row.enabled)


class _Row(msgspec.Struct):
    enabled: bool
    record: BreakpointRecord


def place_of(graph: Graph, node_id: int) -> PlaceRecord:
    """Return where in the code a node comes from, so that a breakpoint finds it again in a graph that changed."""
    return places(graph.record)[node_id]


def node_breakpoint(graph: Graph, node_id: int, phase: Literal["", Phase] = "") -> BreakpointRecord:
    """Return a breakpoint on a node, by its place in the code.

    Raises:
        InvalidValueError: the engine never passes this node, or not in that phase.
    """
    node = graph.node(node_id)
    phases = check_passes(graph, node_id, phase)
    if phases == ("update",):
        phase = "update"  # which is skipped unless it is requested
    return BreakpointRecord(0, "node", text=node.name, phase=phase, place=place_of(graph, node_id))


def check_passes(graph: Graph, node_id: int, phase: Literal["", Phase] = "") -> tuple[Phase, ...]:
    """Return the phases in which the engine passes this node.

    Raises:
        InvalidValueError: it never passes it, or not in `phase`.
    """
    node = graph.node(node_id)
    phases = graph.phases_of(node)
    if not phases:
        raise InvalidValueError(
            tr("Nothing runs at {name}: it is the loss, data, or a leaf without gradient.").format(name=node.name)
        )
    if phase and phase not in phases:
        raise InvalidValueError(
            tr("{name} is passed in {phases}, not in {phase}.").format(
                name=node.name, phases=listed([tr(each) for each in phases]), phase=tr(phase)
            )
        )
    return phases


def module_paths(graph: Graph | None, parameters: Iterable[str]) -> list[str]:
    """Return the paths of the known modules: those of the graph, and those that have parameters."""
    found: dict[str, None] = {}
    if graph is not None:
        found.update(dict.fromkeys(cluster.path for cluster in graph.clusters if cluster.kind == "module"))
    for name in parameters:
        parts = name.split(".")[:-1]
        found.update(dict.fromkeys(".".join(parts[: i + 1]) for i in range(len(parts))))
    return list(found)


def unknown_owner(record: BreakpointRecord, known: Collection[str]) -> str:
    """Return that no module or parameter is called what narrows a breakpoint, which would never stop; empty if one is,
    or if none is `known`."""
    if not known or record.within in ("", "*") or record.within in known:
        return ""
    near = get_close_matches(record.within, known, n=1)
    text = tr("No module and no parameter is called {name}.")
    if near:
        text = tr("No module and no parameter is called {name}; did you mean {near}?")
    return text.format(name=record.within, near=near[0] if near else "")
