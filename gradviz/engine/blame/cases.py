"""What one op or node computed, as the tables of reasons look at it; and the sentences' numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from gradviz.engine.tensors.tensor_summary import real_numbers
from gradviz.language import tr

Mask = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True, slots=True)
class Case:
    """One op with its operands and its result, or one node with what its forward computed and the gradients."""

    op: str
    operands: tuple[Any, ...]
    """Tensors of double precision (on most devices), numbers, words and None, in the order of the call."""
    output: torch.Tensor | None
    dtype: torch.dtype
    """Of what was made: its largest number is the limit."""
    gradient: torch.Tensor | None = None
    """What came to the node."""
    made: torch.Tensor | None = None
    """The gradient that the node made."""
    name: str = ""
    """As the user called it."""

    def operand(self, position: int) -> Any:
        """Return an operand; None if there is none."""
        return self.operands[position] if position < len(self.operands) else None

    @property
    def tensors(self) -> list[torch.Tensor]:
        """The operands that are tensors."""
        return [operand for operand in self.operands if isinstance(operand, torch.Tensor)]

    @property
    def limit(self) -> float:
        """The largest number of the type."""
        return torch.finfo(self.dtype).max if self.dtype.is_floating_point or self.dtype.is_complex else math.inf

    @property
    def is_finite(self) -> bool:
        """Whether all operands are finite."""
        return all(map(finite, self.operands))


def finite(operand: Any) -> bool:
    """Return whether an operand holds neither NaN nor Inf."""
    if isinstance(operand, torch.Tensor):
        return bool(torch.isfinite(operand).all())
    return not isinstance(operand, float) or math.isfinite(operand)


def any_of(value: Any, mask: Mask) -> bool:
    """Return whether any number of an operand meets a condition."""
    if isinstance(value, bool | int | float):
        value = torch.tensor(float(value), dtype=torch.float64)
    return isinstance(value, torch.Tensor) and bool(mask(value).any())


def real(value: torch.Tensor) -> torch.Tensor:
    """Return the numbers of an operand as the tables compare them."""
    return real_numbers(value)


def number(value: float) -> str:
    """Return a number as text."""
    text = "∞" if math.isinf(value) else f"{abs(value):.5g}"
    return f"−{text}" if value < 0 else text


def count_text(outside: torch.Tensor, values: torch.Tensor) -> str:
    """Return how many values are outside of an op's domain, and their range."""
    low, high = extent(values)
    text = tr("That is so for {count} of {total} values, which go from {low} to {high}.")
    return text.format(count=f"{int(outside.sum()):,}", total=f"{outside.numel():,}", low=low, high=high)


def extent(values: torch.Tensor) -> tuple[str, str]:
    """Return the least and the largest of the finite values, as texts."""
    kept = values[torch.isfinite(values)]
    if not kept.numel():
        return "–", "–"
    return number(float(kept.min())), number(float(kept.max()))


def first(reasons: Sequence[Callable[[Case], str]], case: Case) -> str:
    """Return what the first rule finds that finds something."""
    for reason in reasons:
        try:
            found = reason(case)
        except (RuntimeError, IndexError, TypeError, ValueError):  # operands of a form that the rule does not know
            continue
        if found:
            return found
    return ""
