"""Which tensors a node has to show: values, saved tensors, gradients, the parameter and its gradient."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gradviz.model.derivative.derivatives import wants_gradient
from gradviz.model.graph.graph import Graph
from gradviz.protocol.commands import TensorRole
from gradviz.protocol.records import Phase, SavedRecord

GRADIENTS: frozenset[str] = frozenset(("grad_output", "grad_input", "parameter_grad"))
OF_UPDATE: tuple[TensorRole, ...] = ("parameter_before", "parameter_after", "update")
OF_PARAMETER: tuple[TensorRole, ...] = (
    "parameter", "parameter_before", "parameter_after", "parameter_grad", "update",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TensorChoice:
    """One tensor of a node, named as `AskTensor` names it."""

    what: TensorRole
    index: int = 0
    name: str = ""
    """Of a saved tensor."""
    note: str = ""
    """Where an input comes from: `clamp`, `middle_linear.weight`."""
    several: bool = False
    """Whether the node has more of this role, so that the number is worth saying."""

    @property
    def is_gradient(self) -> bool:
        return self.what in GRADIENTS


def tensor_choices(graph: Graph, node_id: int, saved: Iterable[SavedRecord] = ()) -> list[TensorChoice]:
    """All tensors of a node that can be asked for, values before gradients.

    Raises:
        KeyError: the graph has no such node.
    """
    node = graph.node(node_id)
    if node.kind == "parameter":
        return [TensorChoice(what) for what in OF_PARAMETER]
    if node.kind in ("leaf", "data", "stub"):
        return [TensorChoice("output")]
    outputs = range(max(1, node.outputs))
    sources = {edge.input_nr: graph.node(edge.source) for edge in graph.incoming[node_id]}
    inputs = sorted(sources)
    choices = [TensorChoice("output", i, several=len(outputs) > 1) for i in outputs]
    choices += [TensorChoice("input", i, note=sources[i].name, several=len(inputs) > 1) for i in inputs]
    choices += [TensorChoice("saved", name=s.name) for s in saved if not s.note.startswith("not a tensor")]
    if node.kind == "op":  # a recorded op has no autograd node: its gradients are values of other ops
        return choices
    choices += [TensorChoice("grad_output", i, several=len(outputs) > 1) for i in outputs]
    wanting = [i for i in inputs if wants_gradient(sources[i])]
    choices += [TensorChoice("grad_input", i, note=sources[i].name, several=len(inputs) > 1) for i in wanting]
    return choices


def side_by_side(choices: Sequence[TensorChoice], phase: Phase = "forward") -> list[TensorChoice]:
    """The one or two tensors to show first: a value, and the gradient beside it (in the update, the step taken)."""
    values = [choice for choice in choices if not choice.is_gradient and choice.what != "update"]
    gradients = [choice for choice in choices if choice.is_gradient]
    steps = [choice for choice in choices if choice.what == "update"]
    beside = steps if phase == "update" and steps else gradients
    return [*values[:1], *beside[:1]]
