"""The graph in the window: says what was clicked, hovered and walked to, and speaks it to assistive technology."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QContextMenuEvent, QHelpEvent, QKeyEvent
from PySide6.QtWidgets import QToolTip, QWidget

from gradviz.gui.scene import labels
from gradviz.gui.scene.stage import Stage
from gradviz.gui.scene.walk import Way, walk
from gradviz.layout.placement import Placement
from gradviz.model.graph import Graph

_WAYS: dict[int, Way] = {
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
    Qt.Key.Key_Home: "first",
    Qt.Key.Key_End: "last",
    Qt.Key.Key_PageDown: "next",
    Qt.Key.Key_PageUp: "previous",
}
_GRIP = 3
"""A click so many pixels beside a node still means the node."""
_NEAR = 20
"""A node nearer to the border than this is not wholly in sight: its ring and tag need room."""


class GraphView(Stage):
    """The stage with a pointer and keys."""

    node_clicked = Signal(int)
    """A node was chosen, by pointer or keys."""
    node_activated = Signal(int)
    """A node was double-clicked, or Enter was pressed on it."""
    node_hovered = Signal(object)
    """Node id, or None when the pointer left."""
    cluster_toggled = Signal(int)
    """A cluster should be folded or unfolded."""
    background_clicked = Signal()
    menu_requested = Signal(int, QPoint)
    """The context menu of a node (which is selected by now), at a point of the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Graph"))
        self._describe()

    @property
    def selected(self) -> int | None:
        """Id of the selected node."""
        return self._marks.selected

    @property
    def hovered(self) -> int | None:
        """Id of the node under the pointer."""
        return self._marks.hovered

    def select(self, node_id: int | None) -> None:
        """Ring one node, without a signal; None, or a node that the graph lacks, for none."""
        if node_id is not None and (self.graph is None or node_id not in self.graph):
            node_id = None
        if node_id != self._marks.selected:
            self._marks = replace(self._marks, selected=node_id)
            self.viewport().update()
            self._describe()

    def set_matches(self, node_ids: Iterable[int]) -> None:
        """Ring what a search found."""
        self._marks = replace(self._marks, matches=frozenset(node_ids))
        self.viewport().update()

    def highlight(self, node_ids: Iterable[int] | None) -> None:
        """Show these nodes and the edges among them, and pale the rest; None shows all alike."""
        self._marks = replace(self._marks, path=None if node_ids is None else frozenset(node_ids))
        self.viewport().update()

    def set_graph(self, graph: Graph, placement: Placement) -> None:
        """As `Stage.set_graph`; the selection stays where the node is still there."""
        super().set_graph(graph, placement)
        self._describe()

    def clear(self) -> None:
        """As `Stage.clear`."""
        super().clear()
        self._describe()

    def reveal(self, node_id: int) -> None:
        """Pan only if the node is not wholly in sight, beside the cards at the right."""
        box = self._drawing.box_of(node_id) if self._drawing else None
        if self._drawing is None or box is None:
            return
        x, y, width, height = self._drawing.rect[box].tolist()
        (left, top), (right, bottom) = self.camera.to_view(x, y), self.camera.to_view(x + width, y + height)
        wide, high = self._room()
        if left < _NEAR or top < _NEAR or right > wide - _NEAR or bottom > high - _NEAR:
            self.look_at(x + width / 2, y + height / 2, area=(0, 0, wide, high))

    # Gestures

    def clicked_at(self, position: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        node, cluster = self._target(position)
        if node is not None:
            self.select(node)
            self.node_clicked.emit(node)
        elif cluster is not None:
            self._toggle(cluster)
        else:
            self.select(None)
            self.background_clicked.emit()

    def double_clicked_at(self, position: QPointF) -> None:
        node, _ = self._target(position)
        if node is not None:
            self.node_activated.emit(node)

    def hovered_at(self, position: QPointF | None) -> None:
        node, cluster = self._target(position) if position is not None else (None, None)
        pointing = node is not None or cluster is not None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if pointing else Qt.CursorShape.ArrowCursor)
        if node != self._marks.hovered:
            self._marks = replace(self._marks, hovered=node)
            self.viewport().update()
            self.node_hovered.emit(node)

    def _target(self, position: QPointF) -> tuple[int | None, int | None]:
        """The node, or else the cluster to fold or unfold, under a point of the viewport."""
        drawing = self._drawing
        if drawing is None:
            return None, None
        x, y = self.camera.to_scene(position.x(), position.y())
        box = drawing.box_at(x, y, _GRIP / self.zoom)
        if box is None:
            return None, drawing.header_at(x, y)
        if drawing.folded[box]:
            return None, int(drawing.placement.box_cluster[box])
        return int(drawing.placement.box_node[box]), None

    def _toggle(self, cluster: int) -> None:
        place = self._drawing.place_of_cluster(cluster) if self._drawing else None
        if place is not None:
            self._anchor = (cluster, *self.camera.to_view(*place))
        self.cluster_toggled.emit(cluster)

    # Qt overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if key in _WAYS and plain:
            self._walk(_WAYS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain and self.selected is not None:
            self.node_activated.emit(self.selected)
        elif key == Qt.Key.Key_Escape and (self.selected is not None or self._marks.path is not None):
            self.highlight(None)
            self.select(None)
            self.background_clicked.emit()
        elif key == Qt.Key.Key_F and plain:
            self.fit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            node, _ = self._target(QPointF(event.pos()))
            if node is not None:
                self.select(node)
                self.node_clicked.emit(node)
        else:
            node = self.selected
        if node is not None:
            self.menu_requested.emit(node, event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._tell(event)
            return True
        return super().viewportEvent(event)

    # Private

    def _walk(self, way: Way) -> None:
        if self._drawing is None:
            return
        node = walk(self._drawing, self.selected, way)
        if node is None:
            return
        self.select(node)
        self.reveal(node)
        self.node_clicked.emit(node)

    def _tell(self, event: QHelpEvent) -> None:
        node, cluster = self._target(QPointF(event.pos()))
        graph = self.graph
        text = ""
        if graph is not None and node is not None:
            text = labels.tip(graph, graph.node(node))
        elif graph is not None and cluster is not None and self._drawing is not None:
            text = labels.cluster_tip(graph, cluster, self._drawing.cluster_counts[cluster])
        if text:
            QToolTip.showText(event.globalPos(), text, self.viewport())
        else:
            QToolTip.hideText()

    def _describe(self) -> None:
        graph = self.graph
        if graph is None:
            text = self.tr("No graph yet")
        elif self.selected is None:
            text = self.tr("{count} nodes; arrow keys walk along the edges").format(count=len(graph))
        else:
            text = labels.spoken(graph, graph.node(self.selected))
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))
