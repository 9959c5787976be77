"""The loss plot: what is drawn of the runs, its legend and controls."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gradviz.gui.plots.loss_plot import LossPlot
from gradviz.model.loss_curves import Scalars
from tests.gui.plots.conftest import labels, make_scalars, show, tick_labels

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the offscreen platform's own limits


def test_before_the_first_loss_a_sentence_explains_what_to_do(plot: LossPlot) -> None:
    show(plot, Scalars(), expected=500)
    assert not plot.chart.isVisible()
    assert not plot.controls.follow.isVisible()
    assert plot.controls.metrics.isVisible()  # what is sampled is chosen before the first run
    empty = plot._empty
    assert empty.accessibleName() == "The loss will be drawn here"
    assert empty.accessibleDescription() == "Press Run or F5 to train 500 iterations."
    plot.set_empty_text("No network", "Choose one with [Ctrl+K].")
    assert empty.accessibleDescription() == "Choose one with Ctrl+K."


def test_the_first_loss_brings_the_plot_with_its_value(plot: LossPlot) -> None:
    show(plot, make_scalars([2.94e7]), expected=500)
    assert plot.chart.isVisible()
    assert labels(plot) == ["2.94e+07"]
    assert plot.chart.frame.x == (0.0, 500.0)


def test_a_log_scale_has_powers_of_ten_on_every_second_decade(plot: LossPlot) -> None:
    show(plot, make_scalars(np.geomspace(3e7, 4e-6, 312)), expected=500)
    assert plot.controls.log.isChecked()
    assert tick_labels(plot) == ["10⁻⁶", "10⁻⁴", "10⁻²", "10⁰", "10²", "10⁴", "10⁶", "10⁸"]
    assert tick_labels(plot, "bottom") == ["0", "100", "200", "300", "400", "500"]


def test_toggling_log_changes_the_scale_and_emits_it(plot: LossPlot, qtbot: QtBot) -> None:
    show(plot, make_scalars([100.0, 10.0, 1.0]))
    with qtbot.waitSignal(plot.controls.log.toggled) as changed:
        qtbot.mouseClick(plot.controls.log, Qt.MouseButton.LeftButton)
    plot.refresh()
    assert changed.args == [False]
    assert not plot.chart.frame.log
    assert tick_labels(plot)[0] == "0"
    assert tick_labels(plot)[-1] == "100"


def test_the_curve_passes_through_its_losses(plot: LossPlot) -> None:
    show(plot, make_scalars([1.0, 100.0, 10.0]))
    path = plot.chart._items[1]._raw.path
    frame = plot.chart.frame
    found = np.array([(path.elementAt(i).x, path.elementAt(i).y) for i in range(path.elementCount())])
    assert found == pytest.approx(np.array([frame.point(0, 1.0), frame.point(1, 100.0), frame.point(2, 10.0)]))


def test_a_single_spike_among_a_million_points_is_drawn(plot: LossPlot) -> None:
    losses = np.full(1_000_000, 1.0)
    losses[123_456] = 1e6
    show(plot, make_scalars(losses))
    path = plot.chart._items[1]._raw.path
    assert path.elementCount() < 10_000
    highest = min(path.elementAt(i).y for i in range(path.elementCount()))
    assert highest == pytest.approx(plot.chart.frame.point(0, 1e6)[1])


def test_an_earlier_run_stays_with_its_name_at_its_end(plot: LossPlot) -> None:
    show(plot, make_scalars(np.geomspace(1e4, 1e-2, 500), np.geomspace(1e4, 1e2, 200)), expected=500)
    assert labels(plot) == ["100", "run 1"]


def test_a_legend_entry_hides_and_shows_its_curve_by_mouse_and_key(plot: LossPlot, qtbot: QtBot) -> None:
    show(plot, make_scalars([3.0, 2.0], [5.0, 4.0]))
    second, first = plot.controls.legend.entries
    assert (second.text(), first.text()) == ("run 2 · title 2", "run 1 · title 1")
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    plot.refresh()
    assert 1 in plot.hidden_runs
    assert not first.isChecked()
    assert list(plot.chart._items) == [2]
    qtbot.keyClick(first, Qt.Key.Key_Space)
    plot.refresh()
    assert 1 not in plot.hidden_runs
    assert sorted(plot.chart._items) == [1, 2]


def test_runs_without_room_in_the_legend_are_counted_behind_a_button(plot: LossPlot) -> None:
    show(plot, make_scalars(*[[1.0, 2.0]] * 12))
    visible = sum(entry.isVisible() for entry in plot.controls.legend.entries)
    assert 0 < visible < 12
    assert plot.controls.legend._more.text() == f"{12 - visible} more"
    assert all(
        entry.geometry().right() <= plot.controls.legend.width()
        for entry in plot.controls.legend.entries
        if entry.isVisible()
    )


def test_smoothing_draws_a_second_curve_and_keeps_the_raw_one(plot: LossPlot, qtbot: QtBot) -> None:
    show(plot, make_scalars([1.0, 9.0, 1.0, 9.0]))
    item = plot.chart._items[1]
    assert item._smooth.path.isEmpty()
    with qtbot.waitSignal(plot.controls.smoothing.smoothing_changed):
        plot.controls.smoothing.set_smoothing(0.9)
    plot.refresh()
    assert not item._smooth.path.isEmpty()
    assert not item._raw.path.isEmpty()
    assert plot.controls.smoothing.text() == "Smooth 0.9"


def test_the_smoothing_popup_chooses_by_slider_and_by_field(plot: LossPlot) -> None:
    show(plot, make_scalars([1.0, 2.0]))
    popup = plot.controls.smoothing.open_popup()
    popup.slider.setValue(40)
    assert plot.controls.smoothing.smoothing == 0.9
    popup.field.setValue(0.5)
    assert plot.controls.smoothing.smoothing == 0.5
    assert popup.slider.value() == 12
    popup.field.setValue(0)
    assert plot.controls.smoothing.smoothing == 0.0
    plot.controls.smoothing.set_smoothing(7)
    assert plot.controls.smoothing.smoothing == 0.999
    popup.close()


def test_changes_are_drawn_once_and_not_while_hidden(plot: LossPlot, qtbot: QtBot, monkeypatch) -> None:
    scalars = make_scalars([1.0])
    show(plot, scalars)
    draws = []
    original = plot.chart.show_curves
    monkeypatch.setattr(plot.chart, "show_curves", lambda *args, **kinds: (draws.append(1), original(*args, **kinds)))
    for i in range(1, 20):
        scalars.append(1, i, [1.0])
        plot.scalars_changed()
    qtbot.waitUntil(lambda: bool(draws))
    assert len(draws) == 1
    plot.refresh()
    assert len(draws) == 1
    plot.hide()
    scalars.append(1, 20, [1.0])
    plot.scalars_changed()
    assert not plot._timer.isActive()
    plot.show()
    assert len(draws) == 2


def test_every_control_has_a_name_and_can_be_reached_by_tab(plot: LossPlot) -> None:
    show(plot, make_scalars([1.0], [2.0]))
    controls = [*plot.controls.legend.entries, plot.controls.log, plot.controls.smoothing]
    controls += [plot.controls.follow, plot.controls.export, plot.chart]
    for control in controls:
        assert control.accessibleName()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
