"""Connect everything that opens the user's models: dialogs, drops, recent models, messages, the file watcher."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMenu, QWidget

from gradviz.client.runs import RunSetup
from gradviz.errors import GradvizError
from gradviz.gui.controllers.opening_banners import OpeningBanners
from gradviz.gui.controllers.panels_controller import PanelsController
from gradviz.gui.dialogs.consent_dialog import ConsentDialog
from gradviz.gui.dialogs.open_dialog import OpenDialog, ask_for_file
from gradviz.gui.dialogs.weights_dialog import WeightsDialog
from gradviz.gui.panels.graph.drop_overlay import DropOverlay
from gradviz.gui.panels.graph.graph_panel import GraphPanel
from gradviz.gui.panels.graph.waiting_cards import OpeningCard
from gradviz.gui.panels.networks.networks_panel import NetworksPanel
from gradviz.gui.panels.tables.reach_panel import ReachPanel
from gradviz.gui.processes.background_thread import BackgroundWork
from gradviz.gui.processes.code_files import PATIENCE, FileWatcher
from gradviz.gui.session.recent_targets import RecentTargets, why_missing
from gradviz.gui.session.session import Session
from gradviz.gui.session.settings import Settings
from gradviz.language import tr
from gradviz.protocol.commands import Open
from gradviz.targets.candidates import Candidate, list_candidates
from gradviz.targets.target_spec import file_of, read_target


class OpeningController(QObject):
    """Opens targets, asks for consent, shows what takes long or is refused, and connects the reach panel."""

    def __init__(self, session: Session, settings: Settings, graph: GraphPanel, panels: PanelsController,
                 parent: QWidget) -> None:  # fmt: skip
        super().__init__(parent)
        self._session, self._settings, self._graph, self._window = session, settings, graph, parent
        self.recent = RecentTargets(settings, self)
        self.menu = QMenu(tr("Open recent"), parent)
        self.menu.setToolTipsVisible(True)
        self.menu.aboutToShow.connect(self._fill_menu)
        self._fill_menu()
        self.reach = panels.get(ReachPanel)
        self.drops = DropOverlay(parent)
        self.banners = OpeningBanners(session, graph, self)
        self.card = OpeningCard(graph.view)
        self.watch = FileWatcher(self)
        self._looking = BackgroundWork(self)
        self.consent: ConsentDialog | None = None
        """The dialog that is open."""
        self._networks = panels.get(NetworksPanel)
        self._networks.list.show_models(self.recent.targets)
        self._join()

    def open(self, target: str, setup: RunSetup | None = None) -> None:
        """Open a target with a setup, or the one it was last used with; show why where that is not possible."""
        try:
            self._session.opening.open(target, setup=setup)
        except GradvizError as error:
            self.banners.show_refused(target, str(error))

    def open_file(self) -> None:
        """Ask for a file and open it."""
        folder = self._settings.get("open/folder") or str(Path.cwd())
        path = ask_for_file(self._window, folder)
        if path:
            self._settings.set("open/folder", str(Path(path).parent))
            self.open_path(path)

    def open_path(self, path: str) -> None:
        """Open a file; ask what in it where it offers several things."""
        if read_target_kind(path) == "file":
            self._looking.run(lambda _stopped: list_candidates(file_of(path)), partial(self._open_offered, path))
        else:
            self._looking.stop()
            self.open(path)

    def _open_offered(self, path: str, found: tuple[Candidate, ...]) -> None:
        if len(found) > 1:
            self.ask_for_target(path)
        else:
            self.open(path)

    def ask_for_target(self, target: str = "") -> None:
        """Ask for a file or a module, and what in it."""
        setup_of = self._session.opening.setup_of
        dialog = OpenDialog(target, self._settings.get("open/folder"), self._window, setup_of)
        dialog.target_chosen.connect(lambda chosen: self.open(chosen, dialog.setup))
        dialog.open()

    def ask_consent(self) -> None:
        """Open the dialog of the question that waits, in place of an older one."""
        question = self._session.opening.consent.question
        shown = self.consent
        if shown is not None and (question is None or shown.question.code != question.code):
            self.consent = None
            shown.done(0)
        if question is not None and self.consent is None:
            self.consent = ConsentDialog(question, self._window)
            self.consent.finished.connect(self._answer)
            self.consent.open()

    def _join(self) -> None:
        session = self._session
        # Queued: a dialog over a list that is about to change its selection would hold that up.
        queued = Qt.ConnectionType.QueuedConnection
        session.opening.consent.asked.connect(lambda _question: self.ask_consent(), queued)
        session.opening.weights_requested.connect(self._show_weights, queued)
        session.opening.lateness.changed.connect(self._show_late)
        session.state.answering_changed.connect(self._show_late)
        session.state.phase_changed.connect(self._watch_file)
        session.state.network_opened.connect(self._watch_file)
        session.state.setup_changed.connect(self._watch_file)
        session.state.command_issued.connect(self._note_opening)
        self.watch.changed.connect(self._show_changed)
        self.watch.restored.connect(self.banners.forget_changed)
        self.card.stop_requested.connect(session.opening.stop_opening)
        self.banners.target_requested.connect(self.open)
        self.drops.file_dropped.connect(self.open_path)
        self.drops.refused.connect(lambda sentence: self.banners.show_refused("", sentence))
        self._networks.target_requested.connect(self.open)
        self._networks.list.open_requested.connect(self.open_file)
        self._networks.list.removal_requested.connect(self.recent.remove)
        self.recent.changed.connect(lambda: self._networks.list.show_models(self.recent.targets))
        self.reach.node_requested.connect(self._graph.show_node)
        self.reach.path_requested.connect(self._show_path)

    def _answer(self, result: int) -> None:
        dialog, self.consent = self.consent, None
        if dialog is not None:
            self._session.opening.answer(bool(result), dialog.trusted_folder)

    def _show_weights(self, path: str) -> None:
        WeightsDialog(self._session, path, self._window).open()

    def _show_path(self, node: int) -> None:
        self._graph.show_node(node)
        self._graph.highlight_gradient(node)

    def _note_opening(self, command: object) -> None:
        """Add what is being opened to the recent targets, also if it fails: the user will come back to it."""
        if isinstance(command, Open) and read_target_kind(command.target) != "network":
            self.recent.add(command.target)

    def _show_late(self) -> None:
        session = self._session
        if target := session.opening.reader.target if session.opening.reader.late else None:
            text = tr("It is read to see whether these are the contents that you allowed to run.")
            self.card.begin(tr("Still reading {0}").format(target.title), text, PATIENCE)
            return
        if not session.opening.lateness.late:
            self.card.end()
            return
        if (
            session.engine.opened is not None
            and session.engine.opened.run == session.state.runs.number
            and session.engine.opened.kind == "script"
        ):
            text = tr("The script has not come to its first backward() yet.")
        else:
            text = tr("Its code runs in the engine, and has not come to the end of the first forward yet.")
        if (busy := session.engine.busy) is not None and busy.file:
            text = tr("It is in line {line} of {name}: {code}").format(
                line=busy.line, name=Path(busy.file).name, code=busy.text
            )
        self.card.begin(tr("Still building {0}").format(session.state.title), text, PATIENCE)

    def _watch_file(self) -> None:
        code = self._session.opening.code
        if code is None or self._session.state.setup.is_built_in:
            self.watch.leave()
        else:
            self.watch.follow({file_of(path): digest for path, digest in code.files.items()})

    def _show_changed(self) -> None:
        if not self._session.state.setup.is_built_in:
            self.banners.show_changed()

    def _fill_menu(self) -> None:
        self.menu.clear()
        for target in self.recent.targets:
            missing = why_missing(target)
            action = self.menu.addAction(target, partial(self.open, target))
            action.setEnabled(not missing)
            action.setToolTip(missing or target)
        if not self.recent.targets:
            self.menu.addAction(tr("Nothing of yours was opened yet")).setEnabled(False)
        self.menu.addSeparator()
        consents = self._session.opening.consent.given
        for folder in consents.folders:
            text = tr("No longer trust {folder}").format(folder=folder)
            self.menu.addAction(text, partial(consents.trust, folder, False))
        clear = self.menu.addAction(tr("Clear this list"), self.recent.clear)
        clear.setEnabled(bool(self.recent.targets))


def read_target_kind(target: str) -> str:
    """Return the kind of a target by its name; empty where it cannot be opened."""
    try:
        return read_target(target).kind
    except GradvizError:
        return ""
