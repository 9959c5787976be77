"""Writes the figures of a tensor: so many significant digits, true minus signs, thousands set apart."""

from __future__ import annotations

import math

MINUS = "−"


def significant(value: float | None, digits: int = 4) -> str:
    """`0.02695`, `−1.663`, `1.234e+10`; `0` for zero, a dash where there is no value."""
    if value is None:
        return "–"
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Inf" if value > 0 else f"{MINUS}Inf")
    if value == 0:
        return "0"
    plain = f"{value:#.{digits}g}"
    if "e" in plain or abs(value) < 1e-4:
        plain = f"{value:.{digits - 1}e}"
    return plain.removesuffix(".").replace("-", MINUS)


def whole(value: int) -> str:
    """`6,400`."""
    return f"{value:,}".replace("-", MINUS)


def as_typed(text: str) -> str:
    """What a person typed or pasted, with the minus signs that Python reads."""
    return text.strip().replace(MINUS, "-")
