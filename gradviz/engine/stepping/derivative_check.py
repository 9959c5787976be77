"""Checks the derivative of a node: finds how its op was called, and runs that again on copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.autograd.graph import Node

from gradviz.engine.capture.autograd_nodes import dtype_name
from gradviz.engine.capture.repeatable_calls import Invocation
from gradviz.engine.gate.gate import Gate
from gradviz.engine.gradcheck.checking import Checked, check
from gradviz.engine.gradcheck.differences import Element, analytic_of, can_differ
from gradviz.engine.gradcheck.isolation import RepeatableCall, apart
from gradviz.engine.tensors.saved_tensors import changed_since_saved
from gradviz.engine.tensors.tensor_reader import is_plain
from gradviz.engine.torch_compat import storage_id
from gradviz.errors import GradvizError
from gradviz.language import tr
from gradviz.protocol.explanations import CheckedElementRecord, CheckedInputRecord, CheckRecord
from gradviz.protocol.records import NodeRecord

_MOST = 12
"""Elements that are sent."""
_REAL = 1e-2
"""By what share the run's own gradient may differ from that of the copy."""


@dataclass(frozen=True, slots=True)
class _Found:
    """How the op of a node was called."""

    invocation: Invocation
    inputs: list[torch.Tensor]
    wanted: list[int]
    gradients: list[torch.Tensor] | None
    """Those that came in at its outputs, if backward has run it."""
    made: int
    """How many nodes the op made."""


def check_node(node: NodeRecord, gate: Gate | None, live: Node | None, named: Mapping[str, Any]) -> CheckRecord:
    """Check the derivative of the op that made `node`; `named` are parameters, buffers and data.

    Raises:
        GradvizError: how it was called is not known, or it cannot be run again.
    """
    if node.id < 0 or node.kind not in ("function", "custom"):
        raise GradvizError(tr("{name} has no formula of its own to check; choose an op.").format(name=node.name))
    if gate is None:
        raise GradvizError(tr("This iteration ran freely, so the inputs were not held. Run one iteration, then check."))
    found = _find(node, gate)
    result = check(found.invocation, found.inputs, found.wanted, found.gradients)
    cause: Any = result.cause
    if not cause and _real_differs(node, gate, found, live):
        cause = "saved_changed"
    differing = sorted(result.elements, key=lambda e: (e.agrees, -e.difference, -abs(e.analytic)))
    return CheckRecord(
        node.id,
        node.op or node.name,
        cause,
        tuple(_input(place, found, result, named) for place in result.totals),
        tuple(_element(element, found) for element in differing[:_MOST]),
        None if result.factor is None else _parts(result.factor, complex_=abs(result.factor.imag) > 1e-6),
        found.made,
        dtype_name(result.dtype),
        result.random,
        found.gradients is not None,
        tuple(_alike(found.inputs)),
        result.torch_agrees,
        result.torch_message,
        result.rounding,
        result.evaluations,
        result.message,
    )


def _find(node: NodeRecord, gate: Gate) -> _Found:
    """Return how the op was called that made `node`, or is about to."""
    history, stop = gate.history, gate.current_stop
    index = history.forward_point(node.id)
    values: list[Any]
    if index is None and stop is not None and stop.role == "input" and stop.here.point.node == node.id:
        index, values = stop.here.point.index, stop.values
    elif index is not None:
        values = [history.cache.get((index, "input", i)) for i in range(history.count(index, "input"))]
    else:
        raise GradvizError(tr("Not computed. Forward has not reached this node yet."))
    given = history.given.get(index)
    invocation = given.invocation if given is not None else None
    if invocation is None or len(values) != len(invocation.wants) or not all(map(_is_usable, values)):
        raise GradvizError(
            tr("How {name} was called is not known, so it cannot be run again on copies.").format(name=node.name)
        )
    wanted = [i for i, wants in enumerate(invocation.wants) if wants and can_differ(values[i])]
    if not wanted:
        raise GradvizError(tr("No input of {name} wants a gradient.").format(name=node.name))
    passed = history.passed[index] if index < len(history.passed) else None
    return _Found(invocation, values, wanted, _gradients(node, gate), max(1, len(passed.nodes) if passed else 1))


def _is_usable(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and not isinstance(value, np.ndarray) and is_plain(value)


def _gradients(node: NodeRecord, gate: Gate) -> list[torch.Tensor] | None:
    """Return the gradients that came in at the outputs of `node`; None before backward has run it."""
    history = gate.history
    point = history.backward_point(node.id)
    keys = [(point, "grad_output", i) for i in range(history.count(point, "grad_output"))] if point is not None else []
    if not keys or not all(history.cache.has(key) for key in keys):
        return None
    return [history.cache.get(key) for key in keys]


def _real_differs(node: NodeRecord, gate: Gate, found: _Found, live: Node | None) -> bool:
    """Return whether what the node saved has changed: it cannot be read any more, or the gradients that the run's own
    backward gave are not those that its formula gives for the same inputs."""
    if live is not None and changed_since_saved(live):
        return True
    point = gate.history.backward_point(node.id)
    if node.kind != "custom" or point is None or found.gradients is None:
        return False
    slots = gate.history.count(point, "grad_input")
    if slots != len(found.inputs):
        return False
    cache = gate.history.cache
    with apart():
        try:
            again = RepeatableCall(found.invocation, found.inputs)
            formula = analytic_of(again, found.inputs, found.wanted, found.gradients)
        except Exception:
            return False
        pairs = [(cache.get((point, "grad_input", i)), formula[i]) for i in found.wanted
                 if cache.has((point, "grad_input", i))]  # fmt: skip
        return any(float((real - own).norm()) > _REAL * float(own.norm()) for real, own in pairs)


def _alike(inputs: Sequence[torch.Tensor]) -> list[tuple[int, int]]:
    """Return the pairs of inputs that share memory."""
    storages = [storage_id(value.untyped_storage()) for value in inputs]
    return [(i, k) for k in range(len(inputs)) for i in range(k) if storages[i] == storages[k]]


def _input(place: int, found: _Found, result: Checked, named: Mapping[str, Any]) -> CheckedInputRecord:
    value = found.inputs[place]
    mine = [element for element in result.elements if element.place == place]
    wrong = [element for element in mine if not element.agrees]
    least = 1e-6 * max((abs(element.numeric) for element in mine), default=0)
    right = [element for element in mine if element.agrees and abs(element.numeric) > least]
    return CheckedInputRecord(
        _name_of(value, named), place, tuple(value.shape), len(mine), len(wrong), _extent(value, wrong),
        _extent(value, right),
    )  # fmt: skip


def _extent(value: torch.Tensor, elements: Sequence[Element]) -> tuple[float, float] | None:
    """Return the least and the largest value of some elements."""
    if not elements or value.is_complex():
        return None
    values = value.detach().reshape(-1)[[element.index for element in elements]]
    return float(values.min()), float(values.max())


def _name_of(value: torch.Tensor, named: Mapping[str, Any]) -> str:
    """Return the name of a tensor that has one, which the cache's own tensor shares the memory with."""
    for name, known in named.items():
        if isinstance(known, torch.Tensor) and known.shape == value.shape and known.data_ptr() == value.data_ptr() != 0:
            return name
    return ""


def _element(element: Element, found: _Found) -> CheckedElementRecord:
    value = found.inputs[element.place]
    index = tuple(int(i) for i in np.unravel_index(element.index, value.shape)) if value.dim() else ()
    return CheckedElementRecord(
        found.wanted.index(element.place),
        index,
        _parts(element.analytic, complex_=value.is_complex()),
        _parts(element.numeric, complex_=value.is_complex()),
        element.difference,
        element.agrees,
    )


def _parts(value: complex, *, complex_: bool) -> tuple[float, ...]:
    return (value.real, value.imag) if complex_ else (value.real,)
