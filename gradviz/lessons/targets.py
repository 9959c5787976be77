"""What a step of a lesson points at: a node of the graph, a line of source, an action, a panel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gradviz.model.graph.graph import Graph


@dataclass(frozen=True, slots=True)
class NodeTarget:
    """The `nth` node of a name (from 1), in order of creation."""

    name: str
    nth: int = 1

    def find(self, graph: Graph | None) -> int | None:
        """Return the node's id; None where the graph has no such node."""
        found = sorted(node.id for node in graph.nodes if node.name == self.name) if graph is not None else []
        return found[self.nth - 1] if len(found) >= self.nth else None


@dataclass(frozen=True, slots=True)
class LineTarget:
    """The line of the network's source that reads `text`, without its indentation."""

    text: str

    def find(self, file: Path) -> int:
        """Return the number of the line in the source.

        Raises:
            ValueError: no line of the file reads so.
        """
        return _lines(file).index(self.text) + 1


@dataclass(frozen=True, slots=True)
class ActionTarget:
    """An action of the window, by its id in the table of actions."""

    id: str


@dataclass(frozen=True, slots=True)
class PanelTarget:
    """A panel of the window, by its id in the table of panels."""

    id: str


LessonTarget = NodeTarget | LineTarget | ActionTarget | PanelTarget


@cache
def _lines(file: Path) -> list[str]:
    return [line.strip() for line in file.read_text("utf-8").splitlines()]
