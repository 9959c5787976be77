"""Analytic and numeric derivatives of one call, element by element and all at once along a direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from gradviz.engine.gradcheck.isolation import RepeatableCall

EPSILON = 1e-6
RELATIVE, ABSOLUTE = 1e-3, 1e-5
"""Tolerances, as those of `torch.autograd.gradcheck`; the absolute one is relative to the largest derivative."""

_ALONG = 1e-7


@dataclass(slots=True)
class Element:
    """The derivative by one element of an input. Of complex numbers, as a complex number of both parts."""

    place: int
    """Position of the input among all."""
    index: int
    """Of the element, flattened."""
    analytic: complex
    numeric: complex
    tolerance: float

    @property
    def difference(self) -> float:
        """Return by how much the two differ."""
        return abs(self.analytic - self.numeric)

    @property
    def agrees(self) -> bool:
        """Return whether the two differ by no more than rounding."""
        return self.difference <= self.tolerance


class Differences:
    """Derivatives of the sum of outputs times `weights`, by inputs of a repeatable call."""

    def __init__(
        self, call: RepeatableCall, inputs: Sequence[torch.Tensor], wanted: Sequence[int],
        weights: Sequence[torch.Tensor], epsilon: float = EPSILON,
    ) -> None:  # fmt: skip
        """`wanted`: the positions of the inputs to differentiate by."""
        self._call, self.inputs, self.wanted, self.weights = call, list(inputs), list(wanted), list(weights)
        self.epsilon = epsilon
        self.evaluations = 0
        self.analytic = analytic_of(call, inputs, wanted, weights)
        with torch.no_grad():
            self._size = self._value_size()
        self._largest = {
            place: float(gradient.abs().max()) if gradient.numel() else 0.0 for place, gradient in self.analytic.items()
        }

    def element(self, place: int, index: int, epsilon: float | None = None) -> Element:
        """Return the derivative by one element, as backward gives it and by central differences."""
        x = self.inputs[place]
        analytic = complex(self.analytic[place].reshape(-1)[index].item())
        value = complex(x.reshape(-1)[index].item())
        h = (epsilon or self.epsilon) * max(1.0, abs(value))
        numeric = complex(self._between(place, index, h))
        if x.is_complex():
            numeric += 1j * self._between(place, index, h * 1j)
        return Element(place, index, analytic, numeric, self._tolerance(place, numeric, h))

    def one_sided(self, place: int, index: int) -> tuple[float, float]:
        """Return the slopes to the left and to the right of one element, of its real part."""
        h = self.epsilon * max(1.0, abs(complex(self.inputs[place].reshape(-1)[index].item())))
        middle = self._outputs(place, None, 0.0)
        left, right = (self._outputs(place, index, step) for step in (-h, h))
        return self._weighed(middle, left) / h, self._weighed(right, middle) / h

    def direction(self, place: int, along: torch.Tensor) -> tuple[float, float, float]:
        """Return the derivative along a real direction: analytic, numeric, and their tolerance."""
        h = self.epsilon
        with torch.no_grad():
            analytic = float((self.analytic[place].conj() * along).sum().real)
            ahead, behind = (self._shifted(place, along * step) for step in (h, -h))
            numeric = self._weighed(ahead, behind) / (2 * h)
        scale = float((self.analytic[place].abs() * along.abs()).sum())
        # All elements count here, of which one may be wrong: what is left to rounding is little.
        return analytic, numeric, (_ALONG if h <= EPSILON else RELATIVE) * scale + self._noise(h)

    def _between(self, place: int, index: int, h: complex) -> float:
        return self._weighed(self._outputs(place, index, h), self._outputs(place, index, -h)) / (2 * abs(h))

    def _outputs(self, place: int, index: int | None, step: complex) -> list[torch.Tensor]:
        x = self.inputs[place]
        shift = torch.zeros(x.shape, dtype=x.dtype, device=x.device)
        if index is not None:
            shift.view(-1)[index] = step if shift.is_complex() else float(step.real)  # type: ignore[assignment]
        return self._shifted(place, shift)

    def _shifted(self, place: int, shift: torch.Tensor) -> list[torch.Tensor]:
        self.evaluations += 1
        with torch.no_grad():
            inputs = list(self.inputs)
            inputs[place] = inputs[place] + shift
            return self._call(inputs)

    def _weighed(self, ahead: Sequence[torch.Tensor], behind: Sequence[torch.Tensor]) -> float:
        """Return the difference of two evaluations, each output by its weight."""
        return sum(
            float((weight.conj() * _change(a.detach(), b.detach())).sum().real)
            for weight, a, b in zip(self.weights, ahead, behind, strict=True)
        )

    def _value_size(self) -> float:
        outputs = self._call(self.inputs)
        pairs = zip(self.weights, outputs, strict=True)
        return sum(float((w.abs() * o.abs().nan_to_num(0.0, 0.0, 0.0)).sum()) for w, o in pairs)

    def _noise(self, h: float) -> float:
        """Return what rounding of the outputs alone may make of a difference."""
        return 4 * torch.finfo(torch.float64).eps * self._size / h

    def _tolerance(self, place: int, numeric: complex, h: float) -> float:
        largest = max(self._largest[place], abs(numeric))
        return RELATIVE * abs(numeric) + ABSOLUTE * largest + self._noise(h)


def _change(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Return the difference; 0 between equal infinities, as a mask gives them, and between NaNs."""
    return torch.where((a == b) | (a.isnan() & b.isnan()), 0, a - b)


def analytic_of(
    call: RepeatableCall, inputs: Sequence[torch.Tensor], wanted: Sequence[int], weights: Sequence[torch.Tensor] | None
) -> dict[int, torch.Tensor]:
    """Return the gradient of each wanted input, as backward computes it; zeros where it gives none. Without `weights`,
    each output counts once."""
    leaves = [
        value.detach().clone().requires_grad_(place in wanted) if can_differ(value) else value
        for place, value in enumerate(inputs)
    ]
    outputs = call(leaves)
    pairs = zip(outputs, weights or [torch.ones_like(o) for o in outputs], strict=True)
    known = [(output, weight) for output, weight in pairs if output.requires_grad]
    by = [leaves[place] for place in wanted]
    found = torch.autograd.grad([o for o, _ in known], by, [w for _, w in known], allow_unused=True)
    return {
        place: torch.zeros_like(leaf) if gradient is None else gradient.detach().to_dense()
        if gradient.layout is not torch.strided else gradient.detach()
        for place, leaf, gradient in zip(wanted, by, found, strict=True)
    }  # fmt: skip


def can_differ(value: torch.Tensor) -> bool:
    """Return whether a tensor can have a gradient."""
    return value.is_floating_point() or value.is_complex()
