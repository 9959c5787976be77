"""What a tensor is in numbers: summary, statistics, histogram, picture and a slice of values. Changes nothing of it."""

from __future__ import annotations

import itertools
import math
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gradviz.engine.autograd import is_leaf
from gradviz.engine.figures import NO_FIGURES, can_be_read
from gradviz.errors import GradvizError, InvalidValueError
from gradviz.protocol.commands import AskTensor
from gradviz.protocol.events import TensorAnswered
from gradviz.protocol.records import HistogramRecord, StatisticsRecord, SummaryRecord

BINS = 41  # odd, so that zero has a bin of its own in the middle
MOST_VALUES = 4096
# Above this many elements figures are taken in float32 and percentiles from a regular sample: exactness is not worth
# gigabytes of copies while someone waits at a stop.
_LARGE = 20_000_000
_SAMPLE = 1_000_000


def as_tensor(value: Any) -> torch.Tensor:
    """A tensor over the same memory as `value`, a tensor, an ndarray or a number; outside autograd."""
    if isinstance(value, torch.Tensor):
        return value.detach()
    return torch.as_tensor(value)


def _has_no_numbers(value: Any) -> bool:
    """Whether it is a tensor without a shape of its own (nested, or of a tracer's)."""
    return isinstance(value, torch.Tensor) and (value.is_nested or not (value.is_meta or can_be_read(value)))


def _with_shape(value: Any) -> torch.Tensor:
    """Raises GradvizError for a tensor that has no shape."""
    if _has_no_numbers(value):
        raise GradvizError("A nested tensor has rows of unequal length and no shape; look at what is made of it.")
    return as_tensor(value)


def summarize(name: str, value: Any, kept: bool = False) -> SummaryRecord:
    """The few numbers that the timeline and the edges show; all None for a gradient that was not computed."""
    if value is None or _has_no_numbers(value):
        return SummaryRecord(name)
    tensor = as_tensor(value)
    shape = tuple(tensor.shape)
    if tensor.numel() == 0 or tensor.is_meta:
        return SummaryRecord(name, shape, kept=kept)
    with torch.no_grad(), suppress(*NO_FIGURES):
        return _summary(name, shape, _numbers(tensor), kept)
    return SummaryRecord(name, shape, kept=kept)


def _summary(name: str, shape: tuple[int, ...], numbers: torch.Tensor, kept: bool) -> SummaryRecord:
    norm = float(torch.linalg.vector_norm(numbers))
    # One norm says whether all is finite: NaN and Inf both reach it (an overflow of the norm does as well).
    nans = infs = 0
    if not math.isfinite(norm):
        nans = int(torch.isnan(numbers).sum())
        infs = int(torch.isinf(numbers).sum())
    low, high = torch.aminmax(numbers)
    zeros = numbers.numel() - int(torch.count_nonzero(numbers))
    return SummaryRecord(name, shape, norm, float(low), float(high), zeros, nans, infs, kept)


def is_finite(value: Any) -> bool:
    """Whether there is certainly neither NaN nor Inf: one sum tells, save where it overflows. For sums of many."""
    if _has_no_numbers(value):
        return True
    tensor = as_tensor(value)
    if not (tensor.is_floating_point() or tensor.is_complex()) or tensor.is_meta:
        return True
    # It is outside autograd already: without leaving that, this takes half as long.
    with suppress(*NO_FIGURES):
        return math.isfinite(abs((tensor.sum() if tensor.dim() else tensor).item()))
    return False


def statistics(value: Any) -> StatisticsRecord:
    """Minimum, maximum, mean, population standard deviation and 2-norm of the finite values; the rest is counted."""
    tensor = as_tensor(value)
    if tensor.numel() == 0 or tensor.is_meta:
        return StatisticsRecord(count=tensor.numel())
    with torch.no_grad():
        numbers = _numbers(tensor)
        nans = int(torch.isnan(numbers).sum())
        infs = int(torch.isinf(numbers).sum())
        finite = numbers[torch.isfinite(numbers)] if nans or infs else numbers.reshape(-1)
        counts = {"nans": nans, "infs": infs, "count": numbers.numel()}
        if finite.numel() == 0:
            return StatisticsRecord(**counts)
        low, high = torch.aminmax(finite)
        std, mean = torch.std_mean(finite, correction=0)
        return StatisticsRecord(
            float(low),
            float(high),
            float(mean),
            float(std),
            float(torch.linalg.vector_norm(finite)),
            zeros=finite.numel() - int(torch.count_nonzero(finite)),
            **counts,
        )


def limit_of(value: Any) -> float:
    """The 99.5th percentile of the finite absolute values: where colours and histogram end. 0 where all are zero."""
    with torch.no_grad():
        numbers = _numbers(as_tensor(value)).reshape(-1)
        numbers = numbers[torch.isfinite(numbers)].abs()
        if numbers.numel() > _SAMPLE:
            numbers = numbers[:: numbers.numel() // _SAMPLE]
        if numbers.numel() == 0:
            return 0.0
        place = max(1, math.ceil(0.995 * numbers.numel()))
        limit = float(numbers.kthvalue(place).values)
        # Where less than 0.5 % differ from zero, the percentile is 0 and would hide them.
        return limit or float(numbers.max())


def histogram(value: Any, limit: float) -> HistogramRecord:
    """Counts in `BINS` equal bins from -limit to limit; what lies beyond is counted in the outermost."""
    with torch.no_grad():
        numbers = _numbers(as_tensor(value)).reshape(-1)
        numbers = numbers[torch.isfinite(numbers)]
        reach = limit or 1.0
        counts = torch.histc(numbers.clamp(-reach, reach).cpu(), bins=BINS, min=-reach, max=reach)
        return HistogramRecord(-reach, reach, tuple(int(count) for count in counts))


def picture(value: Any, largest: int) -> tuple[int, int, bytes]:
    """Rows, columns and float32 cells of a 2-D tensor; above `largest` a side, each cell is the mean of a block."""
    with torch.no_grad():
        cells = _numbers(as_tensor(value)).to("cpu", torch.float32)
        for dim in (0, 1):
            size = cells.shape[dim]
            if size > largest:
                # Blocks as even as they can be; a NaN makes its block NaN, so that it is seen from afar.
                bounds = torch.linspace(0, size, largest + 1).round().long().tolist()
                pieces = [cells.narrow(dim, a, b - a).mean(dim) for a, b in itertools.pairwise(bounds)]
                cells = torch.stack(pieces, dim)
        return cells.shape[0], cells.shape[1], cells.contiguous().numpy().astype("<f4").tobytes()


def parse_slice(text: str, shape: tuple[int, ...]) -> tuple[int | slice, ...]:
    """An index for `shape` from what stands in Python's brackets.

    Empty text takes the last two dimensions whole, at index 0 of the others.

    Raises:
        InvalidValueError: not a slice, too many dimensions, or an index out of range.
    """
    if not text.strip():
        return (0,) * max(0, len(shape) - 2) + (slice(None),) * min(2, len(shape))
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > len(shape):
        raise InvalidValueError(f"{text!r} has {len(parts)} dimensions, the tensor {len(shape)}.")
    index: list[int | slice] = []
    for size, part in zip(shape, parts, strict=False):
        if not re.fullmatch(r"-?\d*(:-?\d*){0,2}", part) or part in ("", "-"):
            raise InvalidValueError(f"{part!r} is not an index; write one as 3, 0:4 or ::2.")
        if ":" not in part:
            number = int(part)
            if not -size <= number < size:
                raise InvalidValueError(f"Index {number} is out of range for a dimension of {size}.")
            index.append(number)
        else:
            numbers = [int(piece) if piece not in ("", "-") else None for piece in part.split(":")]
            if len(numbers) == 3 and numbers[2] is not None and numbers[2] <= 0:
                raise InvalidValueError(f"{part!r} has a step of {numbers[2]}; torch takes steps of 1 and more.")
            index.append(slice(*numbers))
    return (*index, *(slice(None),) * (len(shape) - len(parts)))


def answer(ask: AskTensor, value: Any) -> TensorAnswered:
    """All that was asked about a tensor.

    Raises:
        InvalidValueError: the slice does not fit the tensor.
        GradvizError: it is a nested tensor, or of a class that torch cannot compute figures of.
    """
    tensor = _with_shape(value)
    try:
        return _answered(ask, value, tensor)
    except NO_FIGURES as error:
        told = str(error).partition("\n")[0]
        raise GradvizError(f"torch cannot compute figures of a {type(value).__name__}: {told}") from None


def _answered(ask: AskTensor, value: Any, tensor: torch.Tensor) -> TensorAnswered:
    original = value if isinstance(value, torch.Tensor) else tensor
    shape = tuple(tensor.shape)
    index = parse_slice(ask.slice, shape)
    drawn = None
    figures = tensor.layout == torch.strided and not tensor.is_meta
    if ask.picture and figures and tensor.numel():
        plane = tensor[index]
        if plane.dim() > 2:
            plane = plane.reshape(-1, plane.shape[-1])
        while plane.dim() < 2:
            plane = plane.unsqueeze(0)
        drawn = picture(plane, ask.picture) if plane.numel() else None
    limit = limit_of(tensor) if figures and tensor.numel() else 0.0
    return TensorAnswered(
        request=ask.request,
        shape=shape,
        dtype=str(tensor.dtype).removeprefix("torch."),
        device=str(tensor.device),
        strides=tuple(tensor.stride()) if tensor.layout == torch.strided else (),
        version=_version(original),
        requires_grad=original.requires_grad,
        is_leaf=is_leaf(original),
        statistics=statistics(tensor) if figures else None,
        histogram=histogram(tensor, limit) if figures and tensor.numel() else None,
        picture=drawn,
        slice=", ".join(_slice_text(part) for part in index),
        values=_values(tensor, index) if ask.values and figures else None,
    )


def _values(tensor: torch.Tensor, index: tuple[int | slice, ...]) -> tuple[tuple[int, ...], bytes]:
    with torch.no_grad():
        part = _numbers(tensor[index] if index else tensor)
        while part.numel() > MOST_VALUES:
            # Cut the longest dimension: the corner that is left is still a slice one can name.
            dim = max(range(part.dim()), key=lambda d: part.shape[d])
            others = part.numel() // part.shape[dim]
            part = part.narrow(dim, 0, max(1, MOST_VALUES // others))
        return tuple(part.shape), part.to("cpu", torch.float64).contiguous().numpy().astype("<f8").tobytes()


def _numbers(tensor: torch.Tensor) -> torch.Tensor:
    """Real floating-point numbers to compute figures with: double, but float32 when there are very many."""
    if tensor.layout != torch.strided:
        tensor = tensor.to_dense()
    if tensor.is_complex():
        tensor = tensor.abs()
    if tensor.numel() > _LARGE:
        return tensor if tensor.dtype == torch.float32 else tensor.to(torch.float32)
    # Devices without double (mps) compute in single.
    return tensor.to(torch.float32 if tensor.device.type == "mps" else torch.float64)


def _version(tensor: torch.Tensor) -> int | None:
    try:
        return tensor._version
    except RuntimeError:  # inference tensors keep no version
        return None


def _slice_text(part: int | slice) -> str:
    if isinstance(part, int):
        return str(part)
    start, stop, step = (("" if bound is None else str(bound)) for bound in (part.start, part.stop, part.step))
    return f"{start}:{stop}:{step}" if step else f"{start}:{stop}"


def save(path: str, value: Any) -> None:
    """Write a tensor to a `.npy` file. What NumPy has no type for (bfloat16) becomes float32.

    Raises:
        GradvizError: the file cannot be written, or it is a nested tensor.
    """
    tensor = _with_shape(value).cpu()
    tensor = tensor.to_dense() if tensor.layout != torch.strided else tensor
    tensor = tensor.float() if tensor.dtype == torch.bfloat16 else tensor
    try:
        # What is marked to be conjugated or negated has no numbers yet.
        numbers = tensor.resolve_conj().resolve_neg().numpy()
        with Path(path).open("wb") as file:  # a name without .npy stays as it was given
            np.save(file, numbers, allow_pickle=False)
    except OSError as error:
        raise GradvizError(f"{path} cannot be written: {error.strerror or error}.") from None
    except (TypeError, ValueError) as error:
        raise GradvizError(f"{path!r} cannot be written: {error}.") from None
