"""Read the plain numbers in a value of any layout, type or class: arrays, sparse, nested, masked tensors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn.parameter import is_lazy

from gradviz.engine.torch_compat import (
    JaggedParts,
    coo_entries,
    coo_indices,
    coo_values,
    is_fake,
    is_wrapped,
    isolated,
    jagged_parts,
    local_part,
    masked_data,
    masked_mask,
)
from gradviz.errors import GradvizError
from gradviz.language import tr

_SPARSE = frozenset(
    {torch.sparse_coo, torch.sparse_csr, torch.sparse_csc, torch.sparse_bsr, torch.sparse_bsc}
)  # fmt: skip
# Types for which torch sums up elements stored several times.
_ADDED = frozenset(
    {torch.float32, torch.float64, torch.complex64, torch.complex128, torch.bool}
    | {torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64}
)


def is_sparse(tensor: torch.Tensor) -> bool:
    """Return whether most elements of a tensor need not be stored: COO and the compressed layouts."""
    return tensor.layout in _SPARSE


@dataclass(frozen=True, slots=True)
class SparseParts:
    """Indices and values of what is stored. Elements that are not stored are 0."""

    indices: torch.Tensor
    """One row for each place, one column for each sparse dimension; no place occurs twice."""
    values: torch.Tensor
    """One row for each place; dimensions behind the first are the tensor's dense ones."""
    shape: tuple[int, ...]
    entries: int
    """How many places torch counts, those stored twice counted twice."""

    @property
    def stored(self) -> int:
        """Return how many places there are."""
        return self.indices.shape[0]

    @property
    def zeros(self) -> int:
        """Return how many elements are not stored."""
        return math.prod(self.shape) - self.values.numel()

    def sliced(self, index: tuple[int | slice, ...]) -> SparseParts:
        """Return the part that `index`, with one entry for each dimension, shows."""
        dims = self.indices.shape[1]
        kept = torch.ones(self.stored, dtype=torch.bool, device=self.indices.device)
        columns, sizes = [], []
        for column, size, part in zip(self.indices.unbind(1), self.shape, index, strict=False):
            if isinstance(part, int):
                kept &= column == part % size
                continue
            shown = range(size)[part]
            kept &= (column >= shown.start) & (column < shown.stop) & ((column - shown.start) % shown.step == 0)
            columns.append((column - shown.start) // shown.step)
            sizes.append(len(shown))
        places = torch.stack(columns, 1) if columns else self.indices[:, :0]
        values = self.values[kept]
        values = values[(slice(None), *index[dims:])] if len(index) > dims else values
        return SparseParts(places[kept], values, (*sizes, *values.shape[1:]), self.entries)

    def corner(self, sizes: tuple[int, ...]) -> torch.Tensor:
        """Return the first `sizes` elements of each dimension, as a dense tensor."""
        part = self.sliced(tuple(slice(0, size) for size in sizes))
        if not part.indices.shape[1]:
            # Every sparse dimension was fixed: one place, or none. Added to zeros, 0+nanj would become nan+nanj.
            return part.values.sum(0, dtype=part.values.dtype)
        return part.values.new_zeros(sizes).index_put_(part.indices.unbind(1), part.values)

    def cells(self, largest: int, values: torch.Tensor) -> torch.Tensor:
        """Return the mean of each block of a picture with at most `largest` cells a side, for `values`, which are those
        stored or made of them: the last dimension goes across, all others down."""
        rows, columns = math.prod(self.shape[:-1]), self.shape[-1] if self.shape else 1
        dense = self.values.shape[1:]
        inside = torch.arange(math.prod(dense), device=self.indices.device)
        places = torch.zeros(self.stored, dtype=torch.int64, device=self.indices.device)
        for column, size in zip(self.indices.unbind(1), self.shape, strict=False):
            places = places * size + column
        flat = (places[:, None] * len(inside) + inside).reshape(-1)
        down, tall = _blocks(flat // columns, rows, largest)
        across, wide = _blocks(flat % columns, columns, largest)
        numbers = values.reshape(-1).to(torch.float32)
        cells = numbers.new_zeros(len(tall), len(wide)).index_put_((down, across), numbers, accumulate=True)
        return cells / (tall[:, None] * wide)


def sparse_parts(tensor: torch.Tensor) -> SparseParts:
    """Return the parts of a sparse tensor. Elements stored several times at one place are summed."""
    coo = tensor if tensor.layout == torch.sparse_coo else tensor.to_sparse()
    entries = coo_entries(coo)
    if coo.dtype not in _ADDED:
        wide = coo_values(coo).to(torch.complex64 if coo.is_complex() else torch.float64)
        coo = torch.sparse_coo_tensor(coo_indices(coo), wide, coo.shape, check_invariants=False)
    whole = coo.coalesce()
    return SparseParts(whole.indices().t(), whole.values(), tuple(whole.shape), entries)


def stored_in(tensor: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Return the tensors that a sparse tensor consists of."""
    if tensor.layout == torch.sparse_coo:
        return coo_indices(tensor), coo_values(tensor)
    if tensor.layout in (torch.sparse_csr, torch.sparse_bsr):
        return tensor.crow_indices(), tensor.col_indices(), tensor.values()
    return tensor.ccol_indices(), tensor.row_indices(), tensor.values()


def block_bounds(size: int, count: int) -> list[int]:
    """Return where `count` blocks of `size` elements begin, and where the last ends; as even as possible."""
    return [round(size * i / count) for i in range(count + 1)]


def _blocks(positions: torch.Tensor, size: int, largest: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the block of each of `positions`, and the size of each block."""
    bounds = torch.tensor(block_bounds(size, min(size, largest)), device=positions.device)
    return torch.bucketize(positions, bounds[1:], right=True), bounds.diff()


_PLAIN = frozenset({torch.Tensor, torch.nn.Parameter})
_MASKED, _DISTRIBUTED = "torch.masked.maskedtensor.core", "torch.distributed.tensor"


class UnreadableError(GradvizError):
    """A value holds no numbers that can be read; the sentence gives the reason."""


class NoNumbersError(UnreadableError):
    """A value holds no numbers, so that nothing of it can be wrong."""


@dataclass(frozen=True, slots=True)
class TensorNumbers:
    """The numbers of a value. Either `tensor` or `sparse` is there."""

    tensor: torch.Tensor | None = None
    """All numbers as a strided tensor outside of autograd."""
    sparse: SparseParts | None = None
    """The stored numbers, of a sparse tensor."""
    counted: torch.Tensor | None = None
    """Which elements of `tensor` count; None for all."""
    layout: str = "strided"
    note: str = ""
    """What must be known to interpret the numbers; empty for a plain tensor."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the shape of what is shown."""
        return self.sparse.shape if self.sparse is not None else tuple(self.whole.shape)

    @property
    def whole(self) -> torch.Tensor:
        """Return `tensor`, which is there where `sparse` is not."""
        assert self.tensor is not None
        return self.tensor

    @property
    def numbers(self) -> torch.Tensor:
        """Return the numbers that count and are stored, in arbitrary order."""
        if self.sparse is not None:
            return self.sparse.values
        return self.whole if self.counted is None else self.whole[self.counted]

    @property
    def zeros(self) -> int:
        """Return how many further elements are 0, since they are not stored."""
        return self.sparse.zeros if self.sparse is not None else 0


class isolated_no_grad(isolated):  # noqa: N801
    """Context manager that isolates what is computed of tensors from autograd and the user's modes and classes."""

    __slots__ = ("_grad",)

    def __enter__(self) -> None:
        self._grad = torch.is_grad_enabled()
        if self._grad:
            torch.set_grad_enabled(False)
        super().__enter__()

    def __exit__(self, *exception: Any) -> None:
        super().__exit__(*exception)
        if self._grad:
            torch.set_grad_enabled(True)


def is_plain(value: Any) -> bool:
    """Return whether a value is a strided tensor with numbers and of no class of its own. Quick: it runs for each
    value."""
    return (
        type(value) in _PLAIN
        and value.layout is torch.strided
        and not (value.is_nested or value.is_quantized or value.is_meta)
        and not is_wrapped(value)
        and value.untyped_storage().nbytes() > 0  # reading memory that was given back ends the process
    )


def read(value: Any) -> TensorNumbers:
    """Return the numbers of a tensor, an array or a number. To be called under `isolated_no_grad`.

    Raises:
        UnreadableError: it holds none, or none that can be read.
    """
    if is_plain(value):
        return _of_plain(value.detach())
    if isinstance(value, torch.Tensor):
        _refuse(value)
    try:
        return _of_other(value) if isinstance(value, torch.Tensor) else _of_array(value)
    except UnreadableError:
        raise
    except Exception as error:
        # Third-party classes may raise anything.
        raise unreadable_error(value, error) from None


def _of_plain(tensor: torch.Tensor) -> TensorNumbers:
    if tensor.is_conj() or tensor.is_neg():
        tensor = tensor.resolve_conj().resolve_neg()
    return TensorNumbers(tensor.to(torch.complex64) if tensor.dtype == torch.complex32 else tensor)


def _of_other(value: Any) -> TensorNumbers:
    module = type(value).__module__
    if value.is_nested:
        return _of_nested(value)
    if module == _MASKED:
        return _of_masked(value)
    if module.startswith(_DISTRIBUTED) and (local := local_part(value)) is not None:
        part = read(local)
        whole = "×".join(map(str, value.shape)) or tr("a scalar")
        note = tr("distributed: the part that this process holds of {shape}").format(shape=whole)
        return TensorNumbers(part.tensor, part.sparse, part.counted, part.layout, join_notes(note, part.note))
    tensor = value.detach()
    if is_sparse(tensor):
        return _of_sparse(tensor)
    if tensor.is_quantized:
        kind = str(tensor.dtype).removeprefix("torch.")
        return TensorNumbers(
            tensor.dequantize(),
            layout="quantized",
            note=tr("quantized ({dtype}): shown as what it stands for").format(dtype=kind),
        )
    layout = str(tensor.layout).removeprefix("torch.").removeprefix("_")
    if tensor.layout is not torch.strided:
        note = tr("{layout}: shown as a plain tensor").format(layout=layout)
        return TensorNumbers(tensor.to_dense(), layout=layout, note=note)
    # The rest are classes of their own, which may answer torch's functions in any way.
    return _of_plain(tensor) if is_plain(tensor) else TensorNumbers(tensor)


def _of_sparse(tensor: torch.Tensor) -> TensorNumbers:
    parts = sparse_parts(tensor)
    layout = str(tensor.layout).removeprefix("torch.")
    dims = parts.indices.shape[1]
    unit = tr("elements") if dims == len(parts.shape) else tr("rows") if dims == 1 else tr("blocks")
    total = parts.values.shape[0] if not dims else 1
    for size in parts.shape[:dims]:
        total *= size
    if parts.entries == parts.stored:
        note = tr("{layout}: {stored:,} of {total:,} {unit} stored, the rest is 0")
    else:
        note = tr("{layout}: {stored:,} of {total:,} {unit} stored, summed from {entries:,} entries, the rest is 0")
    note = note.format(layout=layout, stored=parts.stored, total=total, unit=unit, entries=parts.entries)
    return TensorNumbers(sparse=parts, layout=layout, note=note)


def _of_nested(value: Any) -> TensorNumbers:
    """Return the rows of a nested tensor, end to end along the dimension in which they differ."""
    layout = "jagged" if value.layout is torch.jagged else "nested"
    parts = jagged_parts(value) if layout == "jagged" else None
    dim = 0 if parts is None else parts.dim
    if parts is not None and parts.lengths is None:
        packed, lengths = parts.values.detach(), parts.offsets.diff().tolist()
    else:
        rows = [row.detach() for row in value.unbind()] if parts is None else _jagged_rows(parts)
        if len({row.shape[:dim] + row.shape[dim + 1 :] for row in rows}) > 1 or not all(row.dim() for row in rows):
            rows = [row.reshape(-1) for row in rows]
        lengths = [row.shape[dim] for row in rows]
        packed = torch.cat(rows, dim) if rows else torch.empty(0)
    if len(set(lengths)) > 1:
        span = tr("{low} to {high}").format(low=min(lengths), high=max(lengths))
    else:
        span = str(lengths[0]) if lengths else "0"
    inner = read(packed)
    note = tr("nested: {count:,} rows of {size}, shown end to end").format(count=len(lengths), size=span)
    return TensorNumbers(inner.tensor, inner.sparse, layout=layout, note=note)


def _jagged_rows(parts: JaggedParts) -> list[torch.Tensor]:
    assert parts.lengths is not None
    starts, lengths, values = parts.offsets.tolist(), parts.lengths.tolist(), parts.values.detach()
    return [values.narrow(parts.dim, start, length) for start, length in zip(starts, lengths, strict=False)]


def _of_masked(value: Any) -> TensorNumbers:
    data = read(masked_data(value))
    if data.sparse is not None:  # such a tensor and its mask store the same elements
        return TensorNumbers(sparse=data.sparse, layout=data.layout, note=join_notes(tr("masked"), data.note))
    return _masked(data.whole, masked_mask(value).detach().to(torch.bool))


def _masked(whole: torch.Tensor, counted: torch.Tensor) -> TensorNumbers:
    """Return a tensor in which masked elements are NaN: they have no value."""
    wide = whole if whole.is_floating_point() or whole.is_complex() else whole.to(torch.float64)
    note = tr("masked: {counted:,} of {total:,} elements count, the others are shown as NaN")
    note = note.format(counted=int(counted.sum()), total=counted.numel())
    return TensorNumbers(wide.masked_fill(~counted, torch.nan), counted=counted, layout="masked", note=note)


def _of_array(value: Any) -> TensorNumbers:
    """Return the numbers of an array or a number. What torch cannot read as it lies in memory is copied."""
    if isinstance(value, np.ma.MaskedArray):
        return _masked(_of_array(np.ma.getdata(value)).whole, torch.from_numpy(~np.ma.getmaskarray(value)))
    if not isinstance(value, np.ndarray | np.generic):
        return TensorNumbers(torch.as_tensor(value))
    array = np.asarray(value)
    if array.dtype.kind not in "biufc":
        # An object may be a number.
        error = UnreadableError if array.dtype.kind == "O" else NoNumbersError
        raise error(tr("An array of {dtype} is no array of numbers.").format(dtype=array.dtype))
    wide = {"f": np.dtype(np.float64), "c": np.dtype(np.complex128)}.get(array.dtype.kind)
    dtype = wide if wide is not None and array.dtype.itemsize > wide.itemsize else array.dtype.newbyteorder("=")
    if dtype != array.dtype or min(array.strides, default=0) < 0 or not array.flags.writeable:
        array = array.astype(dtype, order="C", copy=True)
    return TensorNumbers(torch.from_numpy(array))


def _refuse(value: torch.Tensor) -> None:
    """Raise an UnreadableError for a tensor whose numbers are not there."""
    name = type(value).__name__
    if value.is_meta or is_fake(value):
        if value.is_meta:
            raise NoNumbersError(tr("A tensor on the device meta holds no numbers."))
        raise NoNumbersError(tr("A {name} holds no numbers.").format(name=name))
    if is_lazy(value):
        raise NoNumbersError(tr("An {name} has no numbers before its first forward.").format(name=name))
    if is_wrapped(value):
        raise UnreadableError(
            tr("It is inside of a transform (vmap, grad and the like), where it has no numbers of its own.")
        )
    dense = type(value) in _PLAIN and value.layout is torch.strided and not value.is_nested
    if dense and value.numel() and not value.untyped_storage().nbytes():
        raise UnreadableError(tr("Its memory was given back, as that of sharded parameters is between their uses."))


def unreadable_error(value: Any, error: Exception) -> UnreadableError:
    """Return the error for a `value` that torch, or its class, could not read because of `error`."""
    reason = str(error).partition("\n")[0].rstrip(".")
    if type(value) in _PLAIN:
        dtype = str(value.dtype).removeprefix("torch.")
        text = tr("torch cannot compute figures of a tensor of {dtype}: {reason}.")
        return UnreadableError(text.format(dtype=dtype, reason=reason))
    text = tr("torch cannot compute figures of a {name}: {reason}.")
    return UnreadableError(text.format(name=type(value).__name__, reason=reason))


def join_notes(*notes: str) -> str:
    """Return several notes as one, without the empty ones."""
    return "; ".join(note for note in notes if note)
