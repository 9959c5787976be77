"""What a tensor of a chain holds, against its type's limits, and which rows of the batch carry what is not finite."""

from __future__ import annotations

from typing import Any

import torch

from gradviz.engine.blame.lineage import numbers_of
from gradviz.engine.capture.autograd_nodes import dtype_name, shape_of
from gradviz.engine.tensors.tensor_reader import isolated_no_grad
from gradviz.engine.tensors.tensor_summary import real_numbers
from gradviz.protocol.cause_records import ExtentRecord

MOST_ROWS = 32


def extent_of(name: str, value: Any) -> ExtentRecord | None:
    """Return what a value holds; None for one that is not kept."""
    numbers = numbers_of(value)
    if numbers is None:
        return None
    shape, dtype, count = shape_of(value), dtype_name(numbers.dtype), numbers.numel()
    with isolated_no_grad():
        real = real_numbers(numbers)
        kept = real[torch.isfinite(real)]
        nans = int(torch.isnan(real).sum())
        infs = int(torch.isinf(real).sum())
        if not kept.numel():
            return ExtentRecord(name, shape, dtype, None, None, nans, infs, count)
        low, high = (float(end) for end in torch.aminmax(kept))
        headroom, subnormal = None, 0.0
        if numbers.is_floating_point():
            limits = torch.finfo(numbers.dtype)
            largest = max(abs(low), abs(high))
            headroom = limits.max / largest if largest else None
            below = (kept != 0) & (kept.abs() < limits.tiny)
            subnormal = int(below.sum()) / count
    return ExtentRecord(name, shape, dtype, low, high, nans, infs, count, headroom, subnormal)


def bad_rows(value: Any, batch: int) -> tuple[tuple[int, ...], int]:
    """Return which of the `batch` rows hold NaN or Inf, at most `MOST_ROWS` of them, and how many do."""
    numbers = numbers_of(value)
    if numbers is None or not batch or not numbers.dim() or numbers.shape[0] != batch:
        return (), 0
    with isolated_no_grad():
        bad = (~torch.isfinite(numbers)).reshape(batch, -1).any(1).nonzero().reshape(-1)
        return tuple(bad[:MOST_ROWS].tolist()), bad.numel()
