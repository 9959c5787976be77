"""Why an op made a NaN or Inf: each op's domain, and what its operands were. One row for each cause of the forward."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch

from gradviz.engine.blame.cases import Case, any_of, count_text, extent, finite, first, number
from gradviz.language import tr, translatable


@dataclass(frozen=True, slots=True)
class Domain:
    """Where the values of one operand make no finite result."""

    ops: str
    outside: Callable[[torch.Tensor], torch.Tensor]
    text: str
    operand: int = 0

    def reason(self, case: Case) -> str:
        """Return the sentences; empty if all values are inside."""
        values = case.operand(self.operand)
        if not isinstance(values, torch.Tensor) or values.is_complex():
            return ""
        outside = self.outside(values)
        return f"{tr(self.text)} {count_text(outside, values)}" if bool(outside.any()) else ""


_DOMAINS = (
    Domain("log log2 log10", lambda x: x <= 0, translatable("log x is −∞ where x is 0, and NaN where x is below 0.")),
    Domain("log1p", lambda x: x <= -1, translatable("log(1 + x) is −∞ where x is −1, and NaN where x is below −1.")),
    Domain("sqrt", lambda x: x < 0, translatable("√x is NaN where x is below 0.")),
    Domain("rsqrt", lambda x: x <= 0, translatable("1 / √x is ∞ where x is 0, and NaN where x is below 0.")),
    Domain("reciprocal", lambda x: x == 0, translatable("1 / x is infinite where x is 0.")),
    Domain("acos asin", lambda x: x.abs() > 1, translatable("asin and acos are NaN where x is outside of −1 to 1.")),
    Domain("acosh", lambda x: x < 1, translatable("acosh x is NaN where x is below 1.")),
    Domain("atanh erfinv", lambda x: x.abs() >= 1, translatable("It is ±∞ where x is −1 or 1, and NaN beyond.")),
    Domain("logit", lambda x: (x <= 0) | (x >= 1), translatable("logit x is ±∞ where x is 0 or 1, and NaN beyond.")),
    Domain(
        "lgamma digamma polygamma", lambda x: (x <= 0) & (x == x.floor()),
        translatable("It is infinite where x is 0 or a negative integer."),
    ),
    Domain("fmod remainder", lambda x: x == 0, translatable("The remainder of a division by 0 is NaN."), 1),
    Domain("sin cos tan", torch.isinf, translatable("The sine, cosine or tangent of ∞ is NaN.")),
)  # fmt: skip


def writes_itself(case: Case) -> str:
    """Explain a NaN or Inf that the code itself writes."""
    written = next((v for v in case.operands if isinstance(v, float) and not math.isfinite(v)), None)
    if written is None or not all(map(finite, case.tensors)):
        return ""
    value = "NaN" if math.isnan(written) else number(written)
    return tr("{value} is written here by the code itself.").format(value=value)


def _uninitialized(case: Case) -> str:
    if case.op not in ("empty", "empty_like", "new_empty", "empty_strided", "Tensor", "resize"):
        return ""
    return tr("{op} holds whatever was in memory before: it must be filled before it is read.").format(op=case.op)


def _quotient(case: Case) -> str:
    top, bottom = case.operand(0), case.operand(1)
    if case.op == "rdiv":
        top, bottom = bottom, top
    zero = _as_tensor(bottom) == 0
    if not bool(zero.any()):
        return _where(tr("∞ / ∞ is NaN: {count} of {total} elements."), _both(top, bottom, torch.isinf, torch.isinf))
    zeros = _where(tr("{count} of {total} divisors are 0."), zero)
    none = _where(tr("0 / 0 is NaN: {count} of {total} elements."), _both(top, bottom, _is_zero, _is_zero))
    return f"{none or tr('x / 0 is infinite.')} {zeros}"


def _power(case: Case) -> str:
    base, exponent = case.operand(0), case.operand(1)
    root = _both(base, exponent, lambda x: x < 0, lambda x: x != x.floor())
    inverse = _both(base, exponent, _is_zero, lambda x: x < 0)
    return _where(
        tr("A negative number to a power that is no integer is NaN: {count} of {total} elements."), root
    ) or _where(tr("0 to a negative power is infinite: {count} of {total} elements."), inverse)


def _exponential(case: Case) -> str:
    values = case.operand(0)
    base = 2.0 if case.op == "exp2" else math.e
    largest = math.log(case.limit) / math.log(base)
    outside = values > largest
    if case.op in ("sinh", "cosh"):
        outside = values.abs() > largest
    if not bool(outside.any()):
        return ""
    text = tr("{op} x is beyond {dtype}, whose largest number is {limit}, where x is above {largest}.")
    said = text.format(op=case.op, dtype=_short(case), limit=number(case.limit), largest=f"{largest:.1f}")
    return f"{said} {count_text(outside, values)}"


def _softmax(case: Case) -> str:
    values = case.operand(0)
    dims = [v for v in case.operands[1:] if isinstance(v, int) and not isinstance(v, bool)]
    dim = dims[0] if dims and -values.dim() <= dims[0] < values.dim() else -1
    if not values.dim():
        return ""
    empty = (values == -math.inf).all(dim)
    if bool(empty.any()):
        return _where(
            tr("A softmax over a row that is −∞ throughout is 0 / 0, which is NaN: {count} of {total} rows."), empty
        )
    full = (values == math.inf).any(dim)
    return _where(tr("A softmax over a row with +∞ is ∞ / ∞, which is NaN: {count} of {total} rows."), full)


def _attention(case: Case) -> str:
    masks = [mask for mask in case.tensors[3:4] if mask.dim() >= 2]
    for mask in masks:
        empty = (
            (mask == -math.inf).all(-1) if mask.is_floating_point() and bool((mask < 0).any()) else (mask == 0).all(-1)
        )
        if bool(empty.any()):
            return _where(
                tr("The mask leaves {count} of {total} rows nothing to attend to: their softmax is 0 / 0."), empty
            )
    return ""


def _deviation(case: Case) -> str:
    values = case.operand(0)
    output = case.output
    if output is None or not values.numel() or not output.numel() or values.numel() // output.numel() > 1:
        return ""
    return tr("The deviation of a single number, divided by n − 1 = 0, is NaN; correction=0 divides by n.")


def _mean_of_none(case: Case) -> str:
    values = case.operand(0)
    return tr("The mean of no numbers is 0 / 0, which is NaN.") if not values.numel() else ""


def _class_loss(case: Case) -> str:
    logits, targets = case.tensors[:2]
    words = [v for v in case.operands if isinstance(v, int) and not isinstance(v, bool)]
    ignored = words[0] if words else -100
    if not targets.is_floating_point() or bool((targets == targets.floor()).all()):
        if targets.numel() and targets.dim() < logits.dim() and bool((targets == ignored).all()):
            text = tr("All {count} targets are the ignored class {ignored}: the mean over none is 0 / 0.")
            return text.format(count=f"{targets.numel():,}", ignored=ignored)
        if targets.dim() == logits.dim() - 1 and case.op in ("cross_entropy", "nll_loss"):
            kept = targets != ignored
            chosen = logits.movedim(1, -1) if logits.dim() > 2 else logits
            picked = chosen.gather(-1, targets.long().clamp(min=0).unsqueeze(-1)).squeeze(-1)
            lost = kept & (picked == -math.inf)
            if bool(lost.any()):
                return _where(
                    tr("The score of the wanted class is −∞ in {count} of {total} rows: the loss there is ∞."), lost
                )
    if not finite(logits):
        return tr("The scores hold an infinite value: log softmax of it is ∞ − ∞.") if _has(logits, math.inf) else ""
    return ""


def _normalization(case: Case) -> str:
    values, epsilon = case.operand(0), [v for v in case.operands if isinstance(v, float)]
    if not epsilon or 0.0 not in epsilon or not finite(values):
        return ""
    return tr("The variance is 0 and eps is 0: (x − mean) / 0. An eps of 1e-5 keeps it finite.")


def _infinite_operands(case: Case) -> str:
    """Explain a NaN made of infinities."""
    left, right = case.operand(0), _as_tensor(case.operand(1))
    if case.op == "mul":
        met = _both(left, right, _is_zero, torch.isinf) | _both(left, right, torch.isinf, _is_zero)
        return _where(tr("0 · ∞ is NaN: {count} of {total} elements."), met)
    opposite = -right if case.op == "add" else right
    met = _both(left, opposite, _is_plus, _is_plus) | _both(left, opposite, _is_minus, _is_minus)
    return _where(tr("∞ − ∞ is NaN: {count} of {total} elements."), met)


def _sum(case: Case) -> str:
    if not any(map(_has_infinity, case.tensors)):
        return ""
    if case.op in _SUMS:
        return tr("∞ − ∞ is NaN: both +∞ and −∞ are among the terms.") if _has(case.operand(0), -math.inf) else ""
    return tr("A product with ∞ is added up: 0 · ∞ and ∞ − ∞ are NaN.")


def _overflow(case: Case) -> str:
    output = case.output
    if output is None or not case.is_finite or not bool(torch.isinf(output).any()) or not case.tensors:
        return ""
    if case.op in ("to", "add", "sub", "mul"):
        text = tr(
            "The result is beyond {dtype}, whose largest number is {limit}: its operands go from {low} to {high}."
        )
    else:
        text = tr(
            "It adds up to more than the largest number of {dtype}, {limit}: its operands go from {low} to {high}."
        )
    low, high = extent(torch.cat([tensor.reshape(-1) for tensor in case.tensors]))
    return text.format(dtype=_short(case), limit=number(case.limit), low=low, high=high)


_SUMS = frozenset("sum mean cumsum logsumexp nanmean std var".split())
_PRODUCTS = frozenset(
    "mm bmm matmul rmatmul addmm baddbmm linear einsum conv1d conv2d conv3d dot mv outer bilinear tensordot prod "
    "cumprod layer_norm batch_norm group_norm instance_norm mse_loss scaled_dot_product_attention norm".split()
)

_RULES: dict[str, tuple[Callable[[Case], str], ...]] = {
    "div rdiv": (_quotient,),
    "pow": (_power,),
    "exp exp2 expm1 sinh cosh": (_exponential,),
    "softmax log_softmax softmin gumbel_softmax": (_softmax,),
    "scaled_dot_product_attention": (_attention,),
    "std var std_mean var_mean": (_deviation,),
    "mean": (_mean_of_none,),
    "cross_entropy nll_loss": (_class_loss, _mean_of_none),
    "mse_loss l1_loss smooth_l1_loss binary_cross_entropy": (_mean_of_none,),
    "layer_norm batch_norm group_norm instance_norm": (_normalization,),
    "add sub rsub mul": (_infinite_operands,),
    " ".join(_SUMS | _PRODUCTS): (_sum,),
}
"""Ops → what is checked of them, beside the domains of single operands. `_overflow` and `writes_itself` go for all."""

_BY_OP: dict[str, list[Callable[[Case], str]]] = {}
for _domain in _DOMAINS:
    for _op in _domain.ops.split():
        _BY_OP.setdefault(_op, []).append(_domain.reason)
for _ops, _found in _RULES.items():
    for _op in _ops.split():
        _BY_OP.setdefault(_op, []).extend(_found)


def why_not_finite(case: Case) -> str:
    """Return why an op made a NaN or Inf of its operands; empty if no rule knows."""
    return first([_uninitialized, *_BY_OP.get(case.op, ()), writes_itself, _overflow], case)


def can_pass_finite(op: str) -> bool:
    """Return whether an op may make a NaN or Inf of finite operands by a rule of its own."""
    return op in _BY_OP


def _short(case: Case) -> str:
    return str(case.dtype).removeprefix("torch.")


def _as_tensor(value: object) -> torch.Tensor:
    if isinstance(value, torch.Tensor):
        return value
    if isinstance(value, int | float):
        return torch.tensor(float(value), dtype=torch.float64)
    raise TypeError("no number")


def _both(
    left: object, right: object, of_left: Callable[[torch.Tensor], torch.Tensor],
    of_right: Callable[[torch.Tensor], torch.Tensor],
) -> torch.Tensor:  # fmt: skip
    """Return where both operands meet their condition."""
    return of_left(_as_tensor(left)) & of_right(_as_tensor(right))


def _where(text: str, met: torch.Tensor) -> str:
    """Return `text` with how many elements met a condition; empty if none did."""
    count = int(met.sum())
    return text.format(count=f"{count:,}", total=f"{met.numel():,}") if count else ""


def _is_zero(values: torch.Tensor) -> torch.Tensor:
    return values == 0


def _is_plus(values: torch.Tensor) -> torch.Tensor:
    return values == math.inf


def _is_minus(values: torch.Tensor) -> torch.Tensor:
    return values == -math.inf


def _has(value: object, wanted: float) -> bool:
    return any_of(value, lambda x: x == wanted)


def _has_infinity(value: torch.Tensor) -> bool:
    return any_of(value, torch.isinf)
