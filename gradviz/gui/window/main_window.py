"""The main window: bars, canvas and docks around one session."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

from gradviz.gui.actions.actions import ActionRow, Actions
from gradviz.gui.actions.conditions import Conditions
from gradviz.gui.bars.find_field import FindField
from gradviz.gui.bars.status_bar import StatusBar
from gradviz.gui.bars.tool_bar import ToolBar
from gradviz.gui.controllers.appearance_controller import AppearanceController
from gradviz.gui.controllers.bug_reports import BugBanner, log_path
from gradviz.gui.controllers.cause_controller import CauseController
from gradviz.gui.controllers.export_controller import ExportController
from gradviz.gui.controllers.find_controller import FindController
from gradviz.gui.controllers.hang_controller import HangController
from gradviz.gui.controllers.key_answers import KeyAnswers
from gradviz.gui.controllers.lessons_controller import LessonsController
from gradviz.gui.controllers.measuring_controller import MeasuringController
from gradviz.gui.controllers.opening_controller import OpeningController
from gradviz.gui.controllers.palette_controller import PaletteController
from gradviz.gui.controllers.pane_ring import PaneRing
from gradviz.gui.controllers.panels_controller import PanelsController
from gradviz.gui.controllers.selection_commands import SelectionCommands
from gradviz.gui.controllers.stepping_controller import SteppingController
from gradviz.gui.dialogs.about import AboutDialog
from gradviz.gui.dialogs.manual import ManualDialog
from gradviz.gui.dialogs.problem_report import ReportDialog
from gradviz.gui.dialogs.shortcuts import ShortcutsDialog
from gradviz.gui.panels.console import Console
from gradviz.gui.panels.graph.graph_panel import GraphPanel
from gradviz.gui.panels.inspector.inspector import Inspector
from gradviz.gui.panels.loss_panel import LossPanel
from gradviz.gui.panels.networks.networks_panel import NetworksPanel
from gradviz.gui.panels.source.source_view import SourceView
from gradviz.gui.panels.watch.watch_panel import WatchPanel
from gradviz.gui.session.session import Session
from gradviz.gui.session.settings import Settings
from gradviz.gui.style.theme import Choice, Theme
from gradviz.gui.window import action_table
from gradviz.gui.window.menus import fill_menus, node_menu
from gradviz.gui.window.panel_table import panel_rows
from gradviz.language import tr
from gradviz.model.tensor_choices import TensorChoice
from gradviz.protocol.events import Raised
from gradviz.protocol.records import NodeRecord

FIRST_SIZE = QSize(1600, 1000)


class MainWindow(QMainWindow):
    """Builds views, panels, controllers and actions, and connects them."""

    closed = Signal()
    first_painted = Signal()

    def __init__(self, session: Session, settings: Settings, theme: Theme) -> None:
        super().__init__()
        self.session, self.settings, self.theme = session, settings, theme
        self._painted = False
        self.graph_panel = GraphPanel(session)
        self.setCentralWidget(self.graph_panel)
        self.resize(self._first_size())
        panels = self.panels = PanelsController(self, panel_rows(), session)
        self.networks, self.inspector = panels.get(NetworksPanel), panels.get(Inspector)
        self.watch = panels.get(WatchPanel)
        self.source, self.console, self.loss = panels.get(SourceView), panels.get(Console), panels.get(LossPanel)
        self.steps = SteppingController(session, settings, self.graph_panel, panels, self)
        self.breakpoints, self.overlays = self.steps.breakpoints, self.steps.overlays
        self.measures = MeasuringController(session, settings, self.graph_panel, panels, self)
        self.opening = OpeningController(session, settings, self.graph_panel, panels, self)
        self.lessons = LessonsController(session, self.graph_panel, panels, self.opening, self)
        self.hangs = HangController(session, self.graph_panel, self.console, self.show_line, self)
        self.causes = CauseController(session, self.graph_panel, panels, self)
        self.bugs = BugBanner(session, self.graph_panel, self)
        find_field = FindField()
        self.finder = FindController(session, self.graph_panel, find_field, self)
        self.exports = ExportController(session, settings, self.graph_panel.view, self.measures, panels, self)
        self.appearance = AppearanceController(settings, self)
        self.actions_ = Actions(self._action_rows(), self)
        self.palette_ = PaletteController(
            session, self.actions_, self.measures.menu, self.opening, self.graph_panel, self
        )  # fmt: skip
        self.tools = ToolBar(self.actions_, find_field)
        self.addToolBar(self.tools)
        self._status = StatusBar(session)
        self.setStatusBar(self._status)
        self._network_actions = fill_menus(
            self, self.actions_, self.opening.open, self.measures.menu, self.opening.menu
        )  # fmt: skip
        self._title = QLabel()
        self._title.setProperty("role", "caption")
        self._title.setContentsMargins(0, 0, 14, 3)
        self._title.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._title.setFixedWidth(420)  # the menu bar gives no more room later on
        self._title.setFixedHeight(28)
        self.menuBar().setCornerWidget(self._title)
        self.menuBar().setFixedHeight(28)
        self._keys = KeyAnswers(session, self.actions_, self.show_sentence, self)
        self._connect()
        self._restore()

    def _action_rows(self) -> tuple[ActionRow, ...]:
        session, graph, can = self.session, self.graph_panel, Conditions(self.session)
        selection = SelectionCommands(session, graph, self.show_line)
        return (
            *action_table.file_menu(self.opening, self.exports, can, self.close),
            *action_table.edit_menu(selection, self.finder, can, lambda: self.palette_.open()),
            *action_table.view_menu(graph, self.measures, self.overlays, can, self.theme, self.set_theme),
            *action_table.size_menu(self.appearance),
            *action_table.language_menu(self.settings, self.set_language),
            *action_table.run_menu(session, self.steps, selection, self.causes, can),
            *action_table.graph_menu(graph, selection, can),
            *action_table.window_menu(self.measures, self.panels, PaneRing(self, graph, self.panels), can),
            *action_table.help_menu(
                self.lessons.start_tour,
                lambda: self.panels.show("lesson"),
                lambda: ManualDialog(self).show(),
                lambda: ReportDialog(session.engine.ready, log_path(), self).open(),
                lambda: ShortcutsDialog(self.actions_.rows, self).open(),
                lambda: AboutDialog(session.engine.ready, self).open(),
            ),
        )

    def show_line(self, file: str, line: int) -> None:
        """Show a line of source in its panel."""
        self.panels.show("source")
        self.source.show_file(file, line)

    def show_sentence(self, sentence: str) -> None:
        """Show a sentence in the status bar for a while."""
        self._status.show_sentence(sentence)

    def set_theme(self, choice: Choice) -> None:
        """Apply another theme, and remember it."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            self.theme.apply(app, choice)
        self.settings.set("window/theme", choice)
        self.update_actions()

    def set_language(self, code: str) -> None:
        """Remember the language for the next start; empty for the system's."""
        self.settings.set("window/language", code)
        self.show_sentence(self.tr("The language changes when gradviz starts the next time."))
        self.update_actions()

    def update_actions(self) -> None:
        """Update which actions are enabled and checked, and the texts of Run and Continue."""
        self.actions_.update()
        session = self.session
        again = session.engine.ending and session.state.phase in ("finished", "failed")
        run = tr("Continue") if session.state.phase == "stopped" else tr("Run again") if again else tr("Run")
        self.actions_["run"].setText(run)
        self.actions_["pause"].setText(tr("Pausing…") if session.engine.pausing else tr("Pause"))
        self.tools.run_button.show_running(session.state.phase == "running")
        self.tools.show_phase(session.engine.stop.point.phase if session.engine.stop is not None else None)
        for network, action in self._network_actions.items():
            action.setChecked(network == self.session.state.setup.target)

    def _connect(self) -> None:
        session, view = self.session, self.graph_panel.view
        state, selection, steps = session.state, session.selection, session.steps
        for changed in (state.phase_changed, state.answering_changed, selection.graph_changed, selection.changed,
                        state.runs_changed, state.setup_changed, self.finder.matches_changed, self.panels.changed,
                        self.graph_panel.highlight_changed, steps.stopped, steps.resumed, steps.cursor_moved,
                        steps.timeline_changed, session.breakpoints.changed,
                        self.overlays.derivative_closed, self.measures.coloring.changed):  # fmt: skip
            changed.connect(self._update_soon)
        session.state.setup_changed.connect(self._show_network)
        session.state.network_opened.connect(self._show_network)
        session.state.network_opened.connect(self.source.reload)
        session.opening.refused.connect(lambda _sentence: self.source.reload())
        session.selection.changed.connect(self._show_selected_line)
        session.state.raised.connect(self._show_traceback)
        session.state.place_failed.connect(self._mark_error)
        session.state.died.connect(lambda title, text: self.console.write("note", f"{title}. {text}\n"))
        view.zoom_changed.connect(self.tools.show_zoom)
        self.graph_panel.source_requested.connect(self.show_line)
        self.steps.source_requested.connect(self.show_line)
        view.menu_requested.connect(self._open_node_menu)
        self.graph_panel.console_requested.connect(lambda: self.panels.show("console"))
        self.console.line_requested.connect(self.show_line)
        self.inspector.source_requested.connect(self.show_line)
        self.inspector.node_requested.connect(self._go_to)
        self.watch.node_requested.connect(self._go_to)
        for expression in self.settings.get("steps/watched").splitlines():
            self.watch.add_expression(expression)
        self.watch.expressions_changed.connect(lambda texts: self.settings.set("steps/watched", "\n".join(texts)))
        self.causes.panel.source_requested.connect(self.show_line)
        self.overlays.cause_requested.connect(self.causes.ask)
        self.inspector.stop_page.watch_requested.connect(self._watch)
        self.overlays.derivative.state_requested.connect(self.inspector.stop_page.open_saved)
        self.exports.reported.connect(self.show_sentence)
        self.appearance.reported.connect(self.show_sentence)
        self.appearance.reported.connect(self._update_soon)
        self.lessons.reported.connect(self.show_sentence)
        self.lessons.line_requested.connect(self.show_line)
        self.first_painted.connect(lambda: self.lessons.start(self.actions_))
        self.opening.reach.source_requested.connect(self.show_line)
        self.closed.connect(self.measures.stop)
        self.panels.compacted.connect(self._compact)
        self._update_timer = QTimer(self, singleShot=True, interval=0)
        self._update_timer.timeout.connect(self.update_actions)
        self._show_network()
        self.update_actions()

    def _restore(self) -> None:
        geometry = self.settings.get("window/geometry")
        if not geometry.isEmpty():
            self.restoreGeometry(geometry)
        self.panels.restore(self.settings.get("window/docks"), self.settings.get("window/pages"))
        self.panels.adapt()

    def _update_soon(self) -> None:
        self._update_timer.start()

    def _show_network(self) -> None:
        target, title = self.session.state.setup.target, self.session.state.title
        self.setWindowTitle(f"{title} · gradviz")
        self._title.setText(f"{title} · gradviz")
        opened = self.session.engine.opened
        known = opened is not None and opened.target == target and opened.source is not None
        file = opened.source.file if known and opened and opened.source else self.session.state.setup.file
        if file and file != self.source.file:
            self.source.show_file(file)

    def _show_selected_line(self) -> None:
        if self.session.engine.point is not None:
            return  # the line of the stop is shown
        node = self.session.selection.node
        if node is not None and node.file:
            self.source.show_file(node.file, node.line)
        elif self.source.file:
            self.source.show_file(self.source.file)

    def _show_traceback(self, event: Raised) -> None:
        if event.phase == "build":  # of the file as it is now
            self.source.reload()
        if event.line:
            self._mark_error(event.file, event.line)
        if event.traceback != self.steps.traceback:  # which was shown when the engine stopped at it
            self.console.write_traceback(event.traceback, event.said)

    def _mark_error(self, file: str, line: int) -> None:
        self.source.show_stop(file, line, "error")

    def _open_node_menu(self, _node_id: int, place: QPoint) -> None:
        node_menu(self.actions_, self.graph_panel).popup(place)

    def _go_to(self, node_id: int) -> None:
        self.graph_panel.show_node(node_id)

    def _watch(self, title: str, node: NodeRecord, choice: TensorChoice) -> None:
        if not self.watch.rows:  # later ones change the number in its tab, and leave in front what is there
            self.panels.show("watch")
        self.watch.add(title, node, choice)

    def _compact(self, compact: bool) -> None:
        self._title.setVisible(self.panels.manner != "least")  # it is on the window's frame as well
        self.tools.set_compact(compact)
        self.source.set_compact(compact)
        self.inspector.stop_page.set_compact(compact)

    @staticmethod
    def _first_size() -> QSize:
        screen = QGuiApplication.primaryScreen()
        room = screen.availableGeometry().size() if screen else FIRST_SIZE
        # The frame that the desktop adds must fit as well, or the status bar would be off the screen.
        return QSize(min(FIRST_SIZE.width(), room.width() - 8), min(FIRST_SIZE.height(), room.height() - 40))

    def event(self, event: QEvent) -> bool:
        """Report the first paint."""
        painted = super().event(event)
        if event.type() == QEvent.Type.Paint and not self._painted:
            self._painted = True
            # After this event, so that what is made now does not hold up the picture.
            QTimer.singleShot(0, self.first_painted.emit)
            QTimer.singleShot(0, self.opening.ask_consent)
        return painted

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Answer the keys of actions that are disabled now."""
        if not self._keys.press(event):
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember geometry and panels, and end."""
        places, pages = self.panels.state()
        self.settings.set("window/geometry", self.saveGeometry())
        self.settings.set("window/docks", places)
        self.settings.set("window/pages", pages)
        self.settings.save()
        self.closed.emit()
        super().closeEvent(event)
