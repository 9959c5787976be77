"""Brings each op of a forward to the gate, and guesses its node from the graph before, which is mostly the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import torch
from msgspec.structs import replace
from torch.autograd.graph import Node

from gradviz.engine.capture.autograd_nodes import is_leaf_node, node_of, type_name
from gradviz.engine.capture.module_calls import ModuleCalls
from gradviz.engine.capture.ops import LEAVES, PLAIN_TENSORS, QUESTIONS, Op, flatten
from gradviz.engine.capture.tensor_flow import Value, unwrapped, writes_in_place
from gradviz.engine.gate.gate import Gate
from gradviz.engine.gate.step_history import Given, Origin
from gradviz.engine.gate.step_request import Calls, Position
from gradviz.engine.tensors.tensor_reader import is_plain
from gradviz.engine.torch_compat import GRADIENT_HOOKS, sequence_number
from gradviz.language import tr
from gradviz.protocol.node_location import places
from gradviz.protocol.records import GraphRecord, NodeRecord, Phase, PointRecord

_REGISTERS = "torch.Tensor.register_hook"
_PLAIN = (bool, int, float, str)  # quicker than a union
_NOWHERE: Origin = (None, 0)


class ForwardSteps:
    """The forward of one iteration as the gate sees it. The capture notifies it before and after each op."""

    def __init__(self, gate: Gate, modules: ModuleCalls, before: GraphRecord | None) -> None:
        """`before`: the graph of an earlier iteration, by which ops are recognized before they have made a node."""
        self._gate = gate
        self._output, self._outputs = tr("output"), tr("output {index}")
        self._modules = modules
        self._known: dict[int, NodeRecord] = {}
        self._places = {}
        self._recorded = before is not None and before.kind == "recorded"
        if before is not None:
            self._known = {n.id: n for n in before.nodes if n.id >= 0}
            self._places = places(before)
        self._points: dict[Op, int] = {}
        """Op → the position of its point."""
        self._calls_around: dict[int, tuple[Calls, list[str]]] = {}
        """Position of a module call → it and those around it, and their paths."""
        self._made_by_hand: dict[int, Origin] = {}
        """`id` of what an op returned, where there is no autograd and all of it is kept → where it was made."""
        self._by_hand = False
        """Whether the op that runs is one of those."""
        self._made = 0
        self._ids: dict[Node, int] = {}
        """What was made so far → its number."""
        self._last = max(self._known, default=-1)
        self._unseen_before: Collection[Op] = ()
        self.diverged = not self._known
        """Whether this graph is another than the one before: then what was drawn of it is no longer true."""

    @staticmethod
    def is_step(op: Op) -> bool:
        """Return whether a user would call it an operation."""
        return _is_step(op.name)

    def passes(self, func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
        """Return False: each op may be a step."""
        return False

    def before(self, op: Op, inputs: list[Any], out: Any = None) -> Position | None:
        """Bring `op` to the gate; None if it is no operation."""
        if not self.is_step(op):
            return None
        calls, paths = self._calls(op)
        group = self._expected(op) if self._recorded or _makes_nodes(inputs) else []
        if self._recorded:
            # A recorded op is its own node, and those that are not drawn are not in the list.
            group = group[:1]
            self._made += len(group)
        node = group[-1].id if group else None
        point = self._point(op, calls, paths, node, group[-1].type_name if group else "")
        place = self._places.get(node) if node is not None else None
        tensors = _values(inputs)
        history = self._gate.history
        history.given[point.index] = self._given(op, inputs, tensors)
        current_stop = self._gate.arrive(point, calls, place=place, paths=paths, role="input", values=tensors)
        history.store_given(point.index, "input", tensors, free=True)
        if tensors and writes_in_place(op.name) and is_plain(tensors[0]):
            # Once it has run, what was there before is gone, and it may be what explains the result.
            history.cache.store((point.index, "input", 0), tensors[0].detach().clone())
        return current_stop.here

    def after(self, op: Op, here: Position, result: Any, new: Sequence[Node]) -> None:
        """Note that `op` has run and made the nodes `new`."""
        if op.name == _REGISTERS and isinstance(value := op.inputs[0], Value) and value.node is not None:
            self._gate.history.tensor_hooks[value.node] = getattr(value.tensor(), GRADIENT_HOOKS, None) or {}
        nodes = self.count(new)
        outputs = _values([result] if type(result) is torch.Tensor else flatten(result))
        count = len(outputs)
        names = [self._output] if count == 1 else [self._outputs.format(index=i) for i in range(count)]
        point = here.point
        if nodes:
            last = _made(outputs)
            name = type_name(last) if last is not None else point.grad_fn
            if (point.node, point.grad_fn) != (nodes[-1], name):
                point = replace(point, node=nodes[-1], grad_fn=name)
        elif point.node is not None and not self._recorded:
            point = replace(point, node=None, grad_fn="")
        self._points[op] = point.index
        if self._by_hand:
            self._made_by_hand |= {id(value): (point.index, i) for i, value in enumerate(outputs)}
        if writes_in_place(op.name):
            self._gate.history.figures.forget()  # `.data` and `detach` write without a version that others share
        if not outputs and writes_in_place(op.name) and op.inputs and isinstance(op.inputs[0], Value):
            self._gate.history.store_given(point.index, "written", [op.inputs[0].tensor()], free=True)
        self._gate.leave(here, "output", list(zip(names, outputs, strict=True)), nodes, point)

    def raised(self, op: Op, here: Position, inputs: list[Any], error: Exception) -> None:
        """Stop at `op`, which raised, with what went into it. In a graph so far it is the node after the last."""
        if self.diverged and self._made:
            here = Position(here.step, replace(here.point, node=self._made), here.calls)
        self._gate.raised(here, "input", _values(inputs), error)

    def begin_late(self, made: Sequence[tuple[int, Op]], points: int) -> None:
        """Begin where a forward is no longer what it was before: so many `points` have not passed the gate, and the
        nodes that were `made` there."""
        self._gate.points_before = points
        self._made, self._unseen_before = len(made), {op for _, op in made}

    def unseen(self, op: Op, nodes: Sequence[Node], outputs: Sequence[Any]) -> None:
        """Note nodes that no op was seen to make: a custom Function's. They have passed without a stop."""
        if op in self._unseen_before:
            return
        ids = self.count(nodes)
        if not ids:
            return
        calls, paths = self._calls(op)
        point = self._point(op, calls, paths, ids[-1], type_name(nodes[-1]))
        self._points[op] = point.index
        if op.invocation is not None and (tensors := op.invocation.take_tensors()):
            history = self._gate.history
            history.given[point.index] = Given((), ((None, 0),) * len(tensors), op.invocation)
            history.store_given(point.index, "input", tensors, free=True)
        self._gate.pass_by(point, "output", [(self._output, value) for value in _values(outputs)], ids)

    def count(self, new: Sequence[Node]) -> tuple[int, ...]:
        """Count new nodes as the graph will, and see whether it is still the graph before."""
        functions = [node for node in new if not is_leaf_node(node)]
        if len(functions) > 1:
            functions.sort(key=sequence_number)
        first = self._made
        self._made += len(functions)
        for i, node in enumerate(functions, first):
            self._gate.made[i] = node
            self._ids[node] = i
            known = self._known.get(i)
            # A number between those of the graph is that of a node which led to nothing then, and is not known.
            same = known.type_name == type_name(node) if known is not None else i < self._last
            self.diverged = self.diverged or not same
        return tuple(range(first, self._made))

    def _expected(self, op: Op) -> list[NodeRecord]:
        """Return the nodes that `op` makes if all goes as in the iteration before."""
        if self.diverged:
            return []
        group: list[NodeRecord] = []
        for number in range(self._made, self._last + 1):
            node = self._known.get(number)
            if node is None or (node.op, node.file, node.line) != (op.name, op.file, op.line):
                break
            if group and (node.cluster != group[0].cluster or node.type_name in {n.type_name for n in group}):
                break
            group.append(node)
        return group

    def _calls(self, op: Op) -> tuple[Calls, list[str]]:
        known = self._calls_around.get(op.call)
        if known is None:
            calls: list[int] = []
            position = op.call
            while position != -1:
                calls.append(position)
                position = self._modules.calls[position].parent
            calls.reverse()
            known = tuple(calls), [self._modules.calls[position].path for position in calls]
            self._calls_around[op.call] = known
        return known

    def _given(self, op: Op, inputs: Sequence[Any], tensors: Sequence[Any]) -> Given:
        """Return how `op` was called: with which numbers, and where its `tensors` come from."""
        values = [value for value in op.inputs if type(value) is Value]
        self._by_hand = bool(tensors) and not values
        if self._by_hand:
            origins = [self._made_by_hand.get(id(value), _NOWHERE) for value in tensors]
        elif len(values) == len(tensors):
            origins = [(self._maker(value), value.output_nr) for value in values]
        else:
            origins = [_NOWHERE] * len(tensors)
        arguments = tuple(... if _is_value(v) else v if isinstance(v, _PLAIN) else None for v in inputs)
        return Given(arguments, tuple(origins), op.invocation)

    def _maker(self, value: Value) -> int | None:
        found = self._points.get(value.op) if value.op is not None else None
        if found is None and value.node is not None:
            node = self._ids.get(value.node)
            found = self._gate.history.forward_point(node) if node is not None else None
        return found

    def _point(self, op: Op, calls: Calls, paths: list[str], node: int | None, type_name: str) -> PointRecord:
        use = self._modules.calls[calls[-1]].use if calls else 1
        module = paths[-1] if paths else ""
        phase: Phase = op.phase
        index = self._gate.next_index()
        return PointRecord(index, phase, node, op.name, type_name, module, use, op.file, op.line, depth=len(calls))


def _values(values: Iterable[Any]) -> list[Any]:
    """Return the tensors and arrays among `values`, as they can be looked at outside of vmap, grad and the like."""
    return [unwrapped(value) if isinstance(value, torch.Tensor) else value for value in values if _is_value(value)]


def _is_value(value: Any) -> bool:
    kind = type(value)
    if kind in LEAVES:
        return kind in PLAIN_TENSORS
    return hasattr(kind, "shape") and hasattr(kind, "dtype")


@lru_cache(maxsize=4096)
def _is_step(name: str) -> bool:
    short = name.rsplit(".", 1)[-1]
    # A range of the profiler's has the form of an op.
    noted = name.endswith(("__get__", "__set__")) or name.startswith("profiler.")
    return short not in QUESTIONS and not noted


def _makes_nodes(inputs: Sequence[Any]) -> bool:
    return torch.is_grad_enabled() and any(isinstance(i, torch.Tensor) and i.requires_grad for i in inputs)


def _made(outputs: Sequence[Any]) -> Node | None:
    tensors = (output for output in outputs if isinstance(output, torch.Tensor))
    return next((node for tensor in tensors if (node := node_of(tensor)) is not None), None)
