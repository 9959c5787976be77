"""Messages about the user's models in the window: refusals, changed files, engines that hang, drops."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton

from gradviz.client.code_consent import code_of
from gradviz.gui.panels.graph.drop_overlay import read_dropped_file
from gradviz.gui.session import target_opening
from gradviz.protocol.commands import Open
from gradviz.protocol.events import Event, Failed, Raised, StateChanged, Stopped
from gradviz.protocol.records import PointRecord
from gradviz.targets.target_spec import read_target
from tests.gui.conftest import Desk
from tests.gui.window.conftest import CODE, answer, button, last_open
from tests.helpers.fake_engine import ready

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


def test_a_refusal_shows_the_sentence_and_offers_the_way_back_and_on(own: Desk, model: Path) -> None:
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
    reported: list[str] = []
    own.session.state.failed.connect(reported.append)
    own.fake.own = lambda command: [Failed("Open", "It cannot.")]
    own.window.opening.open(str(model))
    own.session.apply(Failed("Pause", "Nothing is open; open a network first."))
    assert reported == []  # the banner has the sentence
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


def test_an_error_about_reach_is_explained_and_its_parameters_are_a_click_away(own: Desk, model: Path) -> None:
    own.window.opening.open(str(model))
    said = (
        "RuntimeError: Expected to have finished reduction in the prior iteration before starting a new one. This\nis"
    )
    run = own.session.state.runs.number
    own.session.apply(Raised(run, 1, "forward", "RuntimeError: Expected …", "Traceback", str(model), 16, said=said))
    own.session.apply(StateChanged(run, "failed", 1))
    assert "waits for the gradient of every parameter" in own.window.graph_panel.banner.text
    button(own, "Show parameters").click()
    assert own.window.panels.docks["right"].current == "reach"
    assert own.window.opening.reach.search.text() == "Expected to have finished reduction in the prior iteration"


def test_a_changed_file_is_said_and_one_click_runs_it_as_it_is_now(own: Desk, qtbot, model: Path) -> None:
    own.window.opening.open(str(model))
    banner = own.window.opening.banners.banner
    model.write_text(CODE + "# changed\n")
    qtbot.waitUntil(lambda: banner.title == "gpt.py has changed")
    before = len([command for command in own.commands if isinstance(command, Open)])
    button(own, "Reopen").click()
    assert len([command for command in own.commands if isinstance(command, Open)]) == before + 1
    assert own.session.opening.consent.question is None and banner.title == ""


def test_a_file_that_failed_and_was_changed_is_reopened_by_one_button(own: Desk, qtbot, model: Path) -> None:
    def raises(command: Open) -> list[Event]:
        return [Raised(command.run, 0, "build", "no more", "Traceback\nValueError: no more", str(model), 16)]

    own.fake.own = raises
    own.window.opening.open(str(model))
    _, sentence = own.window.graph_panel.view.cards.message.words()
    assert sentence == "It was not made; the message above says why."
    with qtbot.waitSignal(own.window.opening.watch.changed):
        model.write_text(CODE + "# changed\n")
    shown = [b for b in own.window.findChildren(QPushButton) if b.text() == "Reopen" and b.isVisible()]
    assert len(shown) == 1 and own.window.graph_panel.banner.title == "ValueError in build, gpt.py:16"
    own.fake.own = answer
    shown[0].click()
    model.write_text(CODE)
    banner = own.window.opening.banners.banner
    qtbot.waitUntil(lambda: banner.title == "gpt.py has changed")
    own.session.apply(Raised(own.session.engine.run, 3, "forward", "no more", "", str(model), 16))
    assert banner.title == ""


def test_a_file_that_is_as_it_was_again_needs_no_reopening(own: Desk, qtbot, model: Path) -> None:
    own.window.opening.open(str(model))
    banner = own.window.opening.banners.banner
    new = model.with_name("new.py")
    new.write_text(CODE + "# changed\n")
    new.replace(model)  # as editors do
    qtbot.waitUntil(lambda: banner.title == "gpt.py has changed")
    model.write_text(CODE)
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
    own.session.opening.consent.given.give(code_of(read_target(str(path))))
    drop(own, mime(path))
    assert last_open(own).target == f"{path}:build"


def test_a_drop_of_the_wrong_kind_shows_what_can_be_dropped(own: Desk, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("x")
    drop(own, mime(path))
    assert "notes.txt is no model" in own.window.graph_panel.banner.text
    assert last_open(own).target == "autograd"


def test_two_files_a_folder_and_a_notebook_are_refused_with_a_sentence(tmp_path: Path) -> None:
    assert "one file" in read_dropped_file(mime(tmp_path / "a.py", tmp_path / "b.py"))[1]
    assert "folder" in read_dropped_file(mime(tmp_path))[1]
    assert "notebook" in read_dropped_file(mime(tmp_path / "a.ipynb"))[1]
    for name in ("a.py", "a.pt2", "a.pt", "a.safetensors"):
        assert read_dropped_file(mime(tmp_path / name)) == (str(tmp_path / name), "")


def test_the_banner_of_an_error_has_the_first_lines_of_a_long_message_and_the_console_all(
    own: Desk, model: Path
) -> None:
    own.window.opening.open(str(model))
    run = own.session.state.runs.number
    said = "\n".join(["ValueError: it differs", *(f"at position {i}" for i in range(30))])
    point = PointRecord(0, "backward", 1, grad_fn="ExpBackward0", file=str(model), line=16)
    own.session.apply(Stopped(run, 0, "exception", point, message=said, traceback=f"Traceback\n{said}", said=said))
    own.session.apply(StateChanged(run, "stopped", 0))
    text = own.window.graph_panel.banner.text
    assert "at position 2" in text and "at position 9" not in text and "The console has all of it." in text
    assert "at position 29" in own.window.console.text
