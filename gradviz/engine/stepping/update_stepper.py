"""Brings each parameter to the gate before the update changes it, as seen from the ops in place of the real update."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from msgspec.structs import replace
from torch.autograd.graph import Node

from gradviz.engine.capture.op_recorder import op_name
from gradviz.engine.capture.ops import LEAVES, Op, flat
from gradviz.engine.gate.gate import Gate
from gradviz.engine.gate.step_history import StepStart, step_role
from gradviz.engine.gate.step_request import Position
from gradviz.engine.optimizing.parameter_update import group_of, state_tensors
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
        optimizer: torch.optim.Optimizer | None,
    ) -> None:
        """`ids`: parameter name → node id. `optimizer` takes the step; None for an update by hand."""
        self._gate = gate
        # One tensor may have several names; the first is the one that the graph uses.
        self._parameters: dict[int, tuple[str, Any]] = {}
        for name, value in parameters.items():
            self._parameters.setdefault(id(value), (name, value))
        self._ids = ids
        self._optimizer = gate.history.optimizer = optimizer
        self._step = tr("step of {name}")
        self._options: dict[int, Mapping[str, Any]] = {}
        """`id` of a group of the optimizer → its options, which do not change in a step."""
        self._owner: dict[int, int] = {}
        self._own()
        self._current: set[int] = set()
        """Whose turn it is: one parameter's, or that of all that change at once."""
        self._here: Position | None = None
        self._began_with: dict[int, Any] = {}
        self._starts: dict[str, StepStart] = {}
        self._kept: dict[tuple[str, int], Any] = {}
        """Copies of gradients and of the optimizer's state, as they were."""
        gate.begin_phase("update", len(self._parameters))

    def passes(self, func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
        """Return whether a call of `func` changes nothing in place, or goes on with what is changing."""
        if not _writes(func) and "out" not in kwargs:
            return True
        touched = self._touched(flat(args, kwargs))
        return not touched or touched == self._current

    def before(self, op: Op, inputs: list[Any], out: Any = None) -> None:
        """Bring the parameter that `op`, which runs next, changes to the gate."""
        if out is None and not _in_place(op.name):
            return
        touched = self._touched(flat([*inputs, out], {}))
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
            results += [(name, before), (name, after), (self._step.format(name=name), _difference(after, before))]
        nodes = tuple(self._ids[self._parameters[key][0]] for key in self._began_with)
        if self._starts:
            self._end_steps()
            self._gate.history.store_steps(here.point.index, self._starts, self._kept)
            self._starts, self._kept = {}, {}
        self._began_with = {}
        self._gate.leave(here, "update", results, nodes if len(nodes) > 1 else ())

    def _turn_to(self, keys: set[int], op: Op) -> None:
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
        budget = self._gate.history.cache.budget
        whole = alone or 3 * sum(size_of(self._parameters[key][1]) for key in keys) <= budget
        self._began_with = {key: _copy(self._parameters[key][1]) for key in self._parameters if key in keys and whole}
        if self._gate.looked_at and whole:
            states = {key: self._tensors_of(self._parameters[key][1]) for key in self._began_with}
            sizes = [2 * size_of(value) for state in states.values() for value in state.values()]
            sizes += [size_of(self._parameters[key][1]) for key in states]
            if sum(sizes) <= budget // 2:
                for key, state in states.items():
                    self._begin_step(*self._parameters[key], state)

    def _begin_step(self, name: str, parameter: Any, tensors: Mapping[str, torch.Tensor]) -> None:
        gradient, optimizer = getattr(parameter, "grad", None), self._optimizer
        if gradient is None:
            return
        state = optimizer.state.get(parameter, {}) if optimizer is not None else {}
        rest = {key: value for key, value in state.items() if isinstance(value, int | float)}
        kind = type(optimizer).__name__ if optimizer is not None else ""
        self._starts[name] = StepStart(kind, self._options_of(parameter), rest, tuple(tensors))
        self._kept[step_role(name), 0] = _copy(gradient)
        for key, value in tensors.items():
            self._kept[step_role(name, key), 0] = _copy(value)

    def _options_of(self, parameter: Any) -> Mapping[str, Any]:
        """Return the options of the group that has the parameter."""
        group = group_of(self._optimizer, parameter) if self._optimizer is not None else {}
        options = self._options.get(id(group))
        if options is None:
            options = {key: _copy(value) if _is_value(value) else value for key, value in group.items()}
            options.pop("params", None)
            self._options[id(group)] = options
        return options

    def _end_steps(self) -> None:
        """Copy what the optimizer keeps for the parameters whose turn it was, after their steps."""
        for key in self._began_with:
            name, parameter = self._parameters[key]
            start = self._starts.get(name)
            if start is None:
                continue
            tensors = self._tensors_of(parameter)
            for state, value in tensors.items():
                self._kept[step_role(name, state), 1] = _copy(value)
            if not tensors.keys() <= set(start.tensors):  # the first step makes what it keeps
                self._starts[name] = replace(start, tensors=tuple({**dict.fromkeys(start.tensors), **tensors}))

    def _several(self, count: int) -> str:
        """Return what is shown in place of a name where several parameters change at once."""
        if count == len(self._parameters):
            return tr("all parameters at once")
        return tr("{count} parameters at once").format(count=count)

    def _touched(self, values: Sequence[Any]) -> set[int]:
        """Return the keys of the parameters to which what an op is given belongs."""
        found = self._owners(values)
        if not found and self._is_new(values):
            self._own()
            found = self._owners(values)
        return found

    def _owners(self, values: Sequence[Any]) -> set[int]:
        owner = self._owner
        found = {key for value in values if (key := owner.get(id(value))) is not None}
        for value in values:
            if type(value) not in LEAVES and isinstance(value, np.ndarray) and id(value.base) in owner:
                found.add(owner.get(id(value), owner[id(value.base)]))
        return found

    def _is_new(self, values: Sequence[Any]) -> bool:
        """Return whether one of `values` has become a gradient, or what the optimizer keeps. It makes that in its first
        step, and manual updates may renew gradients."""
        states = self._optimizer.state.values() if self._optimizer is not None else ()
        fresh = {id(value) for state in states if isinstance(state, dict) for value in state.values()}
        fresh.update(id(getattr(parameter, "grad", None)) for _, parameter in self._parameters.values())
        return not fresh.isdisjoint(map(id, values))

    def _own(self) -> None:
        self._owner = {
            id(value): key
            for key, (_, parameter) in self._parameters.items()
            for value in (parameter, getattr(parameter, "grad", None), *self._tensors_of(parameter).values())
            if value is not None
        }

    def _tensors_of(self, parameter: Any) -> dict[str, torch.Tensor]:
        return state_tensors(self._optimizer, parameter) if self._optimizer is not None else {}


@lru_cache(maxsize=1024)  # asked for each op of the update
def _writes(func: Any) -> bool:
    return _in_place(op_name(func))


def _in_place(name: str) -> bool:
    short = name.rsplit(".", 1)[-1]
    if short.startswith("__i") and short not in ("__index__", "__init__", "__iter__", "__int__", "__invert__"):
        return True
    return short in ("__setitem__", "copyto") or (short.endswith("_") and not short.endswith("__"))


def _is_value(value: Any) -> bool:
    return isinstance(value, (torch.Tensor, np.ndarray))  # quicker than a union


def _difference(after: Any, before: Any) -> Any:
    """Return the difference; None where the type has none, as that of truth values."""
    with suppress(RuntimeError, TypeError):
        return after - before
    return None


def _copy(value: Any) -> Any:
    return value.detach().clone() if isinstance(value, torch.Tensor) else np.array(value)
