"""The history of one iteration: every point in order, its time and results, summarized when a client asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, structs
from torch.autograd.graph import Node

from gradviz.engine.capture.repeatable_calls import Invocation
from gradviz.engine.tensors.tensor_summary import KnownFigures, summary_of
from gradviz.engine.tensors.value_cache import ValueCache
from gradviz.engine.torch_compat import isolated
from gradviz.protocol.records import HookRecord, PassedRecord, PointRecord, SummaryRecord

Result = tuple[str, Any]
"""A name and a tensor, an array, or None for a gradient that was not computed."""

_NONE: frozenset[int] = frozenset()
Origin = tuple[int | None, int]
"""The position of the point that made a tensor, None where no point did, and which of its results it is."""


class Given(Struct, frozen=True, eq=False):
    """What an op was called with, beside the tensors themselves."""

    arguments: tuple[Any, ...]
    """Numbers, words and None in their order; an ellipsis in the place of each tensor."""
    origins: tuple[Origin, ...]
    """Of each tensor."""
    invocation: Invocation | None = None
    """By which it can be called again."""


class StepStart(Struct, frozen=True, eq=False):
    """What an optimizer's step of one parameter began with; the tensors are in the cache."""

    optimizer: str
    """The class; empty for an update by hand."""
    options: Mapping[str, Any]
    state: Mapping[str, Any]
    """What it kept beside tensors."""
    tensors: tuple[str, ...]
    """The names of the tensors that it kept."""


class HistoryEntry(Struct, eq=False):
    """A point that has run. `role` is the role of its results in the cache."""

    point: PointRecord
    seconds: float
    role: str
    names: list[str]
    nodes: tuple[int, ...] = ()
    absent: frozenset[int] = frozenset()
    """Positions of results that are None."""
    edited: bool = False
    starts: Mapping[str, StepStart] = {}
    """Of an update that was looked at: how the step of each parameter began."""


class StepHistory:
    """Grows while an iteration runs. Until records are asked for, storing the results is all that it costs."""

    def __init__(self, cache: ValueCache) -> None:
        self.cache = cache
        self.figures = KnownFigures()
        self.passed: list[HistoryEntry] = []
        self.update_before: list[HistoryEntry] = []
        """Points of the update of the iteration before; their positions are negative."""
        self.optimizer: Any = None
        """The one that is in its step, or was last."""
        self._starts: dict[int, Mapping[str, StepStart]] = {}
        self._given: dict[tuple[int, str], int] = {}
        """Position and role → how many values went into the point."""
        self.given: dict[int, Given] = {}
        """Position → how the op there was called."""
        self.tensor_hooks: dict[Node, Mapping[int, Any]] = {}
        """Node → the hooks that the forward registered on the tensor that it made, by their ids."""
        self.hooks: dict[int, list[HookRecord]] = {}
        """Position → the hooks that changed a gradient there."""
        self._sent_count = 0
        self._forward_of: dict[int, int] = {}
        self._backward_of: dict[int, int] = {}

    def add(
        self,
        point: PointRecord,
        seconds: float,
        role: str,
        results: list[Result],
        nodes: tuple[int, ...] = (),
        *,
        edited: bool = False,
    ) -> None:
        """Add a point that has run."""
        index = point.index
        names = []
        absent = _NONE
        for i, (name, value) in enumerate(results):
            names.append(name)
            if value is None:
                absent |= {i}
            else:
                self.cache.store((index, role, i), value)
        starts = self._starts.pop(index, {})
        self.passed.append(HistoryEntry(point, seconds, role, names, nodes, absent, edited, starts))
        table = self._backward_of if point.phase == "backward" else self._forward_of
        for node in nodes or (() if point.node is None else (point.node,)):
            table[node] = index

    def store_given(self, index: int, role: str, values: Sequence[Any], *, free: bool = False) -> None:
        """Store more of a point than its results: its inputs, the gradients that came in."""
        self._given[index, role] = len(values)
        for i, value in enumerate(values):
            if value is not None:
                self.cache.store((index, role, i), value, free=free)

    def store_steps(self, index: int, starts: Mapping[str, StepStart], values: Mapping[tuple[str, int], Any]) -> None:
        """Store how the steps of the point began that is about to be added. `values`: the roles that `step_role` gives,
        and 0 for before or 1 for after, → the tensor."""
        self._starts[index] = starts
        for (role, when), value in values.items():
            self.cache.store((index, role, when), value)

    def of_update(self) -> list[tuple[HistoryEntry, dict[tuple[str, int], Any]]]:
        """Return the points of the update, and what is still stored of them."""
        return [(passed, self._stored(passed)) for passed in self.passed if passed.role == "update"]

    def begin_behind(self, update: list[tuple[HistoryEntry, dict[tuple[str, int], Any]]]) -> None:
        """Store the update of the iteration before, too: nobody can ask for it once its last point has run."""
        for position, (passed, values) in enumerate(update, 1):
            self.update_before.append(structs.replace(passed, point=structs.replace(passed.point, index=-position)))
            for (role, i), value in values.items():
                self.cache.store((-position, role, i), value)

    def _stored(self, passed: HistoryEntry) -> dict[tuple[str, int], Any]:
        roles = [("update", i) for i in range(len(passed.names))]
        for name, start in passed.starts.items():
            roles += [(step_role(name, key), when) for key in ("", *start.tensors) for when in (0, 1)]
        index = passed.point.index
        return {key: self.cache.get((index, *key)) for key in roles if self.cache.has((index, *key))}

    def count(self, index: int, role: str) -> int:
        """Return how many values a point has of a role: of its results, or of its inputs."""
        passed = self.passed[index] if index < len(self.passed) else None
        if passed is not None and passed.role == role:
            return len(passed.names)
        return self._given.get((index, role), 0)

    def records(self) -> tuple[PassedRecord, ...]:
        """Return what ran since the last call. Figures are computed now; what was changed in place since has none."""
        fresh = self.passed[self._sent_count :]
        self._sent_count += len(fresh)
        with isolated():
            return tuple([self._record(passed) for passed in fresh])

    def forward_point(self, node: int) -> int | None:
        """Return the position of the point whose op made `node`."""
        return self._forward_of.get(node)

    def backward_point(self, node: int) -> int | None:
        """Return the position of the point at which `node` ran in backward."""
        return self._backward_of.get(node)

    def _record(self, passed: HistoryEntry) -> PassedRecord:
        if passed.role == "update" and passed.nodes:
            # Figures of all parameters would take longer than the update; each can be asked for.
            return PassedRecord(passed.point, passed.seconds, (), passed.edited, passed.nodes)
        index, role, find = passed.point.index, passed.role, self.cache.find
        values = []
        for i, name in enumerate(passed.names):
            if i in passed.absent:
                values.append(SummaryRecord(name))
            elif (value := find((index, role, i))) is None:
                # Over the budget, or changed in place since: no figures rather than wrong ones.
                values.append(SummaryRecord(name, lost=True))
            else:
                values.append(summary_of(name, value, True, self.figures))
        hooks = tuple(self.hooks.get(index, ()))
        return PassedRecord(passed.point, passed.seconds, tuple(values), passed.edited, passed.nodes, hooks)


def step_role(parameter: str, state: str = "") -> str:
    """Return the role of what an optimizer keeps for a parameter; without `state`, of the gradient of its step."""
    return f"state {parameter} {state}" if state else f"gradient {parameter}"
