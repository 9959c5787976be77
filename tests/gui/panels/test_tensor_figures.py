"""Figures of tensors: how numbers read, the table of statistics, the histogram."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import torch
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gradviz.appearance.palette import DARK
from gradviz.gui.panels.tensors.tensor_histogram import TensorHistogram
from gradviz.gui.panels.tensors.tensor_statistics import TensorStatistics
from gradviz.gui.style.theme import Theme
from gradviz.gui.widgets import diverging_colors as diverging
from gradviz.model.number_text import significant
from gradviz.protocol.records import HistogramRecord, StatisticsRecord
from tests.helpers.answers import answered, sparse_gradient
from tests.helpers.dressed import dressed

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The offscreen platform says so of every window that has a least size.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture(autouse=True)
def theme(qapp: QApplication) -> Iterator[Theme]:
    with dressed(qapp) as worn:
        yield worn


VALUE = StatisticsRecord(-1.663, 3.603, 0.4083, 0.6430, 60.93, 0, 0, 0, 6400)
GRADIENT = StatisticsRecord(-1.252, 1.629, 0.02695, 0.2816, 22.63, 1710, 0, 0, 6400)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.643, "0.6430"),
        (-1.663, "−1.663"),
        (0.02695, "0.02695"),
        (60.93, "60.93"),
        (0.0, "0"),
        (1109.0, "1109"),
        (1.5e10, "1.500e+10"),
        (-2e-7, "−2.000e-07".replace("e-", "e−")),
        (float("nan"), "NaN"),
        (float("-inf"), "−Inf"),
        (None, "–"),
    ],
)
def test_a_figure_has_four_digits_and_a_true_minus(value: float | None, text: str) -> None:
    assert significant(value) == text


def test_value_and_gradient_stand_in_two_columns(qtbot: QtBot, qapp: QApplication) -> None:
    table = TensorStatistics()
    qtbot.addWidget(table)
    table.set_statistics(VALUE, GRADIENT)
    assert table.text().splitlines() == [
        "min\t−1.663\t−1.252",
        "max\t3.603\t1.629",
        "mean\t0.4083\t0.02695",
        "std\t0.6430\t0.2816",
        "norm\t60.93\t22.63",
        "zeros\t0\t1,710 of 6,400",
        "NaN, Inf\t0, 0\t0, 0",
    ]
    assert "norm 60.93 and 22.63" in table.accessibleDescription()


def test_the_compact_form_has_three_rows(qtbot: QtBot) -> None:
    table = TensorStatistics()
    qtbot.addWidget(table)
    full = table.sizeHint().height()
    table.compact = True
    table.set_statistics(VALUE, GRADIENT)
    assert table.text().splitlines() == ["range\t−1.66 … 3.60\t−1.25 … 1.63", "norm\t60.93\t22.63", "zeros\t0\t1,710"]
    assert table.sizeHint().height() < full


@pytest.mark.parametrize("compact", [False, True])
def test_nan_and_inf_warn_in_either_form(qtbot: QtBot, compact: bool) -> None:
    table = TensorStatistics()
    qtbot.addWidget(table)
    table.compact = compact
    table.set_statistics(answered(torch.tensor([1.0, torch.nan, torch.inf])).statistics)
    warnings = [cell for _, cells in table.rows() for cell in cells if cell[2]]
    assert [text for text, _, _ in warnings] == ["1 NaN, 1 Inf" if compact else "1, 1"]
    assert not table.grab().isNull()


def test_a_column_without_an_answer_is_empty(qtbot: QtBot) -> None:
    table = TensorStatistics()
    qtbot.addWidget(table)
    table.set_statistics(VALUE, None)
    assert table.rows()[0] == ("min", [("−1.663", "", False), ("", "", False)])


def test_bars_wear_the_colours_of_the_picture_over_the_scale(qtbot: QtBot, qapp: QApplication) -> None:
    histogram = TensorHistogram()
    qtbot.addWidget(histogram)
    histogram.resize(205, histogram.height())
    histogram.set_histogram(HistogramRecord(-2.63, 2.63, (9,) * 41))
    image = histogram.grab().toImage()
    assert image.pixelColor(1, 20).name().upper() == diverging.diverging_color(DARK, 2 * 0.5 / 41 - 1).upper()
    assert image.pixelColor(102, 20).name().upper() == DARK.text3
    assert image.pixelColor(0, 34).name().upper() == diverging.diverging_color(DARK, 1 / 205 - 1).upper()


def test_a_single_value_among_thousands_still_has_a_bar(qtbot: QtBot, qapp: QApplication) -> None:
    histogram = TensorHistogram()
    qtbot.addWidget(histogram)
    histogram.resize(205, histogram.height())
    counts = [0] * 41
    counts[0], counts[20] = 1, 1_000_000
    histogram.set_histogram(HistogramRecord(-1.0, 1.0, tuple(counts)))
    image = histogram.grab().toImage()
    assert image.pixelColor(1, 31).name().upper() == diverging.diverging_color(DARK, 2 * 0.5 / 41 - 1).upper()


def test_the_outermost_bars_say_that_they_count_what_lies_beyond(qtbot: QtBot) -> None:
    histogram = TensorHistogram()
    qtbot.addWidget(histogram)
    histogram.set_histogram(answered(sparse_gradient()).histogram)
    assert "below" in histogram.bin_text(0)
    assert "above" in histogram.bin_text(40)
    assert "from" in histogram.bin_text(20)
    assert histogram.accessibleDescription().startswith("6,400 values")
