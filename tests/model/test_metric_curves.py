"""Metrics beside the loss: a curve of each run, with the steps and values that came."""

from __future__ import annotations

import numpy as np

from gradviz.model.loss_curves import Curve, Scalars
from gradviz.model.metric_curves import Metrics
from gradviz.protocol.metric_events import FiguresSampled


def sampled(run: int, names: tuple[str, ...], steps: list[int], rows: list[list[float]]) -> FiguresSampled:
    times = np.array(steps, np.float64) + 1000
    return FiguresSampled(
        run, names, np.array(steps, "<i8").tobytes(), times.tobytes(), np.array(rows).tobytes(), 10, 0.1
    )


def test_what_came_in_pieces_is_one_curve_with_the_number_of_its_run() -> None:
    losses = Scalars()
    metrics = Metrics(losses)
    metrics.add_sampled(sampled(1, ("lr", "grad_norm"), [0, 10], [[0.1, 5.0], [0.1, 4.0]]))
    losses.begin(1, "Adam")
    metrics.add_sampled(sampled(1, ("lr", "grad_norm"), [20], [[0.05, 3.0]]))
    curve = metrics.scalars("grad_norm").curve(1)
    assert (curve.raw.steps.tolist(), curve.losses.tolist()) == ([0, 10, 20], [5.0, 4.0, 3.0])
    assert (curve.number, curve.at(10), curve.at(11)) == (1, 4.0, None)
    assert list(metrics.names) == ["lr", "grad_norm"]
    metrics.add_sampled(sampled(1, ("grad_norm",), [30], [[2.0]]))
    assert metrics.scalars("grad_norm").current is curve
    assert curve.reach == 31


def test_points_that_come_out_of_order_are_sorted_and_smoothed_again() -> None:
    curve = Curve(1, 1, "", steps=np.empty(0, np.int64))
    curve.add(np.array([5, 7]), np.array([1.0, 2.0]), np.array([10.0, 11.0]))
    assert curve.smooth(0.5).values.tolist()[0] == 1.0
    curve.add(np.array([6]), np.array([9.0]), np.array([12.0]))
    assert (curve.raw.steps.tolist(), curve.losses.tolist()) == ([5, 6, 7], [1.0, 9.0, 2.0])
    assert len(curve.smooth(0.5)) == 3
    curve.add(np.array([8]), np.array([3.0]), np.array([13.0]))
    assert curve.smooth(0.5).steps.tolist() == [5, 6, 7, 8]


def test_a_branch_begins_with_the_metrics_of_its_parent() -> None:
    losses = Scalars()
    metrics = Metrics(losses)
    metrics.add_sampled(sampled(1, ("lr",), [0, 10, 20], [[1.0], [2.0], [3.0]]))
    metrics.branch(1, 2, 20)
    assert metrics.scalars("lr").curve(2).losses.tolist() == [1.0, 2.0]


def test_the_modules_of_a_figure_come_in_the_order_of_the_network() -> None:
    losses = Scalars()
    metrics = Metrics(losses)
    names = ("grad_norm", "grad_norm/b", "grad_norm/a", "lr")
    metrics.add_sampled(sampled(3, names, [0], [[1.0, 2.0, 3.0, 4.0]]))
    table = metrics.modules("grad_norm", 3)
    assert (table.rows, table.values.tolist()) == (("b", "a"), [[2.0], [3.0]])
