"""What an iteration of a script lost: the sum of what its backward calls started from."""

from __future__ import annotations

from typing import Any

import torch

from gradviz.engine.capture import flatten


class Losses:
    """Of one iteration. Where gradients add up, their sum is what is minimized."""

    def __init__(self) -> None:
        self._values: list[Any] = []
        self._unscaled: tuple[Any, Any] = (None, None)

    def __bool__(self) -> bool:
        """Whether there was a backward yet."""
        return bool(self._values)

    def scaled(self, outputs: Any, result: Any) -> None:
        """A gradient scaler made `result` of a loss, which is the one to tell."""
        self._unscaled = outputs, result

    def note(self, roots: Any) -> None:
        """A backward starts from `roots`.

        On the CPU their values are turned into a number at once, since the script may change the tensor; elsewhere they
        stay a tensor, since a number would make the training wait.
        """
        outputs, result = self._unscaled
        if result is not None and roots is result:
            roots = outputs
        if isinstance(roots, torch.Tensor):
            self._values.append(_value(roots))
        else:
            self._values.append(_sum([_value(tensor) for tensor in tensors_in(roots)]))

    def total(self) -> Any:
        """A number, or a tensor without dimensions."""
        return _sum(self._values)

    def clear(self) -> None:
        """The iteration is over."""
        self._values = []
        self._unscaled = None, None


def _value(tensor: torch.Tensor) -> Any:
    scalar = tensor.detach() if tensor.numel() == 1 else tensor.detach().sum()
    return scalar.item() if scalar.is_cpu else scalar.reshape(())


def _sum(values: list[Any]) -> Any:
    first, *others = values
    for other in others:
        first = first + other
    return first


def tensors_in(value: Any) -> list[torch.Tensor]:
    """The tensors among the leaves of `value`."""
    return [leaf for leaf in flatten(value) if isinstance(leaf, torch.Tensor)]
