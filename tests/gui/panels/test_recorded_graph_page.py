"""A run is reopened: its curve with its events, and its graph on a canvas of its own."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import Qt

from gradviz.gui.actions.conditions import Conditions
from gradviz.gui.panels.graph.recorded_graph_page import RecordedGraphPage
from gradviz.gui.panels.runs.runs_panel import RunsPanel
from gradviz.runs.recording import Recording, new_id
from gradviz.runs.run_records import LOSS, RunFacts, RunSummary
from tests.gui.conftest import Desk
from tests.helpers.fake_engine import graph_record


@pytest.fixture
def other(desk: Desk) -> RunSummary:
    """A recorded run of a colleague's, with two graphs; the window shows its own graph, and has run."""
    library = desk.session.recorded.library
    recording = Recording(library.folder, RunFacts(id=new_id(), began=time.time(), name="theirs", title="x.py"), print)
    recording.add_points(LOSS, range(3), range(3), [3.0, 1.0, 2.0])
    recording.add_event(1, "learning_rate", "lr 0.1 → 0.2")
    recording.add_graph(0, graph_record("first", "mean"))
    recording.add_graph(2, graph_record("second", "prod"))
    recording.close("finished")
    desk.engine_ready()
    desk.window.show()
    desk.session.run()
    desk.tick()
    desk.session.pause()
    (run,) = library.runs()
    return run


def page(desk: Desk) -> RecordedGraphPage:
    return desk.window.graph_panel.recorded


def ops(page: RecordedGraphPage) -> set[str]:
    assert page.view.graph is not None
    return {node.name for node in page.view.graph.nodes}


def test_curve_events_and_graph_come_back_and_the_live_graph_stays_what_it_is(desk: Desk, other: RunSummary) -> None:
    live = desk.session.engine.graph
    desk.session.reopened.reopen(other)
    assert desk.session.recorded.is_shown(other)
    (curve,) = [curve for curve in desk.session.state.scalars.curves if curve.name == "theirs"]
    assert [mark.text for mark in curve.marks] == ["lr 0.1 → 0.2"]
    assert page(desk).isVisible() and not desk.window.graph_panel.view.isVisible()
    assert "theirs, iteration 2" in page(desk).banner.title and "prod" in ops(page(desk))
    assert desk.session.engine.graph is live and desk.window.graph_panel.view.graph is live


def test_a_click_reads_the_structure_and_asks_the_engine_nothing(desk: Desk, other: RunSummary) -> None:
    desk.session.reopened.reopen(other)
    sent = len(desk.commands)
    page(desk).view.node_clicked.emit(0)
    assert "mm" in page(desk).banner.text and "64 × 100" in page(desk).banner.text
    assert "autograd.py:15" in page(desk).banner.text
    assert len(desk.commands) == sent and desk.session.selection.node_id is None
    assert "recorded graph" in Conditions(desk.session).use_graph()


def test_earlier_graphs_of_the_run_can_be_gone_through(desk: Desk, other: RunSummary) -> None:
    desk.session.reopened.reopen(other)
    desk.session.reopened.show(other, 0)
    assert "iteration 0" in page(desk).banner.title and "mean" in ops(page(desk))


@pytest.mark.parametrize("way", ["escape", "button", "phase"])
def test_the_live_graph_is_back_by_escape_a_click_or_the_next_phase(
    desk: Desk, other: RunSummary, way: str, qtbot
) -> None:
    desk.session.reopened.reopen(other)
    if way == "escape":
        qtbot.keyClick(page(desk).view, Qt.Key.Key_Escape)
    elif way == "button":
        desk.session.reopened.close()
    else:
        desk.session.run()
    assert not page(desk).isVisible() and desk.window.graph_panel.view.isVisible()
    assert desk.session.reopened.shown is None and page(desk).graph is None


def test_it_stays_while_the_engine_is_only_getting_ready(desk: Desk, other: RunSummary) -> None:
    desk.session.state.enter("starting")
    desk.session.reopened.reopen(other)
    desk.session.state.enter("opening")
    desk.session.state.enter("ready")
    assert page(desk).isVisible()
    desk.session.state.enter("running")
    assert not page(desk).isVisible()


def test_a_run_without_a_graph_is_a_sentence(desk: Desk, other: RunSummary) -> None:
    library = desk.session.recorded.library
    recording = Recording(library.folder, RunFacts(id=new_id(), began=time.time() + 9, name="bare"), print)
    recording.add_points(LOSS, range(3), range(3), [3.0, 1.0, 2.0])
    recording.close("finished")
    said: list[str] = []
    desk.session.recorded.said.connect(said.append)
    desk.session.reopened.reopen(library.runs()[0])
    assert said[-1] == "No graph was recorded of bare." and not page(desk).isVisible()


def test_the_menu_of_the_panel_reopens(desk: Desk, other: RunSummary) -> None:
    desk.window.panels.show("runs")
    panel = desk.window.panels.get(RunsPanel)
    panel.view.selectRow(0)
    panel.acts.reopen()
    assert page(desk).isVisible()
