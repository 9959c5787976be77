"""The joints: a real window, a real engine process, a real layout process."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication, QPushButton

from gradviz.export.picture_style import PictureStyle
from gradviz.gui.app import App
from gradviz.gui.session.settings import Settings
from gradviz.networks.catalogue import NETWORKS
from gradviz.protocol.records import OptimizerChoice

_LONG = 60_000


@pytest.fixture
def open_app(qapp: QApplication, qtbot, tmp_path: Path):
    apps: list[App] = []

    def opened(target: str | None = None) -> App:
        app = App(qapp, Settings(tmp_path / "settings.ini"), target)
        apps.append(app)
        qtbot.addWidget(app.window)
        app.window.resize(1000, 760)  # the offscreen screen has room for one dock alone
        app.window.show()
        return app

    yield opened
    for app in apps:
        app.close()
    qapp.setStyleSheet("")


def wait(qtbot, app: App, condition: Callable[[], bool]) -> None:
    if condition():
        return
    with qtbot.waitSignals([app.session.state.changed], timeout=_LONG, check_params_cbs=[lambda *_: condition()]):
        pass


def phase(qtbot, app: App, *names: str) -> None:
    wait(qtbot, app, lambda: app.session.state.phase in names)
    assert app.session.state.phase in names


def drawn(qtbot, app: App) -> None:
    view = app.window.graph_panel.view
    qtbot.waitUntil(lambda: view.graph is not None and view.graph is app.session.engine.graph, timeout=_LONG)


def children() -> set[int]:
    """Processes of this one that still run."""
    found = set()
    for task in Path("/proc/self/task").iterdir():
        found |= {int(pid) for pid in (task / "children").read_text().split()}
    return {pid for pid in found if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"}


@pytest.mark.parametrize("target", [network.id for network in NETWORKS])
def test_every_network_opens_with_a_graph_and_trains(qtbot, open_app, target: str) -> None:
    app = open_app(target)
    session = app.session
    phase(qtbot, app, "ready")
    assert session.engine.step == 0 and session.engine.loss is not None
    drawn(qtbot, app)
    kind = "autograd" if session.state.setup.network.autograd else "recorded"
    assert session.engine.graph.record.kind == kind
    session.configure(replace(session.state.setup, iterations=60))
    session.run()
    phase(qtbot, app, "finished")
    losses = session.state.scalars.current.losses
    assert len(losses) == 60 and np.isfinite(losses).all()
    assert losses[-10:].mean() < losses[:10].mean()


def test_optimizer_and_rate_change_in_the_middle_of_a_run_and_are_marked(qtbot, open_app) -> None:
    app = open_app("autograd")
    session = app.session
    phase(qtbot, app, "ready")
    session.configure(replace(session.state.setup, iterations=10**6))
    session.run()
    wait(qtbot, app, lambda: session.engine.step >= 20)
    with qtbot.waitSignal(session.state.configuration_changed, timeout=_LONG):
        session.configure(replace(session.state.setup, optimizer=OptimizerChoice("Adam", {"lr": 1e-3})))
    with qtbot.waitSignal(session.state.configuration_changed, timeout=_LONG):
        session.configure(replace(session.state.setup, optimizer=OptimizerChoice("Adam", {"lr": 1e-4})))
    session.pause()
    phase(qtbot, app, "paused")
    assert [mark.kind for mark in session.state.scalars.current.marks] == ["optimizer", "learning_rate"]
    assert all(mark.step >= 20 for mark in session.state.scalars.current.marks)


def test_the_same_seed_gives_the_same_losses_after_a_reset(qtbot, open_app) -> None:
    app = open_app("dynamic")
    session = app.session
    phase(qtbot, app, "ready")
    session.configure(replace(session.state.setup, iterations=30))
    for number in (1, 2):
        session.run()
        phase(qtbot, app, "finished")
        if number == 1:
            session.opening.reset()
            phase(qtbot, app, "ready")
    first, second = session.state.scalars.curves
    assert first.losses.tobytes() == second.losses.tobytes()


def test_a_killed_engine_is_said_the_curve_kept_and_a_click_restarts_it(qtbot, open_app) -> None:
    app = open_app("nn")
    session = app.session
    phase(qtbot, app, "ready")
    drawn(qtbot, app)
    session.configure(replace(session.state.setup, iterations=10**6))
    session.run()
    wait(qtbot, app, lambda: session.engine.step >= 10)
    with qtbot.waitSignal(session.state.died, timeout=_LONG):
        os.kill(app.engine.process_id, signal.SIGKILL)
    banner = app.window.graph_panel.banner
    assert banner.title == "The engine was killed (SIGKILL)"
    kept = len(session.state.scalars.current)
    assert kept >= 10 and app.window.graph_panel.view.graph is not None
    session.configure(replace(session.state.setup, iterations=20))
    next(b for b in banner.findChildren(QPushButton) if b.text() == "Restart engine").click()
    phase(qtbot, app, "ready")
    session.run()
    phase(qtbot, app, "finished")
    assert [len(curve) for curve in session.state.scalars.curves] == [kept, 20]
    assert banner.title == ""


def test_closing_in_the_middle_of_a_run_leaves_no_process(qtbot, open_app) -> None:
    before = children()
    app = open_app("autograd")
    session = app.session
    phase(qtbot, app, "ready")
    drawn(qtbot, app)
    session.configure(replace(session.state.setup, iterations=10**6))
    session.run()
    wait(qtbot, app, lambda: session.engine.step >= 10)
    assert children() - before
    app.window.close()
    assert children() <= before


def test_closing_while_torch_is_imported_leaves_no_process(qtbot, open_app) -> None:
    before = children()
    app = open_app()
    assert app.session.state.phase == "starting"
    app.window.close()
    assert children() <= before


def test_a_picture_of_the_graph_is_written(qtbot, open_app, tmp_path: Path) -> None:
    app = open_app("autograd")
    phase(qtbot, app, "ready")
    path = tmp_path / "graph.svg"
    with qtbot.waitSignal(app.layout.picture_drawn, timeout=_LONG):
        app.window.exports.picture_requested.emit(str(path), PictureStyle())
    assert b"<svg" in path.read_bytes()


def test_inspecting_a_node_shows_what_it_saved(qtbot, open_app) -> None:
    app = open_app("autograd")
    session = app.session
    phase(qtbot, app, "ready")
    node = next(node for node in session.engine.graph.nodes if node.name == "mm")
    with qtbot.waitSignal(session.selection.details_arrived, timeout=_LONG):
        session.selection.select(node.id)
    assert session.selection.details.state == "held" and session.selection.details.saved
