"""Where the gate stops an iteration that is run again because a trap was met in it: not by a breakpoint's condition,
but at a point that is known, or found, from what the trap has seen."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any

from gradviz.engine.gate.step_history import StepHistory
from gradviz.engine.tensors.reductions import norm
from gradviz.engine.tensors.tensor_summary import is_finite, summarize
from gradviz.engine.traps.trap_kinds import TrapFinding
from gradviz.language import tr
from gradviz.protocol.records import BreakpointRecord, GraphRecord, PointRecord

Results = Sequence[tuple[str, Any]]
_FILLING = ("masked_fill", "masked_fill_", "where", "full", "full_like", "new_full", "fill_", "triu", "tril")
"""Ops that put an infinity where it is wanted."""


class Aim:
    """The base: it stops nowhere, so that an iteration is only recorded."""

    def __init__(self, record: BreakpointRecord, message: str) -> None:
        self.id = record.id
        self.record = record
        self.message = message
        """What the trap found, and then where."""
        self.history: StepHistory | None = None
        """Of the gate that it belongs to."""

    def before(self, point: PointRecord) -> bool:
        """Return whether to stop before `point`."""
        return False

    def after(self, point: PointRecord, results: Results, nodes: tuple[int, ...]) -> bool:
        """Return whether to stop after `point`, which gave `results` and made `nodes`."""
        return False


class AtStart(Aim):
    """Stops before the first op."""

    def before(self, point: PointRecord) -> bool:
        """Return whether to stop before `point`."""
        return True


class AfterPoint(Aim):
    """Stops after the point at this position, and adds what is not finite there."""

    def __init__(self, record: BreakpointRecord, message: str, index: int) -> None:
        super().__init__(record, message)
        self._index = index

    def after(self, point: PointRecord, results: Results, nodes: tuple[int, ...]) -> bool:
        """Return whether to stop after `point`."""
        if point.index != self._index:
            return False
        self.message = _with_place(self.message, results)
        return True


class AfterGradient(Aim):
    """Stops where the gradients of some parameters have together the norm that was noticed."""

    def __init__(self, record: BreakpointRecord, message: str, names: Collection[str]) -> None:
        super().__init__(record, message)
        self._waiting = {f"{name}.grad" for name in names}
        self._norm = 0.0

    def after(self, point: PointRecord, results: Results, nodes: tuple[int, ...]) -> bool:
        """Return whether to stop after `point`."""
        for name, value in results:
            if name in self._waiting and value is not None:
                self._waiting.discard(name)
                self._norm = math.hypot(self._norm, float(norm(value)))
        return not self._waiting or (self.record.kind == "norm_above" and self._norm > self.record.number)


class AfterUpdate(Aim):
    """Stops where one of some parameters has its new value."""

    def __init__(self, record: BreakpointRecord, message: str, names: Collection[str]) -> None:
        super().__init__(record, message)
        self._names = frozenset(names)

    def after(self, point: PointRecord, results: Results, nodes: tuple[int, ...]) -> bool:
        """Return whether to stop after `point`."""
        return point.phase == "update" and any(name in self._names for name, _ in results)


class FirstNotFinite(Aim):
    """Stops after the first point of a phase that makes NaN or Inf of finite numbers, or NaN of Inf; what masks are
    filled with does not count. For an iteration that is run again but once, so that it is not known yet what leads to
    the loss."""

    def __init__(self, record: BreakpointRecord, message: str, phase: str) -> None:
        super().__init__(record, message)
        self._phase = phase

    def after(self, point: PointRecord, results: Results, nodes: tuple[int, ...]) -> bool:
        """Return whether to stop after `point`."""
        if point.phase != self._phase or all(value is None or is_finite(value) for _, value in results):
            return False
        if self._phase == "forward" and not _makes_worse(point, results, self.history):
            return False
        self.message = _with_place(self.message, results)
        return True


def aim_for(record: BreakpointRecord, found: TrapFinding) -> Aim:
    """Return where to stop for what a trap has found, in an iteration that is run again but once."""
    match found.where:
        case "start":
            return AtStart(record, found.message)
        case "gradient":
            return AfterGradient(record, found.message, found.names)
        case "update":
            return AfterUpdate(record, found.message, found.names)
        case "value":
            return FirstNotFinite(record, found.message, found.phase)
    return Aim(record, found.message)


class NonFiniteRecorder(Aim):
    """Notes the points whose results are not finite."""

    def __init__(self, record: BreakpointRecord, message: str) -> None:
        super().__init__(record, message)
        self._points: list[tuple[PointRecord, tuple[int, ...], bool]] = []

    def after(self, point: PointRecord, results: Results, nodes: tuple[int, ...]) -> bool:
        """Note the point."""
        if not all(value is None or is_finite(value) for _, value in results):
            made_by = nodes or (() if point.node is None else (point.node,))
            self._points.append((point, made_by, _makes_worse(point, results, self.history)))
        return False

    def first(self, phase: str, graph: GraphRecord | None) -> int | None:
        """Return the position of the first point in `phase` whose result is not finite, and led to what was noticed;
        None if there is no such point.

        In forward this is the first op from which values that are not finite go on up to the loss. Masked attention
        scores, which are infinite on purpose, do not: softmax makes them finite. Where it does not, since a row is
        masked as a whole, softmax is the first that made something worse of them.
        """
        found = [each for each in self._points if each[0].phase == phase]
        if phase == "forward" and graph is not None:
            on_the_way = _leading_to_the_loss({node for _, nodes, _ in found for node in nodes}, graph)
            found = [each for each in found if on_the_way.intersection(each[1])] or found
            found = [each for each in found if each[2]] or found
        return found[0][0].index if found else None


def _makes_worse(point: PointRecord, results: Results, history: StepHistory | None) -> bool:
    """Return whether an op made NaN or Inf of finite numbers, or NaN of Inf, other than by filling a mask."""
    assert history is not None  # it belongs to a gate by now
    keys = [(point.index, "input", i) for i in range(history.count(point.index, "input"))]
    if not keys or point.op.rpartition(".")[2] in _FILLING:
        return False
    came = max((_badness(history.cache.get(key)) for key in keys if history.cache.has(key)), default=0)
    return max((_badness(value) for _, value in results), default=0) > came


def _badness(value: Any) -> int:
    """Return 0 for finite numbers, 1 with Inf among them, 2 with NaN."""
    if value is None or is_finite(value):
        return 0
    return 2 if summarize("", value).nans else 1


def _with_place(message: str, results: Results) -> str:
    """Return the message with the first of the results that holds NaN or Inf; as it is if none does."""
    for name, value in results:
        found = summarize(name, value)
        if found.nans or found.infs:
            count = f"{found.nans} NaN" if found.nans else f"{found.infs} Inf"
            return tr("{count} in {name} led to this: {message}").format(count=count, name=name, message=message)
    return message


def _leading_to_the_loss(nodes: Collection[int], graph: GraphRecord) -> set[int]:
    sources: dict[int, list[int]] = {}
    for edge in graph.edges:
        sources.setdefault(edge.target, []).append(edge.source)
    waiting = [node.id for node in graph.nodes if node.kind == "loss"]
    reached: set[int] = set()
    while waiting:
        for source in sources.get(waiting.pop(), ()):
            if source in nodes and source not in reached:
                reached.add(source)
                waiting.append(source)
    return reached
