"""Numbers as JSON lines can hold them."""

from __future__ import annotations

import math
from typing import Any

Values = dict[str, Any]


def json_number(value: float | None) -> float | str | None:
    """Return a number as JSON can hold it: NaN and the infinities are strings."""
    if value is None or math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
