"""Slice and draw the stored elements of a sparse tensor without making the whole of it dense."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from gradviz.engine.torch_compat import coo_entries, coo_indices, coo_values

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
