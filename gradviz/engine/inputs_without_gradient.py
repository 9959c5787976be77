"""Explains each None among a node's next_functions: which tensor or number stands there, and why it has no gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch.autograd.graph import Node

from gradviz.engine.autograd import place_of, shape_of
from gradviz.engine.capture import Op
from gradviz.engine.names import Named, Names
from gradviz.protocol.records import NodeKind, NodeRecord, Shape

# Inputs that may not have been given at all: nothing stands there.
_OPTIONAL = {
    "ConvolutionBackward0": {2},
    "NativeLayerNormBackward0": {1, 2},
    "NativeGroupNormBackward0": {1, 2},
    "NativeBatchNormBackward0": {1, 2},
    "CudnnBatchNormBackward0": {1, 2},
    "MiopenBatchNormBackward0": {1, 2},
}
# Calls whose numbers are operands. Everywhere else a number is a setting (a stride, a dimension).
_ARITHMETIC = {"add", "sub", "mul", "div", "true_divide", "where", "lerp", "maximum", "minimum"}
# Stubs are numbered by the place they fill, so that one structure keeps its ids whatever was seen before.
_FIRST_STUB = -1_000_000
_SLOTS = 1024


@dataclass(frozen=True, slots=True)
class Missing:
    """What stands at an input that wants no gradient."""

    id: int
    kind: NodeKind
    name: str
    names: tuple[str, ...]
    shape: Shape | None
    dtype: str
    device: str
    note: str

    def record(self, cluster: int) -> NodeRecord:
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


class Explainer:
    """Takes an op's inputs without gradient in order and hands them to the Nones of the nodes that it made."""

    def __init__(self, names: Names, ops: list[Op]) -> None:
        self._names = names
        self._waiting: dict[Op, tuple[list[torch.Tensor], list[Any]]] = {}
        self._made_by: dict[int, Op] = {id(out): op for op in ops for out in op.outputs}

    def explain(self, node_id: int, node: Node, op: Op | None) -> dict[int, Missing]:
        """input_nr → what is there, for every None that stands for something."""
        found: dict[int, Missing] = {}
        empty = [i for i, (following, _) in enumerate(node.next_functions) if following is None]
        if not empty:
            return found
        tensors, numbers = self._inputs(op)
        optional = _OPTIONAL.get(node.name(), set())
        for slot in empty:
            if tensors:
                found[slot] = self._tensor(node_id, slot, tensors.pop(0))
            elif numbers:
                found[slot] = _number(node_id, slot, numbers.pop(0))
            elif slot not in optional:
                found[slot] = _stub(node_id, slot, "constant", "a value that autograd does not follow")
        return found

    def _inputs(self, op: Op | None) -> tuple[list[torch.Tensor], list[Any]]:
        """What is left of the op's inputs to hand out: tensors, and numbers that are operands."""
        if op is None:
            return [], []
        if op not in self._waiting:
            # Only floating-point and complex tensors can want a gradient: masks and indices have no place of theirs.
            tensors = [t for t in op.inputs if isinstance(t, torch.Tensor) and _can_want_gradient(t)]
            short = op.name.rpartition(".")[2].strip("_")
            if short == "linear":
                # linear(input, weight, bias) becomes addmm(bias, input, weight).
                tensors.sort(key=lambda tensor: tensor.ndim != 1)
            numbers = [i for i in op.inputs if isinstance(i, int | float | complex) and not isinstance(i, bool)]
            self._waiting[op] = (tensors, numbers if short.removeprefix("r") in _ARITHMETIC else [])
        return self._waiting[op]

    def _tensor(self, node_id: int, slot: int, tensor: torch.Tensor) -> Missing:
        named = self._names.of(tensor)
        shape, (dtype, device) = shape_of(tensor), place_of(tensor)
        if named is not None:
            return Missing(named.id, named.kind, named.names[0], named.names, shape, dtype, device, _why(named))
        name, note = self._origin(tensor)
        return Missing(_stub_id(node_id, slot), "stub", name, (), shape, dtype, device, note)

    def _origin(self, tensor: torch.Tensor) -> tuple[str, str]:
        """A name and a reason for a tensor that has neither."""
        op = self._made_by.get(id(tensor))
        if op is None:
            return "constant", "a tensor without a name, made without requires_grad"
        short = op.name.rpartition(".")[2]
        sources = [self._names.of(value) for value in op.inputs]
        known = [named.names[0] for named in sources if named is not None]
        made_from = f" from {', '.join(known)}" if known else ""
        if short in ("detach", "detach_", "data.__get__"):
            return "detached", "detached: no gradient flows past here"
        return short, f"made{made_from} by {op.name}; nothing it was made from wants a gradient"


def _can_want_gradient(tensor: torch.Tensor) -> bool:
    return tensor.is_floating_point() or tensor.is_complex()


def _why(named: Named) -> str:
    if named.kind == "data":
        return "data, no gradient"
    return "frozen: requires_grad is False" if isinstance(named.value, torch.nn.Parameter) else "no gradient"


def _number(node_id: int, slot: int, number: Any) -> Missing:
    return _stub(node_id, slot, f"{number:.6g}" if isinstance(number, float) else str(number), "a number")


def _stub(node_id: int, slot: int, name: str, note: str) -> Missing:
    return Missing(_stub_id(node_id, slot), "stub", name, (), None, "", "", note)


def _stub_id(node_id: int, slot: int) -> int:
    # The last slot of a node is shared by all that would not fit (a cat of more than a thousand constants).
    return _FIRST_STUB - node_id * _SLOTS - min(slot, _SLOTS - 1)
