"""What a step has just done, in a sentence: the value it made, the zeros it set and why, the sum that is complete."""

from __future__ import annotations

from math import prod

from msgspec.structs import replace

from gradviz.language import join_sentences, tr, translatable
from gradviz.model.derivative.derivatives import rule_stem
from gradviz.model.derivative.gradient_terms import sums_fed_by, terms
from gradviz.model.graph.graph import Graph, line_text, shape_text
from gradviz.model.number_text import significant, whole
from gradviz.model.stepping.timeline import Timeline
from gradviz.protocol.events import NodeDetails
from gradviz.protocol.records import PassedRecord, SavedRecord, SummaryRecord

_MOST_VALUES = 3
"""More gradients than these are counted, not listed."""
_RECTIFIERS = frozenset("relu relu_ relu6 clamp clamp_ clamp_min clamp_min_ maximum threshold threshold_".split())
_LOST = {
    "Relu": translatable("where the output was 0"),
    "Threshold": translatable("where the input was not above the threshold"),
    "Clamp": translatable("where the input was outside of the bounds"),
    "ClampMin": translatable("where the input was outside of the bounds"),
    "ClampMax": translatable("where the input was outside of the bounds"),
    "Hardtanh": translatable("where the input was outside of the bounds"),
    "NativeDropout": translatable("where the mask dropped the entry"),
    "MaskedFill": translatable("where the mask is true"),
}
"""By autograd class: where it passes on exactly 0, whatever gradient comes in."""


def result_text(graph: Graph | None, timeline: Timeline, details: NodeDetails | None = None) -> str:
    """Return what ran last before the timeline's cursor, and its result; empty if nothing did.

    `details` are those of the node that ran, asked for after it did.
    """
    if timeline.cursor == 0:
        return ""
    passed = timeline.passed[timeline.cursor - 1]
    match passed.point.phase:
        case "update":
            return _update(passed)
        case "backward" if passed.point.grad_fn and graph is not None and passed.point.node in graph.index:
            return join_sentences((*hook_texts(passed), *_backward(graph, timeline, passed, details)))
        case _:
            return _forward(passed)


def hook_texts(passed: PassedRecord) -> list[str]:
    """Return which hooks changed a gradient at a point: before, after, and where the hook is written."""
    kinds = {
        "tensor": tr("The hook {function} ({place}) of the tensor {name} changed its gradient: {before} → {after}."),
        "parameter": tr("The hook {function} ({place}) of the parameter {name} changed its gradient: {before} →"
                        " {after}."),
        "module": tr("The hook {function} ({place}) of the module {name} changed the gradient of its input: {before} →"
                     " {after}."),
    }  # fmt: skip
    return [
        kinds[hook.kind].format(
            function=hook.function, place=line_text(hook.file, hook.line), name=hook.name,
            before=_norm_of(hook.before), after=_norm_of(hook.after),
        )
        for hook in passed.hooks
    ]  # fmt: skip


def _norm_of(value: SummaryRecord) -> str:
    return tr("norm {norm}").format(norm=significant(value.norm)) if value.norm is not None else figures(value)


def figures(value: SummaryRecord) -> str:
    """Return shape and norm of a value: `64 × 100, norm 22.63`, with NaN and Inf counted."""
    if value.shape is None and value.norm is None:
        return tr("not kept") if value.lost else tr("none")
    if value.shape == () and value.minimum is not None:
        return tr("the scalar {number}").format(number=significant(value.minimum))
    parts = [shape_text(value.shape)] if value.shape is not None else []
    if value.norm is not None:
        parts.append(tr("norm {norm}").format(norm=significant(value.norm)))
    parts += [f"{whole(value.nans)} NaN"] if value.nans else []
    parts += [f"{whole(value.infs)} Inf"] if value.infs else []
    return ", ".join(parts)


def details_at(timeline: Timeline, details: NodeDetails) -> NodeDetails | None:
    """Return what a node had saved as seen from the timeline's cursor; None before it was made."""
    if timeline.at_present:
        return details
    if timeline.made(details.node) is None:
        return None
    freed = details.state == "freed" and timeline.ran("backward", details.node) is not None
    return details if freed or details.state == "none" else replace(details, state="held")


def saved_text(details: NodeDetails | None) -> str:
    """Return what a node has saved for backward, and until when it is kept; empty if that is nothing, or not known."""
    records = _tensors(details) if details is not None else []
    if details is None or not records or details.state == "none":
        return ""
    names = ", ".join(
        f"{record.name} {shape_text(record.shape)}" if record.shape is not None else record.name for record in records
    )
    if details.state == "freed":
        return tr("Saved in forward, and freed when this node had run: {names}.").format(names=names)
    return tr("Saved in forward, and kept until this node has run: {names}.").format(names=names)


def reduction_text(details: NodeDetails | None) -> str:
    """Return whether a loss is a sum or a mean, as its node has saved it; empty of all other nodes."""
    kept = {record.name: record.note for record in details.saved} if details is not None else {}
    reduction = kept.get("reduction", "").removeprefix(tr("not a tensor: {value}").removesuffix("{value}"))
    return {"1": tr("It is a mean here."), "2": tr("It is a sum here, not a mean.")}.get(reduction, "")


def _forward(passed: PassedRecord) -> str:
    name = (passed.point.op or passed.point.grad_fn).rpartition(".")[2]
    if not passed.values:
        return tr("{name} has run.").format(name=name)
    made = [figures(value) for value in passed.values[:_MOST_VALUES]]
    made += [tr("{count} more").format(count=len(passed.values) - _MOST_VALUES)] * (len(passed.values) > _MOST_VALUES)
    text = tr("{name} made {values}.").format(name=name, values="; ".join(made))
    value = passed.values[0]
    # Where the least is 0 and some are above it, a bound above 0 is none: a 0 was one, or was raised to it.
    cut = value.zeros and value.minimum == 0 and value.maximum != 0
    if name in _RECTIFIERS and cut:
        text += " " + tr("{zeros} of {count} entries are 0, where the input was not above 0.").format(**_zeros(value))
    return text


def _backward(graph: Graph, timeline: Timeline, passed: PassedRecord, details: NodeDetails | None) -> list[str]:
    node = graph.node(passed.point.node or 0)
    if node.kind == "parameter":
        return [_accumulated(graph, timeline, passed)]
    named = [value for value in passed.values if value.norm is not None or value.shape is not None]
    if len(named) > _MOST_VALUES:
        made = tr("{name} made {count} gradients.").format(name=node.name, count=len(named))
    elif named:
        gradients = "; ".join(
            tr("for {input}: {figures}").format(input=_input(graph, node.id, i), figures=figures(value))
            for i, value in enumerate(passed.values)
            if value in named
        )
        made = tr("{name} made the gradient {gradients}.").format(name=node.name, gradients=gradients)
    else:
        made = tr("{name} has run; it made no gradient.").format(name=node.name)
    return [made, _set_to_zero(graph, timeline, passed), *_sums(graph, timeline, node.id), _freed(details)]


def _input(graph: Graph, node_id: int, input_nr: int) -> str:
    edge = next((edge for edge in graph.incoming[node_id] if edge.input_nr == input_nr), None)
    return graph.node(edge.source).name if edge is not None else tr("input {number}").format(number=input_nr)


def _set_to_zero(graph: Graph, timeline: Timeline, passed: PassedRecord) -> str:
    """Return how many entries became 0, where the rule is one that sets entries to 0; those that were 0 are known
    where one node alone gave the gradient."""
    reason = _LOST.get(rule_stem(passed.point.grad_fn))
    value = passed.values[0] if passed.values else None
    if reason is None or value is None or value.shape is None or not value.zeros:
        return ""
    edges = graph.outgoing[passed.point.node or 0]
    before = timeline.gradient(edges[0].target, edges[0].input_nr) if len(edges) == 1 else None
    if before is not None and before.shape == value.shape and before.zeros <= value.zeros:
        numbers = {**_zeros(value), "zeros": whole(value.zeros - before.zeros)}
        return tr("It set {zeros} of {count} entries to 0, {reason}.").format(reason=tr(reason), **numbers)
    return tr("{zeros} of {count} entries are 0, {reason}, or because they were 0 before.").format(
        reason=tr(reason), **_zeros(value)
    )


def _zeros(value: SummaryRecord) -> dict[str, str]:
    return {"zeros": whole(value.zeros), "count": whole(prod(value.shape or ()))}


def _sums(graph: Graph, timeline: Timeline, node_id: int) -> list[str]:
    """Return how complete the sums are that the node gave a term to."""
    texts = []
    for fed in sums_fed_by(graph, node_id):
        total = terms(graph, timeline, fed)
        given = next((t for t in total.terms if node_id == t.consumer and t.state in ("in", "none")), None)
        if given is None:
            continue  # its term goes through a view that has not run
        sizes = {"name": total.name, "arrived": total.arrived, "terms": len(total.terms)}
        if total.arrived == len(total.terms):
            texts.append(tr("All {terms} terms for {name} are in: their sum goes on.").format(**sizes))
        else:
            texts.append(tr("{arrived} of {terms} terms for {name} are in.").format(**sizes))
    return texts


def _accumulated(graph: Graph, timeline: Timeline, passed: PassedRecord) -> str:
    node = graph.node(passed.point.node or 0)
    count = len(terms(graph, timeline, node.id).terms)
    if passed.values and passed.values[0].lost:
        return tr("A gradient was added to {name}.grad, and changed in place since.").format(name=node.name)
    made = figures(passed.values[0]) if passed.values else tr("none")
    if count > 1:
        text = tr(
            "The sum of {terms} terms was added to {name}.grad, which is now {figures}; norms of terms do not add."
        )
        return text.format(terms=count, name=node.name, figures=made)
    return tr("The gradient was added to {name}.grad, which is now {figures}.").format(name=node.name, figures=made)


def _freed(details: NodeDetails | None) -> str:
    if details is None:
        return ""
    names = ", ".join(record.name for record in _tensors(details))
    return tr("What it had saved is freed: {names}.").format(names=names) if names and details.state == "freed" else ""


def _tensors(details: NodeDetails) -> list[SavedRecord]:
    return [record for record in details.saved if record.is_tensor]


def _update(passed: PassedRecord) -> str:
    name = passed.point.parameter
    if len(passed.values) != 3:
        return tr("{name} changed.").format(name=name)
    before, after, step = passed.values
    return tr("{name} changed: norm {before} → {after}, by a step of norm {step}.").format(
        name=name, before=significant(before.norm), after=significant(after.norm), step=significant(step.norm)
    )
