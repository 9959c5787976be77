"""The loss of one iteration of a script: the sum of what its backward calls started from, as they minimize it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from weakref import ReferenceType, ref

import torch

from gradviz.engine.capture.ops import flatten
from gradviz.engine.torch_compat import DisableTorchFunction, isolated
from gradviz.protocol.records import EvaluationsRecord


class Losses:
    """The losses of one iteration. Where gradients add up, the sum of what they started from is what is minimized.

    A value is a number or, where reading it would make a device wait, a tensor without dimensions.
    """

    def __init__(self) -> None:
        self._of_backward: list[Any] = []
        self._of_gradients: list[Any] = []
        self._again: list[Any] = []
        self._unscaled: list[tuple[ReferenceType[torch.Tensor], torch.Tensor]] = []

    def __bool__(self) -> bool:
        """Whether there was a backward yet."""
        return bool(self._of_backward or self._of_gradients)

    def scaled(self, outputs: Any, result: Any) -> None:
        """Note that a gradient scaler made `result` of `outputs`, which are the losses to report."""
        with DisableTorchFunction():
            for tensor, unscaled in zip(tensors_in(result), tensors_in(outputs), strict=False):
                self._unscaled.append((ref(tensor), unscaled.detach()))

    def note(self, roots: Sequence[torch.Tensor], weights: Any, *, by_grad: bool, again: bool) -> None:
        """Note that a backward starts from `roots`.

        `weights`: the gradients that it starts with, None for ones: of v it minimizes the sum of v · root. `by_grad`:
        it is a call of `torch.autograd.grad`, whose gradients may be an inner loop's and are no loss of the iteration
        if a `backward()` follows. `again`: an optimizer evaluates once more, within its step.

        On the CPU values are turned into a number at once, since the script may change the tensor.
        """
        with DisableTorchFunction(), isolated():
            vectors = list(flatten(weights)) if weights is not None else []
            vectors += [None] * (len(roots) - len(vectors))
            value = _sum([self._value(root, vector) for root, vector in zip(roots, vectors, strict=False)])
        if again:
            self._again.append(value)
        elif by_grad:
            self._of_gradients.append(value)
        else:
            self._of_backward.append(value)

    def total(self) -> Any:
        """Return the loss of the iteration: of an optimizer that evaluates several times, that of the first evaluation,
        as its `step()` returns it."""
        return _sum(self._of_backward or self._of_gradients)

    def evaluations(self, step: int) -> EvaluationsRecord | None:
        """How often an optimizer evaluated in iteration `step`, if it did so more than once."""
        return EvaluationsRecord(step, 1 + len(self._again), float(self._again[-1])) if self._again else None

    def discard(self) -> None:
        """Forget losses whose gradients were set to zero before a step used them."""
        self._of_backward, self._of_gradients = [], []

    def clear(self) -> None:
        """Forget all: the iteration is over."""
        self.discard()
        self._again, self._unscaled = [], []

    def _value(self, root: torch.Tensor, vector: Any) -> Any:
        tensor = next((loss for scaled, loss in self._unscaled if scaled() is root), root.detach())
        if isinstance(vector, torch.Tensor):
            tensor = tensor * vector.detach()
        scalar = tensor if tensor.numel() == 1 else tensor.sum()
        return scalar.item() if scalar.is_cpu else scalar.reshape(())


def _sum(values: list[Any]) -> Any:
    first, *others = values
    for other in others:
        first = first + other
    return first


def tensors_in(value: Any) -> list[torch.Tensor]:
    """Return the tensors among the leaves of `value`."""
    return [leaf for leaf in flatten(value) if isinstance(leaf, torch.Tensor)]
