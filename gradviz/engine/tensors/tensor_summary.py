"""Summarize a tensor in numbers: summary, statistics, histogram and picture. Changes nothing of it."""

from __future__ import annotations

import itertools
import math
from contextlib import suppress
from typing import Any
from weakref import ReferenceType, ref

import numpy as np
import numpy.typing as npt
import torch

from gradviz.engine.capture.autograd_nodes import shape_of
from gradviz.engine.capture.ops import PLAIN_TENSORS
from gradviz.engine.tensors.reductions import NO_FIGURES
from gradviz.engine.tensors.tensor_reader import (
    NoNumbersError,
    TensorNumbers,
    UnreadableError,
    block_bounds,
    is_plain,
    isolated_no_grad,
    read,
    unreadable_error,
)
from gradviz.engine.torch_compat import version_now
from gradviz.protocol.records import HistogramRecord, Shape, StatisticsRecord, SummaryRecord

BINS = 41  # odd, so that zero has a bin of its own in the middle
# Above this many elements figures are computed in float32 and percentiles from a regular sample: exactness is not worth
# gigabytes of copies while the user waits at a stop.
_LARGE = 20_000_000
_SAMPLE = 1_000_000
_FEW = 64
"""Up to here Python itself is quicker than NumPy, which takes microseconds to be called."""
_PIECE = 8_192
"""Numbers that are widened to double at a time: more would push everything else out of the processor's cache."""
_MANY = 262_144
"""Above this torch, which may use several threads, finds a norm sooner."""
_READ_BY_NUMPY = frozenset({torch.float32, torch.float64, torch.int64, torch.bool})


def summarize(name: str, value: Any, kept: bool = False) -> SummaryRecord:
    """Return the few numbers that the timeline and the edges show; all None for a gradient that was not computed, and
    for a value without numbers. Complex numbers have a norm, and neither minimum nor maximum."""
    with isolated_no_grad():
        return summary_of(name, value, kept)


def summary_of(name: str, value: Any, kept: bool = False, known: KnownFigures | None = None) -> SummaryRecord:
    """Return what `summarize` does; to be called under `isolated`. `known`: those of other tensors."""
    if value is None:
        return SummaryRecord(name)
    try:
        if type(value) in PLAIN_TENSORS and value.dtype in _READ_BY_NUMPY and value.is_cpu:
            figures = _figures(value, known)
            if figures is not None:
                return SummaryRecord(name, tuple(value.shape), *figures, kept)
        with isolated_no_grad():
            reading = read(value)
            if reading.numbers.numel() + reading.zeros:
                return _summary(name, shape_of(value), reading, kept)
    except NO_FIGURES:
        pass
    return SummaryRecord(name, shape_of(value), kept=kept)


Figures = tuple[float, float, float, int, int, int]
"""Norm, minimum, maximum, and how many are zero, NaN, infinite."""
_Numbers = tuple[int, int, torch.dtype]
"""Address, count and type of numbers that lie side by side."""


class KnownFigures:
    """Figures of tensors that are alive: those of a view that has all numbers of another are the same."""

    def __init__(self) -> None:
        self._known: dict[_Numbers, tuple[ReferenceType[torch.Tensor], int, Figures]] = {}

    def find(self, numbers: _Numbers) -> Figures | None:
        """Return those of `numbers`; None if these may have changed."""
        entry = self._known.get(numbers)
        if entry is None or (tensor := entry[0]()) is None:
            return None
        unchanged = tensor.data_ptr() == numbers[0] and version_now(tensor) == entry[1]
        return entry[2] if unchanged else None

    def note(self, numbers: _Numbers, tensor: torch.Tensor, figures: Figures) -> None:
        """Note those of `tensor`, which has `numbers`."""
        self._known[numbers] = ref(tensor), version_now(tensor), figures

    def forget(self) -> None:
        """Forget all: memory was written."""
        self._known.clear()


def _figures(tensor: torch.Tensor, known: KnownFigures | None) -> Figures | None:
    """Return the figures of a plain tensor that NumPy can read: what `_summary` finds, in a fraction of the time; None
    where it has to find them."""
    try:
        array = (tensor.detach() if tensor.requires_grad else tensor).numpy()
        # Reading memory that was given back ends the process.
        if not 0 < array.size <= _LARGE or not tensor.untyped_storage().nbytes():
            return None
    except (RuntimeError, TypeError):
        return None  # it is sparse, or has to be negated first
    aligned = array.flags.c_contiguous
    if not aligned and array.ndim > 1:
        # Their order does not count: mostly they lie side by side, in another order of dimensions.
        array = array.transpose(sorted(range(array.ndim), key=array.strides.__getitem__, reverse=True))
        aligned = array.flags.c_contiguous
    place = (tensor.data_ptr(), array.size, tensor.dtype) if known is not None and aligned else None
    if place is not None and known is not None and (found := known.find(place)) is not None:
        return found
    array = array.ravel()
    if array.size <= _FEW:
        few = array.tolist()
        norm = math.hypot(*few)
        return (norm, min(few) + 0.0, max(few) + 0.0, few.count(0.0), 0, 0) if math.isfinite(norm) else None
    found = _figures_of_many(array)
    if place is not None and known is not None:
        known.note(place, tensor, found)
    return found


def _figures_of_many(array: npt.NDArray[Any]) -> Figures:
    """Return the figures of numbers in a row."""
    if array.size <= _MANY or array.dtype.kind != "f":
        norm = _norm(array)
    else:
        norm = float(torch.linalg.vector_norm(torch.from_numpy(array), dtype=torch.float64))
    # Of NaN and numbers NaN is the lowest, and the highest; of 0 and -0 either may be.
    low, high = array.item(array.argmin()) + 0.0, array.item(array.argmax()) + 0.0
    zeros = 0 if low > 0 or high < 0 else int(np.count_nonzero(array == 0))
    if math.isfinite(norm):
        return norm, low, high, zeros, 0, 0
    return norm, low, high, zeros, int(np.count_nonzero(np.isnan(array))), int(np.count_nonzero(np.isinf(array)))


def _norm(numbers: npt.NDArray[Any]) -> float:
    """Return the norm, summed up in double, piece by piece: new memory for all would take longer than the norm."""
    total = 0.0
    for start in range(0, numbers.size, _PIECE):
        wide = numbers[start : start + _PIECE].astype(np.float64)
        total += float(wide.dot(wide))
    return math.sqrt(total)


def why_no_figures(value: Any) -> str:
    """Return why `summarize` finds no norm of a value that has numbers; empty if it finds one, or there are no
    numbers."""
    with isolated_no_grad():
        try:
            reading = read(value)
            if reading.numbers.numel():
                torch.linalg.vector_norm(real_numbers(reading.numbers))
        except NoNumbersError:
            return ""
        except UnreadableError as error:
            return str(error)
        except NO_FIGURES as error:
            return str(unreadable_error(value, error))
    return ""


def _summary(name: str, shape: Shape | None, reading: TensorNumbers, kept: bool) -> SummaryRecord:
    numbers = reading.numbers
    if not numbers.numel():
        end = None if numbers.is_complex() else 0.0
        return SummaryRecord(name, shape, 0.0, end, end, reading.zeros, kept=kept)
    if numbers.dtype is torch.float32 and numbers.numel() <= _LARGE and numbers.device.type != "mps":
        # The norm is summed up in double without a copy in double, and the rest needs no other precision.
        real, norm = numbers, float(torch.linalg.vector_norm(numbers, dtype=torch.float64))
    else:
        real = real_numbers(numbers)
        norm = float(torch.linalg.vector_norm(real))
    # One norm shows whether all is finite: NaN and Inf both reach it (an overflow of the norm does as well).
    nans, infs = (0, 0) if math.isfinite(norm) else _not_finite(numbers)
    low: float | None = None
    high: float | None = None
    if not numbers.is_complex():
        low, high = (float(end) + 0.0 for end in torch.aminmax(real))  # of 0 and -0 either may be the lower
        if reading.zeros:
            low, high = min(low, 0.0), max(high, 0.0)
    zeros = reading.zeros + real.numel() - int(torch.count_nonzero(real))
    return SummaryRecord(name, shape, norm, low, high, zeros, nans, infs, kept)


def is_finite(value: Any) -> bool:
    """Return whether there is certainly neither NaN nor Inf: one sum shows it, unless it overflows. Quick enough for
    many."""
    with suppress(*NO_FIGURES):
        if is_plain(value):
            # At the gate autograd is off already: not leaving it again makes this take half as long.
            numbers = value
        else:
            with isolated_no_grad():
                numbers = read(value).numbers
        if not (numbers.is_floating_point() or numbers.is_complex()):
            return True
        return math.isfinite(abs((numbers.sum() if numbers.dim() else numbers).item()))
    return False


def statistics(value: Any) -> StatisticsRecord:
    """Return minimum, maximum, mean, population standard deviation and 2-norm of the finite values; the rest is
    counted. Of complex numbers, those of their magnitudes."""
    with isolated_no_grad():
        return statistics_of(read(value))


def statistics_of(reading: TensorNumbers) -> StatisticsRecord:
    """Return `statistics` of numbers that were read already."""
    numbers, zeros = reading.numbers, reading.zeros
    count = numbers.numel() + zeros
    if not count:
        return StatisticsRecord()
    nans, infs = _not_finite(numbers)
    finite = real_numbers(numbers[torch.isfinite(numbers)] if nans or infs else numbers.reshape(-1))
    counts = {"nans": nans, "infs": infs, "count": count}
    if not finite.numel():
        return StatisticsRecord(*(0.0,) * 5, zeros=zeros, **counts) if zeros else StatisticsRecord(**counts)
    low, high = torch.aminmax(finite)
    norm = float(torch.linalg.vector_norm(finite))
    std, mean = torch.std_mean(finite, correction=0)
    if zeros:
        total = finite.numel() + zeros
        low, high = low.clamp(max=0), high.clamp(min=0)
        mean = finite.sum() / total
        std = (((finite - mean).square().sum() + zeros * mean.square()) / total).sqrt()
    zeros += finite.numel() - int(torch.count_nonzero(finite))
    return StatisticsRecord(float(low), float(high), float(mean), float(std), norm, zeros=zeros, **counts)


def limit_of(value: Any) -> float:
    """Return the 99.5th percentile of the finite absolute values: where colors and histogram end. 0 where all are
    zero."""
    with isolated_no_grad():
        return limit_in(read(value))


def limit_in(reading: TensorNumbers) -> float:
    """Return `limit_of` of numbers that were read already."""
    numbers = real_numbers(reading.numbers).reshape(-1)
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
    """Return counts in `BINS` equal bins from -limit to limit; values beyond are counted in the outermost."""
    with isolated_no_grad():
        return histogram_of(read(value), limit)


def histogram_of(reading: TensorNumbers, limit: float) -> HistogramRecord:
    """Return `histogram` of numbers that were read already."""
    numbers = real_numbers(reading.numbers).reshape(-1)
    numbers = numbers[torch.isfinite(numbers)]
    reach = limit or 1.0
    counts = torch.histc(numbers.clamp(-reach, reach).cpu(), bins=BINS, min=-reach, max=reach)
    counts[BINS // 2] += reading.zeros
    return HistogramRecord(-reach, reach, tuple(int(count) for count in counts))


def picture(value: Any, largest: int) -> tuple[int, int, bytes]:
    """Return rows, columns and float32 cells of a 2-D tensor; above `largest` a side, each cell is the mean of a block.
    Of complex numbers, those of the magnitudes."""
    with isolated_no_grad():
        cells = cells_of(real_numbers(read(value).whole), largest)
        return cells.shape[0], cells.shape[1], bytes_of(cells)


def cells_of(plane: torch.Tensor, largest: int) -> torch.Tensor:
    """Return the cells of a 2-D tensor: itself, or the means of blocks."""
    cells = plane.to("cpu", torch.float32)
    for dim in (0, 1):
        size = cells.shape[dim]
        if size > largest:
            # A NaN makes its block NaN, so that it is visible from afar.
            bounds = itertools.pairwise(block_bounds(size, largest))
            pieces = [cells.narrow(dim, a, b - a).mean(dim) for a, b in bounds]
            cells = torch.stack(pieces, dim)
    return cells


def _not_finite(numbers: torch.Tensor) -> tuple[int, int]:
    """Return how many are NaN, and how many are infinite; a complex number with a part of each is NaN."""
    wide = numbers if numbers.is_complex() else real_numbers(numbers)
    nans = torch.isnan(wide)
    return int(nans.sum()), int((torch.isinf(wide) & ~nans).sum())


def real_numbers(numbers: torch.Tensor) -> torch.Tensor:
    """Return real floating-point numbers to compute figures with: double, except for very many of less precision."""
    if numbers.numel() > _LARGE:
        numbers = numbers.abs() if numbers.is_complex() else numbers
        return numbers if numbers.dtype in (torch.float32, torch.float64) else numbers.to(torch.float32)
    # Devices without double (mps) compute in single.
    single = numbers.device.type == "mps"
    if numbers.is_complex():
        return (numbers if single else numbers.to(torch.complex128)).abs()
    return numbers.to(torch.float32 if single else torch.float64)


def bytes_of(tensor: torch.Tensor, form: str = "<f4") -> bytes:
    """Return the bytes of a tensor as NumPy's type `form`."""
    dtype = torch.float64 if form == "<f8" else torch.float32
    return bytes(tensor.to("cpu", dtype).contiguous().numpy().astype(form).tobytes())
