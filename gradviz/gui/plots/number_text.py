"""Writes numbers as the window shows them: true minus signs, powers of ten, no more digits than help."""

from __future__ import annotations

import math

MINUS = "−"
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def short(value: float) -> str:
    """A loss in a few digits: `229.08`, `4.12e−06`, `NaN`."""
    if not math.isfinite(value):
        return _not_finite(value)
    digits = f"{value:.5g}" if value == 0 or 1e-3 <= abs(value) < 1e5 else f"{value:.2e}"
    return digits.replace("-", MINUS)


def exact(value: float) -> str:
    """A loss with every digit that tells it from its neighbours."""
    return repr(value).replace("-", MINUS) if math.isfinite(value) else _not_finite(value)


def power(exponent: int) -> str:
    """`10⁻⁶` for -6."""
    return "10" + str(exponent).translate(_SUPERSCRIPTS)


def tick(value: float, step: float, greatest: float) -> str:
    """The label of `value` on an axis whose ticks are `step` apart and none is further from zero than `greatest`."""
    if value == 0:
        return "0"
    if 1e-3 <= greatest < 1e5:
        return _fixed(value, _decimals(step))
    exponent = math.floor(math.log10(greatest) + 1e-9)
    return f"{_fixed(value / 10.0**exponent, _decimals(step / 10.0**exponent))}×{power(exponent)}"


def count(value: int) -> str:
    """An iteration or another whole number: `12,500`."""
    return f"{value:,}".replace("-", MINUS)


def _fixed(value: float, decimals: int) -> str:
    return f"{value:,.{decimals}f}".replace("-", MINUS)


def _decimals(step: float) -> int:
    return max(0, -math.floor(math.log10(step) + 1e-9))


def _not_finite(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Inf" if value > 0 else f"{MINUS}Inf"
