"""A tensor as the sum of what it comes from, and what an optimizer's rule reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import torch

Part = Literal["gradient", "momentum", "decay"]
"""Where a term of a step comes from: this iteration's gradient, those before it, and the parameter itself."""

Factor = torch.Tensor | float


class Mix:
    """A tensor that is linear in gradient, momentum and decay, kept apart."""

    def __init__(self, parts: Mapping[Part, torch.Tensor]) -> None:
        self.parts = dict(parts)

    def __add__(self, other: Mix) -> Mix:
        parts = dict(self.parts)
        for part, tensor in other.parts.items():
            parts[part] = parts[part] + tensor if part in parts else tensor
        return Mix(parts)

    def __mul__(self, factor: Factor) -> Mix:
        return Mix({part: tensor * factor for part, tensor in self.parts.items()})

    def __truediv__(self, divisor: Factor) -> Mix:
        return Mix({part: tensor / divisor for part, tensor in self.parts.items()})

    @property
    def total(self) -> torch.Tensor:
        """Return the sum of all parts."""
        tensors = list(self.parts.values())
        return sum(tensors[1:], start=tensors[0])


@dataclass(slots=True)
class Step:
    """One step: its formulas in the notation of `model/derivative/derivative_rules`, the last of which gives the new
    parameter, and the terms that make it."""

    formulas: list[str]
    terms: Mix
    term_formulas: dict[Part, str]
    scalars: dict[str, tuple[str, float]] = field(default_factory=dict)
    """Symbol → what it is (an option, `step`), and its value."""
    symbols: dict[str, str] = field(default_factory=dict)
    """Symbol → the state that it is (`exp_avg`)."""


class Situation:
    """What one parameter's step begins with. All numbers are double; complex ones are pairs of real ones, as torch's
    optimizers take them."""

    def __init__(
        self, parameter: torch.Tensor, gradient: torch.Tensor, state: Mapping[str, Any], options: Mapping[str, Any]
    ) -> None:
        """`state` and `options` are the optimizer's own, before the step."""
        self.w = double(parameter)
        self._state = state
        self.options = options
        self.gradient = gradient
        """As it is, sparse perhaps."""
        sign = -1.0 if options.get("maximize") else 1.0
        self.g = double(gradient.to_dense() if gradient.layout is not torch.strided else gradient) * sign
        self.formulas: list[str] = ["g = −grad"] if sign < 0 else []
        self.scalars: dict[str, tuple[str, float]] = {}
        self.symbols: dict[str, str] = {}

    @property
    def t(self) -> int:
        """Return which step of this parameter it is, from 1."""
        return int(self.scalar("step", 0)) + 1

    def has(self, key: str) -> bool:
        """Return whether the optimizer keeps such a state for the parameter already."""
        return self._state.get(key) is not None

    def scalar(self, key: str, first: float) -> float:
        """Return a number that the optimizer keeps; `first` before its first step."""
        return float(self._state[key]) if self.has(key) else first

    def tensor(self, symbol: str, key: str, first: float = 0.0) -> torch.Tensor:
        """Return a tensor that the optimizer keeps, called `symbol` in the formulas."""
        self.symbols[symbol] = key
        return double(self._state[key]) if self.has(key) else torch.full_like(self.w, first)

    def number(self, symbol: str, option: str, position: int | None = None) -> float:
        """Return an option's value, called `symbol` in the formulas."""
        value = self.options[option]
        value = float(value if position is None else value[position])
        self.scalars[symbol] = (option, value)
        return value

    def counted(self) -> int:
        """Return `t`, and list it among the numbers of the formulas."""
        self.scalars["t"] = ("step", float(self.t))
        return self.t

    def regularized(self) -> tuple[Mix, str, dict[Part, str]]:
        """Return the gradient with the decay that is added to it, its symbol, and the formula of each part."""
        mix, symbol, formulas = Mix({"gradient": self.g}), "g", {"gradient": "g"}
        if self.options.get("weight_decay") and not self.options.get("decoupled_weight_decay"):
            decay = self.number("λ", "weight_decay")
            self.formulas.append("d = g + λ w")
            mix, symbol, formulas = mix + Mix({"decay": self.w * decay}), "d", {**formulas, "decay": "λ w"}
        return mix, symbol, formulas  # type: ignore[return-value]

    def decoupled(self, lr: float) -> tuple[Mix, str, dict[Part, str]]:
        """Return the decay that is taken off the parameter itself, as a term, as the end of a formula, and alone."""
        if not self.options.get("weight_decay"):
            return Mix({}), "", {}
        decay = self.number("λ", "weight_decay")
        return Mix({"decay": self.w * (-lr * decay)}), " − lr λ w", {"decay": "−lr λ w"}

    def step(self, formula: str, terms: Mix, term_formulas: Mapping[Part, str]) -> Step:
        """Return the step whose last formula is `formula`."""
        return Step([*self.formulas, formula], terms, dict(term_formulas), self.scalars, self.symbols)


def double(value: torch.Tensor) -> torch.Tensor:
    """Return `value` in double precision, complex numbers as pairs."""
    value = value.detach()
    if value.is_complex():
        return torch.view_as_real(value.to(torch.complex128))
    return value.to(torch.float64)
