"""Formats numbers for reading: true minus signs, powers of ten, thousands separated, units with prefixes."""

from __future__ import annotations

import math

MINUS = "−"
_SI = {-5: "f", -4: "p", -3: "n", -2: "µ", -1: "m", 0: "", 1: "k", 2: "M", 3: "G", 4: "T", 5: "P", 6: "E"}
_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def nonfinite_text(value: float) -> str:
    """Return `NaN`, `Inf` or `−Inf`, for a value that is one of them."""
    return "NaN" if math.isnan(value) else "Inf" if value > 0 else f"{MINUS}Inf"


def significant(value: float | None, digits: int = 4) -> str:
    """Return a number with this many digits: `0.02695`, `−1.663`, `1.234e+10`, `0`, or a dash for no value."""
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


def tail_length(text: str) -> int:
    """Return how many characters of a number come from its decimal point on: numbers in a column line up if shorter
    tails leave as much room at their right."""
    return len(text) - len(text.partition(".")[0])


def complex_text(real: float, imaginary: float, digits: int = 4) -> str:
    """Return `3.000+4.000j`, as torch writes complex numbers."""
    sign = MINUS if math.copysign(1, imaginary) < 0 and not math.isnan(imaginary) else "+"
    return f"{significant(real, digits)}{sign}{significant(abs(imaginary), digits)}j"


def short(value: float) -> str:
    """Return a loss in at most five digits: `229.08`, `4.12e−06`, `NaN`."""
    if not math.isfinite(value):
        return nonfinite_text(value)
    digits = f"{value:.5g}" if value == 0 or 1e-3 <= abs(value) < 1e5 else f"{value:.2e}"
    return digits.replace("-", MINUS)


def exact(value: float) -> str:
    """Return a loss with every digit that distinguishes it from the next floating-point number."""
    return repr(value).replace("-", MINUS) if math.isfinite(value) else nonfinite_text(value)


def whole(value: int) -> str:
    """Return an iteration or another whole number: `12,500`."""
    return f"{value:,}".replace("-", MINUS)


def power(exponent: int) -> str:
    """Return `10⁻³` for -3."""
    return f"10{str(exponent).translate(_RAISED)}"


def as_typed(text: str) -> str:
    """Return what the user typed or pasted, with the minus signs that Python reads."""
    return text.strip().replace(MINUS, "-")


def value_text(value: float, unit: str, *, bare: bool = False) -> str:
    """Return a value in few characters: `1.3e−03`, `12.3 µs`, `1.05 MFLOP`, `25.0 KiB`, `12 %`. `bare` omits the unit's
    name where a prefix is enough (`1.05 M`)."""
    if not math.isfinite(value):
        return nonfinite_text(value)
    if value == 0:
        return "0"
    if unit == "share":
        return f"{100 * value:.0f} %" if value >= 0.01 or value < 0 else "< 1 %"
    if unit == "":
        return f"{value:.1e}".replace("-", MINUS)
    text = with_prefix(value, unit, digits=3)
    return text.removesuffix("FLOP").rstrip() if bare and unit == "FLOP" else text


def with_prefix(value: float, unit: str, *, digits: int = 3, exact: bool = False) -> str:
    """Return a value with an SI or, for bytes, binary prefix, in `digits` figures; `exact` omits trailing zeros."""
    if unit == "B":
        level = min(max(int(math.log2(abs(value)) // 10), 0), len(_BINARY) - 1) if value else 0
        scaled, name = value / 1024**level, f"{_BINARY[level]}B"
        if level == 0:
            return f"{scaled:.0f} {name}"
    else:
        level = min(max(math.floor(math.log10(abs(value)) / 3 + 1e-12), min(_SI)), max(_SI)) if value else 0
        scaled = value / 1000.0**level
        if abs(float(f"{scaled:.{digits}g}")) >= 1000 and level < max(_SI):  # 999.9 is written with the next prefix
            level, scaled = level + 1, scaled / 1000
        name = f"{_SI[level]}{unit}"
        if unit == "FLOP" and level == 0:
            return f"{scaled:,.0f} {name}"
    if exact:
        return f"{scaled:.{digits}g} {name}".replace("-", MINUS)
    before = len(str(int(abs(scaled))))
    return f"{scaled:.{max(digits - before, 0)}f} {name}".replace("-", MINUS)


def size_text(size: float) -> str:
    """Return bytes: `640 B`, `25.0 KiB`, `3.00 MiB`."""
    return with_prefix(size, "B")


def figure(value: float) -> str:
    """Return two or three figures for the end of a scale: `0.92`, `−1.7`, `2.0e−05`, `0`."""
    if value == 0:
        return "0"
    plain = f"{value:.3g}"
    if "e" in plain or abs(value) < 1e-3:
        plain = f"{value:.1e}"
    return plain.replace("-", MINUS)
