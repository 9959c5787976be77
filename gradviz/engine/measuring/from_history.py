"""Measures an iteration that passed the gate from the values that were kept of it for looking back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gradviz.engine.gate.gate import Gate
from gradviz.engine.gate.step_history import HistoryEntry
from gradviz.engine.measuring.dead_units import firing
from gradviz.engine.tensors.reductions import is_floating, mean_and_std, norm, untracked
from gradviz.errors import GradvizError
from gradviz.protocol.records import MeasureKind


def measures_held(
    gate: Gate, kinds: Iterable[MeasureKind], units: Mapping[int, int]
) -> dict[MeasureKind, dict[int, Any]]:
    """Kind → node id → a tensor of no dimensions; for `dead_units` the mask of units that fired.

    Values that are over the budget, or were changed in place since, are not there, and so not measured. `units`: node
    id of a ReLU-like op → the dimension in which its units lie.
    """
    found: dict[MeasureKind, dict[int, Any]] = {kind: {} for kind in kinds}
    for passed in gate.history.passed:
        node = passed.point.node
        if passed.point.phase == "update":
            for place, parameter in enumerate(passed.nodes or (() if node is None else (node,))):
                _update(found, gate, passed, parameter, place)
        if node is None:
            continue
        match passed.point.phase:
            case "forward":
                _forward(found, gate, passed, node, units)
            case "backward":
                _backward(found, gate, passed, node)
    return found


def _forward(
    found: dict[MeasureKind, dict[int, Any]], gate: Gate, passed: HistoryEntry, node: int, units: Mapping[int, int]
) -> None:
    if found.keys().isdisjoint(("activation_mean", "activation_std", "dead_units")):
        return
    output = next((v for i in range(len(passed.names)) if is_floating(v := _kept(gate, passed, "output", i))), None)
    if output is None:
        return
    statistics = mean_and_std(output)
    if statistics is not None:
        mean, std = statistics
        found.get("activation_mean", {})[node] = mean
        if std is not None:
            found.get("activation_std", {})[node] = std
    if "dead_units" in found and node in units:
        found["dead_units"][node] = firing(output, units[node])


def _backward(found: dict[MeasureKind, dict[int, Any]], gate: Gate, passed: HistoryEntry, node: int) -> None:
    if "grad_norm" in found:
        # A leaf's is what stands in the leaf now; a node's, what came to its first output.
        gradient = _kept(gate, passed, "grad_input" if node < 0 else "grad_output", 0)
        value = None if gradient is None else norm(gradient)
        if value is not None:
            found["grad_norm"][node] = value


def _update(found: dict[MeasureKind, dict[int, Any]], gate: Gate, passed: HistoryEntry, node: int, place: int) -> None:
    """`place`: which of the parameters that changed at once this is; each has three results."""
    if "update_ratio" in found:
        before, change = (_kept(gate, passed, "update", 3 * place + i) for i in (0, 2))
        if before is not None and change is not None:
            of_change, of_before = norm(change), norm(before)
            if of_change is not None and of_before is not None:
                with untracked():
                    found["update_ratio"][node] = of_change / of_before


def _kept(gate: Gate, passed: HistoryEntry, role: str, index: int) -> Any:
    try:
        return gate.history.cache.get((passed.point.index, role, index))
    except GradvizError:
        return None
