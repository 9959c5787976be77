"""Lists for each parameter which optimizers update it, and whether the last update changed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import torch

from gradviz.engine.gate.gate import Gate
from gradviz.errors import GradvizError
from gradviz.protocol.explanations import HolderRecord


def holders(
    parameters: Mapping[str, Any], optimizers: Sequence[torch.optim.Optimizer], gate: Gate | None
) -> tuple[HolderRecord, ...]:
    """Return a record for each tensor among `parameters`, with all of its names."""
    names: dict[int, list[str]] = {}
    for name, value in parameters.items():
        names.setdefault(id(value), []).append(name)
    groups: dict[int, list[tuple[str, float]]] = {}
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                found = groups.setdefault(id(parameter), [])
                found.append((type(optimizer).__name__, float(group.get("lr", 1.0))))
    changed = _changed(gate)
    return tuple(
        HolderRecord(tuple(known), tuple(groups.get(key, ())), next((changed[n] for n in known if n in changed), None))
        for key, known in names.items()
    )


def _changed(gate: Gate | None) -> dict[str, bool]:
    """Return name → whether the last update changed it, as far as its steps are held."""
    found: dict[str, bool] = {}
    if gate is None:
        return found
    history = gate.history
    passed_updates = [passed for passed in history.passed if passed.role == "update"] or history.update_before
    for passed in passed_updates:
        for place in range(0, len(passed.names), 3):
            with suppress(GradvizError):
                step = history.cache.get((passed.point.index, "update", place + 2))
                found[passed.names[place]] = bool((step != 0).any())
    return found
