"""The inspector of a module: what it says, what is measured for it, and when a node takes its place."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel

from gradviz.protocol.commands import SetMeasures
from tests.gui.conftest import Desk
from tests.helpers.deep_graph import measured


@pytest.fixture
def deep(deep: Desk) -> Desk:
    deep.window.panels.show("inspector")
    return deep


def words(desk: Desk) -> list[str]:
    inspector = desk.window.inspector
    return [label.text() for label in inspector.currentWidget().findChildren(QLabel) if label.text()]


def cluster(desk: Desk, path: str) -> int:
    graph = desk.session.engine.graph
    return next(i for i, call in enumerate(graph.clusters) if call.path == path)


def test_a_module_box_shows_its_class_its_shapes_and_its_parameters(deep: Desk) -> None:
    deep.window.graph_panel.view.cluster_clicked.emit(cluster(deep, "h.0"))
    shown = words(deep)
    assert shown[0] == "h.0" and "Block" in shown and "2 × 4" in shown
    assert {"Inputs and output", "Parameters", "Time and memory"} <= set(shown)


def test_a_module_is_measured_while_it_is_seen(deep: Desk) -> None:
    deep.window.graph_panel.view.cluster_clicked.emit(cluster(deep, "h.0.attn"))
    asked = [command for command in deep.commands if isinstance(command, SetMeasures)][-1]
    assert {"time_forward", "time_backward", "saved_bytes", "grad_norm"} <= set(asked.kinds)
    deep.session.apply(measured(deep.session.state.runs.number, 1, {"time_forward": {1: 1e-6, 2: 2e-6}}))
    assert "3.00 µs" in words(deep) and "iteration 1" in words(deep)
    deep.window.panels.show("table")
    assert "grad_norm" not in deep.session.measuring._shown["inspector"]


def test_a_row_of_the_modules_panel_is_inspected_also_one_that_is_never_called(deep: Desk) -> None:
    modules = deep.window.measures.modules
    index = modules.model.index_of(modules.model.totals.index["spare"])
    modules.view.setCurrentIndex(index)
    assert words(deep)[0] == "spare" and "never called" in words(deep)
    modules.view.setCurrentIndex(modules.model.index(0, 0))
    assert words(deep)[0] == "Tiny" and any("235" in text for text in words(deep))


def test_a_node_takes_the_place_of_a_module_and_the_background_of_both(deep: Desk) -> None:
    deep.window.graph_panel.view.cluster_clicked.emit(cluster(deep, "h.0"))
    deep.session.selection.select(1)
    assert deep.session.selection.module is None and words(deep)[0] != "h.0"
    deep.window.graph_panel.view.cluster_clicked.emit(cluster(deep, "h.0"))
    deep.window.graph_panel.view.background_clicked.emit()
    assert deep.session.selection.module is None and deep.window.inspector.currentIndex() == 0
