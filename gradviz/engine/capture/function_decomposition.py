"""Decompose torch's composite Python functions, so that their ops are seen one by one, as if the user had written
them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from types import FunctionType
from typing import Any

import torch.nn.functional

# Functions of torch.nn.functional that are Python and compute by several differentiable ops. A function that prepares
# its arguments and then calls one op (`dropout`, `cross_entropy`) is that op, and keeps its name.
_COMPOSITES = (
    "gaussian_nll_loss",
    "gumbel_softmax",
    "local_response_norm",
    "lp_pool1d",
    "lp_pool2d",
    "lp_pool3d",
    "multi_head_attention_forward",
    "multilabel_soft_margin_loss",
    "normalize",
    "softmin",
    "softsign",
    "tanhshrink",
    "triplet_margin_with_distance_loss",
)


def decompose(func: Any, types: Any) -> Callable[..., Any] | None:
    """Return a function that does the same as `func` and lets the mode around it see each op; None if `func` is one op.

    `types` are the classes of tensors that overload torch's functions: they must see `func` itself.
    """
    inside = _unchecked().get(func) if type(func) is FunctionType else None
    plain = inside is not None and all(kind is torch.Tensor or kind is torch.nn.Parameter for kind in types)
    return inside if plain else None


@lru_cache(maxsize=1)
def _unchecked() -> dict[Any, Callable[..., Any]]:
    functions = (getattr(torch.nn.functional, name, None) for name in _COMPOSITES)
    names = _UncheckedNames(vars(torch.nn.functional))
    return {f: _copy(f, names) for f in functions if isinstance(f, FunctionType)}


def _copy(function: FunctionType, names: dict[str, Any]) -> FunctionType:
    """Return the same code, which looks its global names up in `names`."""
    copy = FunctionType(function.__code__, names, function.__name__, function.__defaults__, function.__closure__)
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


class _UncheckedNames(dict[str, Any]):
    """The names of `torch.nn.functional` as they are at each moment, without the check for overloads.

    Under a mode that check would hand the whole function to the mode, which was done already.
    """

    def __init__(self, names: dict[str, Any]) -> None:
        never = dict.fromkeys(("has_torch_function", "has_torch_function_unary", "has_torch_function_variadic"), _never)
        super().__init__(never, __builtins__=names["__builtins__"], __name__=names["__name__"])
        self._names = names

    def __missing__(self, name: str) -> Any:
        return self._names[name]


def _never(*tensors: Any) -> bool:
    return False
