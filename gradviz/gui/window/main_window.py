"""The main window: a frame that is painted at once, and what a session shows in it.

Imports what the frame needs alone. `contents.fill` imports and makes all else, after the first paint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QGuiApplication, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QMainWindow

from gradviz.gui.bars.menu_bar import add_menus, title_label
from gradviz.gui.session.settings import Settings
from gradviz.gui.style.theme import Choice, Theme
from gradviz.gui.window.grounds import grounds_in, grounds_text, paint_grounds

if TYPE_CHECKING:
    from gradviz.gui.actions.actions import Actions
    from gradviz.gui.bars.status_bar import StatusBar
    from gradviz.gui.bars.tool_bar import ToolBar
    from gradviz.gui.controllers.appearance_controller import AppearanceController
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
    from gradviz.gui.controllers.stepping_controller import SteppingController
    from gradviz.gui.controllers.stop_cards_controller import StopCardsController
    from gradviz.gui.panels.breakpoints.breakpoints_panel import BreakpointsPanel
    from gradviz.gui.panels.console import Console
    from gradviz.gui.panels.graph.graph_panel import GraphPanel
    from gradviz.gui.panels.inspector.inspector import Inspector
    from gradviz.gui.panels.loss_panel import LossPanel
    from gradviz.gui.panels.networks.networks_panel import NetworksPanel
    from gradviz.gui.panels.source.source_view import SourceView
    from gradviz.gui.panels.watch.watch_panel import WatchPanel
    from gradviz.gui.session.session import Session
    from gradviz.gui.window.bug_banner import BugBanner
    from gradviz.gui.window.language_controller import LanguageController

FIRST_SIZE = QSize(1600, 1000)


class MainWindow(QMainWindow):
    """Its frame has the size, the bars and the grounds that the window had when it was closed last."""

    closed = Signal()
    frame_painted = Signal()
    """The frame was painted for the first time, and is to be filled."""
    first_painted = Signal()
    """The window was painted for the first time with all that is in it."""

    session: Session
    graph_panel: GraphPanel
    panels: PanelsController
    networks: NetworksPanel
    inspector: Inspector
    watch: WatchPanel
    source: SourceView
    console: Console
    loss: LossPanel
    steps: SteppingController
    breakpoints: BreakpointsPanel
    overlays: StopCardsController
    measures: MeasuringController
    opening: OpeningController
    lessons: LessonsController
    hangs: HangController
    causes: CauseController
    bugs: BugBanner
    finder: FindController
    exports: ExportController
    appearance: AppearanceController
    languages: LanguageController
    actions_: Actions
    palette_: PaletteController
    tools: ToolBar
    _status: StatusBar
    network_actions: dict[str, QAction]
    keys: KeyAnswers
    ring: PaneRing

    def __init__(self, settings: Settings, theme: Theme) -> None:
        super().__init__()
        self.settings, self.theme = settings, theme
        self.filled = False
        self._painted: set[bool] = set()
        """Whether it was filled, at each paint that was reported."""
        self.menus = add_menus(self.menuBar())
        self._title = title_label()
        self.menuBar().setCornerWidget(self._title)
        self.resize(self._first_size())
        geometry = settings.get("window/geometry")
        if not geometry.isEmpty():
            self.restoreGeometry(geometry)

    def set_title(self, title: str) -> None:
        """Show what is open, on the frame of the desktop and in the menu bar."""
        self.setWindowTitle(f"{title} · gradviz")
        self._title.setText(f"{title} · gradviz")

    def set_status(self, bar: StatusBar) -> None:
        """Put the status bar in its place."""
        self._status = bar
        self.setStatusBar(bar)

    def show_title(self, shown: bool) -> None:
        """Show or hide the title in the menu bar."""
        self._title.setVisible(shown)

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

    def update_actions(self) -> None:
        """Update which actions are enabled and checked, and what they are called now."""
        self.actions_.update()
        session = self.session
        self.tools.run_button.show_running(session.state.phase == "running")
        self.tools.show_phase(session.engine.stop.point.phase if session.engine.stop is not None else None)
        for network, action in self.network_actions.items():
            action.setChecked(network == self.session.state.setup.target)

    @staticmethod
    def _first_size() -> QSize:
        screen = QGuiApplication.primaryScreen()
        room = screen.availableGeometry().size() if screen else FIRST_SIZE
        # The frame that the desktop adds must fit as well, or the status bar would be off the screen.
        return QSize(min(FIRST_SIZE.width(), room.width() - 8), min(FIRST_SIZE.height(), room.height() - 40))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the grounds, until there is more."""
        super().paintEvent(event)
        if not self.filled:
            paint_grounds(self, grounds_in(self, self.settings.get("window/grounds")))

    def event(self, event: QEvent) -> bool:
        """Report the first paint of the frame, and the first of all that is in it."""
        painted = super().event(event)
        if event.type() == QEvent.Type.Paint and self.filled not in self._painted:
            self._painted.add(self.filled)
            # After this event, so that what is made now does not hold up the picture.
            QTimer.singleShot(0, (self.first_painted if self.filled else self.frame_painted).emit)
        return painted

    def focusNextPrevChild(self, onward: bool) -> bool:
        """Let Tab go on in the order in which the window is read."""
        if self.filled:
            self.ring.order()
        return super().focusNextPrevChild(onward)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Answer the keys of actions that are disabled now."""
        if not self.filled or not self.keys.press(event):
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember geometry and panels, and end."""
        self.settings.set("window/geometry", self.saveGeometry())
        if self.filled:
            places, pages = self.panels.state()
            self.settings.set("window/docks", places)
            self.settings.set("window/pages", pages)
            self.settings.set("window/grounds", grounds_text(self.graph_panel, self.panels.docks.values()))
        self.settings.save()
        self.closed.emit()
        super().closeEvent(event)
