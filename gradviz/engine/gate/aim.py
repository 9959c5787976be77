"""Where the gate stops an iteration that is run again because a trap was met in it: not by a breakpoint's condition,
but at a point that is known, or found, from what the trap has seen."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any

from gradviz.engine.tensors.reductions import norm
from gradviz.engine.tensors.tensor_summary import is_finite, summarize
from gradviz.language import tr
from gradviz.protocol.records import BreakpointRecord, GraphRecord, PointRecord

Results = Sequence[tuple[str, Any]]


class Aim:
    """The base: it stops nowhere, so that an iteration is only recorded."""

    def __init__(self, record: BreakpointRecord, message: str) -> None:
        self.id = record.id
        self.record = record
        self.message = message
        """What the trap found, and then where."""
        self.met = False

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
        for name, value in results:
            found = summarize(name, value)
            if found.nans or found.infs:
                text = tr("{message}. It begins here: {count} in {name}")
                count = f"{found.nans} NaN" if found.nans else f"{found.infs} Inf"
                self.message = text.format(message=self.message, count=count, name=name)
                break
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


class NonFiniteRecorder(Aim):
    """Notes the points whose results are not finite."""

    def __init__(self, record: BreakpointRecord, message: str) -> None:
        super().__init__(record, message)
        self._points: list[tuple[PointRecord, tuple[int, ...]]] = []

    def after(self, point: PointRecord, results: Results, nodes: tuple[int, ...]) -> bool:
        """Note the point."""
        if not all(value is None or is_finite(value) for _, value in results):
            self._points.append((point, nodes or (() if point.node is None else (point.node,))))
        return False

    def first(self, phase: str, graph: GraphRecord | None) -> int | None:
        """Return the position of the first point in `phase` whose result is not finite, and led to what was noticed;
        None if there is no such point.

        In forward this is the first op from which values that are not finite go on up to the loss. Masked attention
        scores, which are infinite on purpose, do not: softmax makes them finite.
        """
        found = [each for each in self._points if each[0].phase == phase]
        if phase == "forward" and graph is not None:
            on_the_way = _leading_to_the_loss({node for _, nodes in found for node in nodes}, graph)
            found = [each for each in found if on_the_way.intersection(each[1])] or found
        return found[0][0].index if found else None


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
