"""Looks quickly at the values of an iteration that does not pass the gate: where a condition on values finds something,
the iteration is run again, through the gate, which stops there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch

from gradviz.engine.capture.autograd_nodes import is_leaf_node, leaf_of, node_of, reachable
from gradviz.engine.capture.op_recorder import op_name
from gradviz.engine.capture.ops import flatten
from gradviz.engine.capture.tensor_flow import is_unwritten
from gradviz.engine.gate.value_conditions import ON_VALUES, is_rectifier
from gradviz.engine.tensors.reductions import norm
from gradviz.engine.tensors.tensor_reader import is_plain, isolated_no_grad
from gradviz.engine.tensors.tensor_summary import is_finite, summarize
from gradviz.engine.torch_compat import never_compiled
from gradviz.protocol.records import BreakpointRecord

_NEAR = 1e-3
"""Norms are compared with so much to spare: a summary adds up in another order."""


def _is_outside(record: BreakpointRecord, value: torch.Tensor) -> bool:
    if not value.numel() or value.is_complex():
        return True
    low, high = torch.aminmax(value)
    return not (low.item() >= record.number and high.item() <= record.other)


_MAY_FIND: dict[str, Callable[[BreakpointRecord, torch.Tensor], bool]] = {
    "nan": lambda record, value: not is_finite(value),
    "inf": lambda record, value: not is_finite(value),
    "norm_above": lambda record, value: not float(norm(value)) < record.number * (1 - _NEAR),
    "norm_below": lambda record, value: not float(norm(value)) > record.number * (1 + _NEAR),
    "zero_grad": lambda record, value: not float(norm(value)) > 0,
    "zeros_above": lambda record, value: (
        value.numel() - int(torch.count_nonzero(value)) > record.number * value.numel()
    ),
    "value_outside": _is_outside,
}
"""Whether a summary is worth its time. Of kinds that are not here it is taken of each value that they look at."""


class QuickConditions:
    """The conditions of some breakpoints, for one phase of one iteration."""

    def __init__(self, records: Sequence[BreakpointRecord]) -> None:
        self._asked = [(record, _MAY_FIND.get(record.kind), ON_VALUES[record.kind].finds) for record in records]
        self.met = False
        """Whether one of them found something. Nothing more is looked at then."""

    def look(self, result: Any, func: Any = None) -> None:
        """Look at the tensors in `result`, which the op `func` made, or backward."""
        for value in (result,) if isinstance(result, torch.Tensor) else flatten(result):
            if isinstance(value, torch.Tensor) and not self.met:
                with isolated_no_grad():
                    self.met = self._finds(value, func)

    def _finds(self, value: torch.Tensor, func: Any) -> bool:
        plain = is_plain(value)
        for record, may_find, finds in self._asked:
            if plain and may_find is not None and not may_find(record, value):
                continue
            op = op_name(func) if func is not None else ""
            if record.kind == "dead_above" and not is_rectifier(op):
                continue
            if not is_unwritten(op) and finds(record, summarize("", value), value, op):
                return True
        return False

    @contextmanager
    def following(self, loss: Any) -> Iterator[None]:
        """Context manager: the backward from `loss` runs within. Each gradient is looked at that a node passes on, and
        at the end what the leaves have."""
        start = node_of(loss)
        nodes = reachable([start]) if start is not None else []
        leaves = [leaf_of(node) for node in nodes if is_leaf_node(node)]
        handles = [node.register_hook(self._hook) for node in nodes if not is_leaf_node(node)]
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()
        for leaf in leaves:
            self.look(leaf.grad)

    @never_compiled
    def _hook(self, passed_on: tuple[torch.Tensor | None, ...], came: tuple[torch.Tensor | None, ...]) -> None:
        self.look(passed_on)
