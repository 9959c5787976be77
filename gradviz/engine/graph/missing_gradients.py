"""Explain the inputs of a node that require no grad: each None among its next_functions, and inputs that have no place
there at all (indices, masks, class targets)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import prod
from typing import Any

import torch
from torch.autograd.graph import Node

from gradviz.engine.capture.autograd_nodes import dtype_name, is_leaf_node, leaf_of, outputs_of
from gradviz.engine.capture.named_tensors import NamedTensor, TensorNames
from gradviz.engine.capture.ops import Op
from gradviz.engine.capture.tensor_flow import Value
from gradviz.engine.torch_compat import SAVED
from gradviz.language import tr, translatable
from gradviz.protocol.records import NodeKind, NodeRecord, Shape

# Inputs that may not have been given at all: then nothing is there.
_OPTIONAL = {
    "ConvolutionBackward0": {2},
    "EmbeddingBagBackward0": {1},
    "NativeLayerNormBackward0": {1, 2},
    "NativeGroupNormBackward0": {1, 2},
    "NativeBatchNormBackward0": {1, 2},
    "CudnnBatchNormBackward0": {1, 2},
    "MiopenBatchNormBackward0": {1, 2},
}
# Calls whose last argument is a value even where it is a number.
_WRITING = {"setitem", "fill", "masked_fill", "index_fill"}
# Calls whose numbers are operands. Everywhere else a number is a setting (a stride, a dimension).
_ARITHMETIC = {"add", "sub", "mul", "div", "truediv", "true_divide", "where", "lerp", "maximum", "minimum"}
# Inputs that no argument gives: by op, and by node where it has several of them.
_STATE = (translatable("initial state"), translatable("the initial state of this layer or direction"))
_GIVEN_STATE = (translatable("hidden state"), translatable("the state that the cell was given"))
_ATTENTION = "scaled_dot_product_attention"
_HIDDEN = {
    ("dropout", ""): (
        translatable("mask"),
        translatable("what dropout keeps; 0 where it drops a value, else 1 / (1 − p)"),
    ),
    ("lstm", ""): _STATE,
    ("gru", ""): _STATE,
    ("rnn_tanh", ""): _STATE,
    ("rnn_relu", ""): _STATE,
    ("gru_cell", "SubBackward0"): _GIVEN_STATE,
    (_ATTENTION, "AddBackward0"): (translatable("attention mask"), translatable("which positions may be looked at")),
    (_ATTENTION, "MulBackward0"): (
        translatable("mask"),
        translatable("what dropout keeps of the weights; 0 where it drops one, else 1 / (1 − p)"),
    ),
}
# Calls that make several nodes, which use the inputs in their order. Of other calls only what fits counts as known.
_IN_ORDER = {"linear", "lstm", "gru", "rnn_tanh", "rnn_relu", "lstm_cell", "gru_cell", "rnn_tanh_cell", "rnn_relu_cell"}
_ELEMENTWISE = re.compile(r"(Add|Sub|Mul|Div|Where|Lerp|Maximum|Minimum|Pow|PreluKernel)Backward\d")
_INDEXING = re.compile(r"NllLoss|Index|Gather|Scatter|Take|Embedding|Ctc|.*Margin")
_MATRICES = re.compile(r"(Mm|Bmm|Addmm|Baddbmm)Backward\d")
_NORMS = re.compile(r"(Native\w+|Cudnn\w+|Miopen\w+)NormBackward\d")
# Stubs are numbered by the place they fill, so that one structure keeps its ids whatever was seen before.
_FIRST_STUB = -1_000_000
_SLOTS = 1024


@dataclass(frozen=True, slots=True)
class Missing:
    """An input that requires no grad."""

    id: int
    kind: NodeKind
    name: str
    note: str
    names: tuple[str, ...] = ()
    shape: Shape | None = None
    dtype: str = ""
    device: str = ""
    known: bool = True
    """Whether its origin is known."""

    def record(self, cluster: int) -> NodeRecord:
        """Return the record of its node."""
        return NodeRecord(
            self.id,
            self.kind,
            self.name,
            cluster=cluster,
            shape=self.shape,
            dtype=self.dtype,
            device=self.device,
            names=self.names,
            note=self.note,
        )


@dataclass(slots=True)
class _Given:
    """An op's inputs, and which of them were assigned a place."""

    values: list[Any]
    alone: bool
    """Whether the op made one node only: then its inputs are the node's, in order."""
    used: set[int] = field(default_factory=set)
    """Positions in `values`."""


class Explainer:
    """Assigns an op's inputs without gradient to the nodes that it made."""

    def __init__(self, names: TensorNames, nodes: Sequence[Node], makers: Sequence[Op | None]) -> None:
        """`nodes`: all of the graph in order; `makers`: the op that made each."""
        self._names = names
        self._counts = Counter(makers)
        loose = {op for op in self._counts if op is not None and _takes_loose(op)}
        self._given: dict[Op, _Given] = {}
        self._last = dict(zip(makers, nodes, strict=True))
        # A node that uses an index takes those of its op; otherwise the op's last node does.
        self._indexing: dict[Op, Node] = {}
        for node, op in zip(nodes, makers, strict=True):
            if op in loose and op is not None and self._counts[op] > 1 and _takes_index(node.name()):
                self._indexing.setdefault(op, node)
        self.may_use_unplaced = {self._last[op] for op in loose}.union(self._indexing.values())
        """Nodes that may use inputs without a place. Of others, only those with a None need an explanation."""

    def given_to_failed(self, node_id: int, slot: int, value: Value) -> Missing:
        """Return an input of an op that raised, and made no node."""
        return self._missing(node_id, slot, value)

    def explain(self, node_id: int, node: Node, op: Op | None) -> dict[int, Missing]:
        """Return input_nr → what is there: for every None that means something, and, beyond the next_functions of the
        last node of an op, for every tensor that autograd has no place for."""
        inputs = node.next_functions
        empty = [i for i, pair in enumerate(inputs) if pair[0] is None]
        if op is None:
            return {slot: _hidden(node_id, slot, node, None) for slot in empty}
        given = self._given_to(op)
        is_last = self._last[op] is node
        found: dict[int, Missing] = {}
        if empty:
            optional = _OPTIONAL.get(node.name(), set())
            for slot, position in self._places(node, given, op):
                if position is not None:
                    given.used.add(position)
                    found[slot] = self._missing(node_id, slot, given.values[position], op.variables.get(position, ""))
                elif slot not in optional:
                    found[slot] = _hidden(node_id, slot, node, op)
        left = _unplaced(node, given) if is_last or self._indexing.get(op) is node else []
        if not is_last:
            left = [i for i in left if _is_index(given.values[i])]
        for slot, position in enumerate(left, len(inputs)):
            given.used.add(position)
            found[slot] = self._missing(node_id, slot, given.values[position], op.variables.get(position, ""))
        return found

    def _given_to(self, op: Op) -> _Given:
        if op not in self._given:
            # The inputs of torch.autograd.grad are the ends of a graph, not inputs of its nodes.
            inputs = [] if op.name == "torch.autograd.grad" else op.inputs
            self._given[op] = _Given(inputs, self._counts[op] == 1)
        return self._given[op]

    def _places(self, node: Node, given: _Given, op: Op) -> list[tuple[int, int | None]]:
        """Return for each None the position of the input that is there."""
        short = _short(op)
        first = 0 if short.removeprefix("r") in _ARITHMETIC else len(given.values) - (short in _WRITING)
        rank = {i: _rank(value, i >= first) for i, value in enumerate(given.values) if i not in given.used}
        order = list(range(len(given.values)))
        if short == "linear":
            # linear(input, weight, bias) becomes addmm(bias, input, weight).
            order.sort(key=lambda i: not _is_vector(given.values[i]))
        free = [i for i in order if rank.get(i) is not None]
        if _takes_index(node.name()):
            free = [i for i in free if not _is_index(given.values[i])]
        if given.alone:
            return _align(node, given.values, order, free, rank)
        # Which of several nodes uses which input is not known, but they use them in order, and indices have no place.
        free = [i for i in free if not _is_index(given.values[i])]
        free.sort(key=lambda i: rank[i] or 0)
        places: list[tuple[int, int | None]] = []
        for slot, (following, _) in enumerate(node.next_functions):
            if following is None:
                found = next((i for i in free if short in _IN_ORDER or _fits(node, slot, given.values[i])), None)
                if found is not None:
                    free.remove(found)
                places.append((slot, found))
        return places

    def _missing(self, node_id: int, slot: int, value: Any, variable: str = "") -> Missing:
        """Return what is there; `variable`: what the code that passes it calls it."""
        if not isinstance(value, Value):
            name = f"{value:.6g}" if isinstance(value, float) else str(value)
            return Missing(_stub_id(node_id, slot), "stub", name, tr("a number"))
        named = self._names.of(value.tensor())
        shape, dtype, device = value.shape, dtype_name(value.dtype), str(value.device)
        if named is not None:
            return Missing(named.id, named.kind, named.names[0], _why(named), named.names, shape, dtype, device)
        name, note = self._origin(value, variable)
        return Missing(
            _stub_id(node_id, slot), "stub", name, note, (), shape, dtype, device, known=value.op is not None
        )

    def _origin(self, value: Value, variable: str) -> tuple[str, str]:
        """Return a name and a reason for a tensor that has neither."""
        op = value.op
        if op is None and variable:
            return variable, tr("made without requires_grad")
        if op is None:
            return tr("constant"), tr("a tensor without a name, made without requires_grad")
        if op.within is not None and op.within.inputs is not op.inputs:
            function = op.within.name.removesuffix(".apply")
            text = tr("put out by {function}, which marks it as not differentiable")
            return function, text.format(function=function)
        short = _short(op)
        sources = [i for i in op.inputs if isinstance(i, Value)]
        known = list(dict.fromkeys(n.names[0] for s in sources if (n := self._names.of(s.tensor())) is not None))
        if short in ("detach", "detach_", "data"):
            return tr("detached"), tr("detached: no gradient flows past here")
        if known:
            made = tr("made from {sources} by {op}").format(sources=", ".join(known), op=op.name)
        else:
            made = tr("made by {op}").format(op=op.name)
        if not any(source.requires_grad for source in sources):
            return short, tr("{made}; nothing it was made from wants a gradient").format(made=made)
        if not op.grad_mode:
            return short, tr("{made} under no_grad: no gradient flows past here").format(made=made)
        if not value.can_want_gradient and any(isinstance(v, Value) and v.requires_grad for v in op.outputs):
            return short, tr("the integers that {op} gives: no gradient flows past here").format(op=op.name)
        return short, tr("{made}, which has no derivative: no gradient flows past here").format(made=made)


def _align(
    node: Node, values: list[Any], order: list[int], free: list[int], rank: dict[int, int | None]
) -> list[tuple[int, int | None]]:
    """Return for each None of an op's only node the position of the input that is there, between those that require
    grad.

    `order`: the positions in the order in which the node uses them. `free`: those of them that require no grad.
    """
    places: list[tuple[int, int | None]] = []
    waiting: list[int] = []
    rest = order
    for slot, (following, _) in enumerate(node.next_functions):
        if following is None:
            waiting.append(slot)
            continue
        found = next((k for k, i in enumerate(rest) if _is_followed(values[i], following)), None)
        if found is not None:
            places += _fill(waiting, [i for i in rest[:found] if i in free], rank)
            waiting, rest = [], rest[found + 1 :]
    return places + _fill(waiting, [i for i in rest if i in free], rank)


def _fill(slots: list[int], free: list[int], rank: dict[int, int | None]) -> list[tuple[int, int | None]]:
    """Return the likeliest of `free`, in its order."""
    likeliest = sorted(free, key=lambda i: rank[i] or 0)[: len(slots)]
    chosen = [i for i in free if i in likeliest]
    return [(slot, chosen[k] if k < len(chosen) else None) for k, slot in enumerate(slots)]


def _rank(value: Any, operand: bool) -> int | None:
    """Return how likely an input has a place among next_functions, from 0; None if it has none. `operand`: no
    setting."""
    if isinstance(value, Value):
        if value.requires_grad:
            return None
        return 0 if value.can_want_gradient else 2
    return 1 if operand and isinstance(value, int | float | complex) and not isinstance(value, bool) else None


def _takes_loose(op: Op) -> bool:
    return any(type(value) is Value and not value.requires_grad for value in op.inputs)


@lru_cache(maxsize=1024)
def _takes_index(name: str) -> bool:
    return _INDEXING.match(name) is not None


def _is_vector(value: Any) -> bool:
    return isinstance(value, Value) and len(value.shape or ()) == 1


def _is_index(value: Any) -> bool:
    return isinstance(value, Value) and not value.can_want_gradient


def _is_followed(value: Any, following: Node) -> bool:
    """Return whether this edge leads to `value`."""
    if not isinstance(value, Value) or not value.requires_grad:
        return False
    if value.node is None:
        return is_leaf_node(following) and leaf_of(following) is value.tensor()
    return value.node is following


def _fits(node: Node, slot: int, value: Any) -> bool:
    """Return whether `value` can be what is at `slot`, by its shape."""
    if not isinstance(value, Value):
        return True
    shape, made = value.shape, outputs_of(node)[0].shape
    if shape is None or made is None:
        return False
    if _ELEMENTWISE.fullmatch(node.name()):
        wanted = made[len(made) - len(shape) :]
        return len(shape) <= len(made) and all(a in (1, b) for a, b in zip(shape, wanted, strict=True))
    if _MATRICES.fullmatch(node.name()) and len(shape) > 1 and len(made) > 1:
        left = slot == len(node.next_functions) - 2
        return made[-2] in (shape[-2], prod(shape[:-1])) if left else made[-1] in shape[-2:]
    if node.name() == "MvBackward0":
        return (made[-1] == prod(shape[:-1])) if slot == 0 else len(shape) == 1
    if _NORMS.fullmatch(node.name()):
        return (prod(shape) == prod(made)) == (slot == 0)
    return False


def _unplaced(node: Node, given: _Given) -> list[int]:
    """Return positions of the tensors without gradient that were not assigned a place, each tensor once."""
    if getattr(node, f"{SAVED}training", False):
        return []  # batch norm in training writes its running statistics and does not read them
    seen = {id(given.values[i]) for i in given.used}
    left = []
    for i, value in enumerate(given.values):
        if isinstance(value, Value) and not value.requires_grad and id(value) not in seen:
            seen.add(id(value))
            left.append(i)
    return left


def _why(named: NamedTensor) -> str:
    if named.kind == "data":
        return tr("data, no gradient")
    if isinstance(named.value, torch.nn.Parameter):
        return tr("frozen: requires_grad is False")
    return tr("a buffer, no gradient")


def _hidden(node_id: int, slot: int, node: Node, op: Op | None) -> Missing:
    """Return an input that no argument gives."""
    stub = _stub_id(node_id, slot)
    if op is None or not op.name:
        return Missing(stub, "stub", tr("constant"), tr("a value that autograd does not follow"), known=False)
    known = _HIDDEN.get((_short(op), "")) or _HIDDEN.get((_short(op), node.name()))
    if known is not None:
        name, note = known
        return Missing(stub, "stub", tr(name), tr(note))
    text = tr("made inside {op}; autograd does not follow it").format(op=op.name)
    return Missing(stub, "stub", tr("constant"), text)


def _short(op: Op) -> str:
    """Return `mul` for `torch.Tensor.mul_`, `data` for `torch.Tensor.data.__get__`."""
    return op.name.removesuffix(".__get__").rpartition(".")[2].strip("_")


def _stub_id(node_id: int, slot: int) -> int:
    # The last slot of a node is shared by all that would not fit (a cat of more than a thousand constants).
    return _FIRST_STUB - node_id * _SLOTS - min(slot, _SLOTS - 1)
