"""Describe what a node saved for backward: unpacked when the user asks, never before."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch.autograd.graph import Node

from gradviz.engine.capture.autograd_nodes import place_of, shape_of
from gradviz.engine.capture.named_tensors import TensorNames
from gradviz.engine.capture.overwritten_tensors import CHANGED, Overwrites
from gradviz.engine.graph.captured_graph import CapturedGraph
from gradviz.engine.tensors.value_cache import size_of
from gradviz.engine.torch_compat import RAW_SAVED, SAVED, SYMBOLIC
from gradviz.errors import GradvizError
from gradviz.language import tr, translatable
from gradviz.protocol.commands import Inspect
from gradviz.protocol.events import Event, NodeDetails
from gradviz.protocol.records import SavedRecord

State = Literal["held", "freed", "none"]
_FREED = translatable("freed by backward")
_TO_COME = translatable("not saved yet: forward has not reached this node")
_GRAPHS_REMEMBERED = 64


def saved_names(node_type: type) -> list[str]:
    """Return the names, as autograd gives them, of what nodes of this class save; unpacks nothing."""
    names = [name.removeprefix(RAW_SAVED) for name in dir(node_type) if name.startswith(RAW_SAVED)]
    names.sort(key=lambda name: name not in ("self", "input"))  # the first operand comes first, then by alphabet
    return ["saved tensors" if name == "tensors" else name for name in names]


def raw_saved(node: Node) -> Iterator[Any]:
    """Yield what a node saved, packed as it is; nothing once it is freed."""
    for name in dir(type(node)):
        if name.startswith(RAW_SAVED):
            with suppress(RuntimeError):  # freed
                found = getattr(node, name)
                yield from found if isinstance(found, tuple) else (found,)


def details(
    node: Node, names: TensorNames, overwrites: Overwrites | None = None
) -> tuple[State, tuple[SavedRecord, ...]]:
    """Return state and records of what a node saved. Unpacks: hooks of `saved_tensors_hooks` run, once for each
    tensor."""
    if hasattr(type(node), f"{RAW_SAVED}tensors"):
        tensors, freed = _read(node, "saved_tensors", overwrites)
        if freed:
            return "freed", (SavedRecord("saved tensors", note=tr(_FREED)),)
        if isinstance(tensors, _Unread):
            # All are read at once, so one that cannot be read hides the others; how many there are is known.
            tensors = [tensors] * len(getattr(node, f"{RAW_SAVED}tensors"))
        found = [_record(f"saved tensor {i}", tensor, names) for i, tensor in enumerate(tensors or ())]
        return ("held" if found else "none"), tuple(found)
    records: list[SavedRecord] = []
    any_freed = False
    for name in saved_names(type(node)):
        value, freed = _read(node, SAVED + name, overwrites)
        any_freed |= freed
        if freed:
            records.append(SavedRecord(name, note=tr(_FREED)))
        elif isinstance(value, tuple | list):
            records += [_record(f"{name} {i}", item, names) for i, item in enumerate(value)]
        elif value is not None:
            records.append(_record(name, value, names))
    state: State = "freed" if any_freed else "held" if records else "none"
    return state, (*records, *_settings(node))


def saved_tensor(node: Node, name: str, overwrites: Overwrites | None = None) -> Any:
    """Return the tensor that `node` saved as `name`, one of the names that `details` gives. Unpacks it.

    Raises:
        GradvizError: there is none; the sentence states whether backward freed it, an op overwrote it, or it never was.
    """
    stem, _, number = name.partition(" ")
    stem, number = ("tensors", number.removeprefix("tensor ")) if name.startswith("saved tensor ") else (stem, number)
    attribute = "saved_tensors" if stem == "tensors" else SAVED + stem
    if not hasattr(type(node), attribute):
        raise _nothing_called(name, node)
    value, freed = _read(node, attribute, overwrites)
    if freed:
        raise GradvizError(tr("Freed: backward lets go of what it saved once it has used it."))
    if isinstance(value, _Unread):
        raise GradvizError(tr("Not available: {why}.").format(why=value.why))
    try:
        value = value[int(number)] if number else value
    except (IndexError, TypeError, ValueError):
        raise _nothing_called(name, node) from None
    if value is None:
        raise GradvizError(tr("It did not save {name}: its backward does not need it.").format(name=name))
    if not hasattr(value, "shape"):
        raise GradvizError(tr("{name} is no tensor: {value!r}.").format(name=name, value=value))
    return value


def _nothing_called(name: str, node: Node) -> GradvizError:
    if there := ", ".join(saved_names(type(node))):
        return GradvizError(tr("It saved nothing called {name!r}; it saved {there}.").format(name=name, there=there))
    return GradvizError(tr("It saved nothing called {name!r}; it saved nothing.").format(name=name))


@dataclass(frozen=True, slots=True)
class _Unread:
    """What a node saved and backward has not freed, and which cannot be read."""

    why: str


def _why_unread(node: Node, error: Exception, overwrites: Overwrites | None) -> _Unread:
    if CHANGED in str(error):
        writer = overwrites.writer(node, error) if overwrites is not None else ""
        if writer:
            return _Unread(tr("overwritten by an op in place since it was saved, by {op}").format(op=writer))
        return _Unread(tr("overwritten by an op in place since it was saved"))
    reason = str(error).partition("\n")[0].rstrip(".")
    said = ": ".join(filter(None, (type(error).__name__, reason)))
    return _Unread(tr("it cannot be unpacked ({error})").format(error=said))


def reader_of(live: Mapping[int, Node], error: BaseException) -> int | None:
    """Return which node raised `error`, since it cannot read what it saved: it cannot now, either."""
    return next((node_id for node_id, node in live.items() if _change_of(node) == str(error)), None)


def changed_since_saved(node: Node) -> bool:
    """Return whether a tensor that `node` saved was overwritten by an op in place since."""
    return bool(_change_of(node))


def _change_of(node: Node) -> str:
    """Return what torch reports of a tensor that `node` saved and that was overwritten since; empty if none was."""
    whole = hasattr(type(node), f"{RAW_SAVED}tensors")
    attributes = ["saved_tensors"] if whole else [SAVED + name for name in saved_names(type(node))]
    for attribute in attributes:
        try:
            getattr(node, attribute)
        except Exception as error:
            if CHANGED in str(error):
                return str(error)
    return ""


def is_freed(error: BaseException) -> bool:
    """Return whether what was saved is gone because backward used it, and not because an op in place overwrote it."""
    return isinstance(error, RuntimeError) and "freed" in str(error)


def _read(node: Node, attribute: str, overwrites: Overwrites | None = None) -> tuple[Any, bool]:
    """Return the value, and whether it was freed."""
    try:
        return getattr(node, attribute), False
    except Exception as error:
        # Other reasons are an op in place that overwrote the tensor, and hooks of the user's that unpack it.
        return (None, True) if is_freed(error) else (_why_unread(node, error, overwrites), False)


def _settings(node: Node) -> list[SavedRecord]:
    """Return what was saved beside tensors: exponents, dimensions."""
    records = []
    for attribute in dir(type(node)):
        name = attribute.removeprefix(SAVED)
        if attribute.startswith(SAVED) and not hasattr(type(node), RAW_SAVED + name) and SYMBOLIC not in name:
            value, _ = _read(node, attribute)
            if value is None:
                continue
            records.append(_no_tensor(name, value))
    return records


def _no_tensor(name: str, value: Any) -> SavedRecord:
    return SavedRecord(name, note=tr("not a tensor: {value}").format(value=_signed(value)), is_tensor=False)


def _signed(value: Any) -> Any:
    """Return a signed number: autograd returns dimensions as unsigned ones, -1 as 2**64 - 1."""
    if isinstance(value, int) and value >= 1 << 63:
        return value - (1 << 64)
    return [_signed(item) for item in value] if isinstance(value, tuple | list) else value


def _record(name: str, value: Any, names: TensorNames) -> SavedRecord:
    if isinstance(value, _Unread):
        return SavedRecord(name, note=value.why)
    if not isinstance(value, torch.Tensor):
        return SavedRecord(name, note=tr("nothing")) if value is None else _no_tensor(name, value)
    dtype, _ = place_of(value)
    return SavedRecord(name, shape_of(value), dtype, size_of(value), _sharing(value, names))


def _sharing(value: torch.Tensor, names: TensorNames) -> str:
    named = names.sharing_storage(value)
    if named is None:
        return ""
    if named.value is value or _same_view(named.value, value):
        return tr("is {name} itself, no copy").format(name=named.names[0])
    return tr("is a view of {name}, no copy").format(name=named.names[0])


def _same_view(a: torch.Tensor, b: torch.Tensor) -> bool:
    return a.shape == b.shape and a.stride() == b.stride() and a.storage_offset() == b.storage_offset()


class Inspections:
    """Answers questions about nodes: at once if the graph is alive, otherwise at the next captured iteration, otherwise
    by names alone."""

    def __init__(self, post: Callable[[Event], None]) -> None:
        self._post = post
        self._waiting: list[Inspect] = []
        self._types: OrderedDict[str, dict[int, type]] = OrderedDict()

    @property
    def waiting(self) -> bool:
        """Return whether a question waits for the next captured iteration."""
        return bool(self._waiting)

    def remember(self, graph: CapturedGraph) -> None:
        """Keep the classes of the graph's nodes: they give names when the tensors are gone."""
        self._types[graph.record.signature] = graph.types
        self._types.move_to_end(graph.record.signature)
        if len(self._types) > _GRAPHS_REMEMBERED:
            self._types.popitem(last=False)

    def ask(
        self,
        command: Inspect,
        graph: CapturedGraph | None,
        names: TensorNames | None,
        running: bool,
        made: Mapping[int, Node] | None = None,
    ) -> None:
        """Answer now or later. `made`: the nodes so far of a forward that is stopped, by their ids."""
        if made is not None and names is not None:
            node = made.get(command.node)
            state: State = "none"
            saved = self._by_name(command, _TO_COME)
            if node is not None:
                state, saved = details(node, names)
            self._post(NodeDetails(command.signature, command.node, state, saved))
        elif not self._answer(command, graph, names):
            if running:
                self._waiting.append(command)
            else:
                self._answer_freed(command)

    def answer(self, graph: CapturedGraph | None, names: TensorNames) -> None:
        """Answer the questions that wait, with a graph that is alive now."""
        waiting, self._waiting = self._waiting, []
        for command in waiting:
            if not self._answer(command, graph, names):
                self._answer_freed(command)

    def give_up(self) -> None:
        """Answer the questions that wait by names alone: no graph will be alive soon."""
        waiting, self._waiting = self._waiting, []
        for command in waiting:
            self._answer_freed(command)

    def _answer(self, command: Inspect, graph: CapturedGraph | None, names: TensorNames | None) -> bool:
        if graph is None or names is None or graph.record.signature != command.signature:
            return False
        node = graph.live.get(command.node)
        if node is None:
            return False
        state, saved = details(node, names, graph.overwrites)
        self._post(NodeDetails(command.signature, command.node, state, saved))
        return True

    def _answer_freed(self, command: Inspect) -> None:
        saved = self._by_name(command, _FREED)
        state: State = "freed" if saved else "none"
        self._post(NodeDetails(command.signature, command.node, state, saved))

    def _by_name(self, command: Inspect, note: str) -> tuple[SavedRecord, ...]:
        node_type = self._types.get(command.signature, {}).get(command.node)
        return tuple(SavedRecord(name, note=tr(note)) for name in saved_names(node_type)) if node_type else ()
