"""The chart: crosshair, keys, zoom, pan and following."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gradviz.gui.plots.loss_plot import LossPlot
from gradviz.model.loss_curves import Curve, Scalars
from gradviz.protocol.records import MarkRecord
from tests.gui.plots.conftest import crosshair_text, labels, make_scalars, show

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the offscreen platform's own limits


def test_the_crosshair_shows_iteration_and_exact_loss_of_every_visible_run(plot: LossPlot) -> None:
    scalars = make_scalars([0.1, 0.30000000000000004, 5.0], [1.0, 4.1236889e-06])
    scalars.mark(2, MarkRecord(1, "optimizer", "Manual → Adam"))
    show(plot, scalars)
    plot.chart.set_iteration(1)
    assert crosshair_text(plot).splitlines() == [
        "Iteration 1",
        "run 2 · title 2: 4.1236889e−06",
        "run 1 · title 1: 0.30000000000000004",
        "Manual → Adam",
    ]
    plot.set_run_visible(1, False)
    plot.refresh()
    assert "run 1" not in crosshair_text(plot)


def test_the_crosshair_shows_raw_and_smoothed(plot: LossPlot) -> None:
    show(plot, make_scalars([1.0, math.nan, 0.25]))
    plot.controls.smoothing.set_smoothing(0.5)
    plot.refresh()
    plot.chart.set_iteration(2)
    assert crosshair_text(plot).splitlines()[1] == "run 1 · title 1: 0.25, smoothed 0.5"
    plot.chart.set_iteration(1)
    assert crosshair_text(plot).splitlines()[1] == "run 1 · title 1: NaN, smoothed –"


def test_the_mouse_moves_the_crosshair_and_takes_it_away(plot: LossPlot) -> None:
    show(plot, make_scalars(np.arange(1.0, 101.0)))
    spy = QSignalSpy(plot.chart.read_out)
    box = plot.chart._box
    frame = plot.chart.frame
    plot.chart._follow_mouse(box.mapToScene(QPointF(frame.left_of(40.3), 20)))
    assert crosshair_text(plot).startswith("Iteration 40\n")
    plot.chart._follow_mouse(QPointF(-5, -5))
    assert crosshair_text(plot) == ""
    assert spy.count() == 2


def test_keys_walk_the_crosshair_zoom_and_fit(plot: LossPlot, qtbot: QtBot) -> None:
    show(plot, make_scalars(np.arange(1.0, 101.0)))
    chart = plot.chart

    def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> str:
        qtbot.keyClick(chart, key, modifier)
        return crosshair_text(plot).partition("\n")[0]

    assert press(Qt.Key.Key_Left) == "Iteration 99"
    assert press(Qt.Key.Key_Left) == "Iteration 98"
    assert press(Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier) == "Iteration 88"
    assert press(Qt.Key.Key_Right) == "Iteration 89"
    assert press(Qt.Key.Key_Home) == "Iteration 0"
    assert press(Qt.Key.Key_End) == "Iteration 99"
    assert chart.accessibleDescription().startswith("Iteration 99")
    assert press(Qt.Key.Key_Escape) == ""
    whole = chart.frame.x
    press(Qt.Key.Key_Plus)
    assert chart.frame.x[1] - chart.frame.x[0] < whole[1] - whole[0]
    press(Qt.Key.Key_A)
    assert chart.frame.x == whole


def test_keys_and_pointer_go_to_the_steps_of_a_recorded_run_with_gaps(plot: LossPlot, qtbot: QtBot) -> None:
    curve = Curve(-1, 0, "SGD", name="imported", color="#d9772b", steps=np.array([0, 40, 100]))
    curve.raw.extend(np.array([3.0, 2.0, 1.0]))
    scalars = Scalars()
    scalars.add(curve)
    show(plot, scalars)
    plot.chart.set_iteration(0)
    visited = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        qtbot.keyClick(plot.chart, key)
        visited.append(crosshair_text(plot).partition("\n")[0])
    assert visited == ["Iteration 40", "Iteration 100", "Iteration 100", "Iteration 40"]
    assert "imported · SGD: 2.0" in crosshair_text(plot)
    plot.chart._follow_mouse(plot.chart._box.mapToScene(QPointF(plot.chart.frame.left_of(65), 20)))
    assert crosshair_text(plot).startswith("Iteration 40")
    assert labels(plot) == ["imported"] and plot.chart.frame.x == (0.0, 100.0)


def test_zooming_keeps_the_iteration_under_the_cursor(plot: LossPlot) -> None:
    show(plot, make_scalars(np.geomspace(1e4, 1, 500)), expected=500)
    chart = plot.chart
    chart._box.zoom_requested.emit("x", 0.5, QPointF(0.4, 0.5))
    assert chart.frame.iteration(0.4 * chart.frame.width) == pytest.approx(200)
    assert chart.frame.x[1] - chart.frame.x[0] == pytest.approx(250)
    chart._box.zoom_requested.emit("y", 0.5, QPointF(0.4, 0.5))
    assert chart.y is not None


def test_panning_ends_following_and_the_button_brings_it_back(plot: LossPlot, qtbot: QtBot) -> None:
    scalars = make_scalars(np.geomspace(1e4, 1, 400))
    show(plot, scalars, expected=500)
    plot.chart._box.zoom_requested.emit("x", 0.2, QPointF(0.8, 0.5))
    assert plot.chart.navigation.follow
    with qtbot.waitSignal(plot.controls.follow.toggled):
        plot.chart._box.pan_requested.emit(0.5, 0.0)
    assert not plot.chart.navigation.follow
    assert not plot.controls.follow.isChecked()
    before = plot.chart.frame.x
    scalars.append(1, 400, np.ones(50))
    plot.refresh()
    assert plot.chart.frame.x == before
    qtbot.mouseClick(plot.controls.follow, Qt.MouseButton.LeftButton)
    assert plot.chart.navigation.follow
    assert plot.chart.frame.x[0] <= 449 <= plot.chart.frame.x[1]


def test_a_zoomed_view_that_follows_moves_with_the_newest_iteration(plot: LossPlot) -> None:
    scalars = make_scalars(np.ones(100))
    show(plot, scalars, expected=1000)
    plot.chart._box.zoom_requested.emit("x", 0.1, QPointF(0.099, 0.5))
    scalars.append(1, 100, np.ones(500))
    plot.refresh()
    first, last = plot.chart.frame.x
    assert last - first == pytest.approx(100)
    assert first < 599 < last


def test_a_run_longer_than_expected_widens_the_axis_only_when_it_must(plot: LossPlot) -> None:
    scalars = make_scalars(np.ones(501))
    show(plot, scalars, expected=500)
    assert plot.chart.frame.x == (0.0, 500.0)
    scalars.append(1, 501, np.ones(20))
    plot.refresh()
    assert plot.chart.frame.x == (0.0, 600.0)


def test_a_point_outside_of_the_chosen_losses_has_no_dot_at_the_edge(plot: LossPlot) -> None:
    show(plot, make_scalars([100.0, 10.0, 1.0]))
    plot.chart.set_losses(1.5, 3.0)
    plot.chart.refresh()
    assert plot.chart.annotations.arrangement.dot is None
    assert labels(plot) == []


def test_a_drag_that_begins_sideways_leaves_the_losses_fitted(plot: LossPlot, qtbot: QtBot) -> None:
    show(plot, make_scalars(np.geomspace(1e4, 1, 500)), expected=500)
    chart = plot.chart
    chart._box.zoom_requested.emit("x", 0.2, QPointF(0.5, 0.5))
    before = chart.frame.x
    start = chart.mapFromScene(chart._box.mapToScene(QPointF(400, 60)))
    qtbot.mousePress(chart.viewport(), Qt.MouseButton.LeftButton, pos=start)
    for x, y in ((20, 1), (60, 5), (100, 8)):
        event_position = start + QPoint(x, y)
        move = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(event_position),
            QPointF(chart.viewport().mapToGlobal(event_position)),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(chart.viewport(), move)
    qtbot.mouseRelease(chart.viewport(), Qt.MouseButton.LeftButton, pos=start + QPoint(100, 8))
    moved = 100 / chart.frame.width * (before[1] - before[0])
    assert chart.frame.x == pytest.approx((before[0] - moved, before[1] - moved))
    assert chart.y is None
    assert not plot.chart.navigation.follow
