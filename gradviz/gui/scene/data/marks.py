"""Marks of the user and of a search in a graph, by id."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Marks:
    """Node ids, and cluster ids where the name has it."""

    selected: int | None = None
    selected_cluster: int | None = None
    """A cluster's id, or a group's of `model.folding`; never together with a selected node."""
    hovered: int | None = None
    hovered_cluster: int | None = None
    """A folded cluster under the pointer."""
    hovered_member: int | None = None
    """The member (a cluster) of a stack whose cell is under the pointer."""
    matches: frozenset[int] = frozenset()
    matched_clusters: frozenset[int] = frozenset()
    path: frozenset[int] | None = None
    """The highlighted nodes; all others are pale. None highlights nothing."""
    filtered: frozenset[str] = frozenset()
    """Of `emphasis.FILTERS`."""
    filter_hides: bool = False

    @property
    def but_for_hover(self) -> Marks:
        """All but what the pointer is on."""
        return replace(self, hovered=None, hovered_cluster=None, hovered_member=None)

    def kept_by(self, nodes: Container[int], clusters: int) -> Marks:
        """Return the marks that stay when another graph is shown, of these nodes and `clusters` clusters and groups."""
        cluster = self.selected_cluster
        path = frozenset(node for node in self.path if node in nodes) if self.path is not None else None
        return replace(
            self,
            selected=self.selected if self.selected in nodes else None,
            selected_cluster=cluster if cluster is not None and cluster < clusters else None,
            hovered=None,
            hovered_cluster=None,
            hovered_member=None,
            matches=frozenset(node for node in self.matches if node in nodes),
            matched_clusters=frozenset(found for found in self.matched_clusters if found < clusters),
            path=path or None,
        )
