"""The window at a stop: which keys can be pressed and why not, what is shown where, and what is sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QInputDialog, QPushButton

from gradviz.gui.scene.data.node_states import EdgeState, NodeState, NodeTag
from gradviz.gui.scene.data.timeline_states import edge_states, node_states
from gradviz.gui.window.menus import node_menu
from gradviz.model.stepping.timeline import Timeline
from gradviz.networks.catalogue import network
from gradviz.protocol.commands import Run, RunTo, SetBudget
from gradviz.protocol.events import Passed, StateChanged, Stopped
from gradviz.protocol.records import BreakpointRecord, PassedRecord, PointRecord, SummaryRecord
from tests.gui.conftest import Desk

FILE = str(network("autograd").file)
NODES = (0, 1, 2, 2, 1, 0)


class EventFilter(QObject):
    """Calls `seen` for each event of a type."""

    def __init__(self, seen: Callable[[QEvent], object], kind: QEvent.Type) -> None:
        super().__init__()
        self._seen, self._kind = seen, kind

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == self._kind:
            self._seen(event)
        return False


def point(index: int) -> PointRecord:
    phase = "forward" if index < 3 else "backward"
    node = NODES[index]
    return PointRecord(index, phase, node, op="torch.Tensor.mm", grad_fn="MmBackward0", file=FILE, line=15 + node)


def passed(step: int, count: int, norm: float = 2.5) -> Passed:
    value = SummaryRecord("output", (2, 2), norm, -1.0, 1.0)
    return Passed(1, step, tuple(PassedRecord(point(i), 1e-5, (value,), nodes=(NODES[i],)) for i in range(count)))


@pytest.fixture
def stopped(desk: Desk, qtbot):
    desk.window.show()
    desk.engine_ready()

    def stop(index: int, **options) -> Desk:
        desk.session.apply(passed(0, index))
        desk.session.apply(Stopped(1, 0, options.pop("reason", "step"), point(index), **options))
        desk.session.apply(StateChanged(1, "stopped", 0, 3.0))
        desk.window.update_actions()
        return desk

    return stop


def test_the_steps_say_why_they_cannot_be_pressed(desk: Desk) -> None:
    actions = desk.window.actions_
    desk.window.update_actions()
    assert not actions["step_in"].isEnabled() and "importing torch" in actions["step_in"].toolTip()
    desk.engine_ready()
    desk.window.update_actions()
    assert actions["step_in"].isEnabled() and actions["next_iteration"].isEnabled()
    assert not actions["step_back"].isEnabled() and "stepped" in actions["step_back"].toolTip()
    assert not actions["run_to"].isEnabled() and "No node is selected" in actions["run_to"].toolTip()
    desk.session.run()
    desk.window.update_actions()
    assert not actions["step_over"].isEnabled() and "running" in actions["step_over"].toolTip()


def test_at_a_stop_run_is_continue_and_the_timeline_is_in_front(stopped, qtbot) -> None:
    window = stopped(4).window
    assert window.actions_["run"].text() == "Continue" and window.actions_["step_back"].isEnabled()
    assert window.panels.docks["bottom"].current == "timeline"
    assert window.source.line == point(4).line
    qtbot.waitUntil(window.overlays.stop.isVisible)
    assert "before MmBackward0" in window.overlays.stop.text()


def test_a_users_panel_at_a_stop_is_remembered(stopped, qtbot) -> None:
    window = stopped(4).window
    window.panels.show("console")
    assert window.settings.get("window/stop_panel") == "console"


def test_the_past_is_looked_at_and_left_by_the_cards_link(stopped, qtbot) -> None:
    desk = stopped(4)
    desk.window.actions_["step_back"].trigger()
    qtbot.waitUntil(lambda: "Looking back" in desk.window.overlays.stop.text())
    desk.window.overlays.stop.present_requested.emit()
    assert not desk.session.engine.looks_back


def test_run_to_here_is_about_the_selected_node(stopped, qtbot) -> None:
    desk = stopped(3)
    desk.session.selection.select(0)
    desk.window.update_actions()
    desk.window.actions_["run_to"].trigger()
    assert desk.commands[-1] == RunTo(0)


def test_the_menu_of_a_node_holds_its_breakpoints(stopped, qtbot) -> None:
    desk = stopped(3)
    names = [action.text() for action in node_menu(desk.window.actions_, desk.window).actions() if action.text()]
    assert names[:2] == ["Run to here", "Breakpoint on this node"]
    desk.window.actions_["toggle_breakpoint"].trigger()
    (item,) = desk.session.engine.breakpoints
    assert item.record.kind == "node"
    desk.window.actions_["toggle_breakpoint"].trigger()
    assert len(desk.session.engine.breakpoints) == 0


def test_a_click_in_the_margin_sets_and_removes_a_breakpoint(stopped, qtbot) -> None:
    desk = stopped(3)
    code = desk.window.source._code
    code.verticalScrollBar().setValue(0)
    for wanted in (1, 0):
        qtbot.mouseClick(code._numbers, Qt.MouseButton.LeftButton, pos=QPoint(12, 31))
        assert len(desk.session.engine.breakpoints) == wanted
        assert len(code.breakpoints) == wanted


def test_what_raised_is_said_and_shown(stopped, qtbot) -> None:
    desk = stopped(
        4, reason="exception", message="RuntimeError: it broke", traceback="Traceback\nRuntimeError", after=True
    )
    banner = desk.window.graph_panel.banner
    assert banner.title.startswith("RuntimeError in MmBackward0")
    texts = [button.text() for button in banner.findChildren(QPushButton)]
    assert {"Console", "Show node"} <= set(texts)
    assert "RuntimeError" in desk.window.console.text


def test_nodes_turn_from_pale_to_forward_to_backward(stopped) -> None:
    graph = stopped(0).session.engine.graph
    at = graph.index
    timeline = Timeline(0)

    def states():
        return node_states(graph, timeline)

    timeline.append(passed(0, 1).points)
    timeline.next = point(1)
    assert [states().state[at[i]] for i in (0, 1, 2)] == [
        NodeState.FORWARD_RAN, NodeState.NEXT_FORWARD, NodeState.NOT_RUN
    ]  # fmt: skip
    assert EdgeState.NOT_RUN in edge_states(graph, timeline).state
    timeline.append(passed(0, 4).points)
    timeline.next = point(4)
    assert [states().state[at[i]] for i in (0, 1, 2)] == [
        NodeState.FORWARD_RAN, NodeState.NEXT_BACKWARD, NodeState.BACKWARD_RAN
    ]  # fmt: skip
    assert states().order[at[2]] == 1
    edges = edge_states(graph, timeline)
    states_of = {(edge.source, edge.target): int(edges.state[i]) for i, edge in enumerate(graph.edges)}
    assert states_of[1, 2] == EdgeState.GRADIENT and states_of[2, -3] == EdgeState.GRADIENT
    assert states_of[-1, 0] == EdgeState.PLAIN
    timeline.move(1)
    assert states().state[at[1]] == NodeState.NEXT_FORWARD


def test_a_zero_gradient_and_none_do_not_look_alike(stopped) -> None:
    graph = stopped(0).session.engine.graph
    timeline = Timeline(0)
    timeline.append(passed(0, 3).points)
    zero = SummaryRecord("gradient of clamp", (2, 2), 0.0, 0.0, 0.0, zeros=4)
    timeline.append([PassedRecord(point(3), 1e-5, (zero,)), PassedRecord(point(4), 1e-5, (SummaryRecord("none"),))])
    edges = edge_states(graph, timeline)
    states_of = {(edge.source, edge.target): int(edges.state[i]) for i, edge in enumerate(graph.edges)}
    assert states_of[1, 2] == EdgeState.ZERO and states_of[0, 1] == EdgeState.NONE


def test_an_infinity_is_tagged_unless_a_mask_filled_it_in(stopped) -> None:
    graph = stopped(0).session.engine.graph
    timeline = Timeline(0)
    masked = SummaryRecord("output", (2, 2), 1.0, infs=3)
    filled = replace(point(0), op="torch.Tensor.masked_fill")
    timeline.append([PassedRecord(filled, 1e-5, (masked,)), PassedRecord(point(1), 1e-5, (masked,))])
    tags = node_states(graph, timeline).tag
    assert [tags[graph.index[i]] for i in (0, 1)] == [NodeTag.NONE, NodeTag.INF]


def test_tags_show_nan_and_edits_and_errors(stopped) -> None:
    graph = stopped(0).session.engine.graph
    at = graph.index
    timeline = Timeline(0)
    bad = SummaryRecord("output", (2, 2), None, nans=3)
    timeline.append([PassedRecord(point(0), 1e-5, (bad,), nodes=(0,))])
    timeline.next = point(1)
    tags = node_states(graph, timeline, edited={1}, raised=2).tag
    assert [tags[at[i]] for i in (0, 1, 2)] == [NodeTag.NAN, NodeTag.EDITED, NodeTag.ERROR]
    dots = node_states(graph, timeline, (BreakpointRecord(1, "op", text="clamp"),)).breakpoint
    assert dots[at[1]] and not dots[at[0]]


def test_the_memory_for_the_past_is_asked_for_sent_and_kept(stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = stopped(2)
    monkeypatch.setattr(QInputDialog, "getInt", lambda *_: (3, True))
    sent: list[object] = []
    desk.session.state.command_issued.connect(sent.append)
    desk.window.actions_["budget"].trigger()
    assert sent == [SetBudget(3 * 2**20)]
    assert desk.window.settings.get("steps/budget") == 3 * 2**20


def test_the_timeline_is_low_at_a_stop_and_each_panel_keeps_its_own_height(stopped, qtbot) -> None:
    window = stopped(4).window
    bottom = window.panels.docks["bottom"]
    qtbot.waitUntil(lambda: bottom.height() == 128)
    window.console.write("stdout", "printed")
    window.panels.show("console")
    qtbot.waitUntil(lambda: bottom.height() == 232)
    window.panels.show("timeline")
    qtbot.waitUntil(lambda: bottom.height() == 128)


def test_an_empty_panel_is_low_until_it_has_something_to_show(stopped, qtbot) -> None:
    window = stopped(4).window
    bottom = window.panels.docks["bottom"]
    window.panels.show("console")
    qtbot.waitUntil(lambda: bottom.height() == 128)
    window.console.write("stdout", "printed")
    qtbot.waitUntil(lambda: bottom.height() == 232)
    window.console.clear()
    qtbot.waitUntil(lambda: bottom.height() == 128)


def test_a_height_that_qt_shares_out_late_is_corrected(stopped, qtbot) -> None:
    window = stopped(4).window
    bottom = window.panels.docks["bottom"]
    qtbot.waitUntil(lambda: bottom.height() == 128)
    heights: list[int] = []
    watch = EventFilter(lambda _event: heights.append(bottom.height()), QEvent.Type.Resize)
    bottom.installEventFilter(watch)
    bottom.set_height(200)
    qtbot.waitUntil(lambda: heights == [200, 128])
    bottom.set_height(320)
    qtbot.waitUntil(lambda: heights == [200, 128, 320, 128])


def test_the_timeline_stays_low_in_a_window_that_grows(stopped, qtbot) -> None:
    window = stopped(4).window
    bottom = window.panels.docks["bottom"]
    qtbot.waitUntil(lambda: bottom.height() == 128)
    size = window.size()
    window.resize(size.width(), size.height() + 60)
    qtbot.waitUntil(lambda: window.height() == size.height() + 60)
    qtbot.waitUntil(lambda: bottom.height() == 128)
    heights: list[int] = []
    watch = EventFilter(lambda _event: heights.append(bottom.height()), QEvent.Type.Resize)
    bottom.installEventFilter(watch)
    bottom.set_height(300)
    qtbot.waitUntil(lambda: heights == [300, 128])
    window.resize(size)


def test_a_height_that_was_dragged_is_kept_and_remembered(stopped, qtbot) -> None:
    window = stopped(4).window
    bottom = window.panels.docks["bottom"]
    qtbot.waitUntil(lambda: bottom.height() == 128)
    qtbot.mousePress(window, Qt.MouseButton.LeftButton, pos=QPoint(bottom.width() + 90, bottom.y() - 2))
    bottom.set_height(180)
    qtbot.waitUntil(lambda: bottom.height() == 180)
    qtbot.mouseRelease(window, Qt.MouseButton.LeftButton, pos=QPoint(bottom.width() + 90, bottom.y() - 2))
    window.console.write("stdout", "printed")
    window.panels.show("console")
    qtbot.waitUntil(lambda: bottom.height() == 232)
    window.panels.show("timeline")
    qtbot.waitUntil(lambda: bottom.height() == 180)


def test_behind_the_end_run_says_that_it_goes_on_and_for_how_long(desk: Desk, qtbot) -> None:
    desk.engine_ready()
    desk.session.run()
    desk.tick(10)
    run, window = desk.window.actions_["run"], desk.window
    qtbot.waitUntil(lambda: run.text() == "Continue")
    assert run.isEnabled() and run.toolTip() == "Continue (F5)\nTrain 500 more iterations. Reset begins again."
    qtbot.waitUntil(lambda: window._status.texts[0] == "Finished, F5 trains 500 more")
    desk.session.configure(replace(desk.session.state.setup, iterations=600))
    window.update_actions()
    assert "Train 100 more iterations" in run.toolTip()
    desk.session.run()
    assert desk.commands[-1] == Run(600)
