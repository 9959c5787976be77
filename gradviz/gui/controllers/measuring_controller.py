"""Connect measurements with what shows them: the graph's colors, the table of nodes, the totals by module."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from gradviz.gui.controllers.overlay_controller import OverlayController, OverlayMenu
from gradviz.gui.controllers.panels_controller import PanelsController
from gradviz.gui.panels.graph.graph_panel import GraphPanel
from gradviz.gui.panels.tables.modules_panel import ModulesPanel
from gradviz.gui.panels.tables.table_panel import TablePanel
from gradviz.gui.session.session import Session
from gradviz.gui.session.settings import Settings
from gradviz.model.overlay.overlay_values import Column
from gradviz.model.tables.module_totals import SUMMED, Totals
from gradviz.model.tables.node_table import MEASURES, NodeTable
from gradviz.protocol.records import MeasureKind

_LARGE = (1240, 760)


class MeasuringController(QObject):
    """Fills the two panels and colors the graph; reports to the session which measures they show."""

    nodes_export_requested = Signal()

    def __init__(self, session: Session, settings: Settings, graph: GraphPanel, panels: PanelsController,
                 parent: QWidget) -> None:  # fmt: skip
        super().__init__(parent)
        self._session, self._settings, self._parent, self._graph = session, settings, parent, graph
        self.menu = OverlayMenu(parent)
        self.coloring = OverlayController(session, settings, graph.view, self.menu, self)
        self.table = panels.get(TablePanel)
        self.modules = panels.get(ModulesPanel)
        self._window: QDialog | None = None
        self._tables: list[TablePanel] = []
        self._refresh_timer = QTimer(self, singleShot=True, interval=0)
        self._refresh_timer.timeout.connect(self._show_values)
        self._connect_table(self.table, "table")
        self.modules.shown_changed.connect(self._modules_shown)
        self.modules.module_chosen.connect(self._go_to_module)
        session.selection.graph_changed.connect(self._show_graph)
        session.state.network_opened.connect(self._show_graph)
        session.selection.changed.connect(self._show_selection)
        session.measuring.changed.connect(self._refresh_timer.start)
        graph.view.cluster_clicked.connect(self._show_cluster)
        graph.folds.cluster_shown.connect(self._show_cluster)
        self._graph_shown: tuple[object, object] = (None, None)
        if session.engine.graph is not None:
            self._show_graph()

    def open_chooser(self) -> None:
        """Open the menu of overlays at the legend."""
        button = self.coloring.legend.chooser if self.coloring.legend.isVisible() else self.coloring.chip
        if button.isVisible():
            button.showMenu()
        else:
            self.menu.popup(self._parent.mapToGlobal(QPoint(40, self._parent.height() // 2)))

    def open_window(self) -> None:
        """Show the table in a large window of its own."""
        if self._window is None:
            self._window = QDialog(self._parent, Qt.WindowType.Window)
            self._window.setWindowTitle(self.tr("Nodes · gradviz"))
            panel = TablePanel(large=True)
            panel.hide_columns(self.table.hidden)
            column = QVBoxLayout(self._window)
            column.setContentsMargins(0, 0, 0, 0)
            column.addWidget(panel)
            self._window.resize(*_LARGE)
            self._connect_table(panel, "table window")
            panel.set_table(self.table.model.table)
        if self._window.isVisible():
            self._window.raise_()
            self._window.activateWindow()
        self._window.show()
        self._show_values()
        self._show_selection()

    def columns(self, kinds: tuple[MeasureKind, ...]) -> dict[MeasureKind, Column]:
        """Return the columns that have been measured."""
        found = {kind: self._session.measuring.column(kind) for kind in kinds}
        return {kind: column for kind, column in found.items() if column is not None}

    def stop(self) -> None:
        """Stop the signals of the panels before the window is destroyed."""
        if self._window is not None:
            self._window.close()
        self.modules.blockSignals(True)
        for panel in self._tables:
            panel.blockSignals(True)

    def _connect_table(self, panel: TablePanel, view: str) -> None:
        if view == "table":
            panel.hide_columns(filter(None, self._settings.get("table/hidden").split(",")))
        self._tables.append(panel)
        panel.shown_changed.connect(partial(self._table_shown, panel, view))
        panel.node_chosen.connect(self._choose_node)
        panel.node_activated.connect(self._go_to_node)
        panel.export_requested.connect(self.nodes_export_requested)
        panel.window_requested.connect(self.open_window)

    def _choose_node(self, node_id: int) -> None:
        """Select a node where it is drawn, if need be in a folded box: going through rows must not unfold the graph."""
        self._session.selection.select(node_id)
        self._graph.view.framing.reveal(node_id)

    def _go_to_node(self, node_id: int) -> None:
        self._session.selection.select(node_id)
        self._graph.show_node(node_id)

    def _table_shown(self, panel: TablePanel, view: str) -> None:
        self._session.measuring.show(view, panel.measures)
        if panel is self.table:
            self._settings.set("table/hidden", ",".join(panel.hidden))
        if panel.measures:
            self._refresh_timer.start()

    def _modules_shown(self) -> None:
        self._session.measuring.show("modules", self.modules.measures)
        if self.modules.measures:
            self._refresh_timer.start()

    def _show_graph(self) -> None:
        graph, opened = self._session.engine.graph, self._session.engine.opened
        if (graph, opened) == self._graph_shown:
            return
        new = graph is not self._graph_shown[0]
        self._graph_shown = (graph, opened)
        if new:
            table = NodeTable(graph) if graph is not None else None
            for panel in self._tables:
                panel.set_table(table)
        if opened is not None and graph is not None:
            self.modules.set_totals(Totals(graph, opened.parameters, opened.title))
        self._show_values()
        self._show_selection()

    def _show_values(self) -> None:
        """Update the panels that are visible."""
        for panel in self._tables:
            if panel.isVisible():
                panel.set_columns(self.columns(MEASURES))
        if self.modules.isVisible():
            self.modules.set_columns(self.columns(SUMMED))

    def _show_selection(self) -> None:
        session = self._session
        for panel in self._tables:
            panel.select(session.selection.node_id)
        node, graph = session.selection.node, session.engine.graph
        if node is not None and graph is not None:
            self.modules.select(graph.clusters[node.cluster].path if node.cluster >= 0 else "")

    def _go_to_module(self, clusters: tuple[int, ...]) -> None:
        chosen = self.modules.chosen
        if clusters:
            self._graph.folds.show_cluster(clusters[0])
        if chosen is not None:
            self._session.selection.select_module(chosen.path)

    def _show_cluster(self, cluster: int) -> None:
        graph = self._session.engine.graph
        if graph is not None and 0 <= cluster < len(graph.clusters) and graph.clusters[cluster].kind == "module":
            call = graph.clusters[cluster]
            self._session.selection.select_module(call.path, call.use)
        chosen = self.modules.chosen
        if chosen is not None and cluster in chosen.clusters:
            return  # another row of the same module stays selected while the user goes through the rows
        if graph is not None and 0 <= cluster < len(graph.clusters):
            self.modules.select(graph.clusters[cluster].path)
