"""Connect engine, session, layout worker and window. Never imports torch; pyqtgraph after the first paint."""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from gradviz.errors import UnknownNameError
from gradviz.export.picture_style import PictureStyle
from gradviz.gui.controllers.bug_reports import BugHooks
from gradviz.gui.processes.engine_client import EngineClient
from gradviz.gui.processes.event_loop_wakeup import SignalHandler
from gradviz.gui.processes.layout_client import LayoutWorker
from gradviz.gui.session.session import Session
from gradviz.gui.session.settings import Settings
from gradviz.gui.style.theme import Theme
from gradviz.gui.style.zoom import make_application
from gradviz.gui.text.translator import install_translators
from gradviz.gui.window.main_window import MainWindow
from gradviz.language import use_language
from gradviz.layout_process.messages import SeenPlacement, pack
from gradviz.networks.catalogue import network
from gradviz.protocol.encodable import escape
from gradviz.targets.target_spec import TargetSpec, check_presence, read_target

_SWITCH_INTERVAL = 0.0005
"""Seconds for which the window's thread waits for Python while another thread works in it. It waits many times in the
painting of one picture; Python's own ten times as long would show."""


class App(QObject):
    """One window with its engine. `close` ends every process that belongs to it."""

    def __init__(
        self, application: QApplication, settings: Settings, target: str | None = None,
        engine_arguments: list[str] | None = None, arguments: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        """Start the engine and build the window. `arguments` are for the script that `target` is.

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
        # The engine goes first: it imports torch while the window is built and painted.
        self.engine = EngineClient(self, engine_arguments)
        self.engine.start()
        self.layout = LayoutWorker(self)
        self.settings = settings
        self.theme = Theme(self)
        self.theme.apply(application, settings.get("window/theme"))
        self.session = Session(settings.setup, self)
        self.session.steps.budget = settings.get("steps/budget")
        self.session.breakpoints.restore(settings.get("steps/breakpoints"))
        self.session.opening.fallback = last
        if arguments:
            self.session.opening.script_arguments[first] = arguments
        self.session.opening.open(first, allowed=True)
        self.window = MainWindow(self.session, settings, self.theme)
        self._join()
        if spec is not None and spec.kind == "weights":
            self.session.opening.weights_requested.emit(spec.absolute().text)

    def close(self) -> None:
        """End the processes."""
        self.engine.close()
        self.layout.close()
        self.settings.save()

    def _join(self) -> None:
        session, engine, layout, window = self.session, self.engine, self.layout, self.window
        state = session.state
        session.state.command_issued.connect(engine.send)
        session.state.engine_requested.connect(engine.start)
        engine.event_received.connect(session.apply)
        engine.died.connect(session.engine_died)
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
        window.first_painted.connect(window.loss.build)
        window.closed.connect(self.close)

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
        self.settings.remember(self.session.opening.lasting_setup)
        if self.session.state.setup.is_built_in:
            self.settings.set("network/last", self.session.state.setup.target)


def main(argv: list[str], target: str | None = None, arguments: tuple[str, ...] = ()) -> int:
    """Open the window and stay until it is closed. Returns the exit status."""
    sys.setswitchinterval(_SWITCH_INTERVAL)
    settings = Settings()
    application = QApplication.instance() or make_application([sys.argv[0], *argv], settings.get("window/zoom"))
    assert isinstance(application, QApplication)
    application.setApplicationName("gradviz")
    application.setDesktopFileName("gradviz")
    hooks = BugHooks()
    hooks.install()
    if chosen := settings.get("window/language"):
        use_language(chosen)
    install_translators(application)
    app = App(application, settings, target, arguments=arguments)
    hooks.found.connect(app.window.bugs.show)
    app.window.first_painted.connect(_collect_garbage)
    gate = SignalHandler(app.window.close)
    app.window.show()
    try:
        return application.exec()
    finally:
        gate.restore()
        app.close()
        hooks.restore()


def _collect_garbage() -> None:
    """Look for garbage from now on, but not among what is there from the start: that takes a tenth of a second."""
    gc.freeze()
    gc.enable()


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
