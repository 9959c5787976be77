"""Find for every parameter whether gradient reaches it from the loss, and if not, why and where it is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import torch
from torch.autograd.graph import Node

from gradviz.engine.capture.autograd_nodes import dtype_name, is_leaf_node, leaf_of, node_name
from gradviz.engine.capture.named_tensors import NamedTensor
from gradviz.engine.capture.op_recorder import Capture
from gradviz.engine.capture.ops import Op
from gradviz.engine.capture.tensor_flow import Value, makers_of, sizes, writes_in_place
from gradviz.language import tr
from gradviz.protocol.records import ReachRecord

_DETACHING = frozenset({"detach", "detach_", "data.__get__", "data.__set__", "__deepcopy__", "tensor", "new_tensor"})
# By these a value leaves torch, as a number, a list or an array.
_EXITS = frozenset(
    "item tolist numpy __array__ __bool__ __float__ __int__ __index__ __complex__ equal allclose is_nonzero".split()
)
# What these return does not depend on the values of their inputs.
_BLIND = frozenset("grad.__get__ grad_fn.__get__ _base.__get__ shape.__get__".split())
# These freeze and thaw; they use no value.
_SWITCHES = frozenset({"requires_grad_", "requires_grad.__set__"})
_MANY = "CppFunction"


def reach_of(
    capture: Capture,
    behind: Sequence[Node],
    named: Iterable[NamedTensor],
    last: Sequence[torch.Tensor],
    known: Mapping[int, bool],
) -> tuple[ReachRecord, ...]:
    """Return one record for each of `named`, the model's parameters.

    `last`: the loss, or the outputs where there is none. `behind`: all nodes behind the loss. `known`: `id` of a
    parameter → whether an earlier backward gave it a gradient, where only that can show it.
    """
    reach = _Reach(capture, behind, last)
    return tuple(_record(name, reach.verdict(name.value, known)) for name in named)


def why_no_graph(reach: Sequence[ReachRecord]) -> str:
    """Return one sentence on why autograd recorded nothing."""
    wanting = [record for record in reach if record.reason != "frozen"]
    if not wanting:
        return tr("no parameter wants a gradient, so autograd recorded no graph.")
    text = Counter(record.text for record in wanting).most_common(1)[0][0]
    places = [f"{Path(record.file).name}:{record.line}" for record in wanting if record.text == text and record.line]
    why = ", ".join((text, *places[:1]))
    return tr("autograd recorded no graph, since no gradient goes to any parameter ({why}).").format(why=why)


@dataclass(slots=True)
class _Verdict:
    reached: bool | None
    reason: Any = ""
    text: str = ""
    op: Op | None = None


class _Reach:
    """Compares two ways: gradient goes from the loss through nodes, values go to it through ops. Where they differ,
    gradient is lost."""

    def __init__(self, capture: Capture, behind: Sequence[Node], last: Sequence[torch.Tensor]) -> None:
        self._made_by = capture.makers.made_by
        self._ops = _ops_of(capture, behind, last)
        self._nodes = behind
        # Leaves come last.
        leaves = takewhile(is_leaf_node, reversed(behind))
        self._reached = {id(leaf_of(node)): node for node in leaves}
        # Nodes of a class are of one kind, except for the class that many kinds share; checking each takes longer.
        classes = {type(node): node for node in behind}
        hiding = {kind for kind, node in classes.items() if kind.__name__ == _MANY or _is_opaque(node)}
        opaque = {node for node in behind if type(node) in hiding and _is_opaque(node)} if hiding else set()
        self._hidden = {id(leaf) for node in opaque for leaf in _leaves(node)}
        # Computed only for nodes in hidden regions.
        self._open = {
            id(following.variable)  # type: ignore[attr-defined]
            for node in (self._nodes if opaque else ())
            if node not in opaque
            for following, _ in node.next_functions
            if following is not None and is_leaf_node(following)
        }
        self._last = [capture.flow.of(tensor) for tensor in last]
        self._links: _Links | None = None
        self._recorded = capture.watched

    def verdict(self, parameter: torch.Tensor, known: Mapping[int, bool]) -> _Verdict:
        """Return whether gradient reaches `parameter`, and why not."""
        key = id(parameter)
        if not parameter.requires_grad:
            return _Verdict(False, "frozen", tr("frozen: requires_grad is False"))
        if key in self._reached and (key in self._open or key not in self._hidden):
            return _Verdict(True)
        hidden = key in self._hidden
        verdict = _compiled() if hidden else self._lost(parameter)
        if verdict.reached is None and key in known:
            if known[key]:
                return _Verdict(True)
            return _Verdict(False, "hidden", tr("backward has run and gave it no gradient"), verdict.op)
        return verdict

    def _lost(self, parameter: torch.Tensor) -> _Verdict:
        """Return why no gradient comes to a parameter that requires one."""
        if not self._recorded:
            text = tr("not in the graph; why is not known, since the forward was not recorded")
            return _Verdict(False, "unknown", text)
        links = self._links = self._links or _Links(self._ops, self._made_by)
        first = links.consumers(parameter)
        if not first:
            return _Verdict(False, "unused", tr("not used in this forward"))
        checkpoint = next((op for op in first if op.function == "CheckpointFunction"), None)
        if checkpoint is not None:
            return self._in_checkpoint(checkpoint)
        inside = next((op for op in first if op.within is not None and self._leads(op.within)), None)
        if inside is not None:
            text = tr("in the forward of {function}: only backward can tell").format(function=inside.function)
            return _Verdict(None, "hidden", text, inside)
        frozen = _frozen_there(parameter, first)
        if frozen is not None:
            return _Verdict(False, "frozen", tr("frozen where it is used: requires_grad was False there"), frozen)
        leading = links.leading_to(self._ends())
        found = links.first_cut(first, leading)
        if found is None:
            found = links.first_cut(first, links.leading_to(op for op in self._ops if _short(op) in _EXITS))
        if found is not None:
            return _explain(*found)
        received = links.first_gradient(first, leading)
        if received is not None:
            return _independent(received)
        if not any(op in leading for op in first):
            return _Verdict(False, "unused", tr("used, but what is made of it does not lead to the loss"), first[0])
        return _Verdict(False, "unknown", tr("no gradient comes back from where it is used"), first[0])

    def _in_checkpoint(self, op: Op) -> _Verdict:
        if op.within is None:
            text = tr("in a reentrant checkpoint none of whose inputs wants a gradient; use_reentrant=False needs none")
            return _Verdict(False, "no_grad", text, op)
        if self._leads(op.within):
            return _Verdict(None, "hidden", tr("in a reentrant checkpoint: only backward can tell"), op)
        return _Verdict(False, "unused", tr("used in a reentrant checkpoint that does not lead to the loss"), op)

    def _leads(self, function: Op) -> bool:
        """Return whether the call of a custom Function made a node behind the loss. Its backward may run another of its
        own, as those of checkpoints and of reversible layers do."""
        return any(self._made_by.get(node) is function for node in self._nodes)

    def _ends(self) -> Iterator[Op]:
        """Return the ops that computed the loss."""
        for node in self._nodes:
            if (op := self._made_by.get(node)) is not None:
                yield op
        for value in self._last:
            if isinstance(value.op, Op):
                yield value.op


def _ops_of(capture: Capture, behind: Sequence[Node], last: Sequence[torch.Tensor]) -> list[Op]:
    """Return the ops of the forward, and before them those earlier ones that the forward or the loss depend on."""
    if not capture.earlier:
        return capture.ops
    made_by, earlier = capture.makers.made_by, set(capture.earlier)
    stack = [op for node in behind if (op := made_by.get(node)) is not None]
    stack += [op for tensor in last if (op := capture.flow.of(tensor).op) is not None]
    stack += capture.ops
    seen: set[Op] = set()
    while stack:
        op = stack.pop()
        if op not in seen:
            seen.add(op)
            stack += [maker for maker in makers_of(op, made_by) if maker in earlier]
    return [op for op in capture.earlier if op in seen] + capture.ops


class _Links:
    """Links each op to those that made its inputs."""

    def __init__(self, ops: list[Op], made_by: Mapping[Node, Op | None]) -> None:
        self._made_by = made_by
        self._ops = [op for op in ops if not _is_blind(op)]
        known = set(self._ops)
        # Calls of custom Functions are no ops of their own: they are known by their nodes, or by the ops inside.
        for op in [*made_by.values(), *(op.within for op in ops)]:
            if op is not None and op not in known:
                known.add(op)
                self._ops.append(op)
        self._order = {op: i for i, op in enumerate(self._ops)}
        self._sources = {op: list(self._sources_of(op)) for op in self._ops}
        for node, op in made_by.items():
            if op is not None and op in self._sources and not op.inputs:
                makers = (made_by.get(following) for following, _ in node.next_functions if following is not None)
                self._sources[op] += [maker for maker in makers if maker is not None and maker is not op]
        self._consumers: dict[Op, list[Op]] = {}
        for op, sources in self._sources.items():
            for source in sources:
                self._consumers.setdefault(source, []).append(op)

    def _sources_of(self, op: Op) -> Iterator[Op]:
        for value in op.inputs:
            if isinstance(value, Value):
                maker = self._maker(value)
                if maker is not None and maker is not op:
                    yield maker

    def consumers(self, parameter: torch.Tensor) -> list[Op]:
        """Return the ops that were given `parameter` itself, in order."""
        found = {op for op in self._ops if any(isinstance(v, Value) and v.tensor() is parameter for v in op.inputs)}
        for node, op in self._made_by.items():
            leaves = (f for f, _ in node.next_functions if f is not None and is_leaf_node(f))
            if op is not None and any(leaf_of(leaf) is parameter for leaf in leaves):
                found.add(op)
        return sorted((op for op in found if op in self._order), key=self._order.__getitem__)

    def leading_to(self, ends: Iterable[Op]) -> set[Op]:
        """Return all ops whose values go into `ends`, and these."""
        found: set[Op] = set()
        stack = list(ends)
        while stack:
            op = stack.pop()
            if op not in found:
                found.add(op)
                stack.extend(self._sources.get(op, ()))
        return found

    def first_cut(self, first: list[Op], leading: set[Op]) -> tuple[Op, list[Value]] | None:
        """Return the earliest op, among those that lead from `first` through `leading`, that was given a tensor
        requiring grad and returned one that does not, with what it returned. An op that returned integers is named only
        if there is no other: that they have no gradient is no surprise."""
        cuts: dict[Op, list[Value]] = {}
        seen: set[Op] = set()
        stack = [op for op in first if op in leading]
        while stack:
            op = stack.pop()
            if op in seen:
                continue
            seen.add(op)
            if _cuts(op):
                cuts[op] = [value for value in op.outputs if isinstance(value, Value)]
                continue
            for consumer in self._consumers.get(op, ()):
                if consumer in leading:
                    lost = self._lost_between(op, consumer)
                    if lost:
                        cuts.setdefault(op, []).extend(lost)
                    else:
                        stack.append(consumer)
        earliest = min(cuts, key=lambda op: (_are_integers(cuts[op]), self._order[op]), default=None)
        return None if earliest is None else (earliest, cuts[earliest])

    def first_gradient(self, first: list[Op], leading: set[Op]) -> Op | None:
        """Return the earliest call of `torch.autograd.grad` that made a graph, among the ops that lead from `first`."""
        found: set[Op] = set()
        stack = [op for op in first if op in leading]
        while stack:
            op = stack.pop()
            if op not in found:
                found.add(op)
                stack.extend(consumer for consumer in self._consumers.get(op, ()) if consumer in leading)
        return min((op for op in found if op.creates_graph), key=self._order.__getitem__, default=None)

    def _lost_between(self, op: Op, consumer: Op) -> list[Value]:
        """Return what `consumer` was given of `op`, if no gradient comes back by it though one may by other results of
        `op`: integers (the indices beside a maximum), and what `op` wrote into through `.data`."""
        received = [value for value in consumer.inputs if isinstance(value, Value) and self._maker(value) is op]
        past = all(value.node is None and value not in op.outputs for value in received)
        return received if past or _are_integers(received) else []

    def _maker(self, value: Value) -> Op | None:
        return self._made_by.get(value.node) if value.node is not None else value.op


def _cuts(op: Op) -> bool:
    if op.within is not None and any(v.requires_grad for v in op.within.outputs if isinstance(v, Value)):
        return False
    wanted = any(isinstance(value, Value) and value.requires_grad for value in op.inputs)
    return wanted and not any(isinstance(value, Value) and _carries(value, op) for value in op.outputs)


def _compiled() -> _Verdict:
    return _Verdict(None, "hidden", tr("in a compiled region: only backward can tell"))


def _carries(value: Value, op: Op) -> bool:
    """Return whether gradient goes through `value` back into `op`. A leaf that it wrote into has its own, and keeps
    it."""
    return value.node is not None or (value.requires_grad and value.op is not op)


def _are_integers(values: Iterable[Value]) -> bool:
    return not any(value.can_want_gradient for value in values)


def _frozen_there(parameter: torch.Tensor, consumers: Iterable[Op]) -> Op | None:
    """Return the first op that used `parameter`, if it required no grad at any of its uses: it was frozen for a
    while."""
    uses = [
        (op, value)
        for op in consumers
        if _short(op) not in _SWITCHES
        for value in op.inputs
        if isinstance(value, Value) and value.tensor() is parameter
    ]
    return uses[0][0] if uses and not any(value.requires_grad for _, value in uses) else None


def _explain(op: Op, lost: Sequence[Value]) -> _Verdict:
    """Return why `lost`, which `op` returned, has no gradient."""
    short = _short(op)
    if op.within is not None:
        name = op.within.name.removesuffix(".apply")
        text = tr("behind an output of {function} that is marked as not differentiable").format(function=name)
        return _Verdict(False, "unknown", text, op.within)
    if short in _DETACHING:
        text = tr("detached by {op}").format(op=".data" if "data" in short else short)
        return _Verdict(False, "detached", text, op)
    if short in _EXITS:
        text = tr("it leaves torch as a plain value, by {op}").format(op=short.strip("_"))
        return _Verdict(False, "detached", text, op)
    if not op.grad_mode:
        return _Verdict(False, "no_grad", _without_grad_mode(op), op)
    if _are_integers(lost):
        beside = any(isinstance(value, Value) and value.requires_grad for value in op.outputs)
        if beside:
            text = tr("behind the integers that {op} gives").format(op=short)
        else:
            text = tr("behind an integer op, {op}").format(op=short.strip("_"))
        return _Verdict(False, "integer", text, op)
    if op.creates_graph:
        return _independent(op)
    if op.name == "torch.autograd.grad":
        return _Verdict(False, "detached", tr("made by torch.autograd.grad without create_graph=True"), op)
    if writes_in_place(op.name):
        text = tr("written by {op} into what .data or detach gave").format(op=short)
        return _Verdict(False, "detached", text, op)
    text = tr("{op} gives a result without a gradient").format(op=short.strip("_"))
    return _Verdict(False, "unknown", text, op)


def _without_grad_mode(op: Op) -> str:
    if op.function:
        text = tr("in the forward of {function}, none of whose inputs wants a gradient")
        return text.format(function=op.function)
    return tr("under {mode}").format(mode="inference_mode" if op.inference else "no_grad")


def _independent(op: Op) -> _Verdict:
    """Explain a gradient that was computed with create_graph=True, and has none itself: it is the same whatever its
    inputs are."""
    text = tr("the gradient that torch.autograd.grad gives there does not depend on it")
    return _Verdict(False, "unused", text, op)


def _record(named: NamedTensor, verdict: _Verdict) -> ReachRecord:
    parameter: torch.Tensor = named.value
    op = verdict.op
    file, line = (op.file, op.line) if op is not None else ("", 0)
    if op is not None and verdict.reason == "no_grad" and not op.grad_mode and op.off[1]:
        file, line = op.off
    shape, dtype = sizes(parameter) or (), dtype_name(parameter.dtype)
    return ReachRecord(named.id, named.names, shape, dtype, verdict.reached, verdict.reason, verdict.text, file, line)


def _is_opaque(node: Node) -> bool:
    return node_name(node)[0] == "opaque"


def _leaves(node: Node) -> Iterator[torch.Tensor]:
    for following, _ in node.next_functions:
        if following is not None and is_leaf_node(following):
            yield leaf_of(following)


def _is_blind(op: Op) -> bool:
    short = _short(op)
    return short in _BLIND or short.endswith("_like") or (short.startswith("new_") and short != "new_tensor")


def _short(op: Op) -> str:
    """Return `detach` for `torch.Tensor.detach`, `data.__get__` for `torch.Tensor.data.__get__`."""
    parts = op.name.split(".")
    return ".".join(parts[-2:]) if parts[-1] in ("__get__", "__set__") else parts[-1]
