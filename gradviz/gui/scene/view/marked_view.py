"""The stage with marks on it: what is selected, found, highlighted, left out; and what of it is spoken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QWidget

from gradviz.gui.scene.painting import tooltips as labels
from gradviz.gui.scene.view.scene_view import Stage
from gradviz.layout.geometry.placement import Placement
from gradviz.model.graph.graph import Graph


class Marking(Stage):
    """Marks by id; who asks for them is the subclass's affair."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Graph"))
        self._describe()

    @property
    def selected(self) -> int | None:
        """Id of the selected node."""
        return self._marks.selected

    @property
    def selected_cluster(self) -> int | None:
        """Id of the selected cluster (a group's where a box hides no modules)."""
        return self._marks.selected_cluster

    @property
    def hovered(self) -> int | None:
        """Id of the node under the pointer."""
        return self._marks.hovered

    @property
    def is_highlighted(self) -> bool:
        """Whether a part of the graph is highlighted."""
        return self._marks.path is not None

    def select(self, node_id: int | None) -> None:
        """Ring one node, without a signal; None, or a node that the graph lacks, for none."""
        if node_id is not None and (self.graph is None or node_id not in self.graph):
            node_id = None
        if node_id is not None or self._marks.selected is not None:
            self._mark(selected=node_id, selected_cluster=None)

    def select_cluster(self, key: int | None) -> None:
        """Ring one cluster, without a signal; None for none."""
        self._mark(selected_cluster=key, selected=None if key is not None else self._marks.selected)

    def set_matches(self, node_ids: Iterable[int], clusters: Iterable[int] = ()) -> None:
        """Ring what a search found, and count it on folded boxes."""
        self._mark(matches=frozenset(node_ids), matched_clusters=frozenset(clusters))

    def highlight(self, node_ids: Iterable[int] | None) -> None:
        """Show these nodes and the edges among them, and pale the rest; None shows all alike."""
        self._mark(path=None if node_ids is None else frozenset(node_ids))

    def set_filter(self, kinds: Iterable[str], *, hides: bool) -> None:
        """Dim the boxes of these `emphasis.FILTERS`, or with `hides` leave them out."""
        self._mark(filtered=frozenset(kinds), filter_hides=hides)

    def set_graph(self, graph: Graph, placement: Placement) -> None:
        """As `Stage.set_graph`; the selection stays where the node is still there."""
        super().set_graph(graph, placement)
        self._describe()

    def clear(self) -> None:
        """As `Stage.clear`."""
        super().clear()
        self._describe()

    def _mark(self, **changes: object) -> None:
        marks = replace(self._marks, **changes)  # type: ignore[arg-type]
        if marks != self._marks:
            chosen = (marks.selected, marks.selected_cluster) != (self._marks.selected, self._marks.selected_cluster)
            self._set_marks(marks)
            if chosen:
                self._describe()

    def _describe(self) -> None:
        graph = self.graph
        if graph is None:
            text = self.tr("No graph yet")
        elif self.selected_cluster is not None and self._drawing is not None:
            text = labels.folded_spoken(self._drawing, self.selected_cluster)
        elif self.selected is None:
            text = self.tr("{count} nodes; arrow keys walk along the edges").format(count=len(graph))
        else:
            text = labels.spoken(graph, graph.node(self.selected))
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))
