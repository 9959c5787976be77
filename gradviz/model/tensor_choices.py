"""Lists the tensors that a node can show, and makes the request for one as seen from the timeline's cursor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gradviz.model.derivative.derivatives import wants_gradient
from gradviz.model.graph.graph import Graph
from gradviz.model.stepping.timeline import Timeline
from gradviz.protocol.commands import AskTensor, TensorRole
from gradviz.protocol.records import PassedRecord, Phase, SavedRecord

GRADIENTS: frozenset[str] = frozenset(("grad_output", "grad_input", "parameter_grad"))
OF_UPDATE: tuple[TensorRole, ...] = ("parameter_before", "parameter_after", "update")
OF_PARAMETER: tuple[TensorRole, ...] = (
    "parameter", "parameter_before", "parameter_after", "parameter_grad", "update",
)  # fmt: skip


OF_STATE: tuple[TensorRole, ...] = ("state", "state_before", "state_after")

AT_GATE = -(2**31)
"""In place of a node: the op that the engine is stopped at, which has made none."""


@dataclass(frozen=True, slots=True)
class TensorChoice:
    """One tensor of a node, named as `AskTensor` names it."""

    what: TensorRole
    index: int = 0
    name: str = ""
    """Of a saved tensor, or of what the optimizer keeps for a parameter."""
    note: str = ""
    """Where an input comes from: `clamp`, `middle_linear.weight`."""
    several: bool = False
    """Whether the node has several of this role, so that the number is shown."""

    @property
    def is_gradient(self) -> bool:
        """Return whether it is a gradient."""
        return self.what in GRADIENTS


def tensor_choices(graph: Graph, node_id: int, saved: Iterable[SavedRecord] = ()) -> list[TensorChoice]:
    """Return all tensors of a node that can be requested, values before gradients.

    Raises:
        KeyError: the graph has no such node.
    """
    node = graph.node(node_id)
    if node.kind == "parameter":
        kept = [TensorChoice(what, name=s.name) for s in saved for what in OF_STATE]
        return [*(TensorChoice(what) for what in OF_PARAMETER), *kept]
    if node.kind in ("leaf", "data", "stub"):
        return [TensorChoice("output")]
    outputs = range(max(1, node.outputs))
    sources = {edge.input_nr: graph.node(edge.source) for edge in graph.incoming[node_id]}
    inputs = sorted(sources)
    choices = [TensorChoice("output", i, several=len(outputs) > 1) for i in outputs]
    choices += [TensorChoice("input", i, note=sources[i].name, several=len(inputs) > 1) for i in inputs]
    choices += [TensorChoice("saved", name=s.name) for s in saved if s.is_tensor]
    if node.kind == "op":  # a recorded op has no autograd node: its gradients are values of other ops
        return choices
    choices += [TensorChoice("grad_output", i, several=len(outputs) > 1) for i in outputs]
    wanting = [i for i in inputs if wants_gradient(sources[i])]
    choices += [TensorChoice("grad_input", i, note=sources[i].name, several=len(inputs) > 1) for i in wanting]
    return choices


def side_by_side(choices: Sequence[TensorChoice], phase: Phase = "forward") -> list[TensorChoice]:
    """Return the one or two tensors to show first: a value, and beside it the gradient (in the update, the step)."""
    values = [choice for choice in choices if not choice.is_gradient and choice.what != "update"]
    gradients = [choice for choice in choices if choice.is_gradient]
    steps = [choice for choice in choices if choice.what == "update"]
    beside = steps if phase == "update" and steps else gradients
    return [*values[:1], *beside[:1]]


def ask_for(timeline: Timeline | None, node: int, choice: TensorChoice) -> AskTensor | None:
    """Return the request (its number is 0) for a tensor of `node`; None if it was not computed yet at the cursor."""
    now = AskTensor(0, node if node != AT_GATE else None, choice.what, choice.index, choice.name)
    if timeline is None or timeline.at_present or node == AT_GATE:
        return now
    here = timeline.point
    comes = here.phase if here is not None and here.node == node else ""
    match choice.what:
        case "output" | "input" if node < 0:
            return now
        case "input" if here is not None and comes and not timeline.made(node):
            return _at(now, here.index)  # what goes into it was there before it ran
        case "output" | "input":
            return _at_point_of(now, timeline.made(node))
        case "grad_output":
            if here is not None and comes == "backward":
                return _at(now, here.index)
            return _at_point_of(now, timeline.ran("backward", node))
        case "grad_input":
            return _at_point_of(now, timeline.ran("backward", node))
        case "parameter_grad":
            return _at_point_of(AskTensor(0, node, "grad_input"), timeline.ran("backward", node))
        case "update" | "parameter_after":
            return _at_point_of(now, timeline.ran("update", node))
        case "parameter_before":
            if comes == "update":
                return _at_point_of(now, _find(timeline, "update", node))
            return _at_point_of(now, timeline.ran("update", node))
        case "parameter":
            changed = _find(timeline, "update", node)
            if changed is None:
                return now
            ran = timeline.ran("update", node) is not None
            return _at_point_of(AskTensor(0, node, "parameter_after" if ran else "parameter_before"), changed)
        case "state":
            changed = _find(timeline, "update", node)
            if changed is None:
                return now
            ran = timeline.ran("update", node) is not None
            return AskTensor(0, node, "state_after" if ran else "state_before", name=choice.name)
        case _:
            return now


def inner_op(timeline: Timeline | None, node: int) -> str:
    """Return the op that made `node` on its way to another node, whose result alone was recorded; else empty."""
    made = timeline.made(node) if timeline is not None and node >= 0 else None
    return made.point.op if made is not None and made.point.phase == "forward" and made.point.node != node else ""


def _find(timeline: Timeline, phase: Phase, node: int) -> PassedRecord | None:
    return next(
        (p for p in timeline.passed if p.point.phase == phase and (p.point.node == node or node in p.nodes)), None
    )


def _at_point_of(ask: AskTensor, passed: PassedRecord | None) -> AskTensor | None:
    return None if passed is None else _at(ask, passed.point.index)


def _at(ask: AskTensor, point: int) -> AskTensor:
    return AskTensor(ask.request, ask.node, ask.what, ask.index, ask.name, point)
