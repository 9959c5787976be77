"""One short name for each op, whatever it was called by, and which elements of its inputs reach its result."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import torch

from gradviz.engine.capture.autograd_nodes import snake
from gradviz.engine.gate.step_history import Given
from gradviz.engine.tensors.tensor_reader import isolated_no_grad

_SAME = {
    "truediv": "div", "true_divide": "div", "divide": "div", "rtruediv": "rdiv", "floordiv": "div", "multiply": "mul",
    "rmul": "mul", "radd": "add", "subtract": "sub", "rsub": "rsub", "absolute": "abs", "arccos": "acos",
    "arcsin": "asin", "arctanh": "atanh", "arccosh": "acosh", "power": "pow", "special_expm1": "expm1",
    "special_log1p": "log1p", "special_logit": "logit", "special_erfinv": "erfinv", "setitem": "fill",
    "itruediv": "div", "iadd": "add", "isub": "sub", "imul": "mul", "ipow": "pow", "special_xlogy": "xlogy",
    "linalg_vector_norm": "norm", "linalg_norm": "norm", "vector_norm": "norm", "half": "to", "float": "to",
    "bfloat16": "to", "type": "to", "sdpa": "scaled_dot_product_attention",
}  # fmt: skip
SOFTMAXES = frozenset("softmax log_softmax softmin scaled_dot_product_attention".split())
ELEMENTWISE = frozenset("where masked_fill add sub rsub mul div rdiv pow maximum minimum fmax fmin".split())


@lru_cache(maxsize=4096)
def op_of(name: str) -> str:
    """Return `div` for `torch.Tensor.__itruediv__`, `log` for `torch.log_`."""
    short = name.rpartition(".")[2].strip("_")
    return _SAME.get(short, short)


@lru_cache(maxsize=4096)
def op_of_node(grad_fn: str) -> str:
    """Return `sqrt` for `SqrtBackward0`."""
    short = snake(grad_fn.partition("Backward")[0])
    return _SAME.get(short, short)


def selected_by(op: str, inputs: Sequence[torch.Tensor | None], given: Given | None) -> dict[int, torch.Tensor]:
    """Return, for an op that chooses among its inputs by a mask, input → the elements that are taken from it."""
    if op not in ("where", "masked_fill") or given is None:
        return {}
    masks = [i for i, value in enumerate(inputs) if value is not None and value.dtype == torch.bool]
    if not masks:
        return {}
    mask = inputs[masks[0]]
    assert mask is not None
    others = [i for i in range(len(inputs)) if i != masks[0]]
    with isolated_no_grad():
        chosen = [mask, ~mask]
        if op == "masked_fill":
            chosen = chosen[::-1]
        elif not masks[0] and given.arguments[1:2] != (...,):
            chosen = chosen[1:]  # `where(mask, number, other)`
    return dict(zip(others, chosen, strict=False))
