"""The export of the loss plot as CSV, PNG and SVG."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gradviz.errors import GradvizError, InvalidValueError
from gradviz.gui.plots.loss_plot import LossPlot
from gradviz.protocol.records import MarkRecord
from tests.gui.plots.conftest import make_scalars, show

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the offscreen platform's own limits


def test_csv_has_every_point_of_every_run_exactly(plot: LossPlot, tmp_path: Path) -> None:
    curves = [[0.1, math.nan, 1 / 3], [math.inf, -0.0, 5e-324]]
    show(plot, make_scalars(*curves))
    plot.set_run_visible(1, False)
    plot.export(tmp_path / "loss.csv")
    with (tmp_path / "loss.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    found = [(int(row["run"]), row["title"], int(row["iteration"])) for row in rows]
    assert found == [(run, f"title {run}", i) for run in (1, 2) for i in range(3)]
    assert np.array([float(row["loss"]) for row in rows]).tobytes() == np.concatenate(curves).tobytes()


def test_png_and_svg_are_pictures_of_the_plot(plot: LossPlot, tmp_path: Path) -> None:
    scalars = make_scalars([3.0, 2.0, 1.0], [9.0, 8.0])
    scalars.mark(2, MarkRecord(1, "optimizer", "Manual → SGD"))
    show(plot, scalars)
    size = plot.chart.size()
    plot.export(tmp_path / "loss.png")
    picture = QImage(str(tmp_path / "loss.png"))
    assert picture.width() == 2 * plot.chart.width()
    plot.export(str(tmp_path / "loss.svg"))
    text = (tmp_path / "loss.svg").read_text()
    assert "Manual → SGD" in text
    assert "run 1 · title 1, 1" in text  # with the last loss
    assert plot.chart.size() == size


def test_what_cannot_be_exported_is_said_in_a_sentence(plot: LossPlot, tmp_path: Path) -> None:
    with pytest.raises(GradvizError, match="no loss to export yet"):
        plot.export(tmp_path / "loss.csv")
    show(plot, make_scalars([1.0]))
    with pytest.raises(InvalidValueError, match=r"\.png, \.svg or \.csv, not as \.txt"):
        plot.export(tmp_path / "loss.txt")
    with pytest.raises(GradvizError, match=r".* cannot be written: No such file or directory\. Choose another place\."):
        plot.export(tmp_path / "nowhere" / "loss.csv")


def test_the_export_menu_asks_for_a_place_and_writes_there(plot: LossPlot, qtbot: QtBot, tmp_path, monkeypatch) -> None:
    show(plot, make_scalars([1.0]))
    answers = {"png": str(tmp_path / "a"), "svg": "", "csv": str(tmp_path / "nowhere" / "loss.csv")}
    monkeypatch.setattr(
        "gradviz.gui.widgets.save_file.QFileDialog.getSaveFileName",
        lambda parent, title, name, *_: (answers[name.rpartition(".")[2]], ""),
    )
    menu = plot.controls.export_menu()
    as_png, as_svg, as_csv = menu.actions()
    as_png.trigger()
    assert (tmp_path / "a.png").exists()
    as_svg.trigger()
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    with qtbot.waitSignal(plot.export_failed) as failed:
        as_csv.trigger()
    assert "loss.csv cannot be written: " in failed.args[0]
    menu.close()
