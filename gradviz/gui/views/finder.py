"""Finds nodes by what was typed, rings them all, and walks from one to the next."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from gradviz.gui.scene.graph_view import GraphView
from gradviz.gui.session import Session
from gradviz.gui.views.find_field import FindField

_EDGE = 48
"""So far inside of the canvas a node's middle must be to count as seen."""


class Finder(QObject):
    """Joins the field with the graph. The current match is the selected node."""

    matches_changed = Signal()

    def __init__(self, session: Session, view: GraphView, field: FindField, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._view, self._field = session, view, field
        self.matches: list[int] = []
        field.text_sought.connect(self._seek)
        field.step_requested.connect(self.step)
        field.left.connect(lambda: view.setFocus())
        session.graph_changed.connect(self._again)
        session.selection_changed.connect(self._count)

    def step(self, way: int) -> None:
        """Select the next match (`way` 1) or the one before (-1), around the end."""
        if not self.matches:
            return
        selected = self._session.selected
        if selected in self.matches:
            index = (self.matches.index(selected) + way) % len(self.matches)
        else:
            index = 0 if way > 0 else len(self.matches) - 1
        self._session.select(self.matches[index])
        self._reveal(self.matches[index])

    def _seek(self, text: str) -> None:
        self._again()
        if self.matches and self._session.selected not in self.matches and text.strip():
            self._session.select(self.matches[0])
            self._reveal(self.matches[0])

    def _reveal(self, node_id: int) -> None:
        """Pan only to what cannot be seen: a graph that jumps is hard to read."""
        place = self._view.position_of(node_id)
        inside = self._view.viewport().rect().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        if place is None or not inside.contains(place.toPoint()):
            self._view.center_on(node_id)

    def _again(self) -> None:
        graph = self._session.graph
        self.matches = graph.find(self._field.text()) if graph is not None else []
        self._view.set_matches(self.matches)
        self._count()
        self.matches_changed.emit()

    def _count(self) -> None:
        selected = self._session.selected
        position = self.matches.index(selected) + 1 if selected in self.matches else 0
        self._field.show_count(position, len(self.matches))
