"""Connect the views of the debugger with the session: timeline, breakpoints, cards, source, console."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QInputDialog, QWidget

from gradviz.gui.controllers.panels_controller import PanelsController
from gradviz.gui.controllers.stop_cards_controller import StopCardsController
from gradviz.gui.controllers.stop_panels_controller import StopPanelsController
from gradviz.gui.dialogs.breakpoint_dialog import KnownPlaces
from gradviz.gui.panels.breakpoints.breakpoints_panel import BreakpointsPanel
from gradviz.gui.panels.console import Console
from gradviz.gui.panels.graph.graph_panel import GraphPanel
from gradviz.gui.panels.source.source_view import SourceView
from gradviz.gui.panels.timeline.timeline_view import TimelineView
from gradviz.gui.session.session import Session
from gradviz.gui.session.settings import MOST_BYTES, Settings
from gradviz.model.stepping.breakpoints import module_paths
from gradviz.protocol.node_location import places
from gradviz.protocol.records import BreakpointRecord

_MEBIBYTE = 2**20


class SteppingController(QObject):
    """Shows stops, timeline and breakpoints, and passes the user's requests to the session."""

    source_requested = Signal(str, int)

    def __init__(self, session: Session, settings: Settings, graph: GraphPanel, panels: PanelsController,
                 parent: QWidget) -> None:  # fmt: skip
        super().__init__(parent)
        self._session, self._settings, self._window = session, settings, parent
        self._graph, self._source, self._console = graph, panels.get(SourceView), panels.get(Console)
        self._panels = panels
        self.traceback = ""
        """Of the error that the engine stopped at last."""
        self.timeline = panels.get(TimelineView)
        self.breakpoints = panels.get(BreakpointsPanel)
        self.overlays = StopCardsController(session, graph.view, self)
        self.overlays.show_derivative(settings.get("window/derivative"))
        self.overlays.set_projector(settings.get("window/projector"))
        self._arrangement = StopPanelsController(session, settings, panels, graph.view.cards.dock, self)
        self._join()
        self._show_breakpoints()
        self._show_line()

    def add_breakpoint(self) -> None:
        """Ask for a new breakpoint."""
        self._panels.show("breakpoints")
        self.breakpoints.open_dialog()

    def ask_for_iteration(self) -> None:
        """Ask for an iteration to go back to."""
        engine = self._session.engine
        last = min(engine.step, engine.past.reached)
        iteration, accepted = QInputDialog.getInt(
            self._window,
            self.tr("Back to iteration"),
            self.tr("Iteration, from 0 to {0}. It runs again as it did, and stops before its first op.").format(
                f"{engine.past.reached:,}"
            ),
            max(last - 1, 0),
            0,
            engine.past.reached,
        )
        if accepted:
            self._session.steps.go_back(iteration)

    def ask_when(self) -> None:
        """Ask for a condition, and stop in the first iteration that met it."""
        self.breakpoints.ask_when(self._session.engine.past.reached)

    def ask_for_budget(self) -> None:
        """Ask how much memory past values may take; the answer is kept for later sessions."""
        megabytes, accepted = QInputDialog.getInt(
            self._window,
            self.tr("Memory for looking back"),
            self.tr(
                "Past values of an iteration that are held, in MiB. What does not fit is said to be gone."
                " As much again is for states of earlier iterations, to go back to."
            ),
            (self._session.steps.budget or 0) // _MEBIBYTE,
            0,
            MOST_BYTES // _MEBIBYTE,
        )
        if accepted:
            self._session.steps.set_budget(megabytes * _MEBIBYTE)
            self._settings.set("steps/budget", megabytes * _MEBIBYTE)

    def _join(self) -> None:
        session = self._session
        for changed in (
            session.steps.stopped,
            session.steps.resumed,
            session.steps.timeline_changed,
            session.steps.cursor_moved,
        ):
            # At once: the view must not paint a timeline that it has not read.
            changed.connect(self._show_timeline)
        self.timeline.cursor_moved.connect(session.steps.move_cursor)
        for changed in (
            session.steps.stopped,
            session.steps.resumed,
            session.steps.cursor_moved,
            session.state.phase_changed,
        ):
            changed.connect(self._show_line)
        session.steps.stopped.connect(self._show_hit)
        session.steps.stopped.connect(self._show_traceback)
        session.steps.resumed.connect(self._show_hit)
        session.state.phase_changed.connect(self._show_hit)
        session.breakpoints.changed.connect(self._show_breakpoints)
        session.breakpoints.hits_counted.connect(lambda: self.breakpoints.set_breakpoints(session.engine.breakpoints))
        session.selection.graph_changed.connect(self._show_known)
        panel = self.breakpoints
        panel.enabled_changed.connect(session.breakpoints.enable)
        panel.remove_requested.connect(session.breakpoints.remove)
        panel.add_requested.connect(session.breakpoints.add)
        panel.search_requested.connect(session.steps.find_first)
        panel.change_requested.connect(session.breakpoints.change)
        panel.activated.connect(self._go_to_breakpoint)
        self._source.breakpoint_toggled.connect(
            lambda file, line: session.breakpoints.toggle(BreakpointRecord(0, "line", file=file, line=line))
        )
        self.overlays.source_requested.connect(self.source_requested)
        self.overlays.derivative_closed.connect(lambda: self._settings.set("window/derivative", False))

    def _show_timeline(self) -> None:
        if self.timeline.timeline is not self._session.engine.timeline:
            self.timeline.set_timeline(self._session.engine.timeline)
        else:
            self.timeline.refresh()

    def _show_line(self) -> None:
        """Mark the line of the point that is shown, in the color of its phase."""
        session = self._session
        point = session.engine.point if session.state.phase != "running" else None
        if point is not None and point.file and point.line:
            stop = session.engine.stop
            raised = stop is not None and stop.reason == "exception" and not session.engine.looks_back
            self._source.show_stop(point.file, point.line, "error" if raised else point.phase)
        else:
            self._source.clear_stop()

    def _show_hit(self) -> None:
        stop = self._session.engine.stop
        if stop is None:
            self.breakpoints.set_hit(None)
        else:
            self.breakpoints.set_hit(stop.breakpoint, stop.point.phase)

    def _show_traceback(self) -> None:
        stop = self._session.engine.stop
        if stop is not None and stop.reason == "exception" and stop.traceback:
            self.traceback = stop.traceback
            self._console.write_traceback(stop.traceback, stop.said)

    def _show_breakpoints(self) -> None:
        breakpoints = self._session.engine.breakpoints
        self.breakpoints.set_breakpoints(breakpoints)
        lines: dict[tuple[str, int], bool] = {}
        for item in breakpoints:
            record = item.record
            if record.kind == "line":
                lines[record.file, record.line] = item.enabled or lines.get((record.file, record.line), False)
        self._source.set_breakpoints(lines)

    def _show_known(self) -> None:
        graph = self._session.engine.graph
        if graph is None:
            return
        ops = {node.type_name for node in graph.nodes} | {node.op.rpartition(".")[2] for node in graph.nodes}
        files = {node.file for node in graph.nodes if node.file}
        opened = self._session.engine.opened
        leaves = {name for node in graph.nodes if node.kind == "parameter" for name in (node.name, *node.names)}
        parameters = leaves | {name for r in (opened.parameters if opened is not None else ()) for name in r.names}
        modules = module_paths(graph, parameters)
        if self._source.file:
            files.add(self._source.file)
        known = KnownPlaces(
            tuple(sorted(ops - {""})), tuple(sorted(modules)), tuple(sorted(files)), self._source.file,
            tuple(sorted(parameters)),
        )  # fmt: skip
        self.breakpoints.set_known_places(known)

    def _go_to_breakpoint(self, breakpoint_id: int) -> None:
        session = self._session
        if breakpoint_id not in session.engine.breakpoints:
            return
        record = session.engine.breakpoints[breakpoint_id].record
        graph = session.engine.graph
        if record.kind == "line":
            self.source_requested.emit(record.file, record.line)
        elif graph is not None and record.kind in ("node", "op", "module"):
            table = places(graph.record)
            for node in graph.nodes:
                inside = node.cluster != -1 and graph.clusters[node.cluster].path == record.text
                named = record.text in (node.type_name, node.op, node.op.rpartition(".")[2], node.name)
                hit = {"node": table[node.id] == record.place, "op": named, "module": inside}[record.kind]
                if hit and node.kind not in ("data", "stub"):
                    self._graph.show_node(node.id)
                    return
