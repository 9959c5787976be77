"""Which earlier values a NaN or Inf came from: over the recorded ops of a forward, and the nodes of its backward."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import torch

from gradviz.engine.blame.op_names import ELEMENTWISE, op_of, selected_by
from gradviz.engine.gate.gate import Gate
from gradviz.engine.tensors.reductions import NO_FIGURES
from gradviz.engine.tensors.tensor_reader import isolated_no_grad, read
from gradviz.engine.tensors.value_cache import Key
from gradviz.protocol.records import GraphRecord, NodeRecord, PointRecord

State = Literal["nan", "inf", "finite", "unknown"]
"""What a tensor holds at worst; unknown where it was not kept."""
BAD = ("nan", "inf")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a NaN or Inf was: at the point `index` of the iteration, or, without one, in what it began with."""

    index: int | None
    node: int | None = None
    name: str = ""
    value: Any = field(default=None, compare=False)


class Lineage:
    """The values of one iteration, as far as they are kept, and how they were computed from one another."""

    def __init__(self, gate: Gate, graph: GraphRecord | None, named: Mapping[str, Any]) -> None:
        """`named`: parameters, buffers and data by name."""
        self.history = gate.history
        self.named = named
        self._states: dict[Key, State] = {}
        self.nodes: dict[int, NodeRecord] = {node.id: node for node in graph.nodes} if graph is not None else {}
        self._edges = graph.edges if graph is not None else ()

    # -- values ------------------------------------------------------------------------------------------------------

    def point(self, index: int) -> PointRecord:
        """Return the record of a point."""
        return self.history.passed[index].point

    def role(self, index: int) -> str:
        """Return the role of a point's results."""
        role = self.history.passed[index].role
        # An op in place may return nothing.
        return "written" if role == "output" and not self.history.count(index, role) else role

    def given_role(self, index: int) -> str:
        """Return the role of what went into a point."""
        return "grad_output" if self.role(index) == "grad_input" else "input"

    def value(self, key: Key) -> Any:
        """Return a value; None if it is not kept, or was changed in place since."""
        cache = self.history.cache
        return cache.get(key) if cache.has(key) else None

    def numbers(self, key: Key) -> torch.Tensor | None:
        """Return the numbers of a value; None if there are none that can be read."""
        return numbers_of(self.value(key))

    def state(self, key: Key) -> State:
        """Return what a value holds at worst."""
        found = self._states.get(key)
        if found is None:
            value = self.value(key)
            found = self._states[key] = "unknown" if value is None else state_of(value)
        return found

    def keys(self, index: int, role: str) -> list[Key]:
        """Return the keys of all values of one role."""
        return [(index, role, i) for i in range(self.history.count(index, role))]

    def results(self, index: int) -> list[Key]:
        """Return the keys of what a point has made."""
        if self.role(index) == "update":  # before, after and difference of each parameter
            return self.keys(index, "update")[1::3]
        return self.keys(index, self.role(index))

    def worst(self, index: int) -> State:
        """Return the worst that a point has made."""
        found = {self.state(key) for key in self.results(index)}
        absent = self.history.passed[index].absent
        if not found or (found == {"unknown"} and len(absent) == len(found)):
            return "finite"
        return next((state for state in ("nan", "inf", "finite") if state in found), "unknown")

    def is_mask(self, place: Place) -> bool:
        """Return whether all that is not finite at a place is −∞, as far as it is kept."""
        values = [numbers_of(place.value)] if place.index is None else map(self.numbers, self.results(place.index))
        with isolated_no_grad():
            return all(not bool((value.isnan() | value.isposinf()).any()) for value in values if value is not None)

    # -- backwards in time -------------------------------------------------------------------------------------------

    def feeders(self, place: Place) -> list[Place]:
        """Return the places that a bad value at `place` came from; empty where all that went in was finite."""
        if place.index is None:
            return []
        match self.role(place.index):
            case "grad_input":
                return self._before_node(place.index)
            case "update":
                return self._before_update(place.index)
            case _:
                return self._before_op(place.index)

    def _before_op(self, index: int) -> list[Place]:
        keys = self.keys(index, "input")
        if not keys:
            return self._inside(index)
        carriers = self.carriers(index)
        places = [self._maker(index, i) for i in carriers]
        if not places and self.point(index).op.endswith(".apply"):
            return self._inside(index)
        if not places and self.worst(index) == "unknown":
            # Written over since, or not kept: what came before may still be.
            places = [self._maker(index, key[2]) for key in keys if self.state(key) == "unknown"]
            places = [place for place in places if place.index is not None]
        return places

    def carriers(self, index: int) -> list[int]:
        """Return which inputs of an op its NaN or Inf came in with. Where one brings a NaN, an Inf beside it (a mask)
        is not what is looked for."""
        keys = self.keys(index, "input")
        given = self.history.given.get(index)
        op = op_of(self.point(index).op)
        chosen = selected_by(op, [self.numbers(key) for key in keys], given)
        out = next((key for key in self.results(index) if self.state(key) in BAD), None)
        by_element = out is not None and op in ELEMENTWISE
        bad_out = _not_finite(self.numbers(out)) if out is not None and by_element else None
        wanted = ("inf", "nan") if out is not None and self.state(out) == "inf" else BAD
        for state in wanted:
            found = [
                key[2]
                for key in keys
                if self.state(key) == state and _reaches(self.numbers(key), bad_out, chosen.get(key[2]))
            ]
            if found:
                return found
        return []

    def _maker(self, index: int, argument: int) -> Place:
        """Return what made an input of an op."""
        given = self.history.given.get(index)
        maker = given.origins[argument][0] if given is not None and argument < len(given.origins) else None
        value = self.value((index, "input", argument))
        if maker is None:
            maker = self._by_memory(value, index)
        return Place(maker) if maker is not None else self.outside(value)

    def _by_memory(self, value: Any, before: int) -> int | None:
        """Return the last point before another one that has made this very tensor, or array."""
        wanted = _memory(value)
        for earlier in range(before - 1, -1, -1) if wanted is not None else ():
            if any(_memory(self.value(key)) == wanted for key in self.results(earlier)):
                return earlier
        return None

    def outside(self, value: Any) -> Place:
        """Return the place of what no op of the iteration made: a parameter, a buffer, the batch."""
        wanted = _memory(value)
        for name, tensor in self.named.items():
            if wanted is not None and _memory(tensor) == wanted:
                return Place(None, self._leaf(name), name, value)
        return Place(None, None, "", value)

    def _leaf(self, name: str) -> int | None:
        return next((i for i, node in self.nodes.items() if i < 0 and name in (node.name, *node.names)), None)

    def _inside(self, index: int) -> list[Place]:
        """Return what fed a custom Function, which passes when it has run: the op inside that made its result, or what
        its node's edges come from."""
        value = next((self.value(key) for key in self.results(index)), None)
        maker = self._by_memory(value, index)
        if maker is not None and self.point(maker).node is None and self.worst(maker) in BAD:
            return [Place(maker)]
        places = []
        for edge in self._edges:
            if edge.target == self.point(index).node:
                made = self.history.forward_point(edge.source)
                if made is not None and made != index and self.worst(made) in BAD:
                    places.append(Place(made))
                elif made is None and edge.source < 0:
                    leaf = self.nodes[edge.source]
                    tensor = next((self.named[name] for name in (leaf.name, *leaf.names) if name in self.named), None)
                    if tensor is not None and state_of(tensor) in BAD:
                        places.append(Place(None, leaf.id, leaf.name, tensor))
        return places

    def _before_node(self, index: int) -> list[Place]:
        node = self.point(index).node
        came = [key[2] for key in self.keys(index, "grad_output") if self.state(key) in BAD]
        if came:
            return self._terms(node, came)
        # What came in was finite: what the forward saved may not be.
        forward = self.history.forward_point(node) if node is not None and node >= 0 else None
        if forward is None:
            return []
        if self.worst(forward) in BAD:
            return [Place(forward)]
        return [self._maker(forward, key[2]) for key in self.keys(forward, "input") if self.state(key) in BAD]

    def _terms(self, node: int | None, outputs: Iterable[int]) -> list[Place]:
        """Return the nodes whose gradients were added up to what came to `outputs` of a node."""
        found = []
        for edge in self._edges:
            if edge.source == node and edge.output_nr in outputs:
                index = self.history.backward_point(edge.target)
                if index is not None and self.state((index, "grad_input", edge.input_nr)) in BAD:
                    found.append(Place(index))
        return list(dict.fromkeys(found))

    def _before_update(self, index: int) -> list[Place]:
        names = self.history.passed[index].names[::3]
        bad = [i for i, key in enumerate(self.results(index)) if self.state(key) in BAD]
        places = []
        for name in (names[i] for i in bad):
            before = (index, "update", 3 * names.index(name))
            leaf = self._leaf(name)
            gave = self.history.backward_point(leaf) if leaf is not None else None
            if self.state(before) in BAD:
                places.append(Place(None, leaf, name, self.value(before)))
            elif gave is not None and self.worst(gave) in BAD:
                places.append(Place(gave))
        return places


def numbers_of(value: Any) -> torch.Tensor | None:
    """Return the numbers of a tensor or array; None if there are none that can be read."""
    with isolated_no_grad(), suppress(*NO_FIGURES):
        return read(value).numbers if value is not None else None
    return None


def state_of(value: Any) -> State:
    """Return what a tensor or array holds at worst."""
    with isolated_no_grad(), suppress(*NO_FIGURES):
        numbers = read(value).numbers
        if not (numbers.is_floating_point() or numbers.is_complex()) or bool(torch.isfinite(numbers).all()):
            return "finite"
        return "nan" if bool(torch.isnan(numbers).any()) else "inf"
    return "unknown"


def _not_finite(numbers: torch.Tensor | None) -> torch.Tensor | None:
    return None if numbers is None else ~torch.isfinite(numbers)


def _reaches(numbers: torch.Tensor | None, bad: torch.Tensor | None, chosen: torch.Tensor | None) -> bool:
    """Return whether what is not finite in an input can be what is `bad` in the result: at the same elements, where
    both have the same shape, and among those that were `chosen`."""
    if numbers is None or bad is None:
        return True
    with isolated_no_grad():
        own = ~torch.isfinite(numbers)
        try:
            met = own & bad
            if met.shape != bad.shape:
                return True
            return bool((met if chosen is None else met & chosen).any())
        except RuntimeError:
            return True  # shapes of an op that works on other than single elements


def _memory(value: Any) -> tuple[Any, ...] | None:
    """Return what two handles of one tensor or array share."""
    if isinstance(value, torch.Tensor):
        with isolated_no_grad(), suppress(*NO_FIGURES):
            return (value.data_ptr(), tuple(value.shape), value.stride()) if value.numel() else None
    return None
