"""Runs a call on copies, so that nothing of the run changes: random states, modes, hooks, gradients, versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch

from gradviz.engine.capture.ops import flatten
from gradviz.engine.loading.process_state import Generators
from gradviz.engine.torch_compat import isolated

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


class Repeatable:
    """A call that gives the same for the same inputs: every run begins with the same random states, on new copies."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._states = Generators.remember()

    def __call__(self, inputs: Sequence[torch.Tensor], *, other_numbers: bool = False) -> list[torch.Tensor]:
        """Return the outputs that can have a gradient; `other_numbers` draws other random numbers than usual."""
        self._states.restore()
        if other_numbers:
            torch.rand(97)
        # A clone is no leaf, so that an op in place may write into it.
        result = self._call([value.clone() for value in inputs])
        found = [value for value in flatten(result) if isinstance(value, torch.Tensor)]
        return [value for value in found if value.is_floating_point() or value.is_complex()]
