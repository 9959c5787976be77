"""A whole window around a fake engine that answers at once, in this process."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication

from gradviz.gui.processes.background_thread import BackgroundWork
from gradviz.gui.session.kept_setups import KeptSetups
from gradviz.gui.session.session import Session
from gradviz.gui.session.settings import Settings
from gradviz.gui.style.theme import Theme
from gradviz.gui.window.contents import filled_window
from gradviz.layout.layout import place
from gradviz.protocol.commands import Command
from gradviz.protocol.events import GraphChanged
from tests.helpers.deep_graph import deep_parameters, deep_record
from tests.helpers.fake_engine import FakeRun, ready


class Desk:
    """A window, its session, and the fake engine behind."""

    def __init__(self, app: QApplication, path: Path) -> None:
        self.settings, self.theme = Settings(path), Theme()
        self.theme.apply(app, "dark")
        self.setups = KeptSetups(self.settings)
        self.session = Session(self.setups.setup)
        self.fake = FakeRun()
        self.commands: list[Command] = []
        self.session.state.command_issued.connect(self._serve)
        self.session.opening.open("autograd")
        self.window = filled_window(self.session, self.settings, self.theme)
        self.window.resize(1000, 760)  # the offscreen platform's screen is too small for more than one dock
        self.window.graph_panel.placement_requested.connect(self._place)

    def _serve(self, command: Command) -> None:
        self.commands.append(command)
        for event in self.fake.answer(command):
            self.session.apply(event)

    def _place(self, graph, opened) -> None:
        self.window.graph_panel.show_placement(
            graph, place(graph, open_clusters=None if opened is None else set(opened))
        )

    def engine_ready(self) -> None:
        self.session.apply(ready())

    def tick(self, times: int = 1) -> None:
        for _ in range(times):
            for event in self.fake.tick():
                self.session.apply(event)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in another thread is done when what asked for it returns, however busy this machine is."""
    monkeypatch.setattr(BackgroundWork, "GRACE", 30.0)


@pytest.fixture
def desk(qapp: QApplication, qtbot, tmp_path: Path):
    desk = Desk(qapp, tmp_path / "settings.ini")
    qtbot.addWidget(desk.window)
    yield desk
    qapp.setStyleSheet("")
    desk.session.deleteLater()
    desk.theme.deleteLater()


@pytest.fixture
def deep(desk: Desk) -> Desk:
    """The window with the small decoder drawn."""
    desk.engine_ready()
    session = desk.session
    session.engine.opened = replace(session.engine.opened, parameters=deep_parameters(), title="Tiny")
    session.apply(GraphChanged(session.state.runs.number, 0, "deep", deep_record()))
    desk.window.resize(1500, 950)
    desk.window.show()
    return desk
