"""Connect the parts of the main window: what one reports, another shows."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtGui import QGuiApplication

from gradviz.gui.panels.race.race_panel import RacePanel
from gradviz.gui.panels.runs.runs_panel import RunsPanel
from gradviz.gui.session.kept_setups import KeptSetups
from gradviz.gui.window.main_window import MainWindow
from gradviz.gui.window.menus import node_menu
from gradviz.model.tensor_choices import TensorChoice
from gradviz.protocol.events import Raised
from gradviz.protocol.records import NodeRecord


class Connections(QObject):
    """Between the controllers, panels and bars of a window and its session."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._update_timer = QTimer(self, singleShot=True, interval=0)
        self._update_timer.timeout.connect(window.update_actions)
        self._kept, self._watched = KeptSetups(window.settings), ""
        self._connect()
        self._show_network()
        self._show_watched()
        window.update_actions()

    def _connect(self) -> None:
        window = self._window
        session, view = window.session, window.graph_panel.view
        state, selection, steps = session.state, session.selection, session.steps
        for changed in (state.phase_changed, state.answering_changed, selection.graph_changed, selection.changed,
                        state.runs_changed, state.setup_changed, window.finder.matches_changed, window.panels.changed,
                        window.graph_panel.highlight_changed, steps.stopped, steps.resumed, steps.cursor_moved,
                        steps.timeline_changed, session.breakpoints.changed, session.reopened.changed,
                        window.overlays.derivative_closed, window.measures.coloring.changed):  # fmt: skip
            changed.connect(self._update_soon)
        session.state.setup_changed.connect(self._show_network)
        session.state.network_opened.connect(self._show_network)
        session.state.network_opened.connect(window.source.reload)
        session.opening.refused.connect(lambda _sentence: window.source.reload())
        session.selection.changed.connect(self._show_selected_line)
        session.state.raised.connect(self._show_traceback)
        session.state.place_failed.connect(self._mark_error)
        session.state.died.connect(lambda title, text: window.console.write("note", f"{title}. {text}\n"))
        view.zoom_changed.connect(window.tools.show_zoom)
        window.graph_panel.source_requested.connect(window.show_line)
        window.steps.source_requested.connect(window.show_line)
        view.menu_requested.connect(self._open_node_menu)
        window.graph_panel.reach_requested.connect(self._search_reach)
        window.graph_panel.console_requested.connect(lambda: window.panels.show("console"))
        window.console.line_requested.connect(window.show_line)
        window.inspector.source_requested.connect(window.show_line)
        window.inspector.node_requested.connect(self._go_to)
        window.watch.node_requested.connect(self._go_to)
        session.state.setup_changed.connect(self._show_watched)
        window.watch.changed.connect(lambda: self._kept.remember_watched(self._watched, window.watch.rows))
        session.recorded.said.connect(window.show_sentence)
        window.panels.get(RunsPanel).acts.form_requested.connect(lambda: window.panels.show("networks"))
        self._connect_race(window.panels.get(RacePanel))
        window.causes.panel.source_requested.connect(window.show_line)
        window.overlays.cause_requested.connect(window.causes.ask_at_stop)
        window.inspector.stop_page.watch_requested.connect(self._watch)
        window.overlays.derivative.state_requested.connect(window.inspector.stop_page.open_saved)
        QGuiApplication.clipboard().dataChanged.connect(self._report_copy)
        window.exports.reported.connect(window.show_sentence)
        window.appearance.reported.connect(window.show_sentence)
        window.appearance.reported.connect(self._update_soon)
        window.lessons.reported.connect(window.show_sentence)
        window.lessons.line_requested.connect(window.show_line)
        window.first_painted.connect(lambda: window.lessons.start(window.actions_))
        window.first_painted.connect(window.opening.ask_consent)
        window.opening.reach.source_requested.connect(window.show_line)
        window.finder.error_sought.connect(self._search_reach)
        window.closed.connect(window.measures.stop)
        window.panels.compacted.connect(self._compact)

    def _connect_race(self, race: RacePanel) -> None:
        window, runs = self._window, self._window.panels.get(RunsPanel)
        race.settings = window.settings
        race.races.said.connect(window.show_sentence)
        race.races.states_changed.connect(self._update_soon)
        race.races.states_changed.connect(runs.look_soon)
        race.begun.connect(lambda: window.panels.show("race"))
        race.begun.connect(lambda: window.panels.show("loss"))
        race.form_requested.connect(lambda: window.panels.show("networks"))
        race.runs_requested.connect(lambda _ids: window.panels.show("runs"))
        race.runs_requested.connect(runs.reveal)

    def _search_reach(self, text: str) -> None:
        self._window.panels.show("reach")
        self._window.opening.reach.search_for(text)

    def _update_soon(self) -> None:
        self._update_timer.start()

    def _show_network(self) -> None:
        window = self._window
        target, title = window.session.state.setup.target, window.session.state.title
        window.set_title(title)
        opened = window.session.engine.opened
        known = opened is not None and opened.target == target and opened.source is not None
        file = opened.source.file if known and opened and opened.source else window.session.state.setup.file
        if file and file != window.source.file:
            window.source.show_file(file)

    def _show_watched(self) -> None:
        if (target := self._window.session.state.setup.target) != self._watched:
            self._watched = target
            self._window.watch.show_rows(self._kept.watched(target))

    def _show_selected_line(self) -> None:
        window = self._window
        if window.session.engine.point is not None:
            return  # the line of the stop is shown
        node = window.session.selection.node
        if node is not None and node.file:
            window.source.show_file(node.file, node.line)
        elif window.source.file:
            window.source.show_file(window.source.file)

    def _show_traceback(self, event: Raised) -> None:
        window = self._window
        if event.phase == "build":  # of the file as it is now
            window.source.reload()
        if event.line:
            self._mark_error(event.file, event.line)
        if event.traceback != window.steps.traceback:  # which was shown when the engine stopped at it
            window.console.write_traceback(event.traceback, event.said)

    def _mark_error(self, file: str, line: int) -> None:
        self._window.source.show_stop(file, line, "error")

    def _open_node_menu(self, _node_id: int, place: QPoint) -> None:
        window = self._window
        node_menu(window.actions_, window.graph_panel).popup(place)

    def _go_to(self, node_id: int) -> None:
        window = self._window
        window.graph_panel.show_node(node_id)

    def _watch(self, title: str, node: NodeRecord, choice: TensorChoice) -> None:
        window = self._window
        if not window.watch.rows:  # later ones change the number in its tab, and leave in front what is there
            window.panels.show("watch")
        window.watch.add(title, node, choice)

    def _report_copy(self) -> None:
        if QGuiApplication.clipboard().ownsClipboard():
            self._window.show_sentence(self.tr("Copied to the clipboard."))

    def _compact(self, compact: bool) -> None:
        window = self._window
        window.show_title(window.panels.manner != "least")  # it is on the window's frame as well
        window.tools.set_compact(compact)
        window.source.set_compact(compact)
        window.inspector.stop_page.set_compact(compact)
