"""Opening the user's models in the window: names, forms, recents."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt

from gradviz.client.interpreters import Interpreter
from gradviz.gui.actions.conditions import Conditions
from gradviz.gui.dialogs.open_dialog import OpenDialog
from gradviz.gui.panels.networks import python_row
from gradviz.gui.panels.networks.networks_panel import OPEN
from gradviz.gui.session.recent_targets import MOST, RecentTargets
from gradviz.gui.session.settings import Settings
from gradviz.protocol.commands import Run
from gradviz.protocol.events import Failed, Raised, StateChanged, Stopped
from gradviz.protocol.records import OptimizerChoice, PointRecord, State
from gradviz.targets.candidates import read_candidates
from tests.gui.conftest import Desk
from tests.gui.window.conftest import CODE, answer, last_open

# What a file offers


def test_a_file_offers_what_needs_no_arguments_the_default_first(model: Path) -> None:
    assert [(one.name, one.kind) for one in read_candidates(model)] == [
        ("build", "factory"),
        ("Net", "module"),
        ("small", "factory"),
    ]


def test_a_training_script_is_offered_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text("from torch import nn\nclass Net(nn.Module): pass\nloss = Net()(1)\nloss.backward()\n")
    assert [(one.name, one.kind) for one in read_candidates(path)] == [("", "script"), ("Net", "module")]


def test_several_candidates_are_asked_for_and_the_chosen_one_opens(own: Desk, qtbot, model: Path) -> None:
    own.window.opening.open_path(str(model))
    dialog = own.window.findChild(OpenDialog)
    assert dialog is not None and dialog.target == f"{model}:build"
    dialog.list.setCurrentRow(2)
    dialog.open_button.click()
    assert last_open(own).target == f"{model}:small"


def test_a_name_that_is_nothing_shows_why_and_cannot_be_opened(own: Desk, qtbot) -> None:
    own.window.opening.ask_for_target()
    dialog = own.window.findChild(OpenDialog)
    assert not dialog.open_button.isEnabled()
    dialog.field.setText("nowhere.py:build")
    dialog.read()
    assert "no file" in dialog.sentence.text() and not dialog.open_button.isEnabled()
    dialog.field.setText("no_such_package_of_mine.module")
    dialog.read()
    assert "no module" in dialog.sentence.text()


def test_return_opens_what_was_just_typed(own: Desk, qtbot, model: Path) -> None:
    own.window.opening.ask_for_target()
    dialog = own.window.findChild(OpenDialog)
    assert dialog is not None and not dialog.open_button.isEnabled()
    dialog.field.setText(f"{model}:small")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert last_open(own).target == f"{model}:small"


def test_a_model_is_opened_in_the_python_that_the_dialog_names(
    own: Desk, qtbot, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [Interpreter("/elsewhere/python", "3.12  .venv")]
    monkeypatch.setattr(python_row, "find_interpreters", lambda folder: found)
    monkeypatch.setattr(python_row, "find_python", lambda path: path)
    own.window.opening.ask_for_target(f"{model}:small")
    dialog = own.window.findChild(OpenDialog)
    choice = dialog.python_row.choice
    choice.activated.emit(choice.findData("/elsewhere/python"))
    assert choice.currentText() == "3.12  .venv"
    with qtbot.waitSignal(own.session.state.engine_requested) as asked:
        dialog.open_button.click()
    assert asked.args == ["/elsewhere/python"]
    assert own.session.state.setup.target == f"{model}:small"


def test_a_name_that_offers_less_than_the_one_before_is_read_in_peace(qtbot, model: Path) -> None:
    dialog = OpenDialog(str(model))
    qtbot.addWidget(dialog)
    assert dialog.list.count() == 3
    dialog.list.setCurrentRow(2)
    dialog.field.setText("nowhere.py")
    dialog.read()
    assert dialog.list.count() == 0 and dialog.target == "nowhere.py"


# Titles, recents, the list


def test_window_title_and_list_name_the_file_and_its_factory(own: Desk, model: Path) -> None:
    own.window.opening.open(str(model))
    assert own.window.windowTitle() == "gpt.py:build · gradviz"
    chosen = own.window.networks.list.currentItem()
    assert chosen.text() == "gpt.py:build"


def test_what_was_opened_is_listed_first_and_remembered(own: Desk, model: Path, tmp_path: Path) -> None:
    own.window.opening.open(str(model))
    own.window.opening.open("nn")
    assert own.window.opening.recent.targets == (f"{model}:build",)
    assert RecentTargets(own.settings).targets == (f"{model}:build",)


def test_recents_are_few_each_once_and_can_be_cleared(tmp_path: Path) -> None:
    recent = RecentTargets(Settings(tmp_path / "s.ini"))
    for number in range(MOST + 3):
        recent.add(f"/m/{number}.py")
    recent.add("/m/5.py")
    assert len(recent.targets) == MOST and recent.targets[0] == "/m/5.py" and recent.targets.count("/m/5.py") == 1
    recent.clear()
    assert recent.targets == ()


def test_a_missing_recent_model_shows_so_and_opening_it_shows_what_is_there(own: Desk, model: Path) -> None:
    own.window.opening.open(str(model))
    own.window.opening.open("nn")
    model.rename(model.with_name("moved.py"))
    own.window.networks.list.show_missing()
    item = own.window.networks.list.item(1)
    assert "missing" in item.data(Qt.ItemDataRole.AccessibleTextRole)
    own.window.networks.list.network_requested.emit(f"{model}:build")
    banner = own.window.graph_panel.banner
    assert banner.title == "gpt.py:build cannot be opened" and "moved.py" in banner.text
    assert own.session.state.setup.target == "nn" and own.session.state.phase == "ready"


def test_the_row_that_opens_asks_and_marks_nothing(own: Desk, qtbot) -> None:
    rows = own.window.networks.list
    item = next(rows.item(i) for i in range(rows.count()) if rows.item(i).data(Qt.ItemDataRole.UserRole) == OPEN)
    rows.open_requested.disconnect()  # the file dialog that it opens would wait for the user
    with qtbot.waitSignal(rows.open_requested):
        rows.itemClicked.emit(item)
    assert rows.currentItem().text() == "autograd"


# The form


def test_hyperparameters_are_edited_by_type_and_only_what_differs_is_sent(own: Desk, model: Path) -> None:
    own.window.opening.open(str(model))
    sizes = own.window.networks.form.sizes
    assert last_open(own).hyperparameters == {} and last_open(own).optimizer is None
    assert sizes.field("width").text() == "4" and not sizes.tick("deep").isChecked()
    sizes.field("width").setText("8")
    sizes.field("width").editingFinished.emit()
    sizes.tick("deep").click()
    sizes.field("name").setText("other")
    sizes.field("name").editingFinished.emit()
    assert last_open(own).hyperparameters == {"width": 8, "deep": True, "name": "other"}
    sizes.field("width").setText("4")
    sizes.field("width").editingFinished.emit()
    assert last_open(own).hyperparameters == {"deep": True, "name": "other"}


def test_a_wrong_hyperparameter_is_marked_and_not_sent(own: Desk, model: Path) -> None:
    own.window.opening.open(str(model))
    before = len(own.commands)
    sizes = own.window.networks.form.sizes
    sizes.field("width").setText("wide")
    sizes.field("width").editingFinished.emit()
    assert "whole number" in sizes.row("width").sentence and len(own.commands) == before


def test_a_keyword_that_the_file_lost_is_not_sent(own: Desk, model: Path) -> None:
    own.window.opening.open(str(model))
    own.session.configure(replace(own.session.state.setup, hyperparameters={"width": 8, "deep": True}))
    model.write_text(CODE.replace("deep=False, ", ""))
    own.session.opening.reopen()
    assert last_open(own).hyperparameters == {"width": 8}


def test_what_a_model_brings_along_is_read_from_its_file_the_next_time(own: Desk, model: Path) -> None:
    own.window.opening.open(str(model))
    assert own.session.state.setup.optimizer == OptimizerChoice("SGD", {"lr": 0.01})
    assert own.session.opening.lasting_setup.optimizer is None
    own.session.opening.reset()
    assert last_open(own).optimizer is None
    chosen = OptimizerChoice("Adam", {"lr": 0.1})
    own.session.configure(replace(own.session.state.setup, optimizer=chosen))
    own.session.opening.reset()
    assert last_open(own).optimizer == chosen and own.session.opening.lasting_setup.optimizer == chosen


def test_the_setup_of_a_model_is_remembered(own: Desk, model: Path) -> None:
    own.window.opening.open(str(model))
    own.session.configure(replace(own.session.state.setup, seed=7, hyperparameters={"rate": 0.25}))
    own.setups.remember(own.session.opening.lasting_setup)
    assert own.setups.setup(f"{model}:build") == own.session.opening.lasting_setup


def test_a_script_locks_device_optimizer_and_seed_with_the_reason(own: Desk, model: Path) -> None:
    reason = "The script sets device and optimizer itself."
    own.fake.own = lambda command: answer(command, kind="script", locked=reason, hyperparameters=())
    own.window.opening.open(str(model))
    form = own.window.networks.form
    for field in (form.device, form.optimizer, form.options, form.seed):
        assert not field.isEnabled() and field.toolTip() == reason
    own.window.opening.open("nn")
    assert form.device.isEnabled() and form.seed.isEnabled() and form.device.toolTip() == ""


def test_the_source_is_that_of_the_code_that_was_opened_last(own: Desk, model: Path) -> None:
    own.window.opening.open(str(model))
    shown = own.window.source._code
    model.write_text("# new\n" + CODE)
    assert not shown.toPlainText().startswith("# new")
    own.session.opening.reopen()
    assert shown.toPlainText().startswith("# new")
    model.write_text("# broken\n" + CODE)
    own.fake.own = lambda command: [Raised(command.run, 0, "build", "It is broken.", "Traceback", str(model), 2)]
    own.session.opening.reopen()
    assert shown.toPlainText().startswith("# broken")


@pytest.mark.parametrize("state", ["finished", "failed"])
def test_a_script_that_has_ended_is_not_offered_to_run_on(own: Desk, model: Path, state: State) -> None:
    own.fake.own = lambda command: answer(command, kind="script", hyperparameters=())
    own.window.opening.open(str(model))
    own.session.apply(StateChanged(own.session.state.runs.number, state, 80, None, "The script has ended."))
    assert Conditions(own.session).run() == "The script has ended; reset it to run it from the start."
    own.session.opening.open("nn")
    assert Conditions(own.session).run() == ""


def test_a_script_runs_on_after_the_iterations_that_were_asked_for(own: Desk, model: Path) -> None:
    own.fake.own = lambda command: answer(command, kind="script", hyperparameters=())
    own.window.opening.open(str(model))
    own.session.apply(StateChanged(own.session.state.runs.number, "finished", 500))
    assert Conditions(own.session).run() == ""
    own.session.run()
    assert own.commands[-1] == Run()  # to its own end


def test_a_script_has_its_arguments_in_a_field_and_no_number_of_iterations(own: Desk, model: Path) -> None:
    own.fake.own = lambda command: answer(command, kind="script", hyperparameters=())
    own.window.opening.open(str(model))
    form = own.window.networks.form
    assert not form.arguments_row.isHidden() and form._iterations_row.isHidden()
    assert own.window._status.texts[1] == "Iteration 0"
    form.arguments_row.text.setPlainText("--lr 0.1 'two words")
    form.arguments_row.text.finish()
    assert form.arguments_row.sentence == "A quotation mark is missing." and last_open(own).arguments == ()
    form.arguments_row.text.setPlainText("--lr 0.1 'two words'")
    form.arguments_row.text.finish()
    assert last_open(own).arguments == ("--lr", "0.1", "two words") and form.arguments_row.sentence == ""
    own.window.opening.open("nn")
    assert form.arguments_row.isHidden() and not form._iterations_row.isHidden()


def test_a_script_that_has_ended_runs_again(own: Desk, model: Path, qtbot) -> None:
    own.fake.own = lambda command: answer(command, kind="script", hyperparameters=())
    own.window.opening.open(str(model))
    run = own.session.state.runs.number
    own.session.apply(StateChanged(run, "finished", 20, message="The script has ended."))
    action = own.window.actions_["run"]
    qtbot.waitUntil(lambda: action.text() == "Run again")
    assert action.isEnabled()
    action.trigger()
    assert last_open(own).run > run and own.commands[-1] == Run()
    own.session.apply(StateChanged(own.session.state.runs.number, "ready", 0))
    assert own.commands.count(Run()) == 1  # once: what is reset afterwards waits as ever


def test_another_target_opened_meanwhile_does_not_run_by_itself(own: Desk, model: Path) -> None:
    own.fake.own = lambda command: answer(command, kind="script", hyperparameters=())
    own.window.opening.open(str(model))
    own.session.apply(StateChanged(own.session.state.runs.number, "finished", 20, message="The script has ended."))
    own.fake.own = lambda command: []
    own.window.actions_["run"].trigger()
    own.fake.own = None
    own.session.opening.open("nn")
    assert own.session.state.phase == "ready" and not any(isinstance(command, Run) for command in own.commands)


def test_the_line_that_raised_is_marked_in_the_source_and_its_traceback_written_once(own: Desk, model: Path) -> None:
    own.window.opening.open(f"{model}:build")
    run, text = own.session.state.runs.number, 'Traceback\n  File "m.py", line 2\nValueError: no'
    point = PointRecord(0, "forward", file=str(model), line=2)
    own.session.apply(Stopped(run, 0, "exception", point, message="no", traceback=text))
    own.session.apply(Raised(run, 0, "forward", "no", text, str(model), 2))
    assert (own.window.source.file, own.window.source._code.line) == (str(model), 2)
    assert own.window.console.text.count("ValueError: no") == 1


def test_the_line_of_a_syntax_error_is_marked_in_the_source(own: Desk, model: Path) -> None:
    own.fake.own = lambda command: [Failed("Open", "gpt.py, line 3, is no Python", str(model), 3)]
    own.window.opening.open(f"{model}:build")
    assert (own.window.source.file, own.window.source._code.line) == (str(model), 3)
