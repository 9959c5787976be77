"""Writes numbers as people read them: true minus signs, powers of ten, thousands apart, no more digits than help."""

from __future__ import annotations

import math

MINUS = "−"
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def nonfinite_text(value: float) -> str:
    """`NaN`, `Inf` or `−Inf`, for a value that is one of them."""
    return "NaN" if math.isnan(value) else "Inf" if value > 0 else f"{MINUS}Inf"


def significant(value: float | None, digits: int = 4) -> str:
    """Always so many digits: `0.02695`, `−1.663`, `1.234e+10`; `0` for zero, a dash where there is no value."""
    if value is None:
        return "–"
    if not math.isfinite(value):
        return nonfinite_text(value)
    if value == 0:
        return "0"
    plain = f"{value:#.{digits}g}"
    if "e" in plain or abs(value) < 1e-4:
        plain = f"{value:.{digits - 1}e}"
    return plain.removesuffix(".").replace("-", MINUS)


def complex_text(real: float, imaginary: float, digits: int = 4) -> str:
    """`3.000+4.000j`, as torch writes complex numbers."""
    sign = MINUS if math.copysign(1, imaginary) < 0 and not math.isnan(imaginary) else "+"
    return f"{significant(real, digits)}{sign}{significant(abs(imaginary), digits)}j"


def short(value: float) -> str:
    """A loss in at most five digits: `229.08`, `4.12e−06`, `NaN`."""
    if not math.isfinite(value):
        return nonfinite_text(value)
    digits = f"{value:.5g}" if value == 0 or 1e-3 <= abs(value) < 1e5 else f"{value:.2e}"
    return digits.replace("-", MINUS)


def exact(value: float) -> str:
    """A loss with every digit that tells it from its neighbours."""
    return repr(value).replace("-", MINUS) if math.isfinite(value) else nonfinite_text(value)


def whole(value: int) -> str:
    """An iteration or another whole number: `12,500`."""
    return f"{value:,}".replace("-", MINUS)


def power(exponent: int) -> str:
    """`10⁻³` for -3."""
    return f"10{str(exponent).translate(_RAISED)}"


def as_typed(text: str) -> str:
    """What a person typed or pasted, with the minus signs that Python reads."""
    return text.strip().replace(MINUS, "-")
