"""Counts floating-point operations with torch's own formulas, from the shapes of a call alone: nothing is run twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from gradviz.engine.torch_compat import is_wrapped, tree_flatten, tree_map

# Calls that may come down to an op with a formula: products of matrices, convolutions, attention, recurrent layers.
# No other call is asked: counting calls it once more, on tensors without memory.
_COUNTED = frozenset(
    "mm matmul __matmul__ __rmatmul__ bmm baddbmm baddbmm_ addmm addmm_ addbmm linear bilinear einsum tensordot inner "
    "multi_dot chain_matmul conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d convolution "
    "scaled_dot_product_attention multi_head_attention_forward lstm gru rnn_tanh rnn_relu lstm_cell gru_cell "
    "rnn_tanh_cell rnn_relu_cell _scaled_mm".split()
)
_PRODUCTS = ("numpy.dot", "numpy.ndarray.dot", "numpy.matmul")
_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Call:
    """A call whose tensors are told by shape, stride and dtype; it holds none of them."""

    function: Callable[..., Any]
    arguments: Any
    key: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Like:
    """What stands for a tensor."""

    shape: tuple[int, ...]
    stride: tuple[int, ...]
    dtype: torch.dtype

    def tensor(self) -> torch.Tensor:
        return torch.empty_strided(self.shape, self.stride, dtype=self.dtype, device="meta")


def call_of(name: str, function: Callable[..., Any], args: Any, kwargs: Any) -> Call | None:
    """The call as it can be counted later; None for a function without a formula, or arguments without plain shapes."""
    short = name.rpartition(".")[2]
    if short not in _COUNTED:
        return None
    leaves, _ = tree_flatten((args, kwargs))
    if not all(_is_plain(leaf) for leaf in leaves if isinstance(leaf, torch.Tensor)):
        return None
    arguments = tree_map(_like, (args, kwargs))
    leaves, structure = tree_flatten(arguments)
    return Call(function, arguments, (name, str(structure), *(_hashable(leaf) for leaf in leaves)))


class FlopCounter:
    """Remembers what it has counted: a loop over one cell is counted once."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], int | None] = {}

    def count(self, call: Call) -> int | None:
        """Operations of a call, a multiplication and an addition being two; None where torch has no formula."""
        if call.key not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[call.key] = _count(call)
        return self._known[call.key]


def _count(call: Call) -> int | None:
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


def product_of_arrays(name: str, values: Sequence[Any]) -> Call | None:
    """NumPy's product of two matrices, which is counted as torch's would be; None for any other call."""
    arrays = [value for value in values if isinstance(value, np.ndarray)]
    if name not in _PRODUCTS or len(arrays) != 2 or any(array.ndim != 2 for array in arrays):
        return None
    likes = tuple(_Like(array.shape, (array.shape[1], 1), torch.float64) for array in arrays)
    return Call(torch.mm, (likes, {}), (name, *likes))


def _is_plain(tensor: torch.Tensor) -> bool:
    strided = tensor.layout == torch.strided and not tensor.is_nested
    return strided and not is_wrapped(tensor)


def _like(leaf: Any) -> Any:
    if not isinstance(leaf, torch.Tensor):
        return leaf
    return _Like(tuple(leaf.shape), tuple(leaf.stride()), leaf.dtype)


def _hashable(leaf: Any) -> Any:
    return leaf if isinstance(leaf, int | float | str | bool | _Like | type(None) | torch.dtype) else repr(leaf)
