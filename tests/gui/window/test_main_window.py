"""The window around a session: what can be done when, what the parts say, how it is remembered."""

from __future__ import annotations

from functools import partial

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget

from gradviz.gui.actions.actions import ActionRow, Actions
from gradviz.gui.controllers.panels_controller import PanelRow
from gradviz.gui.dialogs.command_palette import CommandPalette, score
from gradviz.gui.panels.graph.graph_panel import caption
from gradviz.gui.panels.networks.configuration_form import ConfigurationForm
from gradviz.gui.scene.data.node_states import NodeTag
from gradviz.gui.widgets.buttons import LinkButton
from gradviz.gui.window import contents
from gradviz.gui.window.contents import filled_window
from gradviz.gui.window.panel_table import panel_rows
from gradviz.protocol.commands import Open, Run, SetOptimizer
from gradviz.protocol.events import Raised
from gradviz.protocol.records import OptimizerChoice
from tests.gui.conftest import Desk


def texts(window, kind=QLabel) -> list[str]:
    return [label.text() for label in window.findChildren(kind)]


def form(desk: Desk) -> ConfigurationForm:
    return desk.window.networks.form


def test_before_the_engine_is_ready_run_is_off_and_its_tip_shows_why(desk: Desk) -> None:
    action = desk.window.actions_["run"]
    assert not action.isEnabled()
    assert "importing torch" in action.toolTip()
    assert form(desk).device.currentText() == "asking …"


def test_ready_offers_one_primary_button_which_trains(desk: Desk, qtbot) -> None:
    desk.engine_ready()
    qtbot.waitUntil(lambda: desk.window.actions_["run"].isEnabled())
    button = desk.window.tools.run_button
    assert button.property("primary") and button.action is desk.window.actions_["run"]
    button.click()
    assert desk.commands[-1] == Run(500)
    qtbot.waitUntil(lambda: button.action is desk.window.actions_["pause"])
    assert not button.property("primary")


def test_every_action_has_a_tip_and_keys_are_used_once(desk: Desk) -> None:
    keys = [key for row in desk.window.actions_.rows for key in row.keys]
    assert len(keys) == len(set(keys))
    for row, action in desk.window.actions_:
        assert action.toolTip(), row.id
        assert row.tip, row.id


def test_no_key_with_shift_is_what_another_action_calls_by_its_character(desk: Desk) -> None:
    # Shift and = is how + is typed: Qt takes neither of two actions that both fit.
    typed = {"=": "+", "-": "_", "[": "{", "]": "}", ",": "<", ".": ">", "/": "?", "0": ")", "1": "!"}
    used = {key for row in desk.window.actions_.rows for key in row.keys}
    for row in desk.window.actions_.rows:
        for key in row.keys:
            head, _, last = key.rpartition("Shift+")
            if head and last in typed:
                assert f"{head}{typed[last]}" not in used - set(row.keys), row.id


def test_a_disabled_action_shows_why(desk: Desk) -> None:
    desk.engine_ready()
    desk.window.update_actions()
    for row, action in desk.window.actions_:
        if not action.isEnabled():
            assert action.toolTip().splitlines()[-1] != row.tip, row.id


def test_the_title_names_the_network(desk: Desk) -> None:
    desk.engine_ready()
    desk.session.opening.open("nn")
    assert desk.window.windowTitle() == "nn · gradviz"


def test_the_caption_shows_that_nothing_is_trained_yet(desk: Desk) -> None:
    desk.engine_ready()
    title, text = caption(desk.session, desk.session.engine.graph)
    assert (title, text) == ("Autograd graph", "after the first forward, nothing is trained yet")
    desk.session.run()
    assert "3 functions, 1 parameter" in caption(desk.session, desk.session.engine.graph)[1]


def test_choosing_a_network_in_the_list_opens_it(desk: Desk) -> None:
    desk.engine_ready()
    desk.window.networks.list.network_requested.emit("optim")
    assert isinstance(desk.commands[-1], Open) and desk.commands[-1].target == "optim"


def test_an_optimizers_options_are_edited_by_type_and_sent(desk: Desk) -> None:
    desk.engine_ready()
    form(desk).optimizer.chosen.emit("SGD")
    assert desk.commands[-1] == SetOptimizer(OptimizerChoice("SGD", {"lr": 1e-6}))
    momentum = form(desk).options.row("momentum").field
    momentum.setText("0.9")
    momentum.editingFinished.emit()
    assert desk.commands[-1] == SetOptimizer(OptimizerChoice("SGD", {"lr": 1e-6, "momentum": 0.9}))
    form(desk).options.row("nesterov").field.click()
    assert desk.commands[-1].optimizer.options["nesterov"] is True


def test_rare_options_unfold(desk: Desk, qtbot) -> None:
    desk.engine_ready()
    desk.window.show()
    desk.window.panels.show("networks")
    form(desk).optimizer.chosen.emit("SGD")
    assert not form(desk).options.row("foreach").isVisible()
    more = next(b for b in form(desk).findChildren(QToolButton) if "more option" in b.text())
    more.click()
    assert form(desk).options.row("foreach").isVisible()


def test_a_wrong_entry_is_marked_with_a_sentence_and_not_sent(desk: Desk) -> None:
    desk.engine_ready()
    sent = len(desk.commands)
    rate = form(desk).options.row("lr")
    rate.field.setText("fast")
    rate.field.editingFinished.emit()
    assert "must be a number" in rate.sentence and rate.field.property("invalid") is True
    assert len(desk.commands) == sent
    rate.field.setText("1e-5")
    rate.field.editingFinished.emit()
    assert rate.sentence == "" and desk.session.state.setup.learning_rate == 1e-5


@pytest.mark.parametrize(("text", "sentence"), [("-3", "between"), ("many", "whole number")])
def test_sizes_out_of_range_are_marked(desk: Desk, text: str, sentence: str) -> None:
    desk.engine_ready()
    field = form(desk).sizes.field("h")
    field.setText(text)
    field.editingFinished.emit()
    assert field.property("invalid") is True and sentence in field.toolTip()


def test_an_optimizer_that_cannot_serve_is_disabled_and_shows_why(desk: Desk) -> None:
    desk.engine_ready()
    box = form(desk).optimizer
    index = box.findData("Muon")
    assert not box.model().item(index).isEnabled()
    assert box.itemData(index, Qt.ItemDataRole.ToolTipRole) == "it takes 2-D parameters only"


def test_sizes_changed_while_running_are_said_to_wait(desk: Desk) -> None:
    desk.engine_ready()
    desk.session.run()
    desk.session.configure(replace(desk.session.state.setup, seed=9))
    assert desk.session.state.waits_for_reset
    assert "Changed: press Reset to use them." in texts(form(desk))


def test_the_inspector_shows_what_to_do_and_then_shows_the_node(desk: Desk) -> None:
    inspector = desk.window.inspector
    desk.engine_ready()
    assert inspector.currentWidget().title == "Select a node"
    desk.session.selection.select(0)
    shown = texts(inspector) + texts(inspector, LinkButton)
    for text in ("mm", "MmBackward0", "#0", "torch.Tensor.mm", "64 × 100", "25.0 KiB", "x, data, no gradient"):
        assert text in shown, text
    assert any(text.startswith("autograd.py:") for text in shown)


def test_selecting_a_node_tints_its_line_of_source(desk: Desk) -> None:
    desk.engine_ready()
    desk.session.selection.select(1)
    assert desk.window.source.file.endswith("autograd.py") and desk.window.source.line == 16


def test_finding_counts_selects_and_walks_around(desk: Desk) -> None:
    desk.engine_ready()
    field = desk.window.tools.find_field
    field.setText("m")
    assert desk.window.finder.matches and field.count_text.startswith("1 of ")
    first = desk.session.selection.node_id
    for _ in desk.window.finder.matches:
        desk.window.finder.step(1)
    assert desk.session.selection.node_id == first
    field.setText("no such thing")
    assert field.count_text == "none"


def test_copying_a_node_puts_its_facts_on_the_clipboard(desk: Desk) -> None:
    desk.engine_ready()
    desk.session.selection.select(0)
    desk.window.update_actions()
    desk.window.actions_["copy_node"].trigger()
    assert "torch.Tensor.mm" in QGuiApplication.clipboard().text()


def test_a_dead_engine_shows_a_banner_whose_button_restarts_it(desk: Desk, qtbot) -> None:
    desk.engine_ready()
    desk.session.engine_died("The engine was killed (SIGKILL)", "It may have run out of memory.")
    assert desk.window.graph_panel.banner.title == "The engine was killed (SIGKILL)"
    assert desk.window.graph_panel.view.graph is not None
    button = next(b for b in desk.window.graph_panel.banner.findChildren(type(desk.window.tools.run_button).__base__))
    with qtbot.waitSignal(desk.session.state.engine_requested):
        button.click()
    assert desk.window.graph_panel.banner.title == ""


def test_an_error_in_the_network_shows_banner_and_traceback(desk: Desk) -> None:
    desk.engine_ready()
    node = desk.session.engine.graph.node(0)
    trace = "Traceback (most recent call last):\nRuntimeError: shapes do not fit"
    desk.session.apply(Raised(1, 3, "forward", "shapes do not fit", trace, node.file, node.line))
    assert desk.window.graph_panel.banner.title == f"RuntimeError in forward, autograd.py:{node.line}"
    assert "shapes do not fit" in desk.window.console.text
    graph, scene = desk.session.engine.graph, desk.window.graph_panel.view.scene
    at = [other.id for other in graph.nodes if (other.file, other.line) == (node.file, node.line)][-1]
    assert desk.session.selection.node_id == at  # so that the Inspector shows it
    desk.window.graph_panel._steps.refresh()
    assert scene.states.tag[graph.index[at]] == NodeTag.ERROR


def test_the_status_bar_shows_state_iteration_loss_and_engine(desk: Desk) -> None:
    desk.engine_ready()
    desk.session.run()
    desk.tick(2)
    bar = desk.window.statusBar()
    bar.refresh()
    assert bar.texts == [
        "Running",
        "Iteration 100 of 500",
        "Loss 1.00e+05",
        "100 it/s",
        "cpu",
        "Engine ready, torch 0.0.fake",
    ]


def test_the_loss_plot_is_made_after_the_first_paint(desk: Desk, qtbot) -> None:
    assert desk.window.loss.plot is None
    desk.window.first_painted.connect(desk.window.loss.build)
    with qtbot.waitSignal(desk.window.first_painted):
        desk.window.show()
    assert desk.window.loss.plot is not None


def test_the_palette_finds_actions_networks_and_nodes(desk: Desk) -> None:
    desk.engine_ready()
    palette = CommandPalette(desk.window.palette_.entries(), desk.window)
    palette._field.setText("dynamic")
    assert palette.shown[0].startswith("dynamic")
    palette._field.setText("clamp")
    assert palette.shown[0] == "clamp #1"
    palette._field.setText("export pic")
    assert palette.shown[0] == "Export picture"
    palette.deleteLater()


def test_the_palette_names_what_can_be_done_before_what_cannot(desk: Desk) -> None:
    desk.engine_ready()
    palette = CommandPalette(desk.window.palette_.entries(), desk.window)
    palette._field.setText("light")
    assert palette.shown[0] == "Theme: Light"
    assert "Highlight ancestors" in palette.shown
    palette.deleteLater()


def test_letters_in_order_fit_and_others_do_not() -> None:
    assert score("exp", "Export picture") is not None
    assert score("light", "Theme: Light") > score("light", "Highlight both")
    assert score("xyz", "Export picture") is None
    assert score("run", "Run") > score("run", "Reset under another name")


def test_panels_hide_come_back_and_are_remembered(desk: Desk, qtbot) -> None:
    window = desk.window
    window.resize(1600, 1000)
    window.show()
    window.panels.toggle("inspector")
    assert not window.panels.is_visible("inspector")
    window.panels.toggle("console")
    window.close()
    again = filled_window(desk.session, desk.settings, desk.theme)
    qtbot.addWidget(again)
    again.resize(1600, 1000)
    again.show()
    assert not again.panels.is_visible("inspector") and not again.panels.is_visible("console")
    again.panels.toggle("inspector")
    assert again.panels.is_visible("inspector")
    again.actions_["restore_docks"].trigger()
    assert all(again.panels.is_visible(name) for name in ("networks", "inspector", "source", "loss", "console"))


def test_in_a_small_window_networks_join_the_bottom_tabs(desk: Desk) -> None:
    window = desk.window
    window.resize(1600, 1000)
    window.show()
    assert window.panels.dock_of("networks").objectName() == "dock-left"
    window.resize(1280, 800)
    assert window.panels.dock_of("networks").objectName() == "dock-bottom"
    window.resize(1600, 1000)
    assert window.panels.dock_of("networks").objectName() == "dock-left"


def test_the_setup_of_a_network_is_remembered(desk: Desk) -> None:
    desk.session.configure(replace(desk.session.state.setup, seed=7, iterations=20))
    desk.setups.remember(desk.session.state.setup)
    assert desk.setups.setup("autograd").seed == 7
    assert desk.setups.setup("nn").seed == 0


def test_both_themes_dress_the_window(desk: Desk) -> None:
    desk.engine_ready()
    desk.window.show()
    desk.session.selection.select(0)
    for choice in ("light", "dark"):
        desk.window.set_theme(choice)
        assert desk.window.actions_[f"theme_{choice}"].isChecked()
        desk.window.grab()


def test_a_sentence_in_the_status_bar_ends_before_what_follows_and_is_whole_in_its_tip(desk: Desk, qtbot) -> None:
    desk.window.resize(1280, 800)
    desk.window.show()
    desk.engine_ready()
    sentence = "What could not be done, and why, " * 20
    desk.window.show_sentence(sentence)
    bar = desk.window.statusBar()
    label = next(child for child in bar.findChildren(QLabel) if child.toolTip() == sentence)
    assert bar.message == sentence and label.text().endswith("…")
    assert label.fontMetrics().horizontalAdvance(label.text()) < label.width()


def test_curves_of_another_network_are_put_away_once_for_each_run(desk: Desk) -> None:
    desk.engine_ready()
    desk.window.loss.build()
    desk.session.run()
    desk.tick(2)
    plot = desk.window.loss.plot
    assert plot is not None and 1 not in plot.hidden_runs
    desk.session.opening.open("nn")
    assert 1 in plot.hidden_runs
    plot.set_run_visible(1, True)
    desk.session.run()
    desk.tick(2)
    assert 1 not in plot.hidden_runs


def test_a_panel_is_a_widget_and_a_row(desk: Desk, qtbot, monkeypatch: pytest.MonkeyPatch) -> None:
    row = PanelRow("notes", "Notes", "right", "bottom", lambda _session: QLabel("my notes"), ("Ctrl+Shift+N",))
    monkeypatch.setattr(contents, "panel_rows", lambda: (*panel_rows(), row))
    window = filled_window(desk.session, desk.settings, desk.theme)
    qtbot.addWidget(window)
    window.resize(1600, 1000)
    window.show()
    assert window.panels.dock_of("notes").objectName() == "dock-right"
    action = window.actions_["panel_notes"]
    assert action.isChecked() and action.text() == "Notes"
    assert window.actions_["go_notes"].shortcut().toString() == "Ctrl+Shift+N"
    action.trigger()
    assert not window.panels.is_visible("notes") and not action.isChecked()
    window.close()
    again = filled_window(desk.session, desk.settings, desk.theme)
    qtbot.addWidget(again)
    again.resize(1600, 1000)
    again.show()
    assert not again.panels.is_visible("notes") and again.panels.is_visible("inspector")


def test_an_action_is_a_row_with_its_callable(qapp, qtbot) -> None:
    called, on = [], []
    rows = (
        ActionRow("greet", "Greet", "Help", partial(called.append, 1), tip="Say hello"),
        ActionRow("switch", "Switch", "Help", lambda: on.append(1), checked=lambda: len(on) > 1, needs=lambda: ""),
        ActionRow("never", "Never", "Help", partial(called.append, 2), tip="Never", needs=lambda: "It cannot be."),
    )
    actions = Actions(rows)
    actions.update()
    for row in rows:
        actions[row.id].trigger()
    assert called == [1] and actions["never"].toolTip() == "Never\nIt cannot be."
    assert not actions["switch"].isChecked(), "it is ticked as its row says, not as it was pressed"
    actions["switch"].trigger()
    assert actions["switch"].isChecked()


def test_numbers_in_the_status_bar_lay_nothing_out_anew(desk: Desk, qtbot) -> None:
    desk.engine_ready()
    status = desk.window.statusBar()
    with qtbot.waitExposed(desk.window):
        desk.window.show()
    desk.session.run()
    for _ in range(2):
        desk.tick()
        status.refresh()
        QApplication.processEvents()
    requests: list[QObject] = []
    spy = LayoutSpy(requests)
    for widget in (status, *status.findChildren(QWidget)):
        widget.installEventFilter(spy)
    desk.tick()
    status.refresh()
    QApplication.sendPostedEvents()
    assert f" {desk.session.engine.step} of" in status.texts[1]
    assert requests == []


class LayoutSpy(QObject):
    """Notes which widgets are to be laid out anew."""

    def __init__(self, requests: list[QObject]) -> None:
        super().__init__()
        self._requests = requests

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._requests.append(watched)
        return False
