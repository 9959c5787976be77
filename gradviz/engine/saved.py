"""Tells what a node saved for backward: unpacked when a person asks, never before."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Literal

import torch
from torch.autograd.graph import Node

from gradviz.engine.assembly import CapturedGraph
from gradviz.engine.autograd import place_of, shape_of
from gradviz.engine.names import Names
from gradviz.protocol.commands import Inspect
from gradviz.protocol.events import Event, NodeDetails
from gradviz.protocol.records import SavedRecord

State = Literal["held", "freed", "none"]
_RAW = "_raw_saved_"
_PLAIN = "_saved_"
_FREED = "freed by backward"
# Facts about sizes that autograd keeps for itself.
_INTERNAL = "_sym_"
_GRAPHS_REMEMBERED = 64


def saved_names(node_type: type) -> list[str]:
    """What nodes of this class save, by the names that autograd gives; unpacks nothing."""
    names = [name.removeprefix(_RAW) for name in dir(node_type) if name.startswith(_RAW)]
    names.sort(key=lambda name: name not in ("self", "input"))  # the first operand comes first, then by alphabet
    return ["saved tensors" if name == "tensors" else name for name in names]


def details(node: Node, names: Names) -> tuple[State, tuple[SavedRecord, ...]]:
    """State and records of what a node saved. Unpacks: hooks of `saved_tensors_hooks` run, once for each tensor."""
    if hasattr(type(node), "_raw_saved_tensors"):
        tensors, freed = _read(node, "saved_tensors")
        if freed:
            return "freed", (SavedRecord("saved tensors", note=_FREED),)
        found = [_record(f"saved tensor {i}", tensor, names) for i, tensor in enumerate(tensors or ())]
        return ("held" if found else "none"), tuple(found)
    records: list[SavedRecord] = []
    any_freed = False
    for name in saved_names(type(node)):
        value, freed = _read(node, _PLAIN + name)
        any_freed |= freed
        if freed:
            records.append(SavedRecord(name, note=_FREED))
        elif isinstance(value, tuple | list):
            records += [_record(f"{name} {i}", item, names) for i, item in enumerate(value)]
        elif value is not None:
            records.append(_record(name, value, names))
    state: State = "freed" if any_freed else "held" if records else "none"
    return state, (*records, *_settings(node))


def _read(node: Node, attribute: str) -> tuple[Any, bool]:
    """The value, and whether it is gone."""
    try:
        return getattr(node, attribute), False
    except RuntimeError as error:
        # The other reason is an op in place that overwrote the tensor; what it held is gone as well.
        return (None, True) if "freed" in str(error) else (error, False)


def _settings(node: Node) -> list[SavedRecord]:
    """What was kept beside tensors: exponents, dimensions."""
    records = []
    for attribute in dir(type(node)):
        name = attribute.removeprefix(_PLAIN)
        if attribute.startswith(_PLAIN) and not hasattr(type(node), _RAW + name) and _INTERNAL not in name:
            value, _ = _read(node, attribute)
            if value is None:
                continue
            records.append(SavedRecord(name, note=f"not a tensor: {_signed(value)}"))
    return records


def _signed(value: Any) -> Any:
    """Dimensions come back as unsigned numbers: -1 as 2**64 - 1."""
    if isinstance(value, int) and value >= 1 << 63:
        return value - (1 << 64)
    return [_signed(item) for item in value] if isinstance(value, tuple | list) else value


def _record(name: str, value: Any, names: Names) -> SavedRecord:
    if isinstance(value, RuntimeError):
        return SavedRecord(name, note="overwritten by an op in place since it was saved")
    if not isinstance(value, torch.Tensor):
        return SavedRecord(name, note="nothing" if value is None else f"not a tensor: {_signed(value)}")
    dtype, _ = place_of(value)
    size = value.numel() * value.element_size()
    return SavedRecord(name, shape_of(value), dtype, size, _sharing(value, names))


def _sharing(value: torch.Tensor, names: Names) -> str:
    named = names.sharing_storage(value)
    if named is None:
        return ""
    if named.value is value or _same_view(named.value, value):
        return f"is {named.names[0]} itself, no copy"
    return f"is a view of {named.names[0]}, no copy"


def _same_view(a: torch.Tensor, b: torch.Tensor) -> bool:
    return a.shape == b.shape and a.stride() == b.stride() and a.storage_offset() == b.storage_offset()


class Inspections:
    """Answers questions about nodes: at once if the graph lives, else at the next look, else by names alone."""

    def __init__(self, post: Callable[[Event], None]) -> None:
        self._post = post
        self._waiting: list[Inspect] = []
        self._types: OrderedDict[str, dict[int, type]] = OrderedDict()

    @property
    def waiting(self) -> bool:
        """Whether somebody waits for the next look."""
        return bool(self._waiting)

    def remember(self, graph: CapturedGraph) -> None:
        """Keep the classes of the graph's nodes: they know names when the tensors are gone."""
        self._types[graph.record.signature] = graph.types
        self._types.move_to_end(graph.record.signature)
        if len(self._types) > _GRAPHS_REMEMBERED:
            self._types.popitem(last=False)

    def ask(self, command: Inspect, graph: CapturedGraph | None, names: Names | None, running: bool) -> None:
        if not self._answer(command, graph, names):
            if running:
                self._waiting.append(command)
            else:
                self._answer_freed(command)

    def answer(self, graph: CapturedGraph | None, names: Names) -> None:
        """A graph lives now: answer those who wait."""
        waiting, self._waiting = self._waiting, []
        for command in waiting:
            if not self._answer(command, graph, names):
                self._answer_freed(command)

    def give_up(self) -> None:
        """No graph will live soon: answer those who wait by names alone."""
        waiting, self._waiting = self._waiting, []
        for command in waiting:
            self._answer_freed(command)

    def _answer(self, command: Inspect, graph: CapturedGraph | None, names: Names | None) -> bool:
        if graph is None or names is None or graph.record.signature != command.signature:
            return False
        node = graph.live.get(command.node)
        if node is None:
            return False
        state, saved = details(node, names)
        self._post(NodeDetails(command.signature, command.node, state, saved))
        return True

    def _answer_freed(self, command: Inspect) -> None:
        node_type = self._types.get(command.signature, {}).get(command.node)
        saved = [SavedRecord(name, note=_FREED) for name in saved_names(node_type)] if node_type else []
        state: State = "freed" if saved else "none"
        self._post(NodeDetails(command.signature, command.node, state, tuple(saved)))
