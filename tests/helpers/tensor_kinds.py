"""The same numbers in tensors of many layouts and classes, with the numbers that count in each."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import torch

Numbers = npt.NDArray[Any]


class Subclass(torch.Tensor):
    """A class that only has a name of its own."""


class Loud(torch.Tensor):
    """A class that hears of every function called with it; the engine must call none that it hears."""

    heard: ClassVar[list[str]] = []

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        cls.heard.append(str(func))
        return super().__torch_function__(func, types, args, kwargs or {})


LAYOUTS = (
    "strided", "transposed", "expanded", "conjugated", "subclass", "loud", "parameter", "array", "array_backwards",
    "coo", "coo_twice", "coo_rows", "csr", "csc", "bsr", "mkldnn", "masked", "masked_array", "jagged", "jagged_holes",
    "nested", "inference",
)  # fmt: skip
DTYPES = (
    torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.complex64, torch.complex128, torch.complex32,
    torch.float8_e5m2, torch.int64, torch.uint8, torch.uint16, torch.bool,
)  # fmt: skip


def numbers_of(dense: torch.Tensor) -> Numbers:
    """A dense tensor as float64 or complex128."""
    dense = dense.to(torch.complex64) if dense.dtype == torch.complex32 else dense
    wide = torch.complex128 if dense.is_complex() else torch.float64
    return dense.detach().resolve_conj().to(wide).numpy()


def made(layout: str, dense: torch.Tensor) -> tuple[Any, Numbers] | None:
    """A value of `layout` with the numbers of `dense`, a matrix, and what counts in it; None if torch makes none."""
    try:
        with torch.no_grad():
            return _MAKERS[layout](dense)
    except (RuntimeError, TypeError, NotImplementedError, AssertionError):
        return None


def _plain(value: torch.Tensor) -> tuple[Any, Numbers]:
    return value, numbers_of(value)


def _coo_twice(dense: torch.Tensor) -> tuple[Any, Numbers]:
    once = dense.to_sparse().coalesce()
    twice = torch.sparse_coo_tensor(
        once.indices().repeat(1, 2), once.values().repeat(2), dense.shape, check_invariants=True
    )
    return twice, numbers_of(dense + dense)


def _masked(dense: torch.Tensor) -> tuple[Any, Numbers]:
    mask = (torch.arange(dense.numel()).reshape(dense.shape) % 3) != 1
    return torch.masked.MaskedTensor(dense, mask), numbers_of(dense)[mask.numpy()]


def _masked_array(dense: torch.Tensor) -> tuple[Any, Numbers]:
    array = dense.numpy()
    hidden = (np.arange(array.size).reshape(array.shape) % 3) == 1
    return np.ma.array(array, mask=hidden), numbers_of(dense)[~hidden]


def _jagged(dense: torch.Tensor) -> tuple[Any, Numbers]:
    rows = [dense[: max(1, len(dense) // 3)], dense[max(1, len(dense) // 3) :]]
    return torch.nested.nested_tensor(rows, layout=torch.jagged), numbers_of(dense)


def _jagged_holes(dense: torch.Tensor) -> tuple[Any, Numbers]:
    offsets, lengths = torch.tensor([0, 2, 4]), torch.tensor([1, 2])
    holes = torch.cat([dense[:1]] * 4)
    holes[1] = torch.nan if dense.is_floating_point() or dense.is_complex() else 1
    value = torch.nested.nested_tensor_from_jagged(holes, offsets, lengths)
    return value, numbers_of(holes[[0, 2, 3]])


def _nested(dense: torch.Tensor) -> tuple[Any, Numbers]:
    return torch.nested.nested_tensor([dense, dense[:1]]), numbers_of(torch.cat([dense, dense[:1]]))


def _inference(dense: torch.Tensor) -> tuple[Any, Numbers]:
    with torch.inference_mode():
        return _plain(dense.clone())


_MAKERS: dict[str, Any] = {
    "strided": lambda d: _plain(d.clone()),
    "transposed": lambda d: _plain(d.t()),
    "expanded": lambda d: _plain(d[:1].expand(3, -1)),
    "conjugated": lambda d: _plain(d.conj()),
    "subclass": lambda d: (d.clone().as_subclass(Subclass), numbers_of(d)),
    "loud": lambda d: (d.clone().as_subclass(Loud), numbers_of(d)),
    "parameter": lambda d: (torch.nn.Parameter(d.clone()), numbers_of(d)),
    "array": lambda d: (d.numpy(), numbers_of(d)),
    "array_backwards": lambda d: (d.numpy()[::-1].astype(d.numpy().dtype.newbyteorder(">")), numbers_of(d)),
    "coo": lambda d: (d.to_sparse(), numbers_of(d)),
    "coo_twice": _coo_twice,
    "coo_rows": lambda d: (d.to_sparse(1), numbers_of(d)),
    "csr": lambda d: (d.to_sparse_csr(), numbers_of(d)),
    "csc": lambda d: (d.to_sparse_csc(), numbers_of(d)),
    "bsr": lambda d: (d.repeat(2, 2).to_sparse_bsr((2, 2)), numbers_of(d.repeat(2, 2))),
    "mkldnn": lambda d: (d.to_mkldnn(), numbers_of(d)),
    "masked": _masked,
    "masked_array": _masked_array,
    "jagged": _jagged,
    "jagged_holes": _jagged_holes,
    "nested": _nested,
    "inference": _inference,
}
