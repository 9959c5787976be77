"""The graph in the window: says what was clicked, hovered and walked to."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QKeyEvent
from PySide6.QtWidgets import QToolTip

from gradviz.gui.scene.painting import tooltips as labels
from gradviz.gui.scene.painting.hit_testing import HitTarget, target_at
from gradviz.gui.scene.view.keyboard_navigation import Way, cluster_above, cluster_around, first_inside, walk
from gradviz.gui.scene.view.marked_view import Marking

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


class GraphView(Marking):
    """The stage with a pointer and keys."""

    node_clicked = Signal(int)
    """A node was chosen, by pointer or keys."""
    node_activated = Signal(int)
    """A node was double-clicked, or Enter was pressed on it."""
    node_hovered = Signal(object)
    """Node id, or None when the pointer left."""
    cluster_clicked = Signal(int)
    """A cluster, open or folded, was chosen, by pointer or keys (a group's id where a box hides no modules)."""
    cluster_toggled = Signal(int)
    """A cluster or a group of `model.folding` should be folded or unfolded."""
    background_clicked = Signal()
    menu_requested = Signal(int, QPoint)
    """The context menu of a node (which is selected by now), at a point of the screen."""
    cluster_menu_requested = Signal(int, QPoint)
    """The context menu of a cluster or group, which is selected by now."""

    # Gestures

    def clicked_at(self, position: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        target = self._target(position)
        if target is None:
            self.select(None)
            self.select_cluster(None)
            self.background_clicked.emit()
        elif target.node is not None:
            self._choose(target)
        elif target.member is not None:
            self._toggle(target.key, target.member)
        elif target.chevron:
            self._toggle(target.key, target.fold)
        else:
            self._choose(target)

    def double_clicked_at(self, position: QPointF) -> None:
        target = self._target(position)
        if target is not None and target.node is not None:
            self.node_activated.emit(target.node)
        elif target is not None and target.member is None and not target.chevron:
            self._toggle(target.key, target.fold)

    def hovered_at(self, position: QPointF | None) -> None:
        target = self._target(position) if position is not None else None
        pointing = target is not None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if pointing else Qt.CursorShape.ArrowCursor)
        marks, node = self._marks, target.node if target else None
        folded = target.key if target and not target.is_open else None
        member = target.member if target else None
        if (node, folded, member) != (marks.hovered, marks.hovered_cluster, marks.hovered_member):
            changed = node != marks.hovered
            self._mark(hovered=node, hovered_cluster=folded, hovered_member=member)
            if changed:
                self.node_hovered.emit(node)

    def _target(self, position: QPointF) -> HitTarget | None:
        """What is under a point of the viewport."""
        if self._drawing is None:
            return None
        x, y = self.camera.to_scene(position.x(), position.y())
        target = target_at(self._drawing, x, y, _GRIP / self.zoom, self.zoom)
        if target is not None and self._emphasis.opacity is not None and target.node is not None:
            box = self._drawing.box_at(x, y, _GRIP / self.zoom)
            return target if box is None or self._emphasis.opacity[box] else None
        return target

    def _choose(self, target: HitTarget) -> None:
        if target.node is not None:
            self.select(target.node)
            self.node_clicked.emit(target.node)
        elif target.key is not None:
            self.select_cluster(target.key)
            self._describe()
            self.cluster_clicked.emit(target.key)

    def _toggle(self, key: int | None, fold: int) -> None:
        if key is not None:
            self.keep_in_place(key)
        self.cluster_toggled.emit(fold)

    # Qt overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain
        if plain and self.selected_cluster is not None and self._cluster_key(key, self.selected_cluster):
            return
        if key in _WAYS and plain:
            self._walk(_WAYS[key])
        elif key == Qt.Key.Key_Backspace and plain:
            self._go_out()
        elif enter and self.selected is not None:
            self.node_activated.emit(self.selected)
        elif key == Qt.Key.Key_Escape and (
            self.selected is not None or self._marks.path is not None or self.selected_cluster is not None
        ):
            self.highlight(None)
            self.select(None)
            self.select_cluster(None)
            self.background_clicked.emit()
        elif key == Qt.Key.Key_F and plain:
            self.fit()
        else:
            super().keyPressEvent(event)

    def _cluster_key(self, key: int, cluster: int) -> bool:
        """Keys on a selected cluster, as trees have them; True if it was one of them."""
        drawing = self._drawing
        if drawing is None:
            return False
        is_open = drawing.rect_of_cluster(cluster) is not None
        box = drawing.box_of_key(cluster)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._toggle(cluster, cluster if is_open or box is None else drawing.fold_id(box))
        elif key == Qt.Key.Key_Right and box is not None:
            self._toggle(cluster, drawing.fold_id(box))
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_Down) and is_open:
            self._go(first_inside(drawing, cluster))
        elif key == Qt.Key.Key_Left and is_open:
            self._toggle(cluster, cluster)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Backspace):
            self._go_out()
        else:
            return False
        return True

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            target = self._target(QPointF(event.pos()))
            if target is None:
                return
            self._choose(target)
        if self.selected is not None:
            self.menu_requested.emit(self.selected, event.globalPos())
        elif self.selected_cluster is not None:
            self.cluster_menu_requested.emit(self.selected_cluster, event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._tell(event)
            return True
        return super().viewportEvent(event)

    # Private

    def _walk(self, way: Way) -> None:
        drawing = self._drawing
        if drawing is None:
            return
        start = None
        if self.selected is not None:
            start = drawing.box_of(self.selected)
        elif self.selected_cluster is not None:
            start = drawing.box_of_key(self.selected_cluster)
            start = first_inside(drawing, self.selected_cluster) if start is None else start
        self._go(walk(drawing, start, way))

    def _go(self, box: int | None) -> None:
        """Choose what a box shows."""
        drawing = self._drawing
        if drawing is None or box is None:
            return
        self._reveal_box(box)
        if drawing.folded[box]:
            self._choose(HitTarget(key=drawing.key_of(box), fold=drawing.fold_id(box)))
        else:
            self._choose(HitTarget(node=int(drawing.placement.box_node[box])))

    def _go_out(self) -> None:
        """Choose the open cluster around what is chosen."""
        drawing = self._drawing
        if drawing is None:
            return
        key = self.selected_cluster
        box = drawing.box_of(self.selected) if self.selected is not None else None
        if key is not None:
            box = drawing.box_of_key(key)
        around = cluster_around(drawing, box) if box is not None else None
        if box is None and key is not None:
            around = cluster_above(drawing, key)
        if around is not None:
            self._choose(HitTarget(key=around, fold=around, is_open=True))

    def _tell(self, event: QHelpEvent) -> None:
        target, graph, drawing = self._target(QPointF(event.pos())), self.graph, self._drawing
        text = ""
        if target is not None and graph is not None and drawing is not None:
            if target.node is not None:
                text, box = labels.tip(graph, graph.node(target.node)), drawing.box_of(target.node)
            else:
                text = labels.folded_tip(drawing, target)
                box = drawing.box_of_key(target.key) if target.key is not None and not target.is_open else None
            if self._coloring is not None and (told := self._coloring.told(box)):
                text += f"\n{told}"
        if text:
            QToolTip.showText(event.globalPos(), text, self.viewport())
        else:
            QToolTip.hideText()
