"""Opening a person's models in the window: names, forms, recents, drops, refusals, stops, files that change."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton

from gradviz.client.code_consent import code_of
from gradviz.gui.actions.conditions import Conditions
from gradviz.gui.dialogs.open_dialog import OpenDialog
from gradviz.gui.panels.graph.drop_overlay import dropped_file
from gradviz.gui.panels.networks.network_list import OPEN
from gradviz.gui.session import target_opening
from gradviz.gui.session.recent_targets import MOST, Recent
from gradviz.gui.session.settings import Settings
from gradviz.protocol.commands import Open, Run
from gradviz.protocol.events import Event, Failed, GraphChanged, Opened, Raised, State, StateChanged
from gradviz.protocol.records import HyperparameterRecord, OptimizerChoice, SourceRecord
from gradviz.targets.candidates import read_candidates
from gradviz.targets.target_spec import read_target
from tests.gui.conftest import Desk
from tests.helpers.fake_engine import DEVICES, OPTIMIZERS, graph_record, ready

_CODE = '''"""Models."""
from torch import nn

class Net(nn.Module):
    """A net."""
    def __init__(self, width=3):
        super().__init__()

class Needs(Net):
    def __init__(self, width):
        super().__init__()

def small():
    return Net(), 1

def build(width=4, deep=False, rate=0.5, name="net"):
    """The whole."""
    return Net(), 1

def main():
    print("no factory")

def needs(x):
    return x
'''


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "gpt.py"
    path.write_text(_CODE)
    return path


def answer(command: Open, **changes: object) -> list[Event]:
    """What an engine says of a person's model that opens."""
    title = f"{Path(command.target.split(':')[0]).name}:build"
    records = (
        HyperparameterRecord("width", 4),
        HyperparameterRecord("deep", False),
        HyperparameterRecord("rate", 0.5),
        HyperparameterRecord("name", "net"),
    )
    opened = Opened(
        command.run,
        command.target,
        title,
        command.device,
        command.optimizer or OptimizerChoice("SGD", {"lr": 0.01}),
        DEVICES,
        OPTIMIZERS,
        (),
        SourceRecord(command.target.split(":")[0], 16),
        "factory",
        hyperparameters=records,
    )
    graph = GraphChanged(command.run, 0, "own", graph_record("own"))
    return [replace(opened, **changes), graph, StateChanged(command.run, "ready", 0, 1.0)]


@pytest.fixture
def own(desk: Desk, model: Path) -> Desk:
    """A window whose engine is ready, with consent for the model."""
    desk.fake.own = answer
    desk.engine_ready()
    desk.window.show()
    desk.session.opening.consents.give(code_of(read_target(str(model))))
    return desk


def last_open(desk: Desk) -> Open:
    return [command for command in desk.commands if isinstance(command, Open)][-1]


def button(desk: Desk, text: str) -> QPushButton:
    return next(b for b in desk.window.findChildren(QPushButton) if b.text() == text and b.isVisible())


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


def test_a_name_that_is_nothing_says_why_and_cannot_be_opened(own: Desk, qtbot) -> None:
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
    assert Recent(own.settings).targets == (f"{model}:build",)


def test_recents_are_few_each_once_and_can_be_cleared(tmp_path: Path) -> None:
    recent = Recent(Settings(tmp_path / "s.ini"))
    for number in range(MOST + 3):
        recent.add(f"/m/{number}.py")
    recent.add("/m/5.py")
    assert len(recent.targets) == MOST and recent.targets[0] == "/m/5.py" and recent.targets.count("/m/5.py") == 1
    recent.clear()
    assert recent.targets == ()


def test_a_missing_recent_model_says_so_and_opening_it_says_what_is_there(own: Desk, model: Path) -> None:
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
    rows.open_requested.disconnect()  # the file dialog that it opens would wait for a person
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
    model.write_text(_CODE.replace("deep=False, ", ""))
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
    own.settings.remember(own.session.opening.lasting_setup)
    assert own.settings.setup(f"{model}:build") == own.session.opening.lasting_setup


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
    model.write_text("# new\n" + _CODE)
    assert not shown.toPlainText().startswith("# new")
    own.session.opening.reopen()
    assert shown.toPlainText().startswith("# new")
    model.write_text("# broken\n" + _CODE)
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
    assert own.commands[-1] == Run(1000)


# Messages


def test_notes_are_shown_until_they_are_put_away(own: Desk, model: Path) -> None:
    own.fake.own = lambda command: answer(command, notes=("No loss was given.",))
    own.window.opening.open(str(model))
    banner = own.window.opening.banners.banner
    assert banner.text == "No loss was given."
    own.session.opening.reset()
    assert banner.text == "No loss was given."
    next(b for b in banner.findChildren(QToolButton) if b.accessibleName() == "Hide this message").click()
    own.session.opening.reset()
    assert banner.isHidden()


def test_a_refusal_says_the_sentence_and_offers_the_way_back_and_on(own: Desk, model: Path) -> None:
    own.session.opening.open("nn")
    own.fake.own = lambda command: [Failed("Open", "gpt.py:build returned None; return (model, inputs).")]
    own.window.opening.open(str(model))
    banner = own.window.graph_panel.banner
    assert banner.title == "gpt.py:build cannot be opened" and banner.text.endswith("return (model, inputs).")
    assert own.session.state.phase == "failed" and own.window.graph_panel.view.graph is None
    own.fake.own = answer
    button(own, "Reopen").click()
    assert own.session.state.phase == "ready" and banner.isHidden()


def test_after_a_refusal_nothing_of_the_graph_before_is_offered_or_complained_of(own: Desk, model: Path) -> None:
    own.session.opening.open("nn")
    told: list[str] = []
    own.session.state.failed.connect(told.append)
    own.fake.own = lambda command: [Failed("Open", "It cannot.")]
    own.window.opening.open(str(model))
    own.session.apply(Failed("Pause", "Nothing is open; open a network first."))
    assert told == ["It cannot."]
    assert "Nothing to inspect" in own.window.inspector._empty.accessibleName()


def test_after_a_refusal_one_click_opens_what_was_open_before(own: Desk, model: Path) -> None:
    own.session.opening.open("nn")
    own.fake.own = lambda command: [Failed("Open", "It cannot.")]
    own.window.opening.open(str(model))
    button(own, "Open nn").click()
    assert own.session.state.phase == "ready" and own.session.state.setup.target == "nn"


def test_code_that_raised_can_be_reopened(own: Desk, model: Path) -> None:
    def raises(command: Open) -> list[Event]:
        text = "Traceback\nValueError: no more"
        raised = Raised(command.run, 0, "build", "no more", text, str(model), 16)
        return [raised, StateChanged(command.run, "failed", 0)]

    own.fake.own = raises
    own.window.opening.open(str(model))
    assert own.window.graph_panel.banner.title == "ValueError in build, gpt.py:16"
    own.fake.own = answer
    button(own, "Reopen").click()
    assert own.session.state.phase == "ready"


def test_a_changed_file_is_said_and_one_click_runs_it_as_it_is_now(own: Desk, qtbot, model: Path) -> None:
    own.window.opening.open(str(model))
    banner = own.window.opening.banners.banner
    model.write_text(_CODE + "# changed\n")
    qtbot.waitUntil(lambda: banner.title == "gpt.py has changed")
    before = len([command for command in own.commands if isinstance(command, Open)])
    button(own, "Reopen").click()
    assert len([command for command in own.commands if isinstance(command, Open)]) == before + 1
    assert own.session.opening.question is None and banner.title == ""


def test_a_file_that_is_as_it_was_again_needs_no_reopening(own: Desk, qtbot, model: Path) -> None:
    own.window.opening.open(str(model))
    banner = own.window.opening.banners.banner
    new = model.with_name("new.py")
    new.write_text(_CODE + "# changed\n")
    new.replace(model)  # as editors do
    qtbot.waitUntil(lambda: banner.title == "gpt.py has changed")
    model.write_text(_CODE)
    qtbot.waitUntil(lambda: banner.title == "")


# Engines that do not come back


def hanging(desk: Desk, model: Path, monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """Open a model that is never made; the list grows with each engine that is asked for."""
    desk.session.opening.lateness._timer.setInterval(1)
    engines: list[None] = []
    desk.session.state.engine_requested.connect(lambda: engines.append(None))
    desk.fake.own = lambda command: []
    desk.window.opening.open(str(model))
    return engines


def test_a_network_that_takes_long_can_be_stopped_and_is_not_opened_again(own, qtbot, model, monkeypatch) -> None:
    engines = hanging(own, model, monkeypatch)
    card = own.window.opening.card
    qtbot.waitUntil(card.isVisible)
    assert card.title.text() == "Still building gpt.py:build"
    count = len(own.commands)
    card.stop_button.click()
    assert len(engines) == 1 and own.session.state.phase == "starting" and not card.isVisible()
    own.session.apply(ready())
    assert own.session.state.phase == "failed" and own.window.graph_panel.banner.title == "gpt.py:build is not open"
    assert not any(isinstance(command, Open) for command in own.commands[count:])
    own.window.opening.open("nn")
    assert own.session.state.phase == "ready"


def test_another_network_chosen_meanwhile_gets_an_engine_that_listens(own, qtbot, model, monkeypatch) -> None:
    engines = hanging(own, model, monkeypatch)
    qtbot.waitUntil(own.window.opening.card.isVisible)
    own.window.opening.open("nn")
    assert len(engines) == 1
    own.session.apply(ready())
    assert own.session.state.setup.target == "nn" and own.session.state.phase == "ready"


def test_the_graph_before_goes_when_the_next_network_is_late(own: Desk, qtbot, model: Path, monkeypatch) -> None:
    own.session.opening.open("nn")
    assert own.window.graph_panel.view.graph is not None
    hanging(own, model, monkeypatch)
    qtbot.waitUntil(own.window.opening.card.isVisible)
    assert own.window.graph_panel.view.graph is None


def test_the_card_goes_when_the_network_is_there(own: Desk, qtbot, model: Path, monkeypatch) -> None:
    hanging(own, model, monkeypatch)
    qtbot.waitUntil(own.window.opening.card.isVisible)
    for event in answer(last_open(own)):
        own.session.apply(event)
    assert not own.window.opening.card.isVisible() and not own.session.opening.lateness.late


def test_a_model_that_ends_the_engine_is_not_opened_again_by_itself(own: Desk, model: Path) -> None:
    own.fake.own = lambda command: []
    own.window.opening.open(str(model))
    own.session.engine_died("The engine crashed (SIGSEGV)", "Native code gave up.")
    banner = own.window.graph_panel.banner
    assert banner.title == "The engine crashed (SIGSEGV)" and "gpt.py:build" in banner.text
    count = len(own.commands)
    own.session.opening.restart_engine()
    own.session.apply(ready())
    assert not any(isinstance(command, Open) for command in own.commands[count:])
    assert own.session.state.phase == "failed" and "reopen" in banner.text
    own.fake.own = answer
    button(own, "Reopen").click()
    assert own.session.state.phase == "ready"


def test_a_model_during_whose_training_the_engine_died_is_opened_again(own: Desk, model: Path) -> None:
    own.window.opening.open(str(model))
    own.session.engine_died("The engine was killed (SIGKILL)", "It may have run out of memory.")
    own.session.opening.restart_engine()
    own.session.apply(ready())
    assert own.session.state.phase == "ready" and last_open(own).target == f"{model}:build"


def test_patience_is_three_seconds() -> None:
    assert target_opening.PATIENCE == 3000


# Drops


def mime(*paths: object) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drop(desk: Desk, data: QMimeData) -> None:
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), copy, data, left, none)
    QApplication.sendEvent(desk.window, enter)
    assert enter.isAccepted() and desk.window.opening.drops.isVisible()
    QApplication.sendEvent(desk.window, QDropEvent(QPoint(50, 50).toPointF(), copy, data, left, none))
    assert not desk.window.opening.drops.isVisible()


def test_a_dropped_file_is_opened(own: Desk, tmp_path: Path) -> None:
    path = tmp_path / "one.py"
    path.write_text("def build():\n    return 1, 2\n")
    own.session.opening.consents.give(code_of(read_target(str(path))))
    drop(own, mime(path))
    assert last_open(own).target == f"{path}:build"


def test_a_drop_of_the_wrong_kind_says_what_can_be_dropped(own: Desk, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("x")
    drop(own, mime(path))
    assert "notes.txt is no model" in own.window.graph_panel.banner.text
    assert last_open(own).target == "autograd"


def test_two_files_a_folder_and_a_notebook_are_refused_with_a_sentence(tmp_path: Path) -> None:
    assert "one file" in dropped_file(mime(tmp_path / "a.py", tmp_path / "b.py"))[1]
    assert "folder" in dropped_file(mime(tmp_path))[1]
    assert "notebook" in dropped_file(mime(tmp_path / "a.ipynb"))[1]
    for name in ("a.py", "a.pt2", "a.pt", "a.safetensors"):
        assert dropped_file(mime(tmp_path / name)) == (str(tmp_path / name), "")
