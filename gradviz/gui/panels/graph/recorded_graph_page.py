"""A graph that was recorded, on a canvas of its own in place of the engine's: only to be looked at."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradviz.gui.scene.view.graph_view import GraphView
from gradviz.gui.session.fold_state import FoldState
from gradviz.gui.session.recorded_runs import label
from gradviz.gui.session.reopened_runs import RecordedGraph, ReopenedRuns
from gradviz.gui.widgets.banner import Banner
from gradviz.language import tr
from gradviz.layout.geometry.placement import Placement
from gradviz.model.graph.graph import Graph, line_text, shape_text
from gradviz.protocol.records import NodeRecord


class RecordedGraphPage(QWidget):
    """A bar with what is shown and the way back, above a canvas on which nothing runs."""

    placement_requested = Signal(object, object)
    source_requested = Signal(str, int)

    def __init__(self, reopened: ReopenedRuns, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reopened = reopened
        self._shown: RecordedGraph | None = None
        self._title = ""
        self.banner, self.view, self.folds = Banner(), GraphView(), FoldState(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.view, 1)
        self.view.set_run_state("finished")
        self.banner.dismissed.connect(reopened.close)
        self.folds.changed.connect(self._place)
        self.view.cluster_toggled.connect(self.folds.toggle)
        self.view.node_clicked.connect(self._describe)
        self.view.background_clicked.connect(self._describe_nothing)
        self.view.cluster_clicked.connect(self._describe_cluster)
        self.view.node_activated.connect(self._go_to_source)
        self.hide()

    @property
    def graph(self) -> Graph | None:
        """The recorded graph that is shown; None if none is."""
        return self._shown.graph if self._shown is not None else None

    def show_graph(self, shown: RecordedGraph) -> None:
        """Show a recorded graph."""
        before, self._shown = self._shown, shown
        if before is None or before.graph.signature != shown.graph.signature:
            self.view.clear()
        title = self.tr("Recorded graph of {run}, iteration {step}")
        self._title = title.format(run=label(shown.run), step=f"{shown.step:,}")
        place = shown.steps.index(shown.step) if shown.step in shown.steps else 0
        ways: list[tuple[str, Callable[[], None], bool]] = []
        if place > 0:
            ways.append((self.tr("Earlier graph"), partial(self._go, shown.steps[place - 1]), False))
        if place + 1 < len(shown.steps):
            ways.append((self.tr("Later graph"), partial(self._go, shown.steps[place + 1]), False))
        ways.append((self.tr("Back to the live graph"), self._reopened.close, False))
        self.banner.show_message("warning", "stack", self._title, self._about(), ways)
        self.show()
        self.view.setFocus()
        self.folds.take(shown.graph, shown.run.id)
        self._place()

    def leave(self) -> None:
        """Show nothing."""
        self._shown = None
        self.hide()
        self.view.clear()

    def show_placement(self, placement: Placement) -> None:
        """Draw the graph in its places."""
        if self._shown is not None:
            self.view.set_graph(self._shown.graph, placement)

    def show_failed(self, sentence: str) -> None:
        """Show why there is no drawing of the graph."""
        self.banner.set_texts(self._title, sentence)

    def _go(self, step: int) -> None:
        if self._shown is not None:
            self._reopened.show(self._shown.run, step)

    def _place(self) -> None:
        if self._shown is not None:
            self.placement_requested.emit(self._shown.graph, self.folds.opened)

    def _about(self) -> str:
        return self.tr("Its structure, as it was recorded: no values, and nothing is stepped or measured here.")

    def _describe_nothing(self) -> None:
        self.banner.set_texts(self._title, self._about())

    def _describe(self, node_id: int) -> None:
        """Show in the bar what was recorded of a node."""
        if self._shown is not None and node_id in self._shown.graph:
            graph = self._shown.graph
            self.banner.set_texts(self._title, _text_of(graph, graph.node(node_id)))

    def _describe_cluster(self, key: int) -> None:
        if self._shown is not None and key < len(clusters := self._shown.graph.clusters):
            cluster = clusters[key]
            self.banner.set_texts(self._title, "  ·  ".join(filter(None, (cluster.path, cluster.class_name))))

    def _go_to_source(self, node_id: int) -> None:
        if self._shown is not None and (node := self._shown.graph.node(node_id)).file:
            self.source_requested.emit(node.file, node.line)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back to the engine's graph by Escape; a first one takes back what is selected."""
        if event.key() == Qt.Key.Key_Escape:
            self._reopened.close()
        else:
            super().keyPressEvent(event)


def _text_of(graph: Graph, node: NodeRecord) -> str:
    names = node.names if node.names and node.names != (node.name,) else ()
    path = graph.clusters[node.cluster].path if node.cluster != -1 else ""
    module = tr("in {module}").format(module=path) if path else ""
    parts = (node.name, node.type_name, node.op, ", ".join(names), shape_text(node.shape), node.dtype, node.device,
             module, line_text(node.file, node.line), node.note)  # fmt: skip
    return "  ·  ".join(filter(None, parts))
