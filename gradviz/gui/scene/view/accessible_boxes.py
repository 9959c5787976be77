"""Offers the boxes of the graph to assistive technology as items of a list: they are painted, and no widgets."""
# PySide's stubs have no None where Qt has a null pointer.
# mypy: disable-error-code="override"

from __future__ import annotations

from functools import cache
from weakref import WeakKeyDictionary, ref

from PySide6.QtCore import QObject, QPoint, QRect, QSize
from PySide6.QtGui import QAccessible, QAccessibleInterface, QWindow
from PySide6.QtWidgets import QAccessibleWidget

from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.scene.painting import tooltips
from gradviz.gui.scene.view.graph_scene import GraphScene
from gradviz.gui.scene.view.mark_store import MarkStore
from gradviz.gui.scene.view.pan_zoom_canvas import PanZoomCanvas

_known: WeakKeyDictionary[QObject, tuple[ref[GraphScene], ref[MarkStore]]] = WeakKeyDictionary()
"""What is seen in each canvas with boxes. Both know the canvas, which this would keep for good with all its window."""
_kept: list[AccessibleGraph] = []
"""One of each view. Qt holds what it was given until it ends, so Python does, too."""


def install_accessible_boxes(canvas: PanZoomCanvas, scene: GraphScene, marks: MarkStore) -> None:
    """Let Qt ask for the boxes of a canvas. It asks only while assistive technology listens."""
    if not hasattr(QAccessible, "installFactory"):
        return  # an older PySide has none: boxes are announced only
    _install_factory()
    _known[canvas] = ref(scene), ref(marks)
    if QAccessible.isActive():  # while the canvas was made, Qt took it for a widget like any other
        QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(QAccessible.queryAccessibleInterface(canvas)))


@cache
def _install_factory() -> None:
    QAccessible.installFactory(_interface_of)


def _interface_of(_class_name: str, thing: QObject) -> QAccessibleInterface | None:
    if not isinstance(thing, PanZoomCanvas) or thing not in _known:
        return None
    scene, marks = (known() for known in _known[thing])
    if not isinstance(scene, GraphScene) or not isinstance(marks, MarkStore):
        return None  # the canvas is on its way out
    _kept.append(AccessibleGraph(thing, scene, marks))
    return _kept[-1]


class AccessibleGraph(QAccessibleWidget):
    """A canvas as a list of its boxes, in the order in which they run; behind them its cards."""

    def __init__(self, canvas: PanZoomCanvas, scene: GraphScene, marks: MarkStore) -> None:
        super().__init__(canvas, QAccessible.Role.List)
        self.canvas, self.marks = canvas, marks
        self._scene: GraphScene | None = scene
        canvas.destroyed.connect(self._forget)
        self._items: list[AccessibleBox] = []
        """Made when they are asked for, and used again for every drawing."""
        self._order: tuple[Drawing | None, list[int]] = None, []

    @property
    def drawing(self) -> Drawing | None:
        """What is drawn."""
        return self._scene.drawing if self._scene is not None else None

    def _forget(self) -> None:
        self._scene = None

    @property
    def order(self) -> list[int]:
        """The boxes as they are listed; none once the canvas is gone."""
        drawing = self.drawing
        if drawing is not self._order[0]:
            first = [] if drawing is None else list(dict.fromkeys(drawing.order))
            there, boxes = set(first), range(0 if drawing is None else len(drawing))
            self._order = drawing, [*first, *(box for box in boxes if box not in there)]
        return self._order[1]

    def childCount(self) -> int:
        """Return the number of boxes and cards."""
        return len(self.order) + super().childCount()

    def child(self, index: int) -> QAccessibleInterface | None:
        """Return a box or a card."""
        if not 0 <= index < len(self.order):
            return super().child(index - len(self.order))
        while len(self._items) <= index:
            self._items.append(AccessibleBox(self, len(self._items)))
            QAccessible.registerAccessibleInterface(self._items[-1])
        return self._items[index]

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """Return the position of a box or a card."""
        if isinstance(child, AccessibleBox):
            return child.index
        at = super().indexOfChild(child)
        return at + len(self.order) if at >= 0 else at

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:
        """Return the card or the box at a point of the screen."""
        drawing, canvas = self.drawing, self.canvas
        place = canvas.viewport().mapFromGlobal(QPoint(x, y))
        under = canvas.childAt(canvas.mapFromGlobal(QPoint(x, y)))
        if drawing is None or under is not canvas.viewport():
            return super().childAt(x, y)
        box = drawing.box_at(*canvas.camera.to_scene(place.x(), place.y()), 0)
        return self.child(self.order.index(box)) if box is not None else super().childAt(x, y)

    def focusChild(self) -> QAccessibleInterface | None:
        """Return the box that is selected while the view has the focus."""
        drawing, node = self.drawing, self.marks.selected
        box = drawing.box_of(node) if drawing is not None and node is not None else None
        if box is None or not self.canvas.hasFocus():
            return super().focusChild()
        return self.child(self.order.index(box))


class AccessibleBox(QAccessibleInterface):
    """The box in one place of the list, whatever is drawn."""

    def __init__(self, graph: AccessibleGraph, index: int) -> None:
        super().__init__()
        self._graph, self.index = graph, index

    def isValid(self) -> bool:
        """Return whether so many boxes are drawn."""
        return self.index < len(self._graph.order)

    def object(self) -> QObject | None:
        """Return nothing: it is no widget."""
        return None

    def window(self) -> QWindow | None:
        """Return the window of the canvas."""
        return self._graph.window()

    def parent(self) -> QAccessibleInterface:
        """Return the list."""
        return self._graph

    def child(self, _index: int) -> QAccessibleInterface | None:
        """Return nothing."""
        return None

    def childAt(self, _x: int, _y: int) -> QAccessibleInterface | None:
        """Return nothing."""
        return None

    def childCount(self) -> int:
        """Return 0."""
        return 0

    def indexOfChild(self, _child: QAccessibleInterface) -> int:
        """Return that there is none."""
        return -1

    def text(self, kind: QAccessible.Text) -> str:
        """Return the name: what the box is, and where it comes from and leads to."""
        drawing = self._graph.drawing
        if kind != QAccessible.Text.Name or not self.isValid() or drawing is None:
            return ""
        box = self._graph.order[self.index]
        if drawing.folded[box]:
            return tooltips.describe_cluster(drawing, drawing.key_of(box))
        return tooltips.describe_node(drawing.graph, drawing.graph.node(int(drawing.placement.box_node[box])))

    def setText(self, _kind: QAccessible.Text, _text: str) -> None:
        """Change nothing."""

    def rect(self) -> QRect:
        """Return where the box is on the screen."""
        drawing, canvas = self._graph.drawing, self._graph.canvas
        if not self.isValid() or drawing is None:
            return QRect()
        x, y, wide, high = drawing.rect[self._graph.order[self.index]].tolist()
        left, top = canvas.camera.to_view(x, y)
        corner = canvas.viewport().mapToGlobal(QPoint(round(left), round(top)))
        return QRect(corner, QSize(round(wide * canvas.zoom), round(high * canvas.zoom)))

    def role(self) -> QAccessible.Role:
        """Return that it is an item of a list."""
        return QAccessible.Role.ListItem

    def state(self) -> QAccessible.State:
        """Return whether the box is selected, and in sight."""
        state, drawing, canvas = QAccessible.State(), self._graph.drawing, self._graph.canvas
        if not self.isValid() or drawing is None:
            state.invalid = True
            return state
        node = self._graph.marks.selected
        selected = node is not None and drawing.box_of(node) == self._graph.order[self.index]
        area = QRect(canvas.viewport().mapToGlobal(QPoint(0, 0)), canvas.viewport().size())
        state.focusable = state.selectable = True
        state.selected, state.focused = selected, selected and canvas.hasFocus()
        state.offscreen = not area.intersects(self.rect())
        return state
