"""Reduce whole tensors to single numbers, which stay on their device until they are read: norms, means, deviations."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, TypeVar

import numpy as np
import torch

from gradviz.engine.tensors.tensor_reader import is_plain
from gradviz.engine.tensors.tensor_reader import read as read_numbers
from gradviz.engine.torch_compat import DisableTorchFunctionSubclass, is_fake, is_wrapped

Key = TypeVar("Key")
# Raised for tensors of classes and types that torch cannot reduce. This must not raise in training, and third-party
# classes may raise anything.
NO_FIGURES = (Exception,)


def can_be_read(value: Any) -> bool:
    """Return whether `value` holds numbers that can be read: not nested, symbolic, or inside of a transform."""
    if isinstance(value, np.ndarray | np.generic):
        return True
    with DisableTorchFunctionSubclass():
        return (
            isinstance(value, torch.Tensor)
            and not value.is_meta
            and not value.is_nested
            and not is_wrapped(value)
            and not is_fake(value)
        )


def norm(value: Any) -> Any:
    """Return the 2-norm of a tensor or array, as a tensor of no dimensions; None if it cannot be read."""
    with untracked(), suppress(*NO_FIGURES):
        numbers = value.detach() if is_plain(value) else read_numbers(value).numbers
        if not isinstance(value, torch.Tensor):
            numbers = numbers.to(torch.complex128 if numbers.is_complex() else torch.float64)
        return torch.linalg.vector_norm(_precise(numbers))
    return None


def mean_and_std(value: Any) -> tuple[Any, Any] | None:
    """Return mean and population standard deviation of a floating-point tensor or array; None if it is neither, or
    empty.

    A single number has a mean, and None for a deviation: it cannot deviate from anything. Infinities are left out:
    masked attention scores hold them on purpose. A NaN makes both NaN.
    """
    if not is_floating(value):
        return None
    if not isinstance(value, torch.Tensor):
        finite = value[~np.isinf(value)]
        if not finite.size:
            return None
        return torch.tensor(float(finite.mean())), torch.tensor(float(finite.std())) if value.size > 1 else None
    with untracked(), suppress(*NO_FIGURES):
        if is_plain(value):
            return _mean_and_std(_precise(value.detach()))
        reading = read_numbers(value)
        return None if reading.sparse is not None else _mean_and_std(_precise(reading.numbers))
    return None


def _mean_and_std(numbers: torch.Tensor) -> tuple[Any, Any] | None:
    if not numbers.numel():
        return None
    std, mean = torch.std_mean(numbers, correction=0)
    if numbers.numel() == 1:
        return mean, None
    if numbers.is_cpu and std.isfinite():
        return mean, std
    # On other devices it is not known yet whether there are infinities, and reading that would make the training wait.
    infinite = numbers.isinf()
    count = numbers.numel() - infinite.sum()
    mean = numbers.masked_fill(infinite, 0).sum() / count
    std = ((numbers - mean).masked_fill(infinite, 0).square().sum() / count).sqrt()
    return mean, std


def is_floating(value: Any) -> bool:
    """Return whether a tensor or array holds floating-point numbers."""
    if isinstance(value, torch.Tensor):
        return value.is_floating_point()
    return isinstance(value, np.ndarray | np.floating) and np.issubdtype(value.dtype, np.floating)


def read(values: Mapping[Key, Any]) -> dict[Key, float]:
    """Return all `values`, numbers or tensors of no dimensions, as numbers: one transfer for each device."""
    there = {key: value for key, value in values.items() if isinstance(value, torch.Tensor) and not value.is_cpu}
    found = {key: _number(value) for key, value in values.items() if key not in there}
    by_device: dict[torch.device, list[Key]] = {}
    for key, value in there.items():
        by_device.setdefault(value.device, []).append(key)
    if not by_device:
        return found
    with untracked():
        for device, keys in by_device.items():
            wide = torch.float64 if device.type != "mps" else torch.float32  # Metal has no float64
            numbers = torch.stack([values[key].reshape(()).to(wide) for key in keys]).cpu().tolist()
            found.update(zip(keys, numbers, strict=True))
    return found


def _number(value: Any) -> float:
    return float(value.detach() if isinstance(value, torch.Tensor) else value)


class untracked(torch.no_grad):  # noqa: N801
    """Context manager: what is computed makes no graph, and no subclass of Tensor sees it."""

    def __enter__(self) -> None:
        super().__enter__()
        self._disabled = DisableTorchFunctionSubclass()
        self._disabled.__enter__()

    def __exit__(self, *exception: Any) -> None:
        self._disabled.__exit__(*exception)
        super().__exit__(*exception)


def _precise(value: torch.Tensor) -> torch.Tensor:
    """Return numbers of one or two bytes as float32, since they would round their own mean; others as they are."""
    return value.float() if value.is_floating_point() and value.dtype.itemsize < 4 else value
