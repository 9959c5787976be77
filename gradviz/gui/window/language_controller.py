"""The language that the user chooses: remembered at once, and in use after a start that is offered."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from gradviz.gui.panels.graph.graph_panel import GraphPanel
from gradviz.gui.session.session import Session
from gradviz.gui.session.settings import Settings
from gradviz.gui.widgets.banner import Banner
from gradviz.language import language, resolve, tr_into, translatable

_TITLE = translatable("The language changes when gradviz starts again")
_TEXT = translatable("{title} is opened again, with the same settings; its run begins anew.")
_RESTART = translatable("Restart now")


class LanguageController(QObject):
    """Texts in panels, in the engine and in what it has said cannot change while the window is open."""

    restart_requested = Signal(list)
    """The words after `gradviz` that open again what is open now."""

    def __init__(self, session: Session, settings: Settings, graph: GraphPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._settings = session, settings
        self.banner = Banner()
        graph.add_banner(self.banner)

    @property
    def chosen(self) -> str:
        """The code of the language that was chosen; empty for the system's."""
        return str(self._settings.get("window/language"))

    def choose(self, code: str) -> None:
        """Remember a language; where another one is in use, offer a start, in the words of the one to come."""
        self._settings.set("window/language", code)
        if (to_come := resolve(code)) == language():
            self.banner.hide()
            return
        text = tr_into(to_come, _TEXT).format(title=self._session.state.title)
        buttons = [(tr_into(to_come, _RESTART), self._restart, False)]
        self.banner.show_message("note", "info-fill", tr_into(to_come, _TITLE), text, buttons)

    def _restart(self) -> None:
        target = self._session.state.setup.target
        self.restart_requested.emit(["open", target, *self._session.opening.script_arguments.get(target, ())])
