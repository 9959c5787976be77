"""Finds the tensor that the user asks for: live ones at a stop, cached ones of the past, parameters at any time."""

from __future__ import annotations

import functools
import operator
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import torch
from msgspec import structs
from torch.autograd.graph import Node

from gradviz.engine.capture.named_tensors import LOSS
from gradviz.engine.capture.overwritten_tensors import Overwrites
from gradviz.engine.frames.stack_frames import user_variables
from gradviz.engine.gate.gate import Gate
from gradviz.engine.gate.step_history import HistoryEntry
from gradviz.engine.stepping.update_explanation import OF_STATE, find_state
from gradviz.engine.stepping.watch_expressions import evaluate
from gradviz.engine.tensors.saved_tensors import saved_tensor
from gradviz.engine.tensors.tensor_reader import isolated_no_grad
from gradviz.errors import GradvizError
from gradviz.language import tr, translatable
from gradviz.protocol.commands import AskTensor, Edit, ExplainUpdate, SaveTensor
from gradviz.protocol.records import GraphRecord, NodeRecord, PointRecord

# What nothing goes into; of these an input is the tensor itself.
_NAMED = ("parameter", "leaf", "data")
_GRADIENTS = ("grad_output", "grad_input")
_OF_UPDATE = {"parameter_before": 0, "parameter_after": 1, "update": 2}
"""Role → which of the three results that the update of a parameter has."""
_NO_STEPS = translatable("The values of this iteration were not held. Step into the next one to look at tensors.")
_WORDS = {
    "output": translatable("output"),
    "grad_output": translatable("output"),
    "input": translatable("input"),
    "grad_input": translatable("input"),
}


@dataclass(frozen=True, slots=True)
class TensorSource:
    """What can be asked for at one moment."""

    graph: GraphRecord | None
    live: Mapping[int, Node]
    named: Mapping[str, Any]
    """Parameters, buffers and data, by name."""
    gradients: Mapping[str, Any]
    loss: Any
    gate: Gate | None
    overwrites: Overwrites | None = None
    optimizers: Sequence[torch.optim.Optimizer] = ()

    def find(self, ask: AskTensor | SaveTensor | Edit) -> Any:
        """Return the tensor or array.

        Raises:
            GradvizError: there is none: it is gone, not computed yet, or never will be.
        """
        if ask.index < 0:
            raise GradvizError(tr("There is no index {index}; they count from 0.").format(index=ask.index))
        point = getattr(ask, "point", None)
        if ask.what == "expression":
            return evaluate(ask.name, self.named, user_variables(sys._getframe(1)))
        if ask.what in _OF_UPDATE:
            return _of_update(self.gate, self.parameter_names(ask), ask.what, point)
        if ask.what in OF_STATE:
            # A name without a node is that of the state.
            names = self.parameter_names(structs.replace(ask, name="") if ask.node is None else ask)
            return find_state(self.gate, names, self.named[names[0]], self.optimizers, ask.what, ask.name)
        if ask.node is None:
            if ask.name and ask.what != "saved":
                return self._called(ask.name, ask.what)
            return self._without_node(ask.what, ask.index, point)
        node = self.node(ask.node)
        drawn = self._drawn(ask.node) is not None
        taken = drawn and node.kind not in _NAMED and self.graph is not None and self.graph.kind == "autograd"
        if ask.what == "input" and taken:
            return self._input(node, ask.index)
        if point is not None and self.gate is not None:
            return self._kept(self.gate, node.name, point, ask.what, ask.index)
        if ask.what == "saved":
            return self._saved(ask.node, ask.name)
        if ask.what in ("parameter", "parameter_grad"):
            return self._parameter(node, ask.what)
        if ask.node < 0 and ask.what in ("output", "input"):
            return self._named_value(node)
        return self._of_point(ask.what, ask.index, node)

    # -- by name -----------------------------------------------------------------------------------------------------

    def _called(self, name: str, what: str) -> Any:
        """Return what has a name, be it in the graph or not."""
        if name == LOSS and name not in self.named:
            if self.loss is not None:
                return self.loss
            raise GradvizError(tr("Not computed. Forward has not reached the loss yet."))
        self._check_name(name)
        if what == "parameter_grad":
            if name not in self.gradients:
                raise GradvizError(tr("Not computed. Backward has not reached this parameter yet."))
            return self.gradients[name]
        if what not in ("parameter", "output", "input"):
            raise GradvizError(tr("{name} has no {what} that could be looked at yet.").format(name=name, what=what))
        return self.named[name]

    def _check_name(self, name: str) -> None:
        if name not in self.named:
            there = [*self.named, *(node.name for node in (self.graph.nodes if self.graph is not None else ()))]
            near = get_close_matches(name, there, n=1, cutoff=0.5)
            text = tr("Nothing is called {name!r}; did you mean {near}?") if near else tr("Nothing is called {name!r}.")
            raise GradvizError(text.format(name=name, near=near[0] if near else ""))

    def _parameter(self, node: NodeRecord, what: str) -> Any:
        table = self.named if what == "parameter" else self.gradients
        for name in node.names or (node.name,):
            if name in table:
                return table[name]
        if what == "parameter_grad" and node.id < 0:
            raise GradvizError(tr("Not computed. Backward has not reached this parameter yet."))
        raise GradvizError(tr("{name} is no parameter.").format(name=node.name))

    def _named_value(self, node: NodeRecord) -> Any:
        if node.kind == "loss" and self.loss is not None:
            return self.loss
        for name in node.names or (node.name,):
            if name in self.named:
                return self.named[name]
        if node.kind == "loss":
            raise GradvizError(tr("Not computed. Forward has not reached the loss yet."))
        raise GradvizError(tr("The value of {name} is not held.").format(name=node.name))

    # -- of the update -----------------------------------------------------------------------------------------------

    def parameter_names(self, ask: AskTensor | SaveTensor | Edit | ExplainUpdate) -> tuple[str, ...]:
        """Return all names of the parameter whose update is asked about."""
        if ask.node is not None:
            node = self.node(ask.node)
            if node.id >= 0 or not any(name in self.named for name in node.names or (node.name,)):
                raise GradvizError(tr("{name} is no parameter, so no update changes it.").format(name=node.name))
            return node.names or (node.name,)
        current_stop = self.gate.current_stop if self.gate is not None else None
        name = ask.name or (current_stop.here.point.parameter if current_stop is not None else "")
        if not name:
            raise GradvizError(tr("Say which parameter."))
        self._check_name(name)
        return tuple(other for other, value in self.named.items() if value is self.named[name])

    # -- of ops and nodes --------------------------------------------------------------------------------------------

    def _without_node(self, what: str, index: int, point: int | None) -> Any:
        """Return a value of the op that is stopped at, or that has passed as `point`, and has made no node."""
        gate = self.gate
        if gate is None:
            raise GradvizError(tr(_NO_STEPS))
        current_stop = gate.current_stop
        if point is None:
            if current_stop is None:
                raise GradvizError(tr("Nothing stands at the gate now; name a node."))
            if current_stop.role == what:
                return _one_of(current_stop.values, _short(current_stop.here.point.op), what, index)
            point = current_stop.here.point.index
        if point >= len(gate.history.passed):
            if what == "output":
                raise GradvizError(tr("Not computed. What stands here has given no output yet."))
            raise GradvizError(tr("Not computed. What stands here has made no node yet."))
        return self._kept(gate, _short(gate.history.passed[point].point.op), point, what, index)

    def _kept(self, gate: Gate, name: str, point: int, what: str, index: int) -> Any:
        if index < gate.history.count(point, what):
            return gate.history.cache.get((point, what, index))
        of_point = gate.history.passed[point].point if point < len(gate.history.passed) else None
        if of_point is not None and of_point.node is None and what not in ("input", "output"):
            raise GradvizError(
                tr("{name} made no node, so it saves nothing and no gradient comes to it.").format(name=name)
            )
        if of_point is not None and of_point.phase == "forward" and what in _GRADIENTS:
            raise GradvizError(tr("Not computed. Backward has not reached this node yet."))
        raise _lacks(name, what, index)

    def _input(self, node: NodeRecord, input_nr: int) -> Any:
        """Return what came in at an edge: an op may take its arguments in another order than its node."""
        for edge in self.graph.edges if self.graph is not None else ():
            if (edge.target, edge.input_nr) == (node.id, input_nr):
                source = self.node(edge.source)
                if source.id < 0:
                    return self._named_value(source)
                return self._of_point("output", edge.output_nr, source)
        raise _lacks(node.name, "input", input_nr)

    def node(self, node_id: int) -> NodeRecord:
        """Return the node as it is drawn; of one that is not (in a branch that leads to nothing, or of a parameter that
        the loss does not come from), what is known by the point that made or ran it."""
        drawn = self._drawn(node_id)
        if drawn is not None:
            return drawn
        point = self._point_of(node_id)
        if point is None:
            raise GradvizError(tr("The graph has no such node any more; select one that is drawn."))
        if point.phase == "update":
            return NodeRecord(node_id, "parameter", point.parameter, names=(point.parameter,))
        return NodeRecord(node_id, "function", _short(point.op) or point.grad_fn, point.grad_fn, point.op)

    def _drawn(self, node_id: int) -> NodeRecord | None:
        nodes = self.graph.nodes if self.graph is not None else ()
        return next((node for node in nodes if node.id == node_id), None)

    def _point_of(self, node_id: int) -> PointRecord | None:
        """Return the point that the gate stops at for this node, or that has passed for it."""
        gate = self.gate
        if gate is None:
            return None
        if gate.current_stop is not None and gate.current_stop.here.point.node == node_id:
            return gate.current_stop.here.point
        history = gate.history
        position = history.forward_point(node_id)
        position = history.backward_point(node_id) if position is None else position
        return None if position is None else history.passed[position].point

    def _of_point(self, what: str, index: int, node: NodeRecord) -> Any:
        gate = self.gate
        if gate is None:
            raise GradvizError(tr(_NO_STEPS))
        backward = what in _GRADIENTS
        current_stop = gate.current_stop
        stops_here = current_stop is not None and current_stop.here.point.node == node.id
        if current_stop is not None and stops_here and current_stop.role == what:
            return _one_of(current_stop.values, node.name, what, index)
        if backward and node.kind == "op":
            raise GradvizError(tr("This network is derived by hand: its gradients are what other ops of it give."))
        # An op of a backward that is written by hand has results like any other op.
        by_hand = node.kind == "op" and node.phase == "backward"
        point = gate.history.backward_point(node.id) if backward or by_hand else gate.history.forward_point(node.id)
        if point is None and gate.unrecorded:
            raise GradvizError(tr("Not recorded: this iteration ran freely until it raised."))
        if point is None and what == "grad_output" and (summed := self._sum_of_terms(gate, node, index)) is not None:
            return summed
        if point is None:
            waits = current_stop is not None and stops_here and current_stop.role == "grad_output"
            raise GradvizError(_not_passed(backward=backward or by_hand, waits=waits))
        passed = gate.history.passed[point]
        if not backward and passed.point.node != node.id:
            raise GradvizError(tr("Inside {op}, which shows its result only.").format(op=passed.point.op))
        if passed.role == what and index in passed.absent:
            raise GradvizError(tr("None: this input wants no gradient."))
        return self._kept(gate, node.name, point, what, index)

    def _sum_of_terms(self, gate: Gate, node: NodeRecord, output_nr: int) -> Any:
        """Return the gradient that waits for a shared node once all of its terms are in; None before.

        autograd has the sum in a buffer that cannot be read until the node runs: it is formed here in the same order.
        """
        history = gate.history
        edges = self.graph.edges if self.graph is not None else ()
        going = [edge for edge in edges if (edge.source, edge.output_nr) == (node.id, output_nr)]
        ran = [(history.backward_point(edge.target), edge.input_nr) for edge in going]
        known = sorted((point, input_nr) for point, input_nr in ran if point is not None)
        if len(known) < len(going) or len(going) < 2:
            return None
        terms = [
            self._kept(gate, node.name, point, "grad_input", input_nr)
            for point, input_nr in known
            if input_nr not in history.passed[point].absent
        ]
        with isolated_no_grad():
            return functools.reduce(operator.add, terms) if terms else None

    def _saved(self, node_id: int, name: str) -> Any:
        node = self.live.get(node_id)
        if node is None and node_id < 0:
            raise GradvizError(tr("Only an op saves tensors for backward."))
        if node is None:
            current_stop = self.gate.current_stop if self.gate is not None else None
            forward = current_stop is not None and current_stop.here.point.phase == "forward"
            if forward:
                raise GradvizError(tr("Not computed. Forward has not reached this node yet."))
            raise GradvizError(tr("Freed: backward lets go of what it saved once it has used it."))
        return saved_tensor(node, name, self.overwrites)


def _of_update(gate: Gate | None, names: Sequence[str], what: str, point: int | None) -> Any:
    """Return what a parameter with these names was before its update, what it is after it, or the difference, as far as
    the turn at `point`. Until the update of this iteration begins, that of the one before counts."""
    if gate is None:
        raise GradvizError(tr(_NO_STEPS))
    current_stop = gate.current_stop
    began = current_stop is not None and current_stop.here.point.phase == "update"
    began = began or any(passed.role == "update" for passed in gate.history.passed)
    points = gate.history.passed if began or point is not None else gate.history.update_before
    turns = [
        (passed.point.index, place)
        for passed in points
        if passed.role == "update" and (point is None or passed.point.index <= point)
        for place in range(0, len(passed.names), len(_OF_UPDATE))
        if passed.names[place] in names
    ]
    waits = current_stop is not None and current_stop.role == "parameter" and current_stop.here.point.parameter in names
    if current_stop is not None and waits and not turns and what == "parameter_before":
        return current_stop.values[0]
    if not turns:
        raise GradvizError(_why_not_updated(points))

    def result(turn: tuple[int, int], role: str) -> Any:
        return gate.history.cache.get((turn[0], "update", turn[1] + _OF_UPDATE[role]))

    if what == "update" and len(turns) > 1:  # its gradient, or its optimizer's state, was changed at a turn of its own
        return result(turns[-1], "parameter_after") - result(turns[0], "parameter_before")
    return result(turns[0] if what == "parameter_before" else turns[-1], what)


def _not_passed(*, backward: bool, waits: bool) -> str:
    if backward:
        if waits:
            return tr("Not computed. Backward has not run this node yet.")
        return tr("Not computed. Backward has not reached this node yet.")
    if waits:
        return tr("Not computed. Forward has not run this node yet.")
    return tr("Not computed. Forward has not reached this node yet.")


def _why_not_updated(points: Iterable[HistoryEntry]) -> str:
    if any(passed.role == "update" and not passed.names for passed in points):
        return tr(
            "Not kept: all parameters changed at once, and copies of them would be over the byte budget for past"
            " values. An optimizer with foreach=False and fused=False updates one after the other."
        )
    return tr("Not computed. The update has not reached this parameter yet.")


def _one_of(values: Sequence[Any], name: str, what: str, index: int) -> Any:
    """Return one of the values on their way into what is stopped at."""
    if index >= len(values):
        raise _lacks(name, what, index)
    if values[index] is None:
        raise GradvizError(tr("None: no gradient reaches this output."))
    return values[index]


def _short(op: str) -> str:
    return op.rpartition(".")[2]


def _lacks(name: str, what: str, index: int) -> GradvizError:
    return GradvizError(
        tr("{name} has no {what} {index}.").format(name=name, what=tr(_WORDS.get(what, what)), index=index)
    )
