"""The graph in the window: a canvas with a scene, marks, cards and keys, which emits what was clicked and hovered."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.scene.painting import tooltips
from gradviz.gui.scene.painting.hit_testing import HitTarget
from gradviz.gui.scene.view.accessible_boxes import install_accessible_boxes
from gradviz.gui.scene.view.card_layout import Cards
from gradviz.gui.scene.view.framing import Framing
from gradviz.gui.scene.view.graph_scene import GraphScene
from gradviz.gui.scene.view.keyboard_navigation import KeyboardNavigation
from gradviz.gui.scene.view.mark_store import MarkStore
from gradviz.gui.scene.view.pan_zoom_canvas import PanZoomCanvas
from gradviz.layout.geometry.placement import Placement
from gradviz.model.graph.graph import Graph

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class GraphView(PanZoomCanvas):
    """Shows a placed graph.

    Its parts: `marks` (what is selected, found, highlighted), `scene` (what is drawn and how), `framing` (where the
    view looks) and `cards` (what lies over the canvas).
    """

    drawing_changed = Signal()
    """Another drawing is shown, without colors as yet: an overlay colors it now, before it is painted."""
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

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards = Cards(self)
        self.marks = MarkStore(self)
        self.scene = GraphScene(self, self.marks)
        self.framing = Framing(self, self.cards, self.marks)
        self._keys = KeyboardNavigation(self.scene, self.marks, self.framing, self._choose, self._toggle)
        self.scene.states_changed.connect(self.cards.minimap.set_drawing)
        self.scene.signs_changed.connect(self.cards.stop_legend.set_signs)
        self.scene.coloring_changed.connect(self.cards.minimap.set_coloring)
        self.marks.selection_changed.connect(self._describe)
        self.marks.point_changed.connect(self._describe)
        self.clicked.connect(self._click)
        self.double_clicked.connect(self._double_click)
        self.hovered.connect(self._hover)
        self.setAccessibleName(self.tr("Graph"))
        install_accessible_boxes(self, self.scene, self.marks)
        self._describe()

    @property
    def drawing(self) -> Drawing | None:
        """The graph with its places; None for an empty canvas."""
        return self.scene.drawing

    @property
    def graph(self) -> Graph | None:
        """The graph that is shown, None for an empty canvas."""
        return self.scene.drawing.graph if self.scene.drawing else None

    def set_graph(self, graph: Graph, placement: Placement) -> None:
        """Show a graph, with the selection where the node is still there.

        One of the same network keeps the place; another is looked at as a whole.
        """
        self.scene.finish_animation()
        before, camera, is_anchored = self.drawing, self.camera, self.framing.is_anchored
        drawing = Drawing(graph, placement)
        self.marks.set_graph(graph)
        self.scene.set_drawing(drawing)
        self.cards.message.hide()
        self.cards.legend.show_drawing(drawing, lit=self.scene.is_lit)
        self.framing.set_drawing(drawing)
        self.drawing_changed.emit()
        self.scene.repaint()
        if before is not None and is_anchored:
            self.scene.animate_from(before, camera)
        self._describe()

    def clear(self) -> None:
        """Empty the canvas; a message that was set appears."""
        self.scene.finish_animation()
        self.marks.set_graph(None)
        self.scene.set_drawing(None)
        self.framing.set_drawing(None)
        self.cards.hide_all()
        self.cards.message.setVisible(any(self.cards.message.words()))
        self.framing.place_cards()
        self._describe()

    def set_message(self, title: str, text: str = "", busy: bool = False) -> None:
        """Set the text of the empty canvas, with a moving bar while `busy`; `text` may hold `<b>`."""
        self.cards.message.set_words(title, text, busy)
        self.cards.message.setVisible(self.drawing is None and bool(title or text))
        self.framing.place_cards()

    def set_caption(self, title: str, text: str = "") -> None:
        """Set the line at the upper left of a graph."""
        if self.cards.caption.set_words(title, text):
            self.framing.make_room()

    def set_run_state(self, state: str) -> None:
        """Set the state of the run: in `fresh` functions show that the first forward has run."""
        if state != self.scene.run_state:
            self.scene.run_state = state
            if self.drawing is not None:
                self.scene.reset_states()
                self.cards.legend.show_drawing(self.drawing, lit=self.scene.is_lit)
                self.framing.place_cards()

    # Pointer

    def _click(self, position: QPointF) -> None:
        target = self.scene.target_at(position)
        if target is None:
            self._choose_nothing()
        elif target.chevron or target.member is not None:
            self._toggle(target.key, target.fold if target.member is None else target.member)
        else:
            self._choose(target)

    def _double_click(self, position: QPointF) -> None:
        target = self.scene.target_at(position)
        if target is not None and target.node is not None:
            self.node_activated.emit(target.node)
        elif target is not None and target.member is None and not target.chevron:
            self._toggle(target.key, target.fold)

    def _hover(self, position: QPointF | None) -> None:
        target = self.scene.target_at(position) if position is not None else None
        pointing = target is not None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if pointing else Qt.CursorShape.ArrowCursor)
        node, before = target.node if target else None, self.marks.hovered
        self.marks.hover(node, target.key if target and not target.is_open else None, target.member if target else None)
        if node != before:
            self.node_hovered.emit(node)

    def _choose(self, target: HitTarget) -> None:
        if target.node is not None:
            self.marks.select(target.node)
            self.node_clicked.emit(target.node)
        elif target.key is not None:
            self.marks.select_cluster(target.key)
            self.cluster_clicked.emit(target.key)

    def _choose_nothing(self) -> None:
        self.marks.select(None)
        self.marks.select_cluster(None)
        self.background_clicked.emit()

    def _toggle(self, key: int | None, fold: int) -> None:
        if key is not None:
            self.framing.keep_in_place(key)
        self.cluster_toggled.emit(fold)

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the scene."""
        painter = QPainter(self.viewport())
        self.scene.paint(painter, event.rect())
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk, activate, clear or fit; other keys are the canvas's."""
        key = event.key()
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        marks = self.marks
        if plain and self._keys.handle(key):
            return
        if key in _ENTER and plain and marks.selected is not None:
            self.node_activated.emit(marks.selected)
        elif key == Qt.Key.Key_Escape and (
            marks.selected is not None or marks.is_highlighted or marks.selected_cluster is not None
        ):
            marks.highlight(None)
            self._choose_nothing()
        elif key == Qt.Key.Key_F and plain:
            self.framing.fit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Choose what is under the pointer, and ask for the menu of what is chosen."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            target = self.scene.target_at(QPointF(event.pos()))
            if target is None:
                return
            self._choose(target)
        if self.marks.selected is not None:
            self.menu_requested.emit(self.marks.selected, event.globalPos())
        elif self.marks.selected_cluster is not None:
            self.cluster_menu_requested.emit(self.marks.selected_cluster, event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        """Show the tooltip of what is under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self.scene.tooltip_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), text, self.viewport())  # hides it where there is none
            return True
        return super().viewportEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Paint anew in another theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self.scene.repaint()
        super().changeEvent(event)

    def _describe(self) -> None:
        _say(self, tooltips.describe_graph(self.drawing, self.marks.current, self.marks.point))


def _say(view: GraphView, text: str) -> None:
    """Describe the view to assistive technology. The nodes are painted: nothing else shows that one changed."""
    if text != view.accessibleDescription():
        view.setAccessibleDescription(text)
        QAccessible.updateAccessibility(QAccessibleEvent(view, QAccessible.Event.DescriptionChanged))
        if view.hasFocus() or view.marks.point is not None:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(view, text))
