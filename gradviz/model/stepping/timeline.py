"""The past of an iteration: every op, node and update in the order they ran, and the cursor that looks back at it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gradviz.protocol.records import PassedRecord, Phase, PointRecord, SummaryRecord


class Timeline:
    """Points of one iteration. The cursor is before a point: at `len(passed)` it is at the present."""

    def __init__(self, step: int = 0) -> None:
        self.step = step
        self.passed: list[PassedRecord] = []
        self.next: PointRecord | None = None
        """The point at which the engine is stopped; None while it runs or when the iteration has ended."""
        self.expected: dict[Phase, int] = {}
        """How many points each phase will have, where that is known."""
        self._cursor: int | None = None
        self._by_node: dict[tuple[str, int], int] = {}

    def append(self, points: Iterable[PassedRecord]) -> None:
        """Add the points that ran; one that was sent before is ignored."""
        for passed in points:
            if passed.point.index < len(self.passed):
                continue
            several = passed.nodes if passed.point.phase == "update" else ()
            for node in several or (passed.point.node,):
                if node is not None:
                    self._by_node[passed.point.phase, node] = len(self.passed)
            self.passed.append(passed)

    @property
    def cursor(self) -> int:
        """Return the position that is shown, from 0 to `len(passed)`: the points before it have run."""
        return len(self.passed) if self._cursor is None else self._cursor

    @property
    def at_present(self) -> bool:
        """Return whether the cursor follows the present."""
        return self._cursor is None

    def move(self, position: int | None) -> None:
        """Move the cursor; None or the last position follows the present."""
        if position is None or position >= len(self.passed):
            self._cursor = None
        else:
            self._cursor = max(0, position)

    @property
    def point(self) -> PointRecord | None:
        """Return the point at the cursor, which runs next as seen from there."""
        return self.passed[self._cursor].point if self._cursor is not None else self.next

    def shown(self) -> Sequence[PassedRecord]:
        """Return the points before the cursor."""
        return self.passed[: self.cursor]

    def ran(self, phase: Phase, node: int) -> PassedRecord | None:
        """Return the point at which `node` ran in `phase`, if that is before the cursor."""
        position = self._by_node.get((phase, node))
        return self.passed[position] if position is not None and position < self.cursor else None

    def made(self, node: int) -> PassedRecord | None:
        """Return the point of forward that made `node`, if that is before the cursor."""
        return next(
            (p for p in self.shown() if (p.point.node == node and p.point.phase == "forward") or node in p.nodes), None
        )

    def order(self, phase: Phase) -> dict[int, int]:
        """Return, by node id, the place from 1 of each node of the phase that ran before the cursor."""
        order: dict[int, int] = {}
        for passed in self.shown():
            if passed.point.phase == phase and passed.point.node is not None:
                order[passed.point.node] = len(order) + 1
        return order

    def gradient(self, consumer: int, input_nr: int) -> SummaryRecord | None:
        """Return the gradient that `consumer` passed to its input, one term of that input's sum; None before it ran."""
        passed = self.ran("backward", consumer)
        if passed is None or input_nr >= len(passed.values):
            return None
        return passed.values[input_nr]

    def count(self, phase: Phase) -> int:
        """Return how many points of the phase have run, wherever the cursor is."""
        return sum(1 for passed in self.passed if passed.point.phase == phase)

    def seconds(self, phase: Phase) -> float:
        """Return the seconds that the points of the phase took so far."""
        return sum(passed.seconds for passed in self.passed if passed.point.phase == phase)
