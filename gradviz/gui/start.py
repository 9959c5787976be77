"""Open the window: its frame at once, and all that is in it after the first paint.

Imports what the frame needs alone; what Python has to read for the rest takes several times as long as the frame.
"""

from __future__ import annotations

import builtins
import gc
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from PySide6.QtCore import QObject
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from gradviz.assets import asset
from gradviz.gui.controllers.bug_reports import BugHooks
from gradviz.gui.processes.engine_client import EngineClient
from gradviz.gui.processes.event_loop_wakeup import SignalHandler
from gradviz.gui.session.settings import Settings
from gradviz.gui.style.theme import Theme
from gradviz.gui.style.zoom import make_application
from gradviz.gui.text.translator import install_translators
from gradviz.gui.window.main_window import MainWindow
from gradviz.language import use_language

if TYPE_CHECKING:
    from gradviz.gui.app import App

_SWITCH_INTERVAL = 0.0005
"""Seconds for which the window's thread waits for Python while another thread works in it. It waits many times in the
painting of one picture; Python's own ten times as long would show."""


class Start(QObject):
    """One window from its frame on; `app` is there as soon as the frame has been painted."""

    def __init__(
        self, application: QApplication, settings: Settings, target: str | None = None,
        arguments: tuple[str, ...] = (), engine_arguments: list[str] | None = None, python: str = "",
    ) -> None:  # fmt: skip
        """Show the frame and start the engine. The parameters are those of `App`."""
        super().__init__()
        _import_plainly()
        self._application, self._settings = application, settings
        self._target, self._arguments, self._python = target, arguments, python
        self.app: App | None = None
        self.again: list[str] = []
        """The words after `gradviz` of another start, which the user wants when this window has closed."""
        self.error: Exception | None = None
        """Why there is no `app`; the application ends then."""
        theme = Theme(self)
        theme.apply(application, settings.get("window/theme"))
        self.window = MainWindow(settings, theme)
        self.window.frame_painted.connect(self._fill)
        self.window.first_painted.connect(_collect_garbage)
        self.window.first_painted.connect(self._show_icon)
        self.window.show()
        # The engine has the longest way, and the screen needs a moment until it asks for the picture.
        self._engine = EngineClient(self, engine_arguments)
        self._engine.start()

    def show_bug(self, where: str, message: str, trace: str) -> None:
        """Show a banner about a bug, where there is a place for it by now."""
        if self.app is not None:
            self.window.bugs.show(where, message, trace)

    def close(self) -> None:
        """End the processes."""
        self._engine.close()
        if self.app is not None:
            self.app.close()

    def _show_icon(self) -> None:
        """Give the windows their icon, which is drawn from SVG and no reason to paint later."""
        self._application.setWindowIcon(QIcon(str(asset("gradviz.svg"))))

    def _fill(self) -> None:
        from gradviz.gui.app import App

        try:
            self.app = App(self._application, self._settings, self._target, arguments=self._arguments,
                           begun=(self.window, self._engine), python=self._python)  # fmt: skip
        except Exception as error:  # raised by `main`: an empty frame is of no use
            self.error = error
            self.window.close()
            return
        self.window.languages.restart_requested.connect(self._restart)

    def _restart(self, words: list[str]) -> None:
        self.again = words
        self.window.close()


def main(argv: list[str], target: str | None = None, arguments: tuple[str, ...] = (), python: str = "") -> int:
    """Open the window and stay until it is closed. Return the exit status. The parameters are those of `App`.

    Raises:
        GradvizError: the target is nothing that could be opened, or is not there.
    """
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
    start = Start(application, settings, target, arguments, python=python)
    hooks.found.connect(start.show_bug)
    gate = SignalHandler(start.window.close)
    try:
        status = application.exec()
        if start.error is not None:
            raise start.error
    finally:
        gate.restore()
        start.close()
        hooks.restore()
    if start.again:
        _start_again(start.again, settings.get("window/language"))
    return status


def _start_again(words: list[str], language: str) -> NoReturn:
    """Become a new process, begun as this one was: every text is then in the language, also what is remembered."""
    use_language(language)
    begun = sys.orig_argv[: len(sys.orig_argv) - len(sys.argv) + 1]
    os.execv(sys.executable, [sys.executable, *begun[1:], *words])


def _import_plainly() -> None:
    """Take back PySide's own `__import__`: it reads the source of every module, to see whether that may want the other
    names for Qt's methods, which none of ours does. Of the four hundred that the window needs this is felt."""
    plain = getattr(builtins, "__orig_import__", None)
    if plain is not None:
        builtins.__import__ = plain


def _collect_garbage() -> None:
    """Look for garbage from now on, but not among what is there from the start: that takes a tenth of a second."""
    gc.freeze()
    gc.enable()
