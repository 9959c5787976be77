"""Offers the boxes of the graph to assistive technology as items of a list: they are painted, and no widgets."""
# PySide's stubs have no None where Qt has a null pointer.
# mypy: disable-error-code="override"

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, QSize
from PySide6.QtGui import QAccessible, QAccessibleInterface, QWindow
from PySide6.QtWidgets import QAccessibleWidget
from shiboken6 import isValid

from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.scene.painting import tooltips

if TYPE_CHECKING:
    from gradviz.gui.scene.view.graph_view import GraphView

_installed = False
_kept: list[AccessibleGraph] = []
"""One of each view. Qt holds what it was given until it ends, so Python does, too."""


def install_accessible_boxes(view: GraphView) -> None:
    """Let Qt ask for the boxes of a view. It asks only while assistive technology listens."""
    global _installed
    if not hasattr(QAccessible, "installFactory"):
        return  # an older PySide has none: boxes are announced only
    if not _installed:
        QAccessible.installFactory(_interface_of)
        _installed = True
    if QAccessible.isActive():  # while the view was made, Qt took it for a widget like any other
        QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(QAccessible.queryAccessibleInterface(view)))


def _interface_of(_class_name: str, thing: QObject) -> QAccessibleInterface | None:
    from gradviz.gui.scene.view.graph_view import GraphView

    if not isinstance(thing, GraphView):
        return None
    _kept.append(AccessibleGraph(thing))
    return _kept[-1]


class AccessibleGraph(QAccessibleWidget):
    """The view as a list of its boxes, in the order in which they run; behind them its cards."""

    def __init__(self, view: GraphView) -> None:
        super().__init__(view, QAccessible.Role.List)
        self.view = view
        self._items: list[AccessibleBox] = []
        """Made when they are asked for, and used again for every drawing."""
        self._order: tuple[Drawing | None, list[int]] = None, []

    @property
    def order(self) -> list[int]:
        """The boxes as they are listed; none once the view is gone."""
        drawing = self.view.drawing if isValid(self.view) else None
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
        drawing, view = self.view.drawing, self.view
        place = view.viewport().mapFromGlobal(QPoint(x, y))
        under = view.childAt(view.mapFromGlobal(QPoint(x, y)))
        if drawing is None or under is not view.viewport():
            return super().childAt(x, y)
        box = drawing.box_at(*view.camera.to_scene(place.x(), place.y()), 0)
        return self.child(self.order.index(box)) if box is not None else super().childAt(x, y)

    def focusChild(self) -> QAccessibleInterface | None:
        """Return the box that is selected while the view has the focus."""
        drawing, node = self.view.drawing, self.view.marks.selected
        box = drawing.box_of(node) if drawing is not None and node is not None else None
        if box is None or not self.view.hasFocus():
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
        """Return the window of the view."""
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
        view = self._graph.view
        if kind != QAccessible.Text.Name or not self.isValid() or view.drawing is None:
            return ""
        box = self._graph.order[self.index]
        if view.drawing.folded[box]:
            return tooltips.describe_cluster(view.drawing, view.drawing.key_of(box))
        graph = view.drawing.graph
        return tooltips.describe_node(graph, graph.node(int(view.drawing.placement.box_node[box])))

    def setText(self, _kind: QAccessible.Text, _text: str) -> None:
        """Change nothing."""

    def rect(self) -> QRect:
        """Return where the box is on the screen."""
        view = self._graph.view
        if not self.isValid() or view.drawing is None:
            return QRect()
        x, y, wide, high = view.drawing.rect[self._graph.order[self.index]].tolist()
        left, top = view.camera.to_view(x, y)
        corner = view.viewport().mapToGlobal(QPoint(round(left), round(top)))
        return QRect(corner, QSize(round(wide * view.camera.zoom), round(high * view.camera.zoom)))

    def role(self) -> QAccessible.Role:
        """Return that it is an item of a list."""
        return QAccessible.Role.ListItem

    def state(self) -> QAccessible.State:
        """Return whether the box is selected, and in sight."""
        state, view = QAccessible.State(), self._graph.view
        if not self.isValid() or view.drawing is None:
            state.invalid = True
            return state
        node = view.marks.selected
        selected = node is not None and view.drawing.box_of(node) == self._graph.order[self.index]
        area = QRect(view.viewport().mapToGlobal(QPoint(0, 0)), view.viewport().size())
        state.focusable = state.selectable = True
        state.selected, state.focused = selected, selected and view.hasFocus()
        state.offscreen = not area.intersects(self.rect())
        return state
