"""The loss as it stands on its node."""

from __future__ import annotations

import math


def loss_text(loss: float) -> str:
    """Five significant figures, in scientific notation beyond 10,000 and below 0.001; `nan` and `inf` by name."""
    if not math.isfinite(loss):
        return {math.inf: "inf", -math.inf: "−inf"}.get(loss, "NaN")
    text = f"{loss:.5g}" if loss == 0 or 1e-3 <= abs(loss) < 1e4 else f"{loss:.2e}"
    return text.replace("e-", "e−") if not text.startswith("-") else "−" + text[1:].replace("e-", "e−")
