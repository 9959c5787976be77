"""The measure of floating-point operations, by torch's formulas, from the shapes of calls alone: none runs twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import torch

from gradviz.engine.measuring.measure import Clock, Measure, OpCall, Span
from gradviz.engine.torch_compat import is_wrapped, tree_flatten, tree_map
from gradviz.protocol.records import MeasureKind, NodeRecord, PlaceRecord

# Calls that may come down to an op with a formula: products of matrices, convolutions, attention, recurrent layers.
# No other call is asked: counting calls it once more, on tensors without memory.
_COUNTED = frozenset(
    "mm matmul __matmul__ __rmatmul__ bmm baddbmm baddbmm_ addmm addmm_ addbmm linear bilinear einsum tensordot inner "
    "multi_dot chain_matmul conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d convolution "
    "scaled_dot_product_attention multi_head_attention_forward lstm gru rnn_tanh rnn_relu lstm_cell gru_cell "
    "rnn_tanh_cell rnn_relu_cell _scaled_mm".split()
)
_PRODUCTS = ("numpy.dot", "numpy.ndarray.dot", "numpy.matmul")


@dataclass(frozen=True, slots=True)
class CountableCall:
    """A call whose tensors are known by shape, stride and dtype; it holds none of them."""

    function: Callable[..., Any] = field(compare=False)
    arguments: Any = field(compare=False)
    key: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Like:
    """Shape, stride and dtype of a tensor."""

    shape: tuple[int, ...]
    stride: tuple[int, ...]
    dtype: torch.dtype

    def tensor(self) -> torch.Tensor:
        """Return a tensor of this form without memory."""
        return torch.empty_strided(self.shape, self.stride, dtype=self.dtype, device="meta")


class Flops(Measure):
    """Measures the operations of each op, a multiplication and an addition being two."""

    kinds = ("flops",)
    fleeting = True

    def __init__(self, clock: Clock | None, memory: dict[Any, Any]) -> None:
        super().__init__(clock, memory)
        self._calls: dict[int, tuple[CountableCall, ...]] = {}

    def begin_op(self, call: OpCall) -> tuple[CountableCall, ...]:
        """Note a call that can be counted."""
        function, args = call.function, call.args
        found = (
            product_of_arrays(call.name, args) if function is None else call_of(call.name, function, args, call.kwargs)
        )
        return () if found is None else (found,)

    def join_ops(self, before: Any, note: Any) -> Any:
        """Note all calls inside one custom Function."""
        return (before or ()) + note

    def add_op(self, node: NodeRecord, place: PlaceRecord, note: Any, span: Span | None) -> None:
        """Add the calls of a node."""
        self._calls[node.id] = note or ()

    def values(self, kind: MeasureKind) -> dict[int, float]:
        """Return node id → operations, of those that torch has a formula for."""
        found = {}
        for node_id, calls in self._calls.items():
            counts = [count for call in calls if (count := count_flops(call)) is not None]
            if counts:
                found[node_id] = float(sum(counts))
        return found


def call_of(name: str, function: Callable[..., Any], args: Any, kwargs: Any) -> CountableCall | None:
    """Return the call as it can be counted later; None for a function without a formula, or for arguments without
    plain shapes."""
    short = name.rpartition(".")[2]
    if short not in _COUNTED:
        return None
    leaves, _ = tree_flatten((args, kwargs))
    if not all(_is_plain(leaf) for leaf in leaves if isinstance(leaf, torch.Tensor)):
        return None
    arguments = tree_map(_like, (args, kwargs))
    leaves, structure = tree_flatten(arguments)
    return CountableCall(function, arguments, (name, str(structure), *(_hashable(leaf) for leaf in leaves)))


@lru_cache(maxsize=4096)  # a loop over one cell is counted once
def count_flops(call: CountableCall) -> int | None:
    """Return the operations of a call; None where torch has no formula."""
    from torch.utils.flop_counter import FlopCounterMode

    args, kwargs = tree_map(lambda leaf: leaf.tensor() if isinstance(leaf, _Like) else leaf, call.arguments)
    counter = FlopCounterMode(display=False)
    try:
        with torch.no_grad(), counter:
            call.function(*args, **kwargs)
    except (RuntimeError, TypeError, ValueError, IndexError, AssertionError, NotImplementedError):
        return None  # a kernel that wants to see numbers cannot be counted by shapes
    counts = counter.get_flop_counts().get("Global", {})
    return sum(counts.values()) if counts else None


def product_of_arrays(name: str, values: Sequence[Any]) -> CountableCall | None:
    """Return NumPy's product of two matrices, which is counted as torch's would be; None for any other call."""
    arrays = [value for value in values if isinstance(value, np.ndarray)]
    if name not in _PRODUCTS or len(arrays) != 2 or any(array.ndim != 2 for array in arrays):
        return None
    likes = tuple(_Like(array.shape, (array.shape[1], 1), torch.float64) for array in arrays)
    return CountableCall(torch.mm, (likes, {}), (name, *likes))


def _is_plain(tensor: torch.Tensor) -> bool:
    strided = tensor.layout == torch.strided and not tensor.is_nested
    return strided and not is_wrapped(tensor)


def _like(leaf: Any) -> Any:
    if not isinstance(leaf, torch.Tensor):
        return leaf
    return _Like(tuple(leaf.shape), tuple(leaf.stride()), leaf.dtype)


def _hashable(leaf: Any) -> Any:
    return leaf if isinstance(leaf, int | float | str | bool | _Like | type(None) | torch.dtype) else repr(leaf)
