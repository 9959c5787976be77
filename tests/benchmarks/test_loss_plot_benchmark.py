"""One refresh of the loss plot, a point added and the panel painted, over pyqtgraph's own ways to draw the curve."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gradviz.gui.plots.loss_plot import LossPlot
from gradviz.gui.style import fonts
from gradviz.model.loss_curves import Scalars
from tests.benchmarks.ratios import ratio, seconds

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

SIZE = QSize(1050, 230)


def losses(count: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.exp(-np.linspace(0, 8, count)) * np.exp(rng.standard_normal(count) * 0.3) * 1e3


def painted(widget: QWidget) -> Callable[[], None]:
    """Paints the widget into a picture, as the screen would be."""
    picture = QImage(SIZE, QImage.Format.Format_RGB32)
    return lambda: QWidget.render(widget, picture)  # the override of pyqtgraph takes painters only


def show(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.addWidget(widget)
    widget.resize(SIZE)
    with qtbot.waitExposed(widget):
        widget.show()


def our_refresh(qtbot: QtBot, count: int, smoothing: float = 0.0) -> Callable[[], None]:
    fonts.install()
    scalars = Scalars()
    scalars.begin(1, "Adam")
    scalars.append(1, 0, losses(count))
    plot = LossPlot()
    show(qtbot, plot)
    plot.controls.smoothing.set_smoothing(smoothing)
    plot.set_scalars(scalars)
    paint = painted(plot)

    def refresh() -> None:
        scalars.append(1, len(scalars.curve(1)), [1.0])
        plot.refresh()
        paint()

    return refresh


def plain_refresh(qtbot: QtBot, count: int, **options: object) -> Callable[[], None]:
    plot = pg.PlotWidget()
    plot.setLogMode(y=True)
    curve = plot.plot(pen=pg.mkPen("#BDB2FF", width=1), antialias=True, **options)
    show(qtbot, plot)
    values = losses(count)
    paint = painted(plot)

    def refresh() -> None:
        nonlocal values
        values = np.append(values, 1.0)
        curve.setData(values)
        paint()

    return refresh


@pytest.mark.parametrize("count", [1_000, 100_000, 1_000_000])
def test_refresh(qtbot: QtBot, count: int) -> None:
    ours = our_refresh(qtbot, count)
    rounds = 5 if count == 1_000_000 else 9
    ratio(f"{count:,} points, ours over plain PlotDataItem", ours, plain_refresh(qtbot, count), rounds)
    peak = plain_refresh(qtbot, count, autoDownsample=True, downsampleMethod="peak", clipToView=True)
    ratio(f"{count:,} points, ours over downsampling='peak'", ours, peak, rounds)
    smooth = our_refresh(qtbot, count, smoothing=0.9)
    ratio(f"{count:,} points, smoothed over not smoothed", smooth, ours, rounds)
    assert seconds(ours) < 0.25
