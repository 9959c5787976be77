"""Finds the tensor that a person asks for: live ones at a stop, held ones of the past, parameters at any time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from torch.autograd.graph import Node

from gradviz.engine.gate import Gate
from gradviz.engine.names import LOSS
from gradviz.engine.saved import saved_names
from gradviz.errors import GradvizError
from gradviz.protocol.commands import AskTensor, Edit, SaveTensor
from gradviz.protocol.records import GraphRecord, NodeRecord

# What nothing goes into; of these an input is the tensor itself.
_NAMED = ("parameter", "leaf", "data")
_FREED = "Freed: backward lets go of what it saved once it has used it."
_NO_STEPS = "The values of this iteration were not held. Step into the next one to look at tensors."


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

    def find(self, ask: AskTensor | SaveTensor | Edit) -> Any:
        """The tensor or array.

        Raises:
            GradvizError: there is none; the sentence says whether it is gone, not computed yet, or never will be.
        """
        if ask.index < 0:
            raise GradvizError(f"There is no index {ask.index}; they count from 0.")
        point = getattr(ask, "point", None)
        if ask.node is None:
            if ask.name and ask.what != "saved":
                return self._called(ask.name, ask.what)
            return self._without_node(ask.what, ask.index, point)
        node = self._node(ask.node)
        taken = node.kind not in _NAMED and self.graph is not None and self.graph.kind == "autograd"
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

    def _called(self, name: str, what: str) -> Any:
        """What has a name, be it in the graph or not."""
        if name == LOSS and name not in self.named:
            if self.loss is not None:
                return self.loss
            raise GradvizError("Not computed. Forward has not reached the loss yet.")
        if name not in self.named:
            there = [*self.named, *(node.name for node in (self.graph.nodes if self.graph is not None else ()))]
            near = get_close_matches(name, there, n=1, cutoff=0.5)
            raise GradvizError(f"Nothing is called {name!r}" + (f"; did you mean {near[0]}?" if near else "."))
        if what == "parameter_grad":
            if name not in self.gradients:
                raise GradvizError("Not computed. Backward has not reached this parameter yet.")
            return self.gradients[name]
        if what not in ("parameter", "output", "input"):
            raise GradvizError(f"{name} has no {what} that could be looked at yet.")
        return self.named[name]

    def _without_node(self, what: str, index: int, point: int | None) -> Any:
        """Of the op that stands at the gate, or that has passed as `point`, and made no node yet, or never."""
        gate = self.gate
        if gate is None:
            raise GradvizError(_NO_STEPS)
        standing = gate.standing
        if point is None:
            if standing is None:
                raise GradvizError("Nothing stands at the gate now; name a node.")
            if standing.role == what:
                return _one_of(standing.values, _short(standing.here.point.op), what, index)
            point = standing.here.point.index
        if point >= len(gate.past.passed):
            why = "given no output" if what == "output" else "made no node"
            raise GradvizError(f"Not computed. What stands here has {why} yet.")
        return self._kept(gate, _short(gate.past.passed[point].point.op), point, what, index)

    def _kept(self, gate: Gate, name: str, point: int, what: str, index: int) -> Any:
        if index >= gate.past.count(point, what):
            raise _lacks(name, what, index)
        return gate.past.keeper.get((point, what, index))

    def _input(self, node: NodeRecord, input_nr: int) -> Any:
        """What came in at an edge: an op may take its arguments in another order than its node."""
        for edge in self.graph.edges if self.graph is not None else ():
            if (edge.target, edge.input_nr) == (node.id, input_nr):
                source = self._node(edge.source)
                if source.id < 0:
                    return self._named_value(source)
                return self._of_point("output", edge.output_nr, source)
        raise GradvizError(f"{node.name} has no input {input_nr}.")

    def _node(self, node_id: int) -> NodeRecord:
        for node in self.graph.nodes if self.graph is not None else ():
            if node.id == node_id:
                return node
        raise GradvizError("The graph has no such node any more; select one that is drawn.")

    def _of_point(self, what: str, index: int, node: NodeRecord) -> Any:
        gate = self.gate
        if gate is None:
            raise GradvizError(_NO_STEPS)
        backward = what in ("grad_output", "grad_input")
        standing = gate.standing
        at_gate = standing is not None and standing.here.point.node == node.id and standing.role == what
        if standing is not None and at_gate:
            return _one_of(standing.values, node.name, what, index)
        if what == "update":
            return self._step_taken(gate, node, index)
        # An op of a backward that is written by hand has results like any other op.
        by_hand = node.kind == "op" and node.phase == "backward"
        point = gate.past.backward_point(node.id) if backward or by_hand else gate.past.forward_point(node.id)
        if point is None:
            phase = "Backward has not reached this node yet." if backward else "Forward has not reached this node yet."
            raise GradvizError(f"Not computed. {phase}")
        passed = gate.past.passed[point]
        if not backward and passed.point.node != node.id:
            raise GradvizError(f"Inside {passed.point.op}, which shows its result only.")
        if passed.role == what and index in passed.absent:
            raise GradvizError("None: this input wants no gradient.")
        return self._kept(gate, node.name, point, what, index)

    def _step_taken(self, gate: Gate, node: NodeRecord, index: int) -> Any:
        for passed in gate.past.passed:
            if passed.role == "update" and passed.point.node == node.id:
                return gate.past.keeper.get((passed.point.index, "update", index))
        raise GradvizError("Not computed. The update has not reached this parameter yet.")

    def _saved(self, node_id: int, name: str) -> Any:
        node = self.live.get(node_id)
        if node is None and node_id < 0:
            raise GradvizError("Only an op saves tensors for backward.")
        if node is None:
            standing = self.gate.standing if self.gate is not None else None
            forward = standing is not None and standing.here.point.phase == "forward"
            raise GradvizError("What is saved can be looked at when the forward is over." if forward else _FREED)
        try:
            if name.startswith("saved tensor "):
                return node.saved_tensors[int(name.rsplit(" ", 1)[1])]  # type: ignore[attr-defined]
            stem, _, number = name.partition(" ")
            value = getattr(node, f"_saved_{stem}")
            value = value[int(number)] if number else value
        except RuntimeError:
            raise GradvizError(_FREED) from None
        except (AttributeError, IndexError, ValueError):
            there = ", ".join(saved_names(type(node)))
            raise GradvizError(
                f"It saved nothing called {name!r}; " + (f"it saved {there}." if there else "it saved nothing.")
            ) from None
        if not hasattr(value, "shape"):
            raise GradvizError(f"{name} is no tensor: {value!r}.")
        return value

    def _parameter(self, node: NodeRecord, what: str) -> Any:
        table = self.named if what == "parameter" else self.gradients
        for name in node.names or (node.name,):
            if name in table:
                return table[name]
        if what == "parameter_grad":
            raise GradvizError("Not computed. Backward has not reached this parameter yet.")
        raise GradvizError(f"{node.name} is no parameter.")

    def _named_value(self, node: NodeRecord) -> Any:
        if node.kind == "loss" and self.loss is not None:
            return self.loss
        for name in node.names or (node.name,):
            if name in self.named:
                return self.named[name]
        raise GradvizError(f"The value of {node.name} is not held.")


def _one_of(values: Sequence[Any], name: str, what: str, index: int) -> Any:
    """Of the values on their way into what stands at the gate."""
    if index >= len(values):
        raise _lacks(name, what, index)
    if values[index] is None:
        raise GradvizError("None: no gradient reaches this output.")
    return values[index]


def _short(op: str) -> str:
    return op.rpartition(".")[2]


def _lacks(name: str, what: str, index: int) -> GradvizError:
    return GradvizError(f"{name} has no {what.removeprefix('grad_')} {index}.")
