"""Answer questions about one tensor: figures, a picture and the values of a slice; or write it to a file."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gradviz.engine.capture.autograd_nodes import is_leaf, shape_of
from gradviz.engine.tensors.reductions import NO_FIGURES
from gradviz.engine.tensors.tensor_reader import (
    SparseParts,
    TensorNumbers,
    UnreadableError,
    isolated_no_grad,
    join_notes,
    read,
    unreadable_error,
)
from gradviz.engine.tensors.tensor_summary import (
    bytes_of,
    cells_of,
    histogram_of,
    limit_in,
    real_numbers,
    statistics_of,
)
from gradviz.engine.torch_compat import version_of
from gradviz.errors import GradvizError, InvalidValueError
from gradviz.files import check_replaceable
from gradviz.language import tr, translatable
from gradviz.protocol.commands import AskTensor
from gradviz.protocol.events import TensorAnswered
from gradviz.protocol.records import Shape, StoredRecord

MOST_VALUES = 4096
_NOT_IN_NUMPY = frozenset(
    {torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2, torch.float8_e4m3fnuz, torch.float8_e5m2fnuz}
)
COMPLEX = translatable("complex: statistics, histogram and picture are of the magnitudes")
Picture = tuple[int, int, bytes]


def parse_slice(text: str, shape: tuple[int, ...]) -> tuple[int | slice, ...]:
    """Return an index for `shape` from the text within Python's brackets.

    Empty text takes the last two dimensions whole, at index 0 of the others.

    Raises:
        InvalidValueError: not a slice, too many dimensions, or an index out of range.
    """
    if not text.strip():
        return (0,) * max(0, len(shape) - 2) + (slice(None),) * min(2, len(shape))
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > len(shape):
        raise InvalidValueError(
            tr("{text!r} has {parts} dimensions, the tensor {shape}.").format(
                text=text, parts=len(parts), shape=len(shape)
            )
        )
    index: list[int | slice] = []
    for size, part in zip(shape, parts, strict=False):
        if not re.fullmatch(r"-?\d*(:-?\d*){0,2}", part) or part in ("", "-"):
            raise InvalidValueError(tr("{part!r} is not an index; write one as 3, 0:4 or ::2.").format(part=part))
        if ":" not in part:
            number = int(part)
            if not -size <= number < size:
                raise InvalidValueError(
                    tr("Index {number} is out of range for a dimension of {size}.").format(number=number, size=size)
                )
            index.append(number)
        else:
            numbers = [int(piece) if piece not in ("", "-") else None for piece in part.split(":")]
            if len(numbers) == 3 and numbers[2] is not None and numbers[2] <= 0:
                raise InvalidValueError(
                    tr("{part!r} has a step of {step}; torch takes steps of 1 and more.").format(
                        part=part, step=numbers[2]
                    )
                )
            index.append(slice(*numbers))
    return (*index, *(slice(None),) * (len(shape) - len(parts)))


def answer(ask: AskTensor, value: Any) -> TensorAnswered:
    """Return all that was asked about a tensor; for one with a shape and no numbers, its shape and the reason.

    Raises:
        InvalidValueError: the slice does not fit the tensor.
        GradvizError: it has no numbers that torch can compute figures of.
    """
    with isolated_no_grad():
        try:
            return _answered(ask, value, read(value))
        except UnreadableError as error:
            shape = shape_of(value)
            if shape is None:
                raise
            return _reply(ask, value, shape, note=str(error))
        except GradvizError:
            raise
        except NO_FIGURES as error:
            raise unreadable_error(value, error) from None


def _answered(ask: AskTensor, value: Any, reading: TensorNumbers) -> TensorAnswered:
    shape = reading.shape
    index = parse_slice(ask.slice, shape)
    filled = bool(math.prod(shape))
    limit = limit_in(reading)
    drawn, parts = _pictures(_part(reading, index), ask.picture) if ask.picture and filled else (None, None)
    values, imaginary = _values(reading, index) if ask.values else (None, b"")
    return _reply(
        ask,
        value,
        shape,
        statistics=statistics_of(reading),
        histogram=histogram_of(reading, limit) if filled else None,
        picture=drawn,
        picture_parts=parts,
        slice=", ".join(_slice_text(part) for part in index),
        values=values,
        imaginary=imaginary,
        stored=_stored(reading.sparse, ask.values) if reading.sparse is not None else None,
        layout=reading.layout,
        note=join_notes(reading.note, tr(COMPLEX) if reading.numbers.is_complex() else ""),
    )


def _reply(ask: AskTensor, value: Any, shape: Shape, **figures: Any) -> TensorAnswered:
    tensor = value if isinstance(value, torch.Tensor) else read(value).whole
    strided = tensor.layout == torch.strided and not tensor.is_nested
    return TensorAnswered(
        request=ask.request,
        shape=shape,
        dtype=str(tensor.dtype).removeprefix("torch."),
        device=str(tensor.device),
        strides=tuple(map(int, tensor.stride())) if strided else (),
        version=_version(tensor),
        requires_grad=tensor.requires_grad,
        is_leaf=is_leaf(tensor),
        **figures,
    )


def _part(reading: TensorNumbers, index: tuple[int | slice, ...]) -> torch.Tensor | SparseParts:
    if reading.sparse is not None:
        return reading.sparse.sliced(index)
    return reading.whole[index] if index else reading.whole


def _pictures(part: torch.Tensor | SparseParts, largest: int) -> tuple[Picture | None, tuple[bytes, bytes] | None]:
    """Return the picture of a slice, and of complex numbers those of the real and the imaginary parts."""
    if not math.prod(part.shape):
        return None, None
    if isinstance(part, SparseParts):
        parts = (part.values.real, part.values.imag) if part.values.is_complex() else ()
        drawn = [part.cells(largest, piece) for piece in (real_numbers(part.values), *parts)]
    else:
        plane = part.reshape(-1, part.shape[-1]) if part.dim() > 2 else part
        while plane.dim() < 2:
            plane = plane.unsqueeze(0)
        parts = (plane.real, plane.imag) if plane.is_complex() else ()
        drawn = [cells_of(piece, largest) for piece in (real_numbers(plane), *parts)]
    first, *parts_drawn = map(bytes_of, drawn)
    rows, columns = drawn[0].shape
    return (rows, columns, first), (parts_drawn[0], parts_drawn[1]) if parts_drawn else None


def _values(reading: TensorNumbers, index: tuple[int | slice, ...]) -> tuple[tuple[tuple[int, ...], bytes], bytes]:
    """Return the shape and the values of a slice, as far as they may be sent, and of complex numbers the imaginary
    parts."""
    part = _part(reading, index)
    sizes = list(part.shape)
    while math.prod(sizes) > MOST_VALUES:
        # Cut the longest dimension: the corner that is left is still a slice that can be written down.
        dim = max(range(len(sizes)), key=sizes.__getitem__)
        sizes[dim] = max(1, MOST_VALUES // (math.prod(sizes) // sizes[dim]))
    if isinstance(part, SparseParts):
        corner = part.corner(tuple(sizes))
    else:
        corner = part[tuple(slice(0, size) for size in sizes)] if sizes else part
    real, imaginary = _doubles(corner)
    return (tuple(corner.shape), real), imaginary


def _stored(parts: SparseParts, values: bool) -> StoredRecord:
    """Return how much a sparse tensor stores; with `values`, indices and values too, as far as they may be sent."""
    if not values:
        return StoredRecord(parts.stored, parts.entries)
    each = max(1, math.prod(parts.values.shape[1:]))
    sent = min(parts.stored, max(1, MOST_VALUES // each))
    real, imaginary = _doubles(parts.values[:sent].reshape(sent, each)[:, :MOST_VALUES])
    return StoredRecord(
        parts.stored,
        parts.entries,
        indices=parts.indices[:sent].cpu().contiguous().numpy().astype("<i8").tobytes(),
        values_shape=(sent, min(each, MOST_VALUES)),
        values=real,
        imaginary=imaginary,
    )


def _doubles(tensor: torch.Tensor) -> tuple[bytes, bytes]:
    """Return real and imaginary parts as little-endian float64; of real numbers, no imaginary ones."""
    if not tensor.is_complex():
        return bytes_of(tensor, "<f8"), b""
    return bytes_of(tensor.real, "<f8"), bytes_of(tensor.imag, "<f8")


def _version(tensor: torch.Tensor) -> int | None:
    try:
        return version_of(tensor)
    except RuntimeError:  # inference tensors have no version
        return None


def _slice_text(part: int | slice) -> str:
    if isinstance(part, int):
        return str(part)
    start, stop, step = (("" if bound is None else str(bound)) for bound in (part.start, part.stop, part.step))
    return f"{start}:{stop}:{step}" if step else f"{start}:{stop}"


def save(path: str, value: Any) -> None:
    """Write a tensor to a `.npy` file. What NumPy has no type for (bfloat16) becomes float32, what is sparse dense.

    Raises:
        GradvizError: the file cannot be written, or the tensor has no shape or no numbers.
    """
    if shape_of(value) is None:
        raise GradvizError(tr("A nested tensor has rows of unequal length and no shape; look at what is made of it."))
    with isolated_no_grad():
        reading = read(value)
        sparse = reading.sparse
        tensor = (reading.whole if sparse is None else sparse.corner(sparse.shape)).cpu()
    try:
        tensor = tensor.float() if tensor.dtype in _NOT_IN_NUMPY else tensor
        check_replaceable(Path(path))
        with Path(path).open("wb") as file:  # a name without .npy stays as it was given
            np.save(file, tensor.numpy(), allow_pickle=False)
    except OSError as error:
        raise GradvizError(
            tr("{path} cannot be written: {error}.").format(path=path, error=error.strerror or error)
        ) from None
    except (TypeError, ValueError) as error:
        raise GradvizError(tr("{path!r} cannot be written: {error}.").format(path=path, error=error)) from None
