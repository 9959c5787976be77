"""Runs a call on copies, so that nothing of the run changes: random states, modes, hooks, gradients, versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch

from gradviz.engine.capture.ops import flatten
from gradviz.engine.loading.process_state import Generators
from gradviz.engine.torch_compat import DisableTorchFunction, isolated

Call = Callable[[Sequence[torch.Tensor]], Any]
"""Runs an op with tensors in place of its own, and returns what it returns."""


@contextmanager
def apart() -> Iterator[None]:
    """Context manager: what runs within draws no random numbers of the run's, and meets none of its modes and hooks on
    saved tensors."""
    before = Generators.remember()
    try:
        with (
            isolated(),
            DisableTorchFunction(),
            torch.inference_mode(False),
            torch.enable_grad(),
            torch.autocast("cpu", enabled=False),
            torch.autocast("cuda", enabled=False),
            torch.autograd.set_detect_anomaly(False),
            torch.autograd.graph.saved_tensors_hooks(_same, _same),
        ):
            yield
    finally:
        before.restore()


def _same(value: Any) -> Any:
    return value


class RepeatableCall:
    """A call that gives the same for the same inputs: every run begins with the same random states, on new copies."""

    def __init__(self, call: Call, inputs: Sequence[torch.Tensor]) -> None:
        """Take the strides of all copies from `inputs`, the call's own: some views depend on them."""
        self._call = call
        self._strides = [None if value.dim() and 0 in value.stride() else value.stride() for value in inputs]
        self._states = Generators.remember()

    def __call__(self, inputs: Sequence[torch.Tensor], *, other_numbers: bool = False) -> list[torch.Tensor]:
        """Return the outputs that can have a gradient; `other_numbers` draws other random numbers than usual."""
        self._states.restore()
        if other_numbers:
            torch.rand(97)
        # A copy is no leaf, so that an op in place may write into it.
        result = self._call([_copy(*pair) for pair in zip(inputs, self._strides, strict=True)])
        found = [value for value in flatten(result) if isinstance(value, torch.Tensor)]
        return [value for value in found if value.is_floating_point() or value.is_complex()]


def _copy(value: torch.Tensor, strides: tuple[int, ...] | None) -> torch.Tensor:
    if strides is None:  # an expanded one, whose elements cannot be written one by one
        return value.clone()
    return torch.empty_strided(value.shape, strides, dtype=value.dtype, device=value.device).copy_(value)
