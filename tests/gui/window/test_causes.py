"""Where a NaN or Inf comes from: offered, shown as a chain, walked on the graph, and run again to where it began."""

from __future__ import annotations

import math
from array import array
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QToolButton

from gradviz.gui.window.menus import node_menu
from gradviz.protocol.cause_records import BlameLink, ExtentRecord, ModuleFigures, RowFigures
from gradviz.protocol.commands import AskTensor, Blame, ExplainSpike, Open, SetBreakpoints
from gradviz.protocol.events import Blamed, Failed, LossBatch, Passed, SpikeExplained, StateChanged, Stopped, Trapped
from gradviz.protocol.records import BreakpointRecord, PassedRecord, PointRecord, SummaryRecord
from tests.gui.conftest import Desk

FILE = "/m/net.py"
POINT = PointRecord(0, "backward", 1, op="torch.Tensor.clamp", grad_fn="ClampBackward1", file=FILE, line=16)


def link(node: int | None, name: str, point: int | None = 0, **more: object) -> BlameLink:
    return BlameLink(f"Why {name}.", "backward", point, node, name, file=FILE, line=15, **more)  # type: ignore[arg-type]


CHAIN = (
    link(2, "sum", outputs=(ExtentRecord("output", (2,), "float32", infs=2),), rows=(1, 2, 3, 7), row_count=4, batch=8),
    link(1, "clamp"),
    link(0, "mm"),
)


@pytest.fixture
def stopped(desk: Desk) -> Desk:
    """Stopped after a node whose gradient is NaN."""
    desk.window.resize(1500, 950)
    desk.window.show()
    desk.engine_ready()
    nan = SummaryRecord("gradient", (2, 2), math.nan, nans=3)
    desk.session.breakpoints.add(BreakpointRecord(0, "nan"))
    desk.session.apply(Passed(1, 0, (PassedRecord(POINT, 1e-5, (nan,), nodes=(1,)),)))
    desk.session.apply(Stopped(1, 0, "breakpoint", POINT, breakpoint=1, message="3 NaN", after=True))
    desk.session.apply(StateChanged(1, "stopped", 0, 3.0))
    return desk


def test_the_card_of_a_stop_at_nan_asks_for_the_cause(stopped: Desk, qtbot) -> None:
    card = stopped.window.overlays.stop
    qtbot.waitUntil(lambda: not card.cause.isHidden())
    card.cause.click()
    assert stopped.commands[-1] == Blame()


@pytest.mark.parametrize(("after", "shown"), [(True, ["output", "input"]), (False, ["input"])])
def test_a_stop_after_an_op_shows_what_it_made_beside_its_inputs(
    stopped: Desk, qtbot, after: bool, shown: list[str]
) -> None:
    point = PointRecord(1, "forward", 1, op="torch.Tensor.clamp")
    stopped.session.apply(Stopped(1, 1, "breakpoint", point, breakpoint=1, message="3 NaN", after=after))
    stopped.session.selection.select(1)
    tensors = stopped.window.inspector.stop_page.tensors
    qtbot.waitUntil(lambda: [tensors.choice(i).what for i in range(len(shown))] == shown)


def test_a_stop_at_an_earlier_op_than_the_last_that_ran_does_not_say_what_the_last_made(stopped: Desk, qtbot) -> None:
    later = PointRecord(1, "forward", 1, op="torch.Tensor.clamp")
    stopped.session.apply(Passed(1, 1, (PassedRecord(later, 1e-5, (SummaryRecord("output", (2,), 1.0),)),)))
    stopped.session.apply(Stopped(1, 0, "breakpoint", later, breakpoint=1, after=True))
    card = stopped.window.overlays.stop
    qtbot.waitUntil(lambda: "Just now" in card.text())
    stopped.session.apply(Stopped(1, 0, "breakpoint", POINT, breakpoint=1, after=True))
    qtbot.waitUntil(lambda: "Just now" not in card.text())


def test_a_stop_without_nan_offers_no_cause(stopped: Desk, qtbot) -> None:
    fine = SummaryRecord("gradient", (2, 2), 1.0)
    point = PointRecord(0, "forward", 1, op="torch.Tensor.clamp")
    stopped.session.apply(Passed(1, 1, (PassedRecord(point, 1e-5, (fine,)),)))
    stopped.session.apply(Stopped(1, 1, "step", PointRecord(1, "forward", 2)))
    qtbot.waitUntil(stopped.window.overlays.stop.cause.isHidden)


def test_a_chain_is_listed_and_lit_with_the_origin_first(stopped: Desk, qtbot) -> None:
    window = stopped.window
    stopped.session.apply(Blamed(1, 0, CHAIN))
    panel = window.causes.panel
    assert window.panels.dock_of("cause").current == "cause"
    assert "sum, line 15 made the first Inf" in panel.text()
    assert [row.accessibleName() for row in panel.rows][:2] == ["1 of 3: #2 sum, backward. Why sum.",
                                                                "2 of 3: #1 clamp, backward. Why clamp."]  # fmt: skip
    assert "rows 1–3, 7 (4 of 8)" in panel.rows[0].accessibleDescription()
    assert window.graph_panel.view.marks.current.path == {0, 1, 2}
    assert stopped.session.selection.node_id == 2


def test_enter_walks_the_chain_on_the_graph_and_shift_enter_back(stopped: Desk, qtbot) -> None:
    stopped.session.apply(Blamed(1, 0, CHAIN))
    view, selection = stopped.window.graph_panel.view, stopped.session.selection
    qtbot.waitUntil(view.hasFocus)
    seen = []
    for keys in (Qt.KeyboardModifier.NoModifier,) * 3 + (Qt.KeyboardModifier.ShiftModifier,):
        qtbot.keyClick(view, Qt.Key.Key_Return, keys)
        seen.append(selection.node_id)
    assert seen == [1, 0, 0, 1]
    row = stopped.window.causes.panel.rows[1]
    row.setFocus()
    qtbot.keyClick(row, Qt.Key.Key_Down)
    assert selection.node_id == 0
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.marks.current.path is None


def test_the_chain_goes_with_its_iteration(stopped: Desk) -> None:
    stopped.session.apply(Blamed(1, 0, CHAIN))
    stopped.session.apply(Passed(1, 1, ()))
    assert stopped.session.causes.chain == () and not stopped.window.causes.panel.rows
    assert stopped.window.graph_panel.view.marks.current.path is None


def test_a_node_is_asked_about_from_its_menu(stopped: Desk) -> None:
    stopped.session.selection.select(2)
    stopped.window.update_actions()
    menu = node_menu(stopped.window.actions_, stopped.window)
    action = next(action for action in menu.actions() if action is stopped.window.actions_["blame_node"])
    action.trigger()
    assert stopped.commands[-1] == Blame(2)


def test_why_there_is_no_chain_is_shown(stopped: Desk, qtbot) -> None:
    with qtbot.waitSignal(stopped.session.causes.failed):
        stopped.session.apply(Failed("Blame", "All that is kept is finite."))
    assert stopped.window.causes.panel.empty.title == "No cause was found"
    assert stopped.window._status.message == "All that is kept is finite."


def test_a_loss_that_becomes_nan_offers_to_run_again_to_its_cause(desk: Desk, qtbot) -> None:
    desk.engine_ready()
    desk.session.run()
    values = array("d", [3.0, 2.0, math.nan, math.nan])
    desk.session.apply(LossBatch(1, 0, values.tobytes(), 10.0))
    banner = desk.window.causes.banner
    assert banner.title == "The loss is NaN since iteration 2"
    desk.window.causes.run_again()
    assert any(isinstance(command, Open) and command.run == 2 for command in desk.commands)
    sent = [command for command in desk.commands if isinstance(command, SetBreakpoints)][-1]
    assert [record.kind for record in sent.breakpoints] == ["nonfinite"]
    assert desk.session.state.phase == "running"
    desk.session.apply(Passed(2, 2, (PassedRecord(POINT, 1e-5),)))
    desk.session.apply(Stopped(2, 2, "breakpoint", POINT, breakpoint=1, after=True))
    assert desk.commands[-1] == Blame()


def test_a_parameter_that_was_written_earlier_offers_to_run_again(stopped: Desk) -> None:
    stopped.session.apply(Passed(1, 4, ()))
    stopped.session.apply(Blamed(1, 4, (link(-2, "w1", None), CHAIN[1])))
    panel = stopped.window.causes.panel
    assert "w1 held the first Inf" in panel.text()
    assert not panel.earlier.isHidden()


def test_a_stop_at_a_spike_asks_what_moved_and_for_the_rows(stopped: Desk, qtbot) -> None:
    session, card = stopped.session, stopped.window.overlays.stop
    session.apply(LossBatch(1, 0, array("d", [1.0, 1.0, 1.0, 1709.0]).tobytes(), 10.0))
    session.breakpoints.add(BreakpointRecord(0, "spike", "loss", 10, other=50))
    session.apply(Stopped(1, 3, "breakpoint", PointRecord(0, "forward", 0), breakpoint=2, message="1709"))
    qtbot.waitUntil(lambda: card.cause.text() == "What moved?" and not card.cause.isHidden())
    assert [mark.text for mark in session.state.scalars.curve(1).marks] == ["Loss above 10 × its median"]
    card.cause.click()
    assert stopped.commands[-1] == ExplainSpike()
    modules = (ModuleFigures("head", 60.0, 0.5, 0.1, 0.1), ModuleFigures("body.0", 1.0, 1.0))
    session.apply(SpikeExplained(1, 3, modules))
    page = stopped.window.causes.panel.spike
    assert page.head.text() == "head has 120× its usual gradient"
    qtbot.waitUntil(card.cause.isHidden)  # it was answered
    assert page.modules.rows == [("head", "0.100", "1×", "60.0", "120×"), ("body.0", "–", "", "1.00", "1×")]
    page.button.click()
    assert stopped.commands[-1] == ExplainSpike(rows=True)
    rows = (RowFigures(0, 0.5, 1.0), RowFigures(1, math.nan, 1.0), RowFigures(2, 9.0, 2.0))
    session.apply(SpikeExplained(1, 3, modules, rows, "Batch norm used its running figures."))
    assert [row[0] for row in page.rows.rows] == ["1", "2", "0"]
    asked = [command for command in stopped.commands if isinstance(command, AskTensor) and command.slice == "1"]
    assert [command.node for command in asked] == [-1]
    assert page.words.text() == "Batch norm used its running figures."


def test_the_inspector_says_why_a_derivative_cannot_be_checked(desk: Desk, qtbot) -> None:
    desk.window.show()
    desk.engine_ready()
    button = desk.window.inspector.corner.findChild(QToolButton)
    assert not button.isEnabled() and button.toolTip().endswith("No node is selected.")
    desk.session.run()
    desk.tick(10)
    desk.session.selection.select(1)
    why = "This iteration ran freely. Run one iteration with F7, then check."
    assert not button.isEnabled() and button.toolTip().endswith(why)
    desk.window.update_actions()
    assert desk.window.actions_["check"].toolTip().endswith(why)


def test_what_an_optimizer_keeps_for_a_parameter_is_not_called_saved_in_forward(stopped: Desk) -> None:
    graph = stopped.session.engine.graph
    leaf = next(node.id for node in graph.nodes if node.kind == "parameter")
    for node, said in ((leaf, False), (1, True)):
        stopped.session.selection.select(node)
        stopped.window.overlays.refresh()
        assert ("Saved in forward" in stopped.window.overlays.derivative.text()) is said


def test_the_link_at_fault_is_looked_at_first_and_not_the_mask_before_it(stopped: Desk) -> None:
    stopped.session.apply(Blamed(1, 0, (link(2, "masked_fill", role="meant"), *CHAIN[1:])))
    causes = stopped.session.causes
    assert (causes.current, causes.link.name) == (1, "clamp")
    assert "clamp, line 15 made the first" in stopped.window.causes.panel.text()


def test_what_an_error_proves_is_written_beside_both_lines_of_code(stopped: Desk, tmp_path: Path) -> None:
    net, other = tmp_path / "net.py", tmp_path / "other.py"
    for file in (net, other):
        file.write_text("x = 1\n" * 20)
    chain = (
        replace(link(0, "mm", role="saved"), file=str(net)),
        replace(link(1, "mul", role="written"), file=str(net), line=16),
        replace(link(0, "mm", role="read"), file=str(net)),
    )
    stopped.session.apply(Blamed(1, 0, chain, "w was modified"))
    source = stopped.window.source
    source.show_file(str(net), 15)
    assert source._code.notes == {15: "1 saved · 3 read", 16: "2 written"}
    source.show_file(str(other), 1)
    assert source._code.notes == {}
    stopped.session.causes.forget()
    source.show_file(str(net), 15)
    assert source._code.notes == {}


@pytest.mark.parametrize(
    ("kind", "offered"), [("spike", ["What moved?", "Run again to here"]), ("nonfinite", ["Run again to here"])]
)
def test_a_script_behind_a_spike_is_asked_what_moved_before_it_runs_again(
    desk: Desk, kind: str, offered: list[str]
) -> None:
    desk.window.show()
    desk.engine_ready()
    run = desk.session.state.runs.number
    desk.session.breakpoints.add(BreakpointRecord(0, kind, number=10, other=50))
    (known,) = desk.session.engine.breakpoints
    desk.session.apply(Trapped(run, 3, known.record.id, "the loss is large"))
    banner = desk.window.causes.banner
    buttons = {button.text(): button for button in banner.findChildren(QPushButton) if not button.isHidden()}
    assert [text for text in buttons if text] == offered
    if kind == "spike":
        buttons["What moved?"].click()
        assert desk.commands[-1] == ExplainSpike()
