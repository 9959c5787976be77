"""Metrics below the loss: a plot of each, iterations in common, the map of layers, the list to choose from."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from gradviz.gui.plots.chart import Chart
from gradviz.gui.plots.layer_map import LayerMap
from gradviz.gui.plots.loss_plot import LossPlot
from gradviz.gui.plots.metric_picker import MetricPicker
from gradviz.model.layer_table import BROKEN, NONE, NUMBER, layer_table
from gradviz.model.loss_curves import Curve
from gradviz.model.metric_curves import Metrics
from gradviz.model.metric_names import choices, kind_of, metric_title
from gradviz.protocol.metric_events import FiguresSampled
from tests.gui.plots.conftest import make_scalars

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

STEPS = [0, 10, 20, 30]


def sampled(run: int, **figures: list[float]) -> FiguresSampled:
    names = tuple(name.replace("__", "/").replace("_of_", ".") for name in figures)
    steps = np.array(STEPS, "<i8")
    rows = np.array(list(figures.values())).T
    return FiguresSampled(run, names, steps.tobytes(), (steps + 1e9).astype("<f8").tobytes(), rows.tobytes(), 10, 0.1)


def show(plot: LossPlot, *metrics: str) -> Metrics:
    scalars = make_scalars(np.geomspace(10, 1, 41))
    known = Metrics(scalars)
    values = {"grad_norm": [4.0, 1e-3, 2.0, 1.0], "grad_norm__a": [1.0, math.nan, 3.0, 2.0],
              "grad_norm__a_of_w": [1.0, 2.0, 3.0, 2.0], "lr": [0.1, 0.1, 0.0, 0.05]}  # fmt: skip
    known.add_sampled(sampled(1, **values))
    plot.set_scalars(scalars, known)
    plot.show_metrics(metrics)
    plot.refresh()
    return known


def chart(plot: LossPlot, metric: str) -> Chart:
    view = plot.column.panes[metric].view
    assert isinstance(view, Chart)
    return view


def test_plots_lie_below_each_other_and_share_iterations(plot: LossPlot) -> None:
    show(plot, "grad_norm", "lr")
    norm, rate = chart(plot, "grad_norm"), chart(plot, "lr")
    assert plot.chart.frame.x == norm.frame.x == rate.frame.x
    assert plot.chart.frame.width == norm.frame.width == rate.frame.width
    assert norm.frame.log and norm.frame.y != rate.frame.y  # each has its own values
    plot.chart._box.zoom_requested.emit("x", 0.5, QPointF(0.5, 0.5))
    assert plot.chart.frame.x == norm.frame.x == rate.frame.x != (0.0, 40.0)
    norm._box.zoom_requested.emit("y", 0.5, QPointF(0.5, 0.5))
    assert norm.y is not None and plot.chart.y is rate.y is None


def test_the_crosshair_is_on_all_plots_and_reads_what_was_recorded(plot: LossPlot) -> None:
    show(plot, "grad_norm")
    norm = chart(plot, "grad_norm")
    plot.chart.set_iteration(15)
    readout = norm.readout
    assert readout is not None
    assert [(row.step, row.loss, row.name) for row in readout.rows] == [(10, 1e-3, "run 1, at 10")]
    norm.set_iteration(20)
    assert plot.chart.readout is not None and plot.chart.readout.iteration == 20
    plot.chart.set_iteration(None)
    assert norm.readout is None


def test_a_metric_that_no_run_has_says_what_brings_it(plot: LossPlot) -> None:
    show(plot, "update_ratio", "acc")
    texts = [plot.column.panes[metric]._empty.text() for metric in ("update_ratio", "acc")]
    assert texts == ["It is sampled while it trains: press Run.", "No run on the plot has it."]
    assert not plot.column.panes["acc"].view.isVisible()


def test_a_pane_can_be_closed_and_its_scale_changed(plot: LossPlot, qtbot: QtBot) -> None:
    show(plot, "lr")
    pane = plot.column.panes["lr"]
    assert chart(plot, "lr").frame.log
    pane.log.click()
    plot.refresh()
    assert not chart(plot, "lr").frame.log
    with qtbot.waitSignal(plot.metric_closed) as closed:
        pane.closed.emit("lr")
    assert closed.args == ["lr"]
    plot.show_metrics(())
    assert plot.column.views == [plot.chart]


def test_the_map_reads_module_iteration_and_value_and_marks_what_is_not_finite(plot: LossPlot, qtbot: QtBot) -> None:
    plot.resize(1050, 600)
    show(plot, "layers:grad_norm")
    view = plot.column.panes["layers:grad_norm"].view
    assert isinstance(view, LayerMap)
    assert view.table.rows == ("a",)  # parameters have no row of their own
    frame = view.frame
    with qtbot.waitSignal(view.pointed_at):
        view._follow_mouse(view._box.mapToScene(QPointF(frame.left_of(21), frame.height / 2)))
    assert view.description == "a · iteration 20 · 3.0"
    assert plot.chart.readout is not None and plot.chart.readout.iteration == 20
    with qtbot.waitSignal(plot.module_chosen) as chosen:
        view._box.pressed.emit(QPointF(frame.left_of(21), frame.height / 2))
    assert chosen.args == ["a"]
    view._follow_mouse(view._box.mapToScene(QPointF(frame.left_of(11), frame.height / 2)))
    assert "NaN" in view.description


def test_a_column_of_the_map_shows_the_largest_value_in_it_and_hides_no_nan() -> None:
    curve = Curve(1, 1, "", steps=np.empty(0, np.int64))
    values = np.ones(1000)
    values[123], values[700] = 50.0, math.nan
    curve.add(np.arange(0, 10_000, 10), values, np.zeros(1000))
    table = layer_table(["a"], [curve])
    found, kinds = table.draw(np.linspace(0, 12_000, 13))
    assert kinds[0].tolist() == [NUMBER] * 7 + [BROKEN] + [NUMBER] * 2 + [NONE] * 2
    assert found[0, 1] == 50.0
    assert table.limits(log=True) == (1.0, 50.0)
    closely, kinds = table.draw(np.array([1231.0, 1234.0, 1237.0]))
    assert closely[0].tolist() == [50.0, 50.0]  # a cell reaches to the next sample


def test_the_list_has_what_there_is_and_searches_it(qtbot: QtBot, plot: LossPlot) -> None:
    found = choices(["fc.weight"], ["fc"], ["acc/train", "grad_norm/old.weight"])
    picker = MetricPicker(plot)
    picker.show_choices(found, ["grad_norm/fc"], 10, "every 10 iterations")
    groups = {group.text(0): [item.text(0) for item in items] for group, items in picker._groups}
    assert groups["Gradient norm"] == ["All together", "fc", "fc.weight", "old.weight"]
    assert groups["Share of zeros"] == ["fc"]
    assert groups["Logged by the code"] == ["acc/train"]
    picker.search.setText("norm weight")
    seen = [item.text(0) for _, items in picker._groups for item in items if not item.isHidden()]
    assert seen == ["fc.weight", "old.weight"]
    with qtbot.waitSignal(picker.toggled) as toggled:
        picker._groups[2][1][2].setCheckState(0, Qt.CheckState.Checked)
    assert toggled.args == ["grad_norm/fc.weight", True]


def test_what_has_to_be_sampled_follows_from_the_name() -> None:
    names = ("lr", "grad_norm/fc", "layers:activation_zeros", "acc")
    assert [kind_of(name) for name in names] == ["learning_rate", "grad_norm", "activations", None]
    assert metric_title("grad_norm/fc") == "Gradient norm · fc"
    assert metric_title("layers:grad_norm") == "Gradient norm · layers × time"
    assert metric_title("acc/train") == "acc/train"
