"""The conditions on values: one `ValueCondition` for each kind of breakpoint that stops after what came out met it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gradviz.engine.tensors.tensor_reader import isolated_no_grad, read
from gradviz.language import tr
from gradviz.protocol.records import BreakpointRecord, SummaryRecord

_RECTIFIERS = ("relu", "relu6", "clamp", "clip", "clamp_min", "threshold", "hardtanh", "maximum")


@dataclass(frozen=True, slots=True)
class ValueCondition:
    """A kind that stops after a point: returns the sentence on what it finds in a result; empty if it finds nothing."""

    finds: Callable[[BreakpointRecord, SummaryRecord, Any, str], str]
    """Given its figures, the result itself, and the name of the op or node that gave it."""
    gradients: bool = False
    """Only gradients are looked at, so only backward."""
    backward: bool = True
    """Gradients are looked at, too."""
    finite: bool = True
    """It may find something where every number is finite."""
    numbers: bool = True
    """It looks at numbers, which some tensors do not have."""


def _finds_nan(record: BreakpointRecord, value: SummaryRecord, result: Any, op: str) -> str:
    return tr("{count} NaN in {name}").format(count=value.nans, name=value.name) if value.nans else ""


def _finds_inf(record: BreakpointRecord, value: SummaryRecord, result: Any, op: str) -> str:
    return tr("{count} Inf in {name}").format(count=value.infs, name=value.name) if value.infs else ""


def _finds_nonfinite(record: BreakpointRecord, value: SummaryRecord, result: Any, op: str) -> str:
    """Find what the trap would, in an iteration that cannot be run again."""
    return _finds_nan(record, value, result, op) or _finds_inf(record, value, result, op)


def _finds_norm_above(record: BreakpointRecord, value: SummaryRecord, result: Any, op: str) -> str:
    if value.norm is None or value.norm <= record.number:
        return ""
    text = tr("norm {norm:.4g} of {name} is above {limit:g}")
    return text.format(norm=value.norm, name=value.name, limit=record.number)


def _finds_norm_below(record: BreakpointRecord, value: SummaryRecord, result: Any, op: str) -> str:
    if value.norm is None or not value.norm < record.number:
        return ""
    text = tr("norm {norm:.4g} of {name} is below {limit:g}")
    return text.format(norm=value.norm, name=value.name, limit=record.number)


def _finds_zero(record: BreakpointRecord, value: SummaryRecord, result: Any, op: str) -> str:
    return tr("{name} is exactly zero").format(name=value.name) if value.norm == 0.0 else ""


def _finds_shape(record: BreakpointRecord, value: SummaryRecord, result: Any, op: str) -> str:
    """`text` is the shape, as `64x100`."""
    if value.shape is None or "x".join(map(str, value.shape)) != record.text:
        return ""
    shape = record.text.replace("x", " × ")
    text = tr("{name} has the shape {shape}") if shape else tr("{name} is a scalar")
    return text.format(name=value.name, shape=shape)


def _finds_zeros(record: BreakpointRecord, value: SummaryRecord, result: Any, op: str) -> str:
    count = math.prod(value.shape or ())
    if value.norm is None or not count or not value.zeros > record.number * count:
        return ""
    text = tr("{share:.3g} % of {name} are zero, above {limit:g} %")
    return text.format(share=100 * value.zeros / count, name=value.name, limit=100 * record.number)


def is_rectifier(op: str) -> bool:
    """Return whether an op makes numbers zero that are below a limit."""
    return op.rpartition(".")[2].rstrip("_") in _RECTIFIERS


def _finds_dead(record: BreakpointRecord, value: SummaryRecord, result: Any, op: str) -> str:
    """Find units that are zero: channels behind a convolution, else entries of the last dimension."""
    shape = value.shape or ()
    if not is_rectifier(op) or len(shape) < 2 or value.norm is None:
        return ""
    unit = 1 if len(shape) > 3 else len(shape) - 1
    with isolated_no_grad():
        fires = (read(result).whole != 0).movedim(unit, 0).flatten(1).any(1)
    dead = int((~fires).sum())
    if not dead > record.number * len(fires):
        return ""
    text = tr("{dead} of {count} units of {name} are zero for the whole batch, above {limit:g} %")
    return text.format(dead=dead, count=len(fires), name=value.name, limit=100 * record.number)


def _finds_outside(record: BreakpointRecord, value: SummaryRecord, result: Any, op: str) -> str:
    low, high = value.minimum, value.maximum
    if low is None or high is None or (low >= record.number and high <= record.other):
        return ""
    text = tr("{name} goes from {low:.4g} to {high:.4g}, outside {least:g} to {most:g}")
    return text.format(name=value.name, low=low, high=high, least=record.number, most=record.other)


ON_VALUES = {
    "nan": ValueCondition(_finds_nan, finite=False),
    "inf": ValueCondition(_finds_inf, finite=False),
    "nonfinite": ValueCondition(_finds_nonfinite, finite=False),
    "norm_above": ValueCondition(_finds_norm_above, gradients=True),
    "norm_below": ValueCondition(_finds_norm_below, gradients=True),
    "zero_grad": ValueCondition(_finds_zero, gradients=True),
    "shape": ValueCondition(_finds_shape, numbers=False),
    "zeros_above": ValueCondition(_finds_zeros),
    "dead_above": ValueCondition(_finds_dead, backward=False),
    "value_outside": ValueCondition(_finds_outside),
}
