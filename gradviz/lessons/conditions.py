"""When a step of a lesson is done: conditions on the state of the session, which nothing but that state can meet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gradviz.client.debug_state import DebugState
from gradviz.lessons.targets import LineTarget, NodeTarget
from gradviz.model.stepping.breakpoints import place_of
from gradviz.protocol.records import Phase, PointRecord


@dataclass(frozen=True, slots=True)
class LessonFacts:
    """What conditions are checked against: the engine's state, the selected node, and the panels in front."""

    engine: DebugState
    file: Path
    """The source of the lesson's network."""
    selected: int | None = None
    panels: frozenset[str] = frozenset()


class Condition(Protocol):
    """One condition."""

    def holds(self, facts: LessonFacts) -> bool:
        """Return whether it is met now."""
        ...


@dataclass(frozen=True, slots=True)
class AtPoint:
    """The point that is shown, at a stop or looking back, is of a phase; of a line or a node where one is named."""

    phase: Phase
    at: NodeTarget | LineTarget | None = None

    def holds(self, facts: LessonFacts) -> bool:
        """Return whether it is met now."""
        point = facts.engine.point
        if point is None or point.phase != self.phase:
            return False
        if isinstance(self.at, LineTarget):
            return Path(point.file).name == facts.file.name and point.line == self.at.find(facts.file)
        return self.at is None or _runs_node(facts.engine, point, self.at)


@dataclass(frozen=True, slots=True)
class NodeSelected:
    """A node is selected; any one if none is named."""

    node: NodeTarget | None = None

    def holds(self, facts: LessonFacts) -> bool:
        """Return whether it is met now."""
        if facts.selected is None:
            return False
        return self.node is None or self.node.find(facts.engine.graph) == facts.selected


@dataclass(frozen=True, slots=True)
class PanelShown:
    """A panel is in front."""

    panel: str

    def holds(self, facts: LessonFacts) -> bool:
        """Return whether it is met now."""
        return self.panel in facts.panels


@dataclass(frozen=True, slots=True)
class IterationsDone:
    """So many iterations have ended."""

    count: int

    def holds(self, facts: LessonFacts) -> bool:
        """Return whether it is met now."""
        return facts.engine.step >= self.count


@dataclass(frozen=True, slots=True)
class LooksBack:
    """A point of the past is shown."""

    def holds(self, facts: LessonFacts) -> bool:
        """Return whether it is met now."""
        return facts.engine.looks_back


@dataclass(frozen=True, slots=True)
class HasBreakpoint:
    """There is a breakpoint on a node."""

    node: NodeTarget

    def holds(self, facts: LessonFacts) -> bool:
        """Return whether it is met now."""
        graph, node = facts.engine.graph, self.node.find(facts.engine.graph)
        if graph is None or node is None:
            return False
        return any(item.record.place == place_of(graph, node) for item in facts.engine.breakpoints)


def _runs_node(engine: DebugState, point: PointRecord, target: NodeTarget) -> bool:
    """Return whether a point is that of a node. In the forward the node is yet to be made: its call has its name."""
    if point.node is None:
        return target.nth == 1 and point.op.rpartition(".")[2] == target.name
    return point.node == target.find(engine.graph)
