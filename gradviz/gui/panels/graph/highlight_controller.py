"""What the user highlights in the graph: ancestors, descendants, a gradient's path, and the kinds that are left out."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup

from gradviz.gui.scene.data.emphasis import FILTERS
from gradviz.gui.scene.view.graph_view import GraphView
from gradviz.gui.session.session import Session
from gradviz.language import tr
from gradviz.model.graph.graph import Graph


class HighlightController(QObject):
    """Highlight and filter of the graph that is drawn."""

    changed = Signal()

    def __init__(self, session: Session, view: GraphView, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._view = session, view
        self.highlighted = False
        self._kinds = {name: self._filter_action(text) for name, text in zip(FILTERS, _texts(), strict=True)}
        group = QActionGroup(self)
        self._dims, self._hides = self._filter_action(tr("Dim")), self._filter_action(tr("Hide"))
        for action in (self._dims, self._hides):
            group.addAction(action)
        self._dims.setChecked(True)
        separator = QAction(self)
        separator.setSeparator(True)
        self.filter_actions = [*self._kinds.values(), separator, self._dims, self._hides]
        """For menus: each kind, and whether what is left out is dimmed or hidden."""
        view.background_clicked.connect(self._follow_view)
        session.state.setup_changed.connect(self._forget_other)

    @property
    def filters(self) -> bool:
        """Whether anything is left out."""
        return any(action.isChecked() for action in self._kinds.values())

    def toggle_filter(self, kind: str) -> None:
        """Leave out one of `FILTERS`, or bring it back."""
        self._kinds[kind].toggle()

    def filters_kind(self, kind: str) -> bool:
        """Whether this kind is left out."""
        return self._kinds[kind].isChecked()

    def toggle_hides(self) -> None:
        """Hide what is left out instead of dimming it, or the other way round."""
        (self._dims if self._hides.isChecked() else self._hides).setChecked(True)

    @property
    def hides(self) -> bool:
        """Whether what is left out is hidden."""
        return self._hides.isChecked()

    def highlight(self, ancestors: bool, descendants: bool) -> None:
        """Pale what is not on the way to or from the selected node; neither shows all."""
        graph, node = self._session.engine.graph, self._session.selection.node_id
        if graph is None or node is None or not (ancestors or descendants):
            self._highlight(None)
            return
        found = {node}
        if ancestors:
            found |= graph.ancestors(node)
        if descendants:
            found |= graph.descendants(node)
        self._highlight(found)

    def highlight_gradient(self, node_id: int) -> None:
        """Pale what a gradient does not pass on its way from the loss to this node."""
        graph = self._session.engine.graph
        if graph is not None and node_id in graph:
            self._highlight(gradient_path(graph, node_id))

    def highlight_nodes(self, nodes: set[int]) -> None:
        """Pale all but these nodes."""
        self._highlight(nodes or None)

    def _highlight(self, nodes: set[int] | None) -> None:
        self.highlighted = nodes is not None
        self._view.marks.highlight(nodes)
        self.changed.emit()

    def _forget_other(self) -> None:
        # What is highlighted in one network is no path in another, though nodes of both have the same ids.
        session = self._session
        if self.highlighted and session.selection.graph_target != session.state.setup.target:
            self._highlight(None)

    def _follow_view(self) -> None:
        # Escape on the canvas clears the highlight there.
        if self.highlighted and not self._view.marks.is_highlighted:
            self.highlighted = False
            self.changed.emit()

    def _filter_action(self, text: str) -> QAction:
        action = QAction(text, self, checkable=True)
        action.toggled.connect(self._filter)
        return action

    def _filter(self) -> None:
        chosen = [name for name, action in self._kinds.items() if action.isChecked()]
        self._view.marks.set_filter(chosen, hides=self._hides.isChecked())
        self.changed.emit()


def _texts() -> tuple[str, str, str]:
    return tr("Parameters and buffers"), tr("Views and reshapes"), tr("Data and inputs without gradient")


def gradient_path(graph: Graph, node_id: int) -> set[int]:
    """Return every node between the roots that backward starts from and `node_id`, both included."""
    below = graph.descendants(node_id)
    roots = [node.id for node in graph.nodes if node.kind == "loss" and (node.id in below or node.id == node_id)]
    if not roots:
        roots = [node.id for node in graph.nodes if node.kind == "output" and node.id in below]
    above: set[int] = set(roots)
    for root in roots:
        above |= graph.ancestors(root)
    return (below & above) | {node_id}
