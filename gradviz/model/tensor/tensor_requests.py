"""Which tensor of a node to ask for, as seen from the timeline's cursor: a live one, or one kept of the past."""

from __future__ import annotations

from gradviz.model.stepping.timeline import Timeline
from gradviz.model.tensor.tensor_choices import TensorChoice
from gradviz.protocol.commands import AskTensor
from gradviz.protocol.records import PassedRecord, Phase


def ask_for(timeline: Timeline | None, node: int, choice: TensorChoice) -> AskTensor | None:
    """The question (its number is 0) for a tensor of `node`; None if it was not computed yet at the cursor."""
    now = AskTensor(0, node, choice.what, choice.index, choice.name)
    if timeline is None or timeline.at_present:
        return now
    match choice.what:
        case "output" | "input":
            return now if node < 0 else _kept(now, _made(timeline, node))
        case "grad_output":
            here = timeline.point
            stands = here is not None and here.phase == "backward" and here.node == node
            return _at(now, here.index) if stands and here is not None else _kept(now, timeline.ran("backward", node))
        case "grad_input":
            return _kept(now, timeline.ran("backward", node))
        case "parameter_grad":
            return _kept(AskTensor(0, node, "grad_input"), timeline.ran("backward", node))
        case "update" | "parameter_after":
            return _kept(now, timeline.ran("update", node))
        case "parameter_before":
            here = timeline.point
            stands = here is not None and here.phase == "update" and here.node == node
            return _kept(now, _found(timeline, "update", node) if stands else timeline.ran("update", node))
        case "parameter":
            changed = _found(timeline, "update", node)
            if changed is None:
                return now
            ran = timeline.ran("update", node) is not None
            return _kept(AskTensor(0, node, "parameter_after" if ran else "parameter_before"), changed)
        case _:
            return now


def inner_op(timeline: Timeline | None, node: int) -> str:
    """The op that made `node` on its way to another node, whose result alone was seen; empty for any other node."""
    made = _made(timeline, node) if timeline is not None and node >= 0 else None
    return made.point.op if made is not None and made.point.phase == "forward" and made.point.node != node else ""


def _made(timeline: Timeline, node: int) -> PassedRecord | None:
    return next(
        (p for p in timeline.shown() if (p.point.node == node and p.point.phase == "forward") or node in p.nodes), None
    )


def _found(timeline: Timeline, phase: Phase, node: int) -> PassedRecord | None:
    return next(
        (p for p in timeline.passed if p.point.phase == phase and (p.point.node == node or node in p.nodes)), None
    )


def _kept(ask: AskTensor, passed: PassedRecord | None) -> AskTensor | None:
    return None if passed is None else _at(ask, passed.point.index)


def _at(ask: AskTensor, point: int) -> AskTensor:
    return AskTensor(ask.request, ask.node, ask.what, ask.index, ask.name, point)
