"""The left panel: the networks, and below them the form of the chosen one."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from gradviz.gui.panels.networks.configuration_form import ConfigurationForm, separator
from gradviz.gui.panels.networks.network_list import NetworkList
from gradviz.gui.session.session import Session


class NetworksPanel(QScrollArea):
    """Shows the session's setup and passes requests on to it."""

    target_requested = Signal(str)
    """A network, or one of the user's models, is to be opened."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.list = NetworkList()
        self.form = ConfigurationForm()
        body = QWidget()
        body.setProperty("ground", "panel")
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.list)
        line = QHBoxLayout()
        line.setContentsMargins(16, 4, 16, 0)
        line.addWidget(separator())
        column.addLayout(line)
        column.addWidget(self.form)
        column.addStretch()
        self.setWidget(body)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(240)
        self.list.network_requested.connect(self.target_requested)
        self.form.setup_requested.connect(session.configure)
        session.state.setup_changed.connect(self._show_setup)
        session.state.network_opened.connect(self._show_opened)
        session.state.phase_changed.connect(self._show_phase)
        self._show_setup()
        if session.engine.opened is not None:
            self._show_opened()
        self._show_phase()

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(284, 600)

    def showEvent(self, event: QShowEvent) -> None:
        """Check which of the user's models exist."""
        super().showEvent(event)
        self.list.show_missing()

    def _show_setup(self) -> None:
        self.list.show_network(self._session.state.setup.target)
        self.form.show_setup(self._session.state.setup)
        self._show_phase()

    def _show_opened(self) -> None:
        assert self._session.engine.opened is not None
        self.form.show_opened(self._session.engine.opened)

    def _show_phase(self) -> None:
        session = self._session
        if session.state.phase in ("starting", "dead"):
            self.form.show_no_engine(coming=session.state.phase == "starting")
        elif session.state.phase == "failed" and (
            session.engine.opened is None or session.engine.opened.target != session.state.setup.target
        ):
            self.form.show_not_open()
        self.form.show_waiting(session.state.waits_for_reset, session.state.phase == "running")
