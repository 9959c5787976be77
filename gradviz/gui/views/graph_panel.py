"""The middle of the window: the canvas with the session's graph, its caption, and the banner above."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradviz.gui.scene.graph_view import GraphView
from gradviz.gui.session import Session
from gradviz.gui.views import point_words
from gradviz.gui.views.banner import Banner
from gradviz.gui.views.graph_steps import GraphSteps
from gradviz.layout.placement import Placement
from gradviz.model.graph import Graph
from gradviz.protocol.events import Raised

# Milliseconds. Nobody reads a number faster, and each one paints the canvas anew while the engine wants the processor.
_REFRESH = 125


class GraphPanel(QWidget):
    """Projects the session's graph. Asks for placements, and folds and unfolds clusters by module and use."""

    placement_requested = Signal(object, object)
    """A graph, and the ids of the clusters to draw open (None for all)."""
    source_requested = Signal(str, int)
    console_requested = Signal()
    highlight_changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._folded: set[tuple[str, int]] = set()
        self.highlighted = False
        self.banner = Banner()
        self.view = GraphView()
        self._steps = GraphSteps(session, self.view, self)
        self._steps.node_hidden.connect(self._unfold)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.view, 1)
        self._timer = QTimer(self, singleShot=True, interval=_REFRESH)
        self._timer.timeout.connect(self._show_numbers)
        session.graph_changed.connect(self._ask)
        session.graph_changed.connect(self._soon)
        session.state_changed.connect(self._soon)
        session.phase_changed.connect(self._show_phase)
        session.selection_changed.connect(lambda: self.view.select(session.selected))
        session.network_opened.connect(self.banner.dismiss)
        session.died.connect(self._tell_death)
        session.raised.connect(self._tell_raised)
        session.stopped.connect(self._tell_stopped)
        self.view.node_clicked.connect(session.select)
        self.view.background_clicked.connect(lambda: session.select(None))
        self.view.node_activated.connect(self._go_to_source)
        self.view.cluster_toggled.connect(self._toggle)
        self._show_phase()

    def show_placement(self, graph: Graph, placement: Placement) -> None:
        """Draw a placed graph, unless the session has another one by now."""
        if self._session.graph is not graph:
            return
        # The caption first: where the view looks depends on what the caption covers.
        self.view.set_caption(*self._caption(graph))
        self.view.set_graph(graph, placement)
        self.view.select(self._session.selected)
        self._show_numbers()
        self._steps.refresh()

    def tell_layout_failed(self, sentence: str) -> None:
        """There is a graph but no drawing of it: say why."""
        self.banner.tell("warning", "info-fill", self.tr("The graph cannot be drawn"), sentence, [])

    def fold_all(self) -> None:
        """Draw each outermost module as one box."""
        if (graph := self._session.graph) is not None:
            self._folded = {(cluster.path, cluster.use) for cluster in graph.clusters}
            self._ask()

    def unfold_all(self) -> None:
        """Draw what is inside of every module."""
        self._folded.clear()
        self._ask()

    def highlight(self, ancestors: bool, descendants: bool) -> None:
        """Pale what is not on the way to or from the selected node; neither shows all."""
        graph, node = self._session.graph, self._session.selected
        if graph is None or node is None or not (ancestors or descendants):
            self._highlight(None)
            return
        found = {node}
        if ancestors:
            found |= graph.ancestors(node)
        if descendants:
            found |= graph.descendants(node)
        self._highlight(found)

    def _highlight(self, nodes: set[int] | None) -> None:
        self.highlighted = nodes is not None
        self.view.highlight(nodes)
        self.highlight_changed.emit()

    def open_clusters(self, graph: Graph) -> frozenset[int] | None:
        """Ids of the clusters that are drawn open; None for all."""
        if not self._folded:
            return None
        return frozenset(i for i, c in enumerate(graph.clusters) if (c.path, c.use) not in self._folded)

    def _ask(self) -> None:
        graph = self._session.graph
        if graph is not None:
            self.placement_requested.emit(graph, self.open_clusters(graph))

    def _toggle(self, cluster_id: int) -> None:
        graph = self._session.graph
        if graph is None or not 0 <= cluster_id < len(graph.clusters):
            return
        cluster = graph.clusters[cluster_id]
        self._folded ^= {(cluster.path, cluster.use)}
        self._ask()

    def _unfold(self, node_id: int) -> None:
        """Open the modules around a node."""
        graph = self._session.graph
        if graph is not None:
            for cluster_id in graph.cluster_path(graph.node(node_id).cluster):
                cluster = graph.clusters[cluster_id]
                self._folded.discard((cluster.path, cluster.use))
            self._ask()

    def _go_to_source(self, node_id: int) -> None:
        graph = self._session.graph
        if graph is not None and node_id in graph and graph.node(node_id).file:
            node = graph.node(node_id)
            self.source_requested.emit(node.file, node.line)

    def _soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _show_numbers(self) -> None:
        session = self._session
        before_it = session.point is not None and session.point.phase == "forward"
        self.view.set_loss(None if before_it else session.loss)
        state = "fresh" if session.phase in ("ready", "opening", "starting") else session.phase
        if state != self.view.run_state:
            self.view.set_run_state(state)
            self._steps.refresh()
        if self.view.graph is not None:
            self.view.set_caption(*self._caption(self.view.graph))

    def _caption(self, graph: Graph) -> tuple[str, str]:
        session = self._session
        if session.phase == "stopped":
            return "", ""  # the card says where, and room is dear
        recorded = graph.record.kind == "recorded"
        title = self.tr("Recorded operations") if recorded else self.tr("Autograd graph")
        if session.phase == "ready" and not recorded:
            return title, self.tr("after the first forward, nothing is trained yet")
        kinds = [node.kind for node in graph.nodes]
        if recorded:
            forward = sum(node.kind == "op" and node.phase == "forward" for node in graph.nodes)
            text = self.tr(
                "{forward} forward, {backward} backward · no autograd graph: the gradients are derived by hand"
            )
            return title, text.format(forward=forward, backward=kinds.count("op") - forward)
        functions, parameters = kinds.count("function") + kinds.count("custom"), kinds.count("parameter")
        counted = ", ".join(
            (
                self.tr("1 function") if functions == 1 else self.tr("{0} functions").format(functions),
                self.tr("1 parameter") if parameters == 1 else self.tr("{0} parameters").format(parameters),
            )
        )
        since = session.structure_since
        how = (
            self.tr("same structure since iteration {0}")
            if since == 0
            else self.tr("this structure since iteration {0}")
        )
        return title, f"{counted} · {how.format(since)}"

    def _show_phase(self) -> None:
        session = self._session
        if session.phase == "starting":
            self.banner.dismiss()
            self.view.set_message(
                self.tr("Starting the engine"),
                self.tr("PyTorch is being imported. The graph of <b>{0}</b> appears by itself in a moment.").format(
                    session.setup.target
                ),
                busy=True,
            )
        elif session.phase == "opening":
            self.view.set_message(
                self.tr("Making the network"), self.tr("Its first forward is drawn in a moment."), True
            )
        elif session.phase in ("failed", "dead"):
            self._show_missing()
        self._soon()

    def _show_missing(self) -> None:
        """A graph of another network must not pass for this one's."""
        session = self._session
        if self.view.graph is not None and session.graph_target != session.setup.target:
            self.view.clear()
        title = self.tr("No graph of {0}").format(session.setup.target)
        why = {
            "dead": self.tr("The engine ended before its first forward was through."),
            "failed": self.tr("Its forward did not get through; the message says why. Correct it and press Reset."),
        }[session.phase]
        self.view.set_message(title, why)

    def _tell_death(self, title: str, text: str) -> None:
        button = (self.tr("Restart engine"), self._session.restart_engine, True)
        self.banner.tell("error", "plugs-fill", title, text, [button])

    def _tell_stopped(self) -> None:
        stop = self._session.stop
        if stop is None or stop.reason != "exception":
            return
        kind, _, text = stop.message.partition(": ")
        where = point_words.source_text(stop.point)
        head = self.tr("{kind} in {name}").format(kind=kind, name=point_words.short_title(stop.point))
        buttons: list[tuple[str, Callable[[], None], bool]] = [(self.tr("Console"), self.console_requested.emit, False)]
        if stop.point.node is not None:
            buttons.append((self.tr("Show node"), partial(self._go_to, stop.point.node), False))
        self.banner.tell("error", "warning-circle-fill", f"{head}, {where}" if where else head, text, buttons)

    def _go_to(self, node_id: int) -> None:
        self._session.select(node_id)
        self.view.center_on(node_id)

    def _tell_raised(self, event: Raised) -> None:
        graph = self._session.graph
        buttons: list[tuple[str, Callable[[], None], bool]] = [(self.tr("Console"), self.console_requested.emit, False)]
        if graph is not None and event.line:
            at = [node.id for node in graph.nodes if (node.file, node.line) == (event.file, event.line)]
            if at:
                last_there = at[-1]
                buttons.append((self.tr("Show node"), partial(self._session.select, last_there), False))
        lines = event.traceback.strip().splitlines()
        last = lines[-1] if lines else ""
        kind = last.split(":", 1)[0].rsplit(".", 1)[-1] if ":" in last else self.tr("Error")
        place = f", {event.file.rsplit('/', 1)[-1]}:{event.line}" if event.line else ""
        head = self.tr("{kind} in {phase}{place}").format(
            kind=kind, phase=event.phase or self.tr("the network"), place=place
        )
        self.banner.tell("error", "warning-circle-fill", head, event.message, buttons)
