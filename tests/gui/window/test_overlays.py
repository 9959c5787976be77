"""Colors of the graph: what is asked of the engine, what the boxes and the legend show, how it follows training."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt

from gradviz.appearance.boxes import BoxKind
from gradviz.appearance.palette import DARK, LIGHT, Palette, contrast
from gradviz.gui.controllers.overlay_coloring import COLORS, INKS, color_ramp, ink_on
from gradviz.gui.controllers.overlay_controller import OverlayController
from gradviz.gui.scene.data.box_colors import NOT_MEASURED, Pattern
from gradviz.gui.widgets.color_bar import ColorBar
from gradviz.model.overlay.overlay_scale import Limits
from gradviz.model.overlay.overlay_table import OVERLAYS, overlay
from gradviz.protocol.commands import SetMeasures
from gradviz.protocol.events import Stopped
from gradviz.protocol.records import PointRecord
from tests.gui.conftest import Desk
from tests.helpers.deep_graph import measured


def color_at(palette: Palette, place: float, *, diverging: bool) -> str:
    """`#RRGGBB` at a place of the bar from 0 to 1."""
    return f"#{int(color_ramp(palette, diverging)[0][round(place * (COLORS - 1))]):06X}"


def coloring_of(desk: Desk) -> OverlayController:
    return desk.window.measures.coloring


def give(desk: Desk, step: int, **values: dict[int, float]) -> None:
    desk.session.apply(measured(desk.session.state.runs.number, step, values))  # type: ignore[arg-type]
    coloring_of(desk).refresh()


def box(desk: Desk, node: int) -> int:
    found = desk.window.graph_panel.view.drawing.box_of(node)
    assert found is not None
    return found


def pattern(desk: Desk, node: int) -> Pattern:
    return Pattern(int(desk.window.graph_panel.view.scene.coloring.pattern[box(desk, node)]))


def asked(desk: Desk) -> list[SetMeasures]:
    return [command for command in desk.commands if isinstance(command, SetMeasures)]


# What the engine is asked for


def test_nothing_is_measured_until_something_shows_it_and_nothing_once_nothing_does(deep: Desk) -> None:
    assert asked(deep) == []
    coloring_of(deep).choose("kind")
    assert asked(deep) == []
    coloring_of(deep).choose("grad_norm")
    assert asked(deep)[-1] == SetMeasures(("grad_norm",), 2.0)
    coloring_of(deep).choose("none")
    assert asked(deep)[-1] == SetMeasures(())


def test_table_and_colors_ask_for_what_both_show_together(deep: Desk, qtbot) -> None:
    coloring_of(deep).choose("update_ratio")
    deep.window.measures.table.hide_columns(["flops", "dead_units", "update_ratio", "activation_mean", "saved_bytes"])
    deep.window.panels.show("table")
    qtbot.waitUntil(lambda: len(asked(deep)[-1].kinds) > 1)
    assert asked(deep)[-1].kinds == ("time_forward", "time_backward", "grad_norm", "activation_std", "update_ratio")
    deep.window.panels.show("inspector")
    qtbot.waitUntil(lambda: asked(deep)[-1].kinds == ("update_ratio",))


def test_the_rate_is_a_setting_and_paused_asks_for_nothing(deep: Desk, qtbot) -> None:
    coloring_of(deep).choose("grad_norm")
    deep.window.measures.menu.rates[10].trigger()
    assert asked(deep)[-1] == SetMeasures(("grad_norm",), 10.0)
    assert deep.settings.get("measure/rate") == 10
    deep.window.measures.menu.rates[0].trigger()
    assert asked(deep)[-1] == SetMeasures(())
    qtbot.waitUntil(lambda: "paused" in coloring_of(deep).legend.note.text())


def test_at_a_stop_what_is_measured_so_far_is_asked_for_and_steps_in_quick_succession_ask_once(
    deep: Desk, qtbot
) -> None:
    session = deep.session
    coloring_of(deep).choose("grad_norm")
    session.measuring.set_rate(10)
    before = len(asked(deep))
    for index in range(3):
        point = PointRecord(index, "forward", index)
        session.apply(Stopped(session.state.runs.number, 0, "step", point))
    qtbot.waitUntil(lambda: len(asked(deep)) > before)
    assert asked(deep)[before:] == [SetMeasures(("grad_norm",), 10.0)]


def test_a_new_engine_is_notified_again(deep: Desk) -> None:
    coloring_of(deep).choose("grad_norm")
    before = len(asked(deep))
    deep.session.engine_died("Engine was killed", "")
    deep.session.opening.restart_engine()
    deep.engine_ready()
    assert asked(deep)[before:] == [SetMeasures(("grad_norm",), 2.0)]


def test_values_of_a_run_that_is_over_are_not_shown(deep: Desk) -> None:
    coloring_of(deep).choose("grad_norm")
    deep.session.apply(measured(deep.session.state.runs.number - 1, 5, {"grad_norm": {0: 1.0}}))
    assert deep.session.measuring.column("grad_norm").empty
    give(deep, 5, grad_norm={0: 1.0})
    deep.session.opening.reset()
    assert deep.session.measuring.measurements.column("grad_norm", coloring_of(deep)._view.graph).empty


# What is shown


def test_measured_zero_missing_and_wrong_look_different(deep: Desk) -> None:
    coloring_of(deep).choose("grad_norm")
    give(deep, 39, grad_norm={1: 1e-3, 2: 0.0, 3: math.nan})
    assert [pattern(deep, node) for node in (1, 2, 4)] == [Pattern.FILLED, Pattern.ZERO, Pattern.NOT_MEASURED]
    view = deep.window.graph_panel.view
    assert f"#{int(view.scene.coloring.fill[box(deep, 3)]):06X}" == DARK.error_fill
    assert [view.scene.coloring.value[box(deep, node)] for node in (1, 2, 3, 4)] == ["1.0e−03", "0", "NaN", ""]
    legend = coloring_of(deep).legend
    assert [text for _, text in legend.samples.shades] == ["not measured", "exactly zero", "NaN or Inf"]
    assert legend.note.text() == "iteration 39"


def test_before_anything_is_measured_the_graph_is_plain_and_the_legend_shows_what_to_do(deep: Desk) -> None:
    coloring_of(deep).choose("grad_norm")
    assert set(deep.window.graph_panel.view.scene.coloring.pattern.tolist()) == {Pattern.PLAIN}
    assert "press Run (F5)" in coloring_of(deep).legend.note.text()
    assert not coloring_of(deep).legend.bar.isVisibleTo(coloring_of(deep).legend)


def test_the_loss_keeps_its_own_look(deep: Desk) -> None:
    coloring_of(deep).choose("size")
    assert pattern(deep, -1000) == Pattern.PLAIN and pattern(deep, 0) == Pattern.FILLED


def test_a_quantity_of_parameters_leaves_functions_as_they_are(deep: Desk) -> None:
    coloring_of(deep).choose("update_ratio")
    give(deep, 1, update_ratio={-1: 1e-3})
    assert pattern(deep, -1) == Pattern.FILLED and pattern(deep, 1) == Pattern.PLAIN


def test_folded_boxes_sum_up_and_a_stack_has_a_cell_for_each_member(deep: Desk) -> None:
    deep.window.graph_panel.fold_all()
    coloring_of(deep).choose("time_forward")
    give(deep, 1, time_forward={node: 1e-6 * node for node in range(1, 26)})
    view = deep.window.graph_panel.view
    stack = int((view.drawing.kind == BoxKind.STACK).nonzero()[0][0])
    cells = view.scene.coloring.cells[stack]
    assert len(cells) == 6 and cells[5] == NOT_MEASURED and NOT_MEASURED not in cells[:5]
    # The first block took 1 + 2 + 3 + 4 + 5 µs, the fifth 21 to 25.
    assert view.scene.coloring.value[stack] == "15.0 µs to 115 µs"
    assert "sum of what is inside" in view.scene.coloring.tooltip(stack)


def test_the_range_only_grows_within_a_run_and_can_be_fitted(deep: Desk) -> None:
    coloring_of(deep).choose("grad_norm")
    give(deep, 1, grad_norm={1: 2e-3, 2: 0.5})
    low, high = coloring_of(deep).limits.low, coloring_of(deep).limits.high
    give(deep, 2, grad_norm={1: 2e-2, 2: 0.5})
    assert (coloring_of(deep).limits.low, coloring_of(deep).limits.high) == (low, high)
    give(deep, 3, grad_norm={1: 2e-2, 2: 50.0})
    assert coloring_of(deep).limits.low == low and coloring_of(deep).limits.high == pytest.approx(100)
    deep.window.update_actions()
    deep.window.actions_["reset_scale"].trigger()
    assert coloring_of(deep).limits.low == pytest.approx(0.01)


def test_texts_under_the_bar_are_evenly_far_apart_and_do_not_touch(qtbot) -> None:
    bar = ColorBar()
    qtbot.addWidget(bar)
    for width in range(180, 420, 20):
        bar.resize(width, bar.height())
        bar.set_scale(overlay("flops"), Limits(1e4, 1e9))
        texts = bar._texts(bar._ticks())
        assert all(left + wide < after for (left, wide, _), (after, _, _) in pairwise(texts))
        places = [tick.place for tick in bar._ticks() if tick.text]
        assert len(places) >= 2
        assert len({round(b - a, 6) for a, b in pairwise(places)}) == 1


def test_what_is_measured_fits_beside_the_name_of_each_overlay(deep: Desk) -> None:
    legend = coloring_of(deep).legend
    for each in OVERLAYS:
        coloring_of(deep).choose(each.id)
        legend.grab()
        assert legend._quantity.fits(legend._quantity.text(), legend._quantity.width() + 1), each.id


def test_the_menu_of_overlays_reads_from_left_to_right(deep: Desk) -> None:
    for button in (coloring_of(deep).chip, coloring_of(deep).legend.chooser):
        assert button.layoutDirection() == Qt.LayoutDirection.LeftToRight


def test_the_bar_points_at_the_selected_node(deep: Desk) -> None:
    coloring_of(deep).choose("grad_norm")
    give(deep, 1, grad_norm={1: 1e-2, 2: 1.0, 3: 1e-4})
    assert coloring_of(deep).legend.bar.marker is None
    deep.session.selection.select(1)
    assert coloring_of(deep).legend.bar.marker == pytest.approx(0.5)
    deep.session.selection.select(4)
    assert coloring_of(deep).legend.bar.marker is None


def test_colors_survive_folding_and_a_change_of_theme(deep: Desk, qtbot) -> None:
    coloring_of(deep).choose("grad_norm")
    give(deep, 1, grad_norm={1: 1e-2, 2: 1.0})
    view = deep.window.graph_panel.view
    dark = int(view.scene.coloring.fill[box(deep, 2)])
    deep.window.set_theme("light")
    qtbot.waitUntil(lambda: int(view.scene.coloring.fill[box(deep, 2)]) != dark)
    deep.window.graph_panel.fold_all()
    qtbot.waitUntil(lambda: view.scene.coloring is not None and len(view.scene.coloring.fill) == len(view.drawing))


def test_module_and_kind_need_no_engine(deep: Desk) -> None:
    coloring_of(deep).choose("module")
    legend = coloring_of(deep).legend
    assert legend.groups.isVisibleTo(legend) and "h.*.attn" in legend.groups.accessibleName()
    view = deep.window.graph_panel.view
    assert view.scene.coloring.fill[box(deep, 1)] == view.scene.coloring.fill[box(deep, 6)]
    assert view.scene.coloring.fill[box(deep, 1)] != view.scene.coloring.fill[box(deep, 4)]
    coloring_of(deep).choose("kind")
    assert "parameter" in legend.groups.accessibleName()


def test_older_values_stay_and_say_from_when_they_are(deep: Desk) -> None:
    coloring_of(deep).choose("grad_norm")
    give(deep, 39, grad_norm={1: 1e-2})
    deep.session.engine.step = 60
    coloring_of(deep).refresh()
    assert coloring_of(deep).legend.note.text() == "iteration 39, the last that was measured"


# What an exported picture shows of it


def test_a_picture_gets_the_colors_values_and_legend_that_are_shown(deep: Desk) -> None:
    coloring_of(deep).choose("grad_norm")
    assert coloring_of(deep).shading() is None, "nothing was measured yet"
    give(deep, 39, grad_norm={1: 1e-3, 2: 0.0, 3: math.nan, 5: 1.0})
    shading = coloring_of(deep).shading()
    boxes = [shading.boxes[box(deep, node)] for node in (1, 2, 3, 4)]
    assert [shade.value for shade in boxes] == ["1.0e−03", "0", "NaN", ""]
    assert [shade.hatched for shade in boxes] == [False, False, False, True]
    assert boxes[0].fill == color_at(DARK, 0, diverging=False).lower() and boxes[0].ink in ("#07090c", "#ffffff")
    assert box(deep, -1000) not in shading.boxes
    legend = shading.legend
    assert (legend.title, legend.quantity, legend.note) == ("Gradient norm", "L2, of each output", "iteration 39")
    assert legend.bar == DARK.sequential and legend.ticks[0] == (0.0, "10⁻³") and legend.ticks[-1][0] == 1.0
    assert [words for _, words in legend.samples] == ["not measured", "exactly zero", "NaN or Inf"]
    coloring_of(deep).choose("none")
    assert coloring_of(deep).shading() is None


def test_a_picture_gets_the_cells_of_stacks(deep: Desk) -> None:
    deep.window.graph_panel.fold_all()
    coloring_of(deep).choose("time_forward")
    give(deep, 1, time_forward={node: 1e-6 * node for node in range(1, 26)})
    view = deep.window.graph_panel.view
    stack = int((view.drawing.kind == BoxKind.STACK).nonzero()[0][0])
    shade = coloring_of(deep).shading().boxes[stack]
    assert shade.fill == "" and shade.value == "15.0 µs to 115 µs"
    assert shade.cells[5] == "" and all(cell.startswith("#") for cell in shade.cells[:5])


def test_a_picture_gets_the_groups(deep: Desk) -> None:
    coloring_of(deep).choose("kind")
    legend = coloring_of(deep).shading().legend
    assert legend.bar == () and legend.ticks == ()
    assert legend.samples[0][0].fill == DARK.categorical[0] and "parameter" in " ".join(w for _, w in legend.samples)


# Where it is chosen


def test_the_menu_the_palette_and_the_legend_choose_the_same(deep: Desk) -> None:
    menu = deep.window.measures.menu
    assert menu.overlays["none"].isChecked()
    menu.overlays["flops"].trigger()
    assert coloring_of(deep).overlay.id == "flops" and coloring_of(deep).legend.chooser.text() == "FLOPs"
    entries = {entry.text: entry for entry in deep.window.palette_.entries()}
    entries["Colour by: Gradient norm"].do()
    assert coloring_of(deep).overlay.id == "grad_norm" and menu.overlays["grad_norm"].isChecked()
    assert {f"Colour by: {shown.title}" for shown in OVERLAYS} < set(entries)
    assert "Measure: 5 times a second" in entries


def test_without_colors_a_button_offers_them_in_the_place_of_the_legend(deep: Desk, qtbot) -> None:
    chip, legend = coloring_of(deep).chip, coloring_of(deep).legend
    qtbot.waitUntil(chip.isVisible)
    assert not legend.isVisible() and chip.menu() is deep.window.measures.menu
    coloring_of(deep).choose("size")
    assert legend.isVisible() and not chip.isVisible()
    coloring_of(deep).choose("none")
    assert chip.isVisible() and not legend.isVisible()
    assert deep.window.graph_panel.view.scene.coloring is None


def test_fitting_the_scale_is_off_without_one_and_shows_why(deep: Desk) -> None:
    deep.window.update_actions()
    action = deep.window.actions_["reset_scale"]
    assert not action.isEnabled() and "not coloured by a number" in action.toolTip()


# Colors


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("diverging", [False, True])
def test_words_on_every_color_of_the_bar_are_readable(palette, diverging: bool) -> None:
    worst = min(
        contrast(shade, ink_on(shade))
        for shade in (color_at(palette, step / (COLORS - 1), diverging=diverging) for step in range(COLORS))
    )
    assert worst >= 4.4
    assert all(contrast(shade, ink_on(shade)) >= 4.5 for shade in (*palette.sequential, *palette.categorical))


def test_little_is_near_the_canvas_in_both_themes() -> None:
    for palette in (DARK, LIGHT):
        near, far = (contrast(color_at(palette, place, diverging=False), palette.canvas) for place in (0.0, 1.0))
        assert near < 1.5 < far
    assert INKS[0] != INKS[1]
