"""The selected node: its operation, inputs, consumers and what it saved for backward; or the selected module."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QLabel,
    QScrollArea,
    QStackedWidget,
    QWidget,
)

from gradviz.gui.panels.inspector.fact_page import FactPage
from gradviz.gui.panels.inspector.module_facts import MEASURES, module_chips, module_sections
from gradviz.gui.panels.inspector.node_facts import FactSection, chips, sections
from gradviz.gui.panels.inspector.stop_inspector import StopInspector
from gradviz.gui.session.session import Session
from gradviz.gui.widgets.buttons import icon_button, panel_corner
from gradviz.gui.widgets.empty_state import EmptyState
from gradviz.model import number_text
from gradviz.model.graph.graph import Graph
from gradviz.model.tables.module_totals import Totals
from gradviz.protocol.events import Opened
from gradviz.protocol.records import NodeRecord


class Inspector(QStackedWidget):
    """Projects the session's selection; built anew when what it shows changed, and only then."""

    node_requested = Signal(int)
    source_requested = Signal(str, int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: object = None
        self._value: QLabel | None = None
        self._totals: tuple[Graph, Opened, Totals] | None = None
        """Of the graph and the model that they are of."""
        self._check = icon_button("check", self.tr("Check the derivative of this node"), self._check_derivative)
        self.corner = panel_corner(self._check)
        self._empty = EmptyState("cursor-click")
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.stop_page = StopInspector(session)
        self.stop_page.node_requested.connect(self.node_requested)
        self.addWidget(self._empty)
        self.addWidget(self._scroll)
        self.addWidget(self.stop_page)
        self.setMinimumWidth(280)
        session.selection.changed.connect(self.refresh)
        session.selection.details_arrived.connect(self.refresh)
        session.selection.graph_changed.connect(self.refresh)
        session.state.phase_changed.connect(self.refresh)
        session.steps.stopped.connect(self.refresh)
        session.steps.resumed.connect(self.refresh)
        session.steps.cursor_moved.connect(self.refresh)
        session.state.clock.ticked.connect(self._refresh_loss)
        session.measuring.changed.connect(self._refresh_measured)
        self.refresh()

    def sizeHint(self) -> QSize:
        """Return the size of the panel when it opens first."""
        return QSize(400, 440)

    def refresh(self) -> None:
        """Show the selected node, or what to do if there is none."""
        session = self._session
        node = session.selection.node
        reason = session.causes.why_not_checked(node)
        self._check.setEnabled(not reason)
        self._check.setToolTip("\n".join(filter(None, (self._check.accessibleName(), reason))))
        graph, module = session.engine.graph, session.selection.module
        session.measuring.show("inspector", MEASURES if module is not None and self.isVisible() else ())
        if graph is not None and module is not None and self._show_module(graph, module):
            return
        if (node is None and self.stop_page.op_at_gate() is None) or graph is None:
            self._shown = None
            self._show_empty()
            return
        if session.engine.point is not None and session.state.phase != "running":
            self._shown = None
            self.stop_page.refresh()
            self.setCurrentWidget(self.stop_page)
            return
        if node is None:
            return
        loss = "" if session.engine.loss is None else number_text.short(session.engine.loss)
        found = sections(graph, node, session.selection.details, loss)
        shown = (node, chips(node), [section for section in found if node.kind != "loss"], self._values_note(node))
        order = f"#{node.id}" if node.id >= 0 else ""
        self._show_page(shown, (node.name, node.type_name, order), found)

    def _check_derivative(self) -> None:
        self._session.tensors.check_derivative(self._session.selection.node_id)

    def _show_page(self, shown: tuple[object, list[str], list[FactSection], str], title: tuple[str, str, str],
                   found: list[FactSection]) -> None:  # fmt: skip
        """Show facts unless they are shown; `shown` is what they are of, the tags, the facts and the note."""
        if shown != self._shown:
            same = isinstance(self._shown, tuple) and self._shown[0] == shown[0]
            at = self._scroll.verticalScrollBar().value() if same else 0
            self._shown = shown
            page = FactPage(title, shown[1], found, shown[3])
            page.node_requested.connect(self.node_requested)
            page.source_requested.connect(self.source_requested)
            self._value = page.loss
            self._scroll.setWidget(page)
            self._scroll.verticalScrollBar().setValue(at)
        self.setCurrentWidget(self._scroll)

    def _show_module(self, graph: Graph, path: str) -> bool:
        """Show a module; False if the model has it no more."""
        session = self._session
        opened = session.engine.opened
        if opened is None:
            return False
        if self._totals is None or self._totals[:2] != (graph, opened):
            self._totals = graph, opened, Totals(graph, opened.parameters, opened.title)
        totals = self._totals[2]
        if path not in totals.index:
            return False
        row, cluster = totals.rows[totals.index[path]], session.selection.cluster
        known = {kind: session.measuring.column(kind) for kind in MEASURES}
        columns = {kind: column for kind, column in known.items() if column is not None}
        found = module_sections(graph, totals, row, cluster, opened.parameters, columns)
        tags = module_chips(row, graph.clusters[cluster].use if cluster is not None else 1)
        self._show_page((path, tags, found, ""), (path or totals.title, "", ""), found)
        return True

    def showEvent(self, event: QShowEvent) -> None:
        """Measure what is shown of a module."""
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Measure nothing for a panel that is not seen."""
        super().hideEvent(event)
        self._session.measuring.show("inspector", ())

    def _refresh_loss(self) -> None:
        if self._value is not None and self._session.engine.loss is not None:
            self._value.setText(number_text.short(self._session.engine.loss))

    def _refresh_measured(self) -> None:
        if self._session.selection.module is not None and self.isVisible():
            self.refresh()

    def _show_empty(self) -> None:
        self._value = None
        session = self._session
        gone = (
            session.state.phase in ("failed", "dead") and session.selection.graph_target != session.state.setup.target
        )
        if session.engine.graph is None or gone:
            self._empty.show_text(
                self.tr("Nothing to inspect yet"),
                self.tr("Details of a node appear here as soon as the graph is drawn."),
            )
        else:
            self._empty.show_text(
                self.tr("Select a node"),
                self.tr(
                    "See its operation, shapes and saved tensors. Click it, walk with [↑] [↓], or find it with [Ctrl+F]"
                ),
            )
        self.setCurrentWidget(self._empty)

    def _values_note(self, node: NodeRecord) -> str:
        if node.kind not in ("function", "custom"):
            return ""
        if self._session.state.phase == "running":
            return self.tr("The run is going. Each backward frees what this node saved; the sizes stay the same.")
        return ""
