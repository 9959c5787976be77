"""How much each module moved in the last iterations, and which of them moves more than it used to."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping
from statistics import median

from gradviz.protocol.cause_records import ModuleFigures

_KEPT = 100
"""Iterations."""


class ModuleHistory:
    """The norms of gradients, and the ratios of steps to weights, by the names of parameters."""

    def __init__(self) -> None:
        self._gradients: deque[dict[str, float]] = deque(maxlen=_KEPT)
        self._ratios: deque[dict[str, float]] = deque(maxlen=_KEPT)

    def add_gradients(self, norms: Mapping[str, float]) -> None:
        """Add the norms of an iteration's gradients."""
        self._gradients.append(by_module(norms))

    def add_ratios(self, ratios: Mapping[str, float]) -> None:
        """Add step over weight of an iteration's update."""
        self._ratios.append({path: max(values) for path, values in _grouped(ratios).items()})

    @property
    def known(self) -> bool:
        """Whether there is something to compare with."""
        return len(self._gradients) > 1 or len(self._ratios) > 1

    def forget(self) -> None:
        """Forget the run that is over."""
        self._gradients.clear()
        self._ratios.clear()

    def ranked(self, gradients: Mapping[str, float], ratios: Mapping[str, float]) -> tuple[ModuleFigures, ...]:
        """Return the modules, the one first that is farthest above its own history. What is given is the latest; where
        nothing is, the last that was added."""
        now = by_module(gradients) if gradients else self._gradients[-1] if self._gradients else {}
        steps = {path: max(values) for path, values in _grouped(ratios).items()}
        steps = steps or (self._ratios[-1] if self._ratios else {})
        found = [
            ModuleFigures(
                path, now.get(path), _usual(self._gradients, path), steps.get(path), _usual(self._ratios, path)
            )
            for path in dict.fromkeys((*now, *steps))
        ]
        return tuple(sorted(found, key=_excess, reverse=True))


def by_module(norms: Mapping[str, float]) -> dict[str, float]:
    """Return the norm of all parameters that a module holds itself."""
    return {path: math.hypot(*values) for path, values in _grouped(norms).items()}


def _grouped(values: Mapping[str, float]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for name, value in values.items():
        found.setdefault(name.rpartition(".")[0], []).append(value)
    return found


def _usual(history: Iterable[Mapping[str, float]], path: str) -> float | None:
    """Return the median of all but the last."""
    values = [past[path] for past in list(history)[:-1] if path in past and math.isfinite(past[path])]
    return median(values) if values else None


def times(now: float | None, usual: float | None) -> float:
    """Return how many times its usual value something is; 0 where that is not known."""
    if now is None or usual is None or math.isnan(now):
        return 0.0 if now is None or not math.isnan(now) else math.inf
    return now / usual if usual else math.inf if now else 1.0


def _excess(module: ModuleFigures) -> tuple[float, float, float]:
    far = times(module.ratio, module.usual_ratio), times(module.gradient, module.usual_gradient)
    return max(far), min(far), module.ratio or module.gradient or 0.0
