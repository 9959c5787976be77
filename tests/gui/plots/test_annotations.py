"""The annotations: NaN and Inf, losses without a logarithm, marks and their tags."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gradviz.gui.plots.loss_plot import LossPlot
from gradviz.protocol.records import MarkRecord
from tests.gui.plots.conftest import labels, make_scalars, show, tag_texts

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the offscreen platform's own limits


def test_nan_and_inf_are_marked_where_they_occur(plot: LossPlot) -> None:
    losses = [1.0] * 100
    losses[20], losses[50], losses[51:60] = math.nan, math.inf, [math.nan] * 9
    show(plot, make_scalars(losses), expected=100)
    assert tag_texts(plot) == ["NaN at 20", "Inf at 50", "NaN from 51 to 59"]
    bands = plot.chart.annotations.arrangement.bands
    frame = plot.chart.frame
    assert [left for left, _ in bands] == [int(frame.left_of(20)), int(frame.left_of(50))]
    assert bands[1][1] == int(frame.left_of(59)) + 1
    path = plot.chart._items[1]._raw.path
    starts = [i for i in range(path.elementCount()) if path.elementAt(i).isMoveTo()]
    assert [path.elementAt(i).x for i in starts] == pytest.approx([frame.left_of(i) for i in (0, 21, 60)])


def test_many_places_of_nan_are_counted_in_one_tag(plot: LossPlot) -> None:
    losses = np.ones(100)
    losses[10::10] = np.nan
    show(plot, make_scalars(losses))
    assert tag_texts(plot) == ["NaN at 10, 8 more"]
    assert len(plot.chart.annotations.arrangement.bands) == 9


def test_losses_of_zero_or_less_are_marked_on_a_log_scale_and_plain_on_a_linear_one(plot: LossPlot) -> None:
    show(plot, make_scalars([10.0, 1.0, 0.0, -1.0, 1.0]))
    assert tag_texts(plot) == ["2 losses of 0 or less, below a log scale"]
    assert plot.chart.annotations.arrangement.floor
    frame = plot.chart.frame
    assert frame.point(2, 0.0)[1] > frame.height
    plot.controls.log.setChecked(False)
    plot.refresh()
    assert tag_texts(plot) == []
    assert plot.chart.frame.point(3, -1.0)[1] <= plot.chart.frame.height


def test_only_nan_draws_nothing_but_its_mark(plot: LossPlot) -> None:
    show(plot, make_scalars([math.nan, math.nan]))
    assert tag_texts(plot) == ["NaN from 0 to 1"]
    assert labels(plot) == []


@pytest.mark.parametrize("losses", [[1.0], [0.0, 0.0], [1e308, -1e308], [5e-324, 1e308], [1e-320], [7.0, 7.0]])
@pytest.mark.parametrize("log", [True, False])
def test_extreme_losses_are_drawn_without_a_warning(plot: LossPlot, losses: list[float], log: bool) -> None:
    plot.controls.log.setChecked(log)
    show(plot, make_scalars(losses))
    low, high = plot.chart.frame.y
    assert low < high
    plot.grab()


def test_a_mark_is_a_line_and_a_tag_at_its_iteration(plot: LossPlot) -> None:
    scalars = make_scalars(np.geomspace(1e4, 1, 300))
    scalars.mark(1, MarkRecord(200, "optimizer", "Manual → SGD, momentum 0.9"), "SGD from 200")
    show(plot, scalars, expected=500)
    arrangement = plot.chart.annotations.arrangement
    assert arrangement.lines == pytest.approx([plot.chart.frame.left_of(200)])
    assert tag_texts(plot) == ["200: Manual → SGD, momentum 0.9"]
    assert plot.controls.legend.entries[0].text() == "run 1 · SGD from 200"


def test_tags_never_cover_each_other(plot: LossPlot) -> None:
    scalars = make_scalars(np.geomspace(1e4, 1, 300))
    for step in range(195, 299, 3):
        scalars.mark(1, MarkRecord(step, "learning_rate", f"learning rate {step / 1000}"))
    show(plot, scalars, expected=300)
    arrangement = plot.chart.annotations.arrangement
    rects = [tag.rect for tag in arrangement.tags] + [label.rect for label in arrangement.labels]
    assert len(arrangement.lines) == 35
    assert not any(a.intersects(b) for i, a in enumerate(rects) for b in rects[:i])
    assert all(rect.left() >= 0 and rect.right() <= plot.chart.frame.width for rect in rects)
