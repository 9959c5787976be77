"""All that is in the main window: views, panels, controllers and actions, made once its frame has been painted."""

from __future__ import annotations

from gradviz.gui.actions.actions import ActionRow, Actions
from gradviz.gui.actions.conditions import Conditions
from gradviz.gui.bars.find_field import FindField
from gradviz.gui.bars.status_bar import StatusBar
from gradviz.gui.bars.tool_bar import ToolBar
from gradviz.gui.controllers.appearance_controller import AppearanceController
from gradviz.gui.controllers.bug_reports import log_path
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
from gradviz.gui.panels.race.race_panel import RacePanel
from gradviz.gui.panels.source.source_view import SourceView
from gradviz.gui.panels.watch.watch_panel import WatchPanel
from gradviz.gui.session.session import Session
from gradviz.gui.session.settings import Settings
from gradviz.gui.style.theme import Theme
from gradviz.gui.window import action_table
from gradviz.gui.window.bug_banner import BugBanner
from gradviz.gui.window.connections import Connections
from gradviz.gui.window.language_controller import LanguageController
from gradviz.gui.window.main_window import MainWindow
from gradviz.gui.window.menus import fill_menus
from gradviz.gui.window.panel_table import panel_rows
from gradviz.gui.window.recording_controller import RecordingController


def filled_window(session: Session, settings: Settings, theme: Theme) -> MainWindow:
    """Return a window with all that shows the session."""
    window = MainWindow(settings, theme)
    fill(window, session)
    return window


def fill(window: MainWindow, session: Session) -> None:
    """Make what shows the session, in one piece: a window that can be seen is painted when all is in its place."""
    settings = window.settings
    window.setUpdatesEnabled(False)
    window.session = session
    window.graph_panel = GraphPanel(session)
    window.setCentralWidget(window.graph_panel)
    panels = window.panels = PanelsController(window, panel_rows(), session)
    window.networks, window.inspector = panels.get(NetworksPanel), panels.get(Inspector)
    window.watch = panels.get(WatchPanel)
    window.source, window.console, window.loss = panels.get(SourceView), panels.get(Console), panels.get(LossPanel)
    window.steps = SteppingController(session, settings, window.graph_panel, panels, window)
    window.breakpoints, window.overlays = window.steps.breakpoints, window.steps.overlays
    window.measures = MeasuringController(session, settings, window.graph_panel, panels, window)
    window.opening = OpeningController(session, settings, window.graph_panel, panels, window)
    window.lessons = LessonsController(session, window.graph_panel, panels, window.opening, window)
    window.hangs = HangController(session, window.graph_panel, window.console, window.show_line, window)
    window.causes = CauseController(session, window.graph_panel, panels, window)
    window.bugs = BugBanner(session, window.graph_panel, window)
    find_field = FindField()
    window.finder = FindController(session, window.graph_panel, find_field, window)
    window.exports = ExportController(session, settings, window.graph_panel.view, window.measures, panels, window)
    window.appearance = AppearanceController(settings, window)
    window.languages = LanguageController(session, settings, window.graph_panel, window)
    window.ring = PaneRing(window, window.graph_panel, window.panels)
    window.actions_ = Actions(_action_rows(window), window)
    window.palette_ = PaletteController(
        session, window.actions_, window.measures.menu, window.opening, window.graph_panel, window
    )  # fmt: skip
    window.tools = ToolBar(window.actions_, find_field)
    window.addToolBar(window.tools)
    window.set_status(StatusBar(session))
    window.network_actions = fill_menus(
        window, window.actions_, window.opening.open, window.measures.menu, window.opening.menu
    )  # fmt: skip
    window.keys = KeyAnswers(session, window.actions_, window.show_sentence, window)
    Connections(window)
    _settle(window)
    window.panels.restore(settings.get("window/docks"), settings.get("window/pages"))
    window.panels.adapt()
    window.filled = True
    window.setUpdatesEnabled(True)


def _settle(window: MainWindow) -> None:
    """Take part in the layout at once: Qt shows what is added to a window that can be seen later, one by one."""
    for widget in (window.graph_panel, window.tools, window.statusBar()):
        widget.show()
    if (layout := window.layout()) is not None:
        layout.activate()
    window.panels.resize_docks()


def _action_rows(window: MainWindow) -> tuple[ActionRow, ...]:
    session, graph, can = window.session, window.graph_panel, Conditions(window.session)
    selection = SelectionCommands(session, graph, window.show_line)
    recording = RecordingController(session, window.settings, window)
    return (
        *action_table.file_menu(window.opening, window.exports, can, window.close),
        *action_table.edit_menu(selection, window.finder, can, lambda: window.palette_.open()),
        *action_table.view_menu(graph, window.measures, window.overlays, can, window.theme, window.set_theme),
        *action_table.size_menu(window.appearance),
        *action_table.language_menu(window.languages),
        *action_table.run_menu(
            session, window.steps, selection, window.causes, window.panels.get(RacePanel), recording, can
        ),
        *action_table.graph_menu(graph, selection, can),
        *action_table.window_menu(window.measures, window.panels, window.ring, can),
        *action_table.help_menu(
            window.lessons.start_tour,
            lambda: window.panels.show("lesson"),
            lambda: ManualDialog(window).show(),
            lambda: ReportDialog(session.engine.ready, log_path(), window).open(),
            lambda: ShortcutsDialog(window.actions_.rows, window).open(),
            lambda: AboutDialog(session.engine.ready, window).open(),
        ),
    )
