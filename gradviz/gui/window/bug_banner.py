"""The banner about a bug of gradviz itself, with a report to copy."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from gradviz import __version__
from gradviz.gui.controllers.bug_reports import log_path
from gradviz.gui.panels.graph.graph_panel import GraphPanel
from gradviz.gui.session.session import Session
from gradviz.gui.text.versions import versions
from gradviz.gui.widgets.banner import Banner

_LONGEST_MESSAGE = 300


class BugBanner(QObject):
    """The banner about a bug, above all others."""

    def __init__(self, session: Session, graph: GraphPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.banner = Banner()
        graph.add_banner(self.banner)

    def show(self, where: str, message: str, trace: str) -> None:
        """Show that gradviz itself raised, and offer the report."""
        text = message if len(message) <= _LONGEST_MESSAGE else f"{message[:_LONGEST_MESSAGE]}…"
        advice = self.tr("What is shown may be incomplete from here on. The traceback is also in {0}.")
        self.banner.show_message(
            "error",
            "warning-octagon-fill",
            self.tr("gradviz has a bug here: {0}").format(where),
            "\n".join(filter(None, (text, advice.format(log_path())))),
            [(self.tr("Copy report"), lambda: self._copy(trace), True)],
        )

    def _copy(self, trace: str) -> None:
        QGuiApplication.clipboard().setText(f"gradviz {__version__}\n{versions(self._session.engine.ready)}\n\n{trace}")
