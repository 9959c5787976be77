"""The loss plot: what is drawn, said and written for what happened to the runs."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gradviz.errors import GradvizError, InvalidValueError
from gradviz.gui.plots.loss_plot import LossPlot
from gradviz.gui.style import fonts
from gradviz.model.loss.loss_curves import Scalars
from gradviz.protocol.records import MarkRecord

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the offscreen platform's own limits


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


def test_before_the_first_loss_a_sentence_explains_what_to_do(plot: LossPlot) -> None:
    show(plot, Scalars(), expected=500)
    assert not plot.chart.isVisible()
    assert not plot.controls.isVisible()
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


def test_zooming_keeps_the_iteration_under_the_cursor(plot: LossPlot) -> None:
    show(plot, make_scalars(np.geomspace(1e4, 1, 500)), expected=500)
    chart = plot.chart
    chart._box.zoom_requested.emit("x", 0.5, QPointF(0.4, 0.5))
    assert chart.frame.iteration(0.4 * chart.frame.width) == pytest.approx(200)
    assert chart.frame.x[1] - chart.frame.x[0] == pytest.approx(250)
    chart._box.zoom_requested.emit("y", 0.5, QPointF(0.4, 0.5))
    assert chart.navigation.y is not None


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
    assert "run 1 · title 1" in text
    assert plot.chart.size() == size


def test_what_cannot_be_exported_is_said_in_a_sentence(plot: LossPlot, tmp_path: Path) -> None:
    with pytest.raises(GradvizError, match="no loss to export yet"):
        plot.export(tmp_path / "loss.csv")
    show(plot, make_scalars([1.0]))
    with pytest.raises(InvalidValueError, match=r"\.png, \.svg or \.csv, not as \.txt"):
        plot.export(tmp_path / "loss.txt")
    with pytest.raises(GradvizError, match=r".* cannot be written: No such file or directory\. Choose another place\."):
        plot.export(tmp_path / "nowhere" / "loss.csv")


def test_every_control_has_a_name_and_can_be_reached_by_tab(plot: LossPlot) -> None:
    show(plot, make_scalars([1.0], [2.0]))
    controls = [*plot.controls.legend.entries, plot.controls.log, plot.controls.smoothing]
    controls += [plot.controls.follow, plot.controls.export, plot.chart]
    for control in controls:
        assert control.accessibleName()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus


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


def test_a_point_outside_of_the_chosen_losses_has_no_dot_at_the_edge(plot: LossPlot) -> None:
    show(plot, make_scalars([100.0, 10.0, 1.0]))
    plot.chart.navigation.set_losses(1.5, 3.0)
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
    assert chart.navigation.y is None
    assert not plot.chart.navigation.follow
