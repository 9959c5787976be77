"""Why a node made a NaN or Inf of finite gradients: where each op's derivative is infinite. One row for each cause of
the backward."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch

from gradviz.engine.blame.cases import Case, count_text, extent, first, number
from gradviz.language import join_sentences, tr, translatable


@dataclass(frozen=True, slots=True)
class Slope:
    """Where the derivative of an op by one of its operands is infinite."""

    ops: str
    infinite: Callable[[torch.Tensor], torch.Tensor]
    text: str
    operand: int = 0
    exponent: Callable[[float], bool] | None = None
    """For a power: with which exponents it is."""

    def reason(self, case: Case) -> str:
        """Return the sentences; empty if the slope is finite everywhere."""
        values = case.operand(self.operand)
        if not isinstance(values, torch.Tensor) or values.is_complex():
            return ""
        if self.exponent is not None:
            power = case.operand(1)
            powers = set(power.reshape(-1).tolist()) if isinstance(power, torch.Tensor) else [float(power)]
            if not any(map(self.exponent, powers)):
                return ""
        outside = self.infinite(values)
        return f"{tr(self.text)} {count_text(outside, values)}" if bool(outside.any()) else ""


_SLOPES = (
    Slope("sqrt", lambda x: x == 0, translatable("The slope of √x, 1 / (2 √x), is infinite where x is 0.")),
    Slope("rsqrt", lambda x: x == 0, translatable("The slope of 1 / √x is infinite where x is 0.")),
    Slope("log log2 log10", lambda x: x == 0, translatable("The slope of log x, 1 / x, is infinite where x is 0.")),
    Slope("log1p", lambda x: x == -1, translatable("The slope of log(1 + x) is infinite where x is −1.")),
    Slope("reciprocal", lambda x: x == 0, translatable("The slope of 1 / x, −1 / x², is infinite where x is 0.")),
    Slope("div", lambda x: x == 0, translatable("The slopes of a / b, 1 / b and −a / b², are infinite where b is 0."),
          operand=1),
    Slope("acos asin", lambda x: x.abs() == 1,
          translatable("The slope of asin and acos, 1 / √(1 − x²), is infinite where x is −1 or 1.")),
    Slope("atanh", lambda x: x.abs() == 1, translatable("The slope of atanh, 1 / (1 − x²), is infinite at −1 and 1.")),
    Slope("acosh", lambda x: x == 1, translatable("The slope of acosh, 1 / √(x² − 1), is infinite where x is 1.")),
    Slope("logit", lambda x: (x == 0) | (x == 1),
          translatable("The slope of logit, 1 / (x (1 − x)), is infinite where x is 0 or 1.")),
    Slope("erfinv", lambda x: x.abs() == 1, translatable("The slope of erfinv is infinite at −1 and 1.")),
    Slope("pow", lambda x: x == 0, translatable("The slope of x to a power below 1 is infinite where x is 0."),
          exponent=lambda power: power < 1 and power != 0),
    Slope("pow", lambda x: x < 0, translatable("A negative x to a power that is no integer has no slope."),
          exponent=lambda power: power != math.floor(power)),
)  # fmt: skip


def _norm(case: Case) -> str:
    output = case.output
    if output is None or not bool((output == 0).any()):
        return ""
    text = tr("A norm of 0 has no direction: its slope there is x / 0. {count} of {total} norms are 0.")
    return text.format(count=f"{int((output == 0).sum()):,}", total=f"{output.numel():,}")


def _deviation(case: Case) -> str:
    output, values = case.output, case.operand(0)
    if output is None or not isinstance(values, torch.Tensor):
        return ""
    if output.numel() and values.numel() // output.numel() < 2:
        return tr("The deviation of a single number divides by n − 1 = 0.")
    zeros = int((output == 0).sum())
    if not zeros:
        return ""
    text = tr("A deviation of 0 has an infinite slope: {count} of {total} are of equal numbers.")
    return text.format(count=f"{zeros:,}", total=f"{output.numel():,}")


def _angle(case: Case) -> str:
    y, x = case.operand(0), case.operand(1)
    zeros = int(((y == 0) & (x == 0)).sum())
    return tr("atan2 has no slope at (0, 0): {count} elements.").format(count=zeros) if zeros else ""


def _decomposition(case: Case) -> str:
    return tr("The derivative divides by the differences of eigenvalues or singular values: two of them are equal.")


def _normalization(case: Case) -> str:
    if 0.0 not in [v for v in case.operands if isinstance(v, float)]:
        return ""
    return tr("The variance is 0 and eps is 0: the slope divides by 0.")


_RULES: dict[str, tuple[Callable[[Case], str], ...]] = {
    "norm cdist dist": (_norm,),
    "std var std_mean var_mean": (_deviation,),
    "atan2": (_angle,),
    "linalg_eigh linalg_eig linalg_svd linalg_qr": (_decomposition,),
    "native_layer_norm native_batch_norm native_group_norm": (_normalization,),
}

_BY_OP: dict[str, list[Callable[[Case], str]]] = {}
for _slope in _SLOPES:
    for _op in _slope.ops.split():
        _BY_OP.setdefault(_op, []).append(_slope.reason)
for _ops, _found in _RULES.items():
    for _op in _ops.split():
        _BY_OP.setdefault(_op, []).extend(_found)


def why_gradient_not_finite(case: Case, chooser: str) -> str:
    """Return why a node made a NaN or Inf of finite gradients; empty if no rule knows. `chooser`: the op behind it that
    takes another branch, with its line, where there is one."""
    slope = first(_BY_OP.get(case.op, ()), case)
    if slope:
        return join_sentences((slope, _zero_times_infinite(case, chooser)))
    return first([_overflow, _fallback], case)


def _zero_times_infinite(case: Case, chooser: str) -> str:
    gradient, made = case.gradient, case.made
    if gradient is None or made is None or not bool((gradient == 0).any()) or not bool(torch.isnan(made).any()):
        return ""
    if chooser:
        text = tr("The gradient that comes there is 0, since {chooser} takes another value; but 0 · ∞ is NaN.")
        return text.format(chooser=chooser)
    return tr("The gradient that comes there is 0, and 0 · ∞ is NaN.")


def _overflow(case: Case) -> str:
    made, gradient = case.made, case.gradient
    if made is None or gradient is None or not bool(torch.isinf(made).any()):
        return ""
    text = tr(
        "The gradient is beyond {dtype}, whose largest number is {limit}; what came in goes from {low} to {high}."
    )
    low, high = extent(gradient)
    dtype = str(case.dtype).removeprefix("torch.")
    return text.format(dtype=dtype, limit=number(case.limit), low=low, high=high)


def _fallback(case: Case) -> str:
    if case.made is None or not case.tensors:
        return ""
    low, high = extent(torch.cat([tensor.reshape(-1) for tensor in case.tensors]))
    text = tr("All that comes in is finite, what it made is not. Its operands in the forward go from {low} to {high}.")
    return text.format(low=low, high=high)
