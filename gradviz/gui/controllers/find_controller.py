"""Find modules, ops, shapes and parameters by text, mark all of them, and go from one to the next."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal

from gradviz.gui.bars.find_field import FindField
from gradviz.gui.panels.graph.graph_panel import GraphPanel
from gradviz.gui.panels.graph.match_card import MatchCard, MatchRow, hiding_box, node_of, rows_of
from gradviz.gui.session.session import Session
from gradviz.model.explanation.reach_errors import error_for
from gradviz.model.graph.graph import Graph
from gradviz.model.graph.search import SCOPES, Found, Scope, search_of

_MANY = 3000
"""Nodes; a larger graph is searched when the user pauses typing."""
_PAUSE = 60
"""Milliseconds."""


class FindController(QObject):
    """Connects the field with the graph. Typing marks matches; only Enter and the arrows unfold what hides one."""

    matches_changed = Signal()
    error_sought = Signal(str)
    """The text is an error of torch's that is about reach."""

    def __init__(self, session: Session, panel: GraphPanel, field: FindField, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._panel, self._view, self._field = session, panel, panel.view, field
        self.matches: list[Found] = []
        """The matches of the scope that is shown, in order of execution."""
        self._rows: list[MatchRow] = []
        self._scope: Scope | None = None
        """The scope that the user chose; None for the first that has matches."""
        self._counts: dict[Scope, int] = dict.fromkeys(SCOPES, 0)
        self._current = -1
        self._dismissed = False
        self.card = MatchCard()
        self._view.cards.set_upper_right(self.card)
        self._delay = QTimer(self, singleShot=True, interval=_PAUSE)
        self._delay.timeout.connect(self._search_now)
        field.text_sought.connect(self._on_text)
        field.step_requested.connect(self.step)
        field.left.connect(self._leave)
        field.installEventFilter(self)
        self.card.scope_chosen.connect(self._choose_scope)
        self.card.row_chosen.connect(self._choose_row)
        session.selection.graph_changed.connect(self._update_matches)
        session.selection.changed.connect(self._follow_selection)
        self._view.drawing_changed.connect(self._show)

    @property
    def scope(self) -> Scope:
        """The scope that is searched."""
        if self._scope is not None:
            return self._scope
        return next((scope for scope in SCOPES if self._counts[scope]), "module")

    def focus(self) -> None:
        """Move the keyboard to the field."""
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.selectAll()

    def reason_without_matches(self) -> str:
        """Return that there is no match to go to; empty if there is one."""
        return "" if self.matches else self.tr("Nothing is looked for, or nothing matches.")

    def step(self, way: int) -> None:
        """Go to the next match (`way` 1) or the one before (-1), around the end, unfolding what hides it."""
        if self._delay.isActive():
            self._delay.stop()
            self._update_matches()
        if not self.matches:
            return
        if self._current >= 0:
            self._current = (self._current + way) % len(self.matches)
        else:
            self._current = 0 if way > 0 else len(self.matches) - 1
        self._dismissed = False
        self._go()

    def _on_text(self, _text: str) -> None:
        self._scope, self._dismissed = None, False
        if error_for(self._field.text()) is not None:
            self.error_sought.emit(self._field.text())
            return
        graph = self._session.engine.graph
        if graph is not None and len(graph) > _MANY:
            self._delay.start()
        else:
            self._search_now()

    def _search_now(self) -> None:
        self._update_matches()
        drawing = self._view.drawing
        if self.matches and self._current < 0 and drawing is not None and self._field.text().strip():
            seen = [k for k, found in enumerate(self.matches[:200]) if hiding_box(drawing, found) is None]
            if seen and seen[0] == 0:
                self._current = 0
                self._go()

    def _go(self) -> None:
        """Bring the current match into sight."""
        found, drawing = self.matches[self._current], self._view.drawing
        if drawing is None:
            return
        node = node_of(drawing, found)
        if node is not None:
            self._session.selection.select(node)
            hidden = hiding_box(drawing, found) is not None
            if hidden:
                self._panel.folds.show_node(node)
            else:
                self._view.framing.reveal(node)
        else:
            self._panel.folds.show_cluster(found.id)
        self._show()

    def _choose_scope(self, scope: Scope) -> None:
        self._scope = scope
        self._update_matches()

    def _choose_row(self, number: int) -> None:
        row = self._rows[number]
        self._current = row.first
        self._go()
        self._field.setFocus()

    def _leave(self) -> None:
        self._update_matches()
        self._view.setFocus()

    def _update_matches(self) -> None:
        graph, text = self._session.engine.graph, self._field.text()
        found = self._search(graph, text) if graph is not None and text.strip() else {}
        self._counts = {scope: len(found.get(scope, ())) for scope in SCOPES}
        self.matches = found.get(self.scope, [])
        self._current = self._position()
        drawing = self._view.drawing
        if drawing is None or drawing.graph is not graph:
            self._view.marks.set_matches(())
        else:
            lone = {found.id: drawing.lone_nodes.get(found.id) for found in self.matches if found.is_module}
            nodes = [node for node in lone.values() if node is not None]
            nodes += [found.id for found in self.matches if not found.is_module]
            self._view.marks.set_matches(nodes, [cluster for cluster, node in lone.items() if node is None])
        self._show()
        self.matches_changed.emit()

    @staticmethod
    def _search(graph: Graph, text: str) -> dict[Scope, list[Found]]:
        index = search_of(graph)
        return {scope: index.search(text, scope) for scope in SCOPES}

    def _position(self) -> int:
        """Which match is the chosen node or module; -1 for none."""
        drawing, node, cluster = self._view.drawing, self._session.selection.node_id, self._view.marks.selected_cluster
        if drawing is None or (node is None and cluster is None):
            return -1
        for k, found in enumerate(self.matches):
            if node is not None and node_of(drawing, found) == node:
                return k
            if cluster is not None and found.is_module and found.id == cluster:
                return k
        return -1

    def _follow_selection(self) -> None:
        if self.matches:
            position = self._position()
            if position >= 0:
                self._current = position
            self._show()

    def _show(self) -> None:
        self._field.show_count(self._current + 1, len(self.matches))
        drawing = self._view.drawing
        sought = bool(self._field.text().strip()) and not self._dismissed
        if (
            drawing is None
            or not sought
            or drawing.graph is not self._session.engine.graph
            or not any(self._counts.values())
        ):
            self.card.hide()
            return
        self._rows = rows_of(drawing, self.matches)
        current = -1
        if self._current >= 0:
            current = sum(row.first <= self._current for row in self._rows) - 1
        typed = self._field.text().strip().lower()
        self.card.show_matches(self.scope, self._counts, self._rows, typed, current)
        self._view.framing.place_cards()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show or hide the list with the field's focus."""
        # The list belongs to the field: it is hidden when the field loses the keyboard, and comes back with it.
        if event.type() == QEvent.Type.FocusOut and not self.card.underMouse():
            self._dismissed = True
            self.card.hide()
        elif event.type() == QEvent.Type.FocusIn and self._dismissed:
            self._dismissed = False
            self._show()
        return False
