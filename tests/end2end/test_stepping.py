"""Stepping in a real window with a real engine: what the debugger is for, done as a person does it."""

from __future__ import annotations

import os
import signal

import numpy as np
import pytest
from msgspec.structs import replace

from gradviz.gui.app import App
from gradviz.gui.panels.inspector.gradient_terms import GradientTerms
from gradviz.gui.panels.tensors.tensor_dialog import TensorDialog
from gradviz.model.derivative.gradient_terms import terms
from gradviz.model.graph.graph import Graph
from gradviz.model.stepping.breakpoints import node_breakpoint
from gradviz.protocol.records import BreakpointRecord
from tests.end2end.test_window_and_engine import children, drawn, open_app, phase

__all__ = ["open_app"]
_LONG = 60_000


def step(qtbot, app: App, action: str) -> None:
    """Press a key of the debugger and wait for the stop that follows."""
    qtbot.waitUntil(app.window.actions_[action].isEnabled, timeout=_LONG)
    with qtbot.waitSignal(app.session.steps.stopped, timeout=_LONG):
        app.window.actions_[action].trigger()


def stop_where(qtbot, app: App, action: str, condition) -> None:
    for _ in range(400):
        step(qtbot, app, action)
        if condition(app.session.engine.stop):
            return
    raise AssertionError("it never came there")


def second_use(graph: Graph) -> int | None:
    """The op of the middle layer's second use; None where the iteration has none."""
    for node in graph.nodes:
        if node.type_name == "AddmmBackward0" and node.cluster != -1:
            cluster = graph.clusters[node.cluster]
            if (cluster.path, cluster.use) == ("middle_linear", 2):
                return node.id
    return None


def until_shown(qtbot, app: App, condition) -> None:
    qtbot.waitUntil(condition, timeout=_LONG)


@pytest.fixture
def at_second_use(qtbot, open_app):
    """`dynamic`, stopped in backward before the second use of the middle layer."""
    app = open_app("dynamic")
    session = app.session
    phase(qtbot, app, "ready")
    file = session.state.setup.network.file
    line = 1 + next(
        i for i, text in enumerate(file.read_text().splitlines()) if "self.middle_linear(h)" in text
    )  # fmt: skip
    app.window.source.breakpoint_toggled.emit(str(file), line)
    only = next(iter(session.engine.breakpoints)).record
    session.breakpoints.remove(only.id)
    session.breakpoints.add(replace(only, number=2, phase="backward"))
    step(qtbot, app, "run")
    assert session.engine.stop.reason == "breakpoint"
    drawn(qtbot, app)
    while session.engine.stop.point.grad_fn != "AddmmBackward0":  # the clamp of the same line stands before it
        step(qtbot, app, "step_in")
    return app


def test_the_second_use_of_a_shared_layer_is_stopped_at_in_backward(qtbot, at_second_use: App) -> None:
    app, session = at_second_use, at_second_use.session
    point = session.engine.stop.point
    assert (point.phase, point.grad_fn, point.module, point.use) == ("backward", "AddmmBackward0", "middle_linear", 2)
    assert session.selection.node_id == point.node and session.engine.graph.node(point.node).name == "addmm"
    card = app.window.overlays.stop
    qtbot.waitUntil(lambda: "before AddmmBackward0" in card.text())
    assert "Stopped in backward" in card.text() and "middle_linear, use 2 of" in card.text()
    assert "Derivative of addmm" in app.window.overlays.derivative.text()
    assert app.window.source.line == point.line
    assert app.window.actions_["run"].text() == "Continue"


def test_two_terms_add_up_in_the_gradient_of_a_shared_weight(qtbot, at_second_use: App) -> None:
    app, session = at_second_use, at_second_use.session
    weight = next(node for node in session.engine.graph.nodes if node.name == "middle_linear.weight").id

    def sum_now():
        return terms(session.engine.graph, session.engine.timeline, weight)

    uses = len(sum_now().terms)
    before = sum_now().arrived
    inspected = app.window.inspector.stop_page.sums
    qtbot.waitUntil(lambda: any("this node gives it" in row for part in inspected for row in part.rows()))
    stop_where(qtbot, app, "step_in", lambda stop: sum_now().arrived == before + 1)
    assert sum_now().norm is None
    stop_where(qtbot, app, "step_in", lambda stop: sum_now().arrived == uses and sum_now().norm is not None)
    session.selection.select(weight)
    qtbot.waitUntil(lambda: isinstance(inspected[0], GradientTerms) and len(inspected[0].rows()) == uses)
    total = sum_now()
    assert uses >= 2 and all(term.norm is not None for term in total.terms)
    assert total.norm <= sum(term.norm for term in total.terms) * (1 + 1e-5)


def test_a_step_back_shows_the_past_and_an_edited_gradient_goes_on_and_is_marked(qtbot, at_second_use: App) -> None:
    app, session = at_second_use, at_second_use.session
    here = session.engine.stop.point
    app.window.actions_["step_back"].trigger()
    assert session.engine.looks_back and session.engine.point.index == here.index - 1
    qtbot.waitUntil(lambda: "Looking back" in app.window.overlays.stop.text())
    page = app.window.inspector.stop_page.tensors
    qtbot.waitUntil(lambda: page.answer(0) is not None, timeout=_LONG)
    app.window.actions_["back_to_now"].trigger()
    assert not session.engine.looks_back and session.selection.node_id == here.node
    qtbot.waitUntil(lambda: page.choice(1).what == "grad_output" and page.answer(1) is not None, timeout=_LONG)
    page.open_requested.emit(1)
    (dialog,) = app.window.findChildren(TensorDialog)
    dialog.expression.setText("g * 0")
    with qtbot.waitSignal(session.tensors.edited, timeout=_LONG):
        dialog.apply_button.click()
    qtbot.waitUntil(lambda: page.answer(1) is not None and page.answer(1).statistics.norm == 0, timeout=_LONG)
    dialog.close()
    step(qtbot, app, "step_in")
    passed = session.engine.timeline.ran("backward", here.node)
    assert passed.edited and all(value.norm in (0, None) for value in passed.values)
    for item in list(session.engine.breakpoints):
        session.breakpoints.remove(item.record.id)
    with qtbot.waitSignal(session.state.runs_changed, timeout=_LONG):
        app.window.actions_["run_one"].trigger()
    phase(qtbot, app, "paused")
    marks = session.state.scalars.current.marks
    assert [mark.kind for mark in marks] == ["edit"] and "g * 0" in marks[0].text
    assert np.isfinite(session.state.scalars.current.losses).all()


def test_the_first_nan_of_a_backward_stops_it(qtbot, open_app) -> None:
    app = open_app("nn")
    session = app.session
    phase(qtbot, app, "ready")
    app.window.actions_["break_on_nan"].trigger()
    assert session.breakpoints.breaks_on_nonfinite and app.window.actions_["break_on_nan"].isChecked() is not None
    step(qtbot, app, "step_in")
    stop_where(
        qtbot, app, "step_in", lambda stop: (stop.point.phase, stop.point.grad_fn) == ("backward", "AddmmBackward0")
    )
    page = app.window.inspector.stop_page.tensors
    qtbot.waitUntil(lambda: page.answer(1) is not None, timeout=_LONG)
    page.open_requested.emit(1)
    (dialog,) = app.window.findChildren(TensorDialog)
    dialog.expression.setText('g * float("inf") * 0')
    with qtbot.waitSignal(session.tensors.edited, timeout=_LONG):
        dialog.apply_button.click()
    dialog.close()
    bad = session.engine.stop.point.node
    step(qtbot, app, "run")
    assert (
        session.engine.stop.reason == "breakpoint"
        and session.engine.stop.after
        and "NaN" in session.engine.stop.message
    )
    assert session.engine.stop.point.node == bad
    qtbot.waitUntil(lambda: "NaN" in app.window.overlays.stop.text())


@pytest.mark.parametrize("target", ["numpy", "tensors", "function", "attention"])
def test_an_iteration_is_stepped_to_its_end(qtbot, open_app, target: str) -> None:
    app = open_app(target)
    session = app.session
    phase(qtbot, app, "ready")
    drawn(qtbot, app)
    seen = set()
    step(qtbot, app, "next_iteration")  # what is derived by hand has its backward behind it when it is opened
    while session.engine.step == 1:
        seen.add(session.engine.stop.point.phase)
        step(qtbot, app, "step_in")
    assert seen == {"forward", "backward", "update"} and session.engine.step == 2
    assert len(session.state.scalars.current) == 2


def test_a_gradient_derived_by_hand_is_known_at_its_update(qtbot, open_app) -> None:
    app = open_app("numpy")
    phase(qtbot, app, "ready")
    drawn(qtbot, app)
    step(qtbot, app, "next_iteration")
    for _ in range(2):
        step(qtbot, app, "next_phase")
    assert app.session.engine.stop.point.phase == "update"
    card = app.window.overlays.stop
    qtbot.waitUntil(lambda: "step to come" in card.text())
    assert "gradient to come" not in card.text()


def test_keys_faster_than_the_engine_leave_at_most_one_step_behind(qtbot, open_app) -> None:
    app = open_app("nn")
    session = app.session
    phase(qtbot, app, "ready")
    step(qtbot, app, "next_iteration")
    sent = []
    session.state.command_issued.connect(sent.append)
    for _ in range(50):
        session.steps.step_in()
    assert len([c for c in sent if type(c).__name__ == "StepIn"]) == 1
    qtbot.waitUntil(lambda: session.engine.stop is not None and session.engine.stop.point.index == 2, timeout=_LONG)
    assert len([c for c in sent if type(c).__name__ == "StepIn"]) == 2


def test_closing_at_a_stop_in_backward_leaves_no_process(qtbot, open_app) -> None:
    before = children()
    app = open_app("autograd")
    phase(qtbot, app, "ready")
    drawn(qtbot, app)
    step(qtbot, app, "next_phase")
    assert app.session.engine.stop.point.phase == "backward"
    app.window.close()
    assert children() <= before


def test_killing_the_engine_at_a_stop_keeps_the_picture_and_the_breakpoints(qtbot, open_app) -> None:
    app = open_app("autograd")
    session = app.session
    phase(qtbot, app, "ready")
    drawn(qtbot, app)
    node = next(node for node in session.engine.graph.nodes if node.name == "clamp")
    session.breakpoints.toggle(node_breakpoint(session.engine.graph, node.id))
    session.breakpoints.add(BreakpointRecord(0, "iteration", number=10**6))
    step(qtbot, app, "run")
    assert session.engine.stop.reason == "breakpoint" and session.engine.stop.point.node == node.id
    passed = len(session.engine.timeline.passed)
    with qtbot.waitSignal(session.state.died, timeout=_LONG):
        os.kill(app.engine.process_id, signal.SIGKILL)
    assert app.window.graph_panel.banner.title == "The engine was killed (SIGKILL)"
    assert session.engine.graph is not None and app.window.graph_panel.view.graph is session.engine.graph
    assert len(session.engine.timeline.passed) == passed
    session.opening.restart_engine()
    phase(qtbot, app, "ready", "stopped")
    assert len(session.engine.breakpoints) == 2
    step(qtbot, app, "run")
    assert session.engine.stop.reason == "breakpoint"
