"""Brings each parameter to the gate before the update changes it, as seen from the ops in place of the real update."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import torch
from torch.autograd.graph import Node

from gradviz.engine.capture.ops import Op, flatten
from gradviz.engine.gate.gate import Gate
from gradviz.engine.gate.step_request import Position
from gradviz.engine.tensors.value_cache import size_of
from gradviz.language import tr
from gradviz.protocol.records import PlaceRecord, PointRecord


class UpdateSteps:
    """The update of one iteration. It is notified of each op before it runs; at the first that changes a parameter, its
    gradient or its optimizer's state in place, the parameter comes to the gate."""

    def __init__(
        self,
        gate: Gate,
        parameters: Mapping[str, Any],
        ids: Mapping[str, int],
        state_of: Callable[[Any], Sequence[Any]],
    ) -> None:
        """`ids`: parameter name → node id. `state_of`: a parameter → what the optimizer keeps for it."""
        self._gate = gate
        # One tensor may have several names; the first is the one that the graph uses.
        self._parameters: dict[int, tuple[str, Any]] = {}
        for name, value in parameters.items():
            self._parameters.setdefault(id(value), (name, value))
        self._ids = ids
        self._state_of = state_of
        self._owner: dict[int, int] = {}
        self._own()
        self._current: frozenset[int] = frozenset()
        """Whose turn it is: one parameter's, or that of all that change at once."""
        self._here: Position | None = None
        self._began_with: dict[int, Any] = {}
        gate.begin_phase("update", len(self._parameters))

    def before(self, op: Op, inputs: list[Any], out: Any = None) -> None:
        """Bring the parameter that `op`, which runs next, changes to the gate."""
        if not _in_place(op.name, out):
            return
        touched = self._touched([v for v in flatten((list(inputs), out)) if _is_value(v)])
        if touched and touched != self._current:
            self._turn_to(touched, op)

    def after(self, op: Op, here: Any, result: Any, new: Sequence[Node]) -> None:
        """Do nothing: the parameter's turn, of many ops, ends when the next one's begins."""

    def raised(self, op: Op, here: Any, inputs: list[Any], error: Exception) -> None:
        """Do nothing: what an update that raised did so far stays."""

    def unseen(self, op: Op, nodes: Sequence[Node], outputs: Sequence[Any]) -> None:
        """Do nothing: the update makes no nodes."""

    def finish(self) -> None:
        """End the turn of the last parameter: the update is over. Where it is stepped through, there is one more
        stop, which shows what became of that parameter."""
        here = self._here
        self._end_turn()
        if here is not None:
            self._gate.end_steps(here)

    def _end_turn(self) -> None:
        if self._here is None:
            return
        here, self._here = self._here, None
        results: list[tuple[str, Any]] = []
        for key, before in self._began_with.items():
            name, value = self._parameters[key]
            after = _copy(value)
            step = tr("step of {name}").format(name=name)
            results += [(name, before), (name, after), (step, _difference(after, before))]
        nodes = tuple(self._ids[self._parameters[key][0]] for key in self._began_with)
        self._began_with = {}
        self._gate.leave(here, "update", results, nodes if len(nodes) > 1 else ())

    def _turn_to(self, keys: frozenset[int], op: Op) -> None:
        self._end_turn()
        self._current = keys
        alone = len(keys) == 1
        name, value = self._parameters[next(iter(keys))] if alone else (self._several(len(keys)), None)
        point = PointRecord(
            self._gate.next_index(), "update", self._ids.get(name), op.name, file=op.file, line=op.line, parameter=name
        )
        gradient = getattr(value, "grad", None)
        # Of a leaf, the place is its name.
        place = PlaceRecord(type_name=name) if alone else None
        values = [value, gradient] if alone else []
        current_stop = self._gate.arrive(point, (), place=place, role="parameter", values=values)
        self._here = current_stop.here
        # Copied after the stop: the user may have edited it there. Of many at once, only what the budget holds.
        whole = alone or 3 * sum(size_of(self._parameters[key][1]) for key in keys) <= self._gate.history.cache.budget
        self._began_with = {key: _copy(self._parameters[key][1]) for key in self._parameters if key in keys and whole}

    def _several(self, count: int) -> str:
        """Return what is shown in place of a name where several parameters change at once."""
        if count == len(self._parameters):
            return tr("all parameters at once")
        return tr("{count} parameters at once").format(count=count)

    def _touched(self, values: Sequence[Any]) -> frozenset[int]:
        ids = [id(value) for value in values] + [id(value.base) for value in values if isinstance(value, np.ndarray)]
        found = frozenset(self._owner[i] for i in ids if i in self._owner)
        if not found:
            # An optimizer makes its state in its first step, and manual updates may renew gradients.
            self._own()
            found = frozenset(self._owner[i] for i in ids if i in self._owner)
        return found

    def _own(self) -> None:
        self._owner = {
            id(value): key
            for key, (_, parameter) in self._parameters.items()
            for value in (parameter, getattr(parameter, "grad", None), *self._state_of(parameter))
            if value is not None
        }


def _in_place(name: str, out: Any) -> bool:
    short = name.rsplit(".", 1)[-1]
    if short.startswith("__i") and short not in ("__index__", "__init__", "__iter__", "__int__", "__invert__"):
        return True
    return out is not None or short in ("__setitem__", "copyto") or (short.endswith("_") and not short.endswith("__"))


def _is_value(value: Any) -> bool:
    return isinstance(value, torch.Tensor | np.ndarray)


def _difference(after: Any, before: Any) -> Any:
    """Return the difference; None where the type has none, as that of truth values."""
    with suppress(RuntimeError, TypeError):
        return after - before
    return None


def _copy(value: Any) -> Any:
    return value.detach().clone() if isinstance(value, torch.Tensor) else np.array(value)
