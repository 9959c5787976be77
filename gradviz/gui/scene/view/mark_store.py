"""The marks on the graph that is shown: what is selected, hovered, found, highlighted and left out, by id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from gradviz.gui.scene.data.emphasis import Marks
from gradviz.model.graph.folding import folding_of
from gradviz.model.graph.graph import Graph


class MarkStore(QObject):
    """Holds the marks of one view and emits their changes."""

    changed = Signal(object)
    """The marks are others than before: the `Marks` that were."""
    selection_changed = Signal()
    """The selected node or cluster is another; follows `changed`."""
    point_changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._graph: Graph | None = None
        self.current = Marks()
        self.point: int | None = None
        """The node before which the run has stopped; None while it goes on."""

    def set_point(self, node: int | None) -> None:
        """Note the node before which the run has stopped."""
        if node != self.point:
            self.point = node
            self.point_changed.emit()

    @property
    def selected(self) -> int | None:
        """Id of the selected node."""
        return self.current.selected

    @property
    def selected_cluster(self) -> int | None:
        """Id of the selected cluster (a group's where a box hides no modules)."""
        return self.current.selected_cluster

    @property
    def hovered(self) -> int | None:
        """Id of the node under the pointer."""
        return self.current.hovered

    @property
    def is_highlighted(self) -> bool:
        """Whether a part of the graph is highlighted."""
        return self.current.path is not None

    def select(self, node_id: int | None) -> None:
        """Ring one node; None, or a node that the graph lacks, for none."""
        if node_id is not None and (self._graph is None or node_id not in self._graph):
            node_id = None
        if node_id is not None or self.current.selected is not None:
            self._change(selected=node_id, selected_cluster=None)

    def select_cluster(self, key: int | None) -> None:
        """Ring one cluster; None for none."""
        self._change(selected_cluster=key, selected=None if key is not None else self.current.selected)

    def hover(self, node: int | None, folded_cluster: int | None, member: int | None) -> None:
        """Mark what is under the pointer: a node, or a folded cluster and the member of it."""
        self._change(hovered=node, hovered_cluster=folded_cluster, hovered_member=member)

    def set_matches(self, node_ids: Iterable[int], clusters: Iterable[int] = ()) -> None:
        """Ring what a search found, and count it on folded boxes."""
        self._change(matches=frozenset(node_ids), matched_clusters=frozenset(clusters))

    def highlight(self, node_ids: Iterable[int] | None) -> None:
        """Show these nodes and the edges among them, and pale the rest; None shows all alike."""
        self._change(path=None if node_ids is None else frozenset(node_ids))

    def set_filter(self, kinds: Iterable[str], *, hides: bool) -> None:
        """Dim the boxes of these `emphasis.FILTERS`, or with `hides` leave them out."""
        self._change(filtered=frozenset(kinds), filter_hides=hides)

    def set_graph(self, graph: Graph | None) -> None:
        """Keep the marks that another graph has too, without a signal: its drawing follows."""
        self._graph = graph
        if graph is None:
            self.current = Marks(filtered=self.current.filtered, filter_hides=self.current.filter_hides)
        else:
            self.current = self.current.kept_by(graph.index, len(folding_of(graph).everything))

    def _change(self, **changes: Any) -> None:
        before, self.current = self.current, replace(self.current, **changes)
        if self.current != before:
            self.changed.emit(before)
            if (before.selected, before.selected_cluster) != (self.selected, self.selected_cluster):
                self.selection_changed.emit()
