"""A loss plot on the screen, and what it shows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gradviz.gui.plots.loss_plot import LossPlot
from gradviz.gui.style import fonts
from gradviz.model.loss_curves import Scalars


def make_scalars(*curves: list[float] | np.ndarray) -> Scalars:
    """Runs 1, 2, … with these losses."""
    scalars = Scalars()
    for run, losses in enumerate(curves, 1):
        scalars.begin(run, f"title {run}")
        scalars.append(run, 0, np.asarray(losses, np.float64))
    return scalars


@pytest.fixture
def plot(qtbot: QtBot) -> Iterator[LossPlot]:
    fonts.install()
    plot = LossPlot()
    qtbot.addWidget(plot)
    plot.resize(1050, 230)
    with qtbot.waitExposed(plot):
        plot.show()
    yield plot


def show(plot: LossPlot, scalars: Scalars, expected: int = 0) -> None:
    plot.set_expected(expected)
    plot.set_scalars(scalars)
    plot.refresh()


def tag_texts(plot: LossPlot) -> list[str]:
    return [tag.text for tag in plot.chart.annotations.arrangement.tags]


def labels(plot: LossPlot) -> list[str]:
    return [label.text for label in plot.chart.annotations.arrangement.labels]


def crosshair_text(plot: LossPlot) -> str:
    readout = plot.chart.readout
    return readout.text if readout else ""


def tick_labels(plot: LossPlot, side: str = "left") -> list[str]:
    return [tick.label for tick in plot.chart.plotItem.getAxis(side)._ticks]
