"""Writes what stands beside the ticks of an axis: as many decimals as tell one tick from the next."""

from __future__ import annotations

import math

from gradviz.model.number_text import MINUS, power


def tick(value: float, step: float, greatest: float) -> str:
    """The label of `value` on an axis whose ticks are `step` apart and none is further from zero than `greatest`."""
    if value == 0:
        return "0"
    if 1e-3 <= greatest < 1e5:
        return _fixed(value, _decimals(step))
    exponent = math.floor(math.log10(greatest) + 1e-9)
    return f"{_fixed(value / 10.0**exponent, _decimals(step / 10.0**exponent))}×{power(exponent)}"


def _fixed(value: float, decimals: int) -> str:
    return f"{value:,.{decimals}f}".replace("-", MINUS)


def _decimals(step: float) -> int:
    return max(0, -math.floor(math.log10(step) + 1e-9))
