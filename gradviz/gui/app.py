"""Connect engine, session, layout worker and window. Never imports torch; pyqtgraph when all is painted."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from gradviz.errors import UnknownNameError
from gradviz.export.picture_style import PictureStyle
from gradviz.gui.panels.race.race_panel import RacePanel
from gradviz.gui.processes.engine_client import EngineClient
from gradviz.gui.processes.layout_client import LayoutWorker
from gradviz.gui.session.kept_setups import KeptSetups
from gradviz.gui.session.run_recording import RunRecording
from gradviz.gui.session.session import Session
from gradviz.gui.session.settings import Settings
from gradviz.gui.style.theme import Theme
from gradviz.gui.widgets.banner import Banner
from gradviz.gui.window.contents import fill
from gradviz.gui.window.main_window import MainWindow
from gradviz.layout_process.messages import SeenPlacement, pack
from gradviz.networks.catalogue import network
from gradviz.protocol.encodable import escape
from gradviz.targets.target_spec import TargetSpec, check_presence, read_target


class App(QObject):
    """One window with its engine. `close` ends every process that belongs to it."""

    def __init__(
        self, application: QApplication, settings: Settings, target: str | None = None,
        engine_arguments: list[str] | None = None, arguments: tuple[str, ...] = (),
        begun: tuple[MainWindow, EngineClient] | None = None, python: str = "",
    ) -> None:  # fmt: skip
        """Start the engine and fill the window. `arguments` are for the script that `target` is; `python` is the Python
        to open it in, empty for the one that it was last opened in.

        `begun` are window and engine, where they can be seen and runs already.

        Raises:
            UnknownNameError: there is no network `target`.
            GradvizError: the target is nothing that could be opened, or is not there.
        """
        super().__init__()
        # Qt's texts have no place for what a file name holds that is not UTF-8.
        target, arguments = escape(target), escape(arguments)
        last = _known(settings.get("network/last"))
        spec = None if target is None else read_target(target)
        first = _first(spec, last)
        if begun is None:
            begun = MainWindow(settings, Theme(self)), EngineClient(self, engine_arguments)
            begun[0].theme.apply(application, settings.get("window/theme"))
            begun[1].start()
        self.window, self.engine = begun
        self.theme = self.window.theme
        self.layout = LayoutWorker(self)
        self.recording = RunRecording(settings, self)
        self._unrecorded: Banner | None = None
        self.settings = settings
        self.setups = KeptSetups(settings)
        self.session = Session(self.setups.setup, self)
        self.session.recorded.use(self.recording.library, self.recording.recorder)
        self.session.checkpoints.set_every(settings.get("runs/checkpoint_every"))
        self.session.steps.budget = settings.get("steps/budget")
        self.session.breakpoints.restore(settings.get("steps/breakpoints"))
        self.session.opening.fallback = last
        if arguments:
            self.session.opening.script_arguments[first] = arguments
        asked = replace(self.setups.setup(read_target(first).absolute().text), python=python) if python else None
        self.session.opening.open(first, allowed=True, setup=asked)
        fill(self.window, self.session)
        self._join()
        if spec is not None and spec.kind == "weights":
            self.session.opening.weights_requested.emit(spec.absolute().text)

    def close(self) -> None:
        """End the processes."""
        self.window.panels.get(RacePanel).races.close()
        self.engine.close()
        self.layout.close()
        self.recording.close()
        self.settings.save()

    def _join(self) -> None:
        session, engine, layout, window = self.session, self.engine, self.layout, self.window
        state = session.state
        session.state.command_issued.connect(self.recording.recorder.sent)
        session.state.command_issued.connect(engine.send)
        session.state.engine_requested.connect(engine.start)
        engine.event_received.connect(self.recording.recorder.take)
        engine.event_received.connect(session.apply)
        engine.died.connect(self.recording.note_death)
        engine.died.connect(session.engine_died)
        self.recording.said.connect(window.show_sentence)
        self.recording.unrecorded.connect(self._show_unrecorded)
        engine.output_received.connect(window.console.write)
        window.graph_panel.placement_requested.connect(layout.place)
        window.graph_panel.placement_cancelled.connect(layout.cancel)
        layout.placed.connect(window.graph_panel.show_placement)
        layout.failed.connect(window.graph_panel.show_layout_failed)
        window.exports.picture_requested.connect(self._draw)
        layout.picture_drawn.connect(window.exports.take_picture)
        layout.picture_failed.connect(lambda _path, sentence: window.show_sentence(sentence))
        for changed in (state.setup_changed, state.network_opened, state.configuration_changed):
            changed.connect(self._remember)
        session.breakpoints.changed.connect(self._remember_breakpoints)
        window.first_painted.connect(layout.start)
        window.first_painted.connect(window.loss.build_soon)
        window.first_painted.connect(self.recording.let_go)
        window.closed.connect(self.close)

    def _show_unrecorded(self, sentence: str) -> None:
        """Show why a run is not recorded until the user has read it."""
        if self._unrecorded is None:
            self._unrecorded = Banner()
            self.window.graph_panel.add_banner(self._unrecorded)
        choose = (self.tr("Recording…"), self.window.actions_["recording"].trigger, False)
        self._unrecorded.show_message(
            "note", "warning-circle-fill", self.tr("This run is not recorded"), sentence, [choose]
        )

    def _draw(self, path: str, style: PictureStyle) -> None:
        panel, kind = self.window.graph_panel, path.rsplit(".", 1)[-1].lower()
        if (drawing := panel.view.drawing) is not None:
            seen = SeenPlacement(pack(drawing.placement), self.window.measures.coloring.shading())
            self.layout.draw(drawing.graph, panel.open_clusters(drawing.graph), kind, style, path, seen)
        elif (graph := self.session.engine.graph) is not None:
            self.layout.draw(graph, panel.open_clusters(graph), kind, style, path)

    def _remember_breakpoints(self) -> None:
        self.settings.set("steps/breakpoints", self.session.engine.breakpoints.to_json())

    def _remember(self) -> None:
        """Remember a setup that the engine has taken, never one that it could refuse the next time too."""
        if not self.session.is_setup_taken:
            return
        self.setups.remember(self.session.opening.lasting_setup)
        if self.session.state.setup.is_built_in:
            self.settings.set("network/last", self.session.state.setup.target)


def _first(target: TargetSpec | None, last: str) -> str:
    """Return what the window opens first: the target, or beside weights, which are no network, what was open last.

    Raises what `App` raises.
    """
    if target is None:
        return last
    if target.kind == "network":
        return network(target.name).id
    check_presence(target)
    return last if target.kind == "weights" else target.absolute().text


def _known(target: str) -> str:
    """Return the network of the last time, unless this version has it no more."""
    try:
        return network(target).id
    except UnknownNameError:
        return "autograd"
