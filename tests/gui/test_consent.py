"""Nothing of a person's runs unasked: whose consent is needed, for what, and how it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from gradviz.gui.consent import Consents, code_of
from gradviz.gui.dialogs.consent_dialog import ConsentDialog
from gradviz.protocol.commands import Open
from gradviz.protocol.targets import read_target
from tests.gui.conftest import Desk


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "gpt.py"
    path.write_text("def build(width=4):\n    return 1, 2\n")
    return path


def opens(desk: Desk) -> list[str]:
    return [command.target for command in desk.commands if isinstance(command, Open)]


def asked(desk: Desk, qtbot) -> ConsentDialog:
    qtbot.waitUntil(lambda: desk.window.opening.consent is not None)
    dialog = desk.window.opening.consent
    assert dialog is not None
    return dialog


def test_consent_holds_for_the_contents_of_one_file(tmp_path: Path, model: Path) -> None:
    consents = Consents(tmp_path / "allowed.json")
    code = code_of(read_target(str(model)))
    assert not consents.has(code) and not consents.changed(code)
    consents.give(code)
    assert Consents(tmp_path / "allowed.json").has(code)
    model.write_text("other")
    changed = code_of(read_target(str(model)))
    assert not consents.has(changed) and consents.changed(changed) == (changed.path,)
    copy = tmp_path / "copy.py"
    copy.write_text("other")
    assert not consents.changed(code_of(read_target(str(copy))))


@pytest.mark.parametrize("before", [0, 1])
def test_a_long_file_is_shown_wherever_it_is_cut(model: Path, before: int) -> None:
    model.write_text("#" * before + "é" * 50_000)
    assert code_of(read_target(str(model))).first_lines(3) == ["#" * before + "é" * (32_768 - before)]


def test_a_damaged_list_of_consents_allows_nothing(tmp_path: Path, model: Path) -> None:
    path = tmp_path / "allowed.json"
    for text in ("{", "[1]", ""):
        path.write_text(text)
        assert not Consents(path).has(code_of(read_target(str(model))))


def test_the_file_of_a_module_is_found_without_importing_its_package(tmp_path: Path, monkeypatch) -> None:
    package = tmp_path / "models"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit('imported')")
    (package / "gpt.py").write_text("x = 1")
    monkeypatch.chdir(tmp_path)
    assert code_of(read_target("models.gpt:build")).path == str(package / "gpt.py")
    assert code_of(read_target("models.missing:build")).path == "models.missing"


def test_nothing_is_sent_before_the_answer_and_a_yes_opens(desk: Desk, qtbot, model: Path) -> None:
    desk.engine_ready()
    desk.window.show()
    desk.window.opening.open(f"{model}:build")
    dialog = asked(desk, qtbot)
    assert opens(desk) == ["autograd"] and desk.session.setup.target == "autograd"
    assert dialog.path.text() == str(model) and "def build" in dialog.code.toPlainText()
    dialog.open_button.click()
    assert opens(desk) == ["autograd", f"{model}:build"]


def test_enter_does_not_open(desk: Desk, qtbot, model: Path) -> None:
    desk.engine_ready()
    desk.window.show()
    desk.window.opening.open(str(model))
    dialog = asked(desk, qtbot)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.window.opening.consent is None)
    assert opens(desk) == ["autograd"] and desk.session.question is None
    assert "was not opened" in desk.window._status.message


def test_it_is_asked_once_and_again_after_a_change(desk: Desk, qtbot, model: Path) -> None:
    desk.engine_ready()
    desk.window.show()
    target = f"{model}:build"
    desk.window.opening.open(target)
    asked(desk, qtbot).open_button.click()
    desk.window.opening.open("nn")
    desk.window.opening.open(target)
    assert opens(desk)[-1] == target and desk.session.question is None
    model.write_text("def build():\n    return 2, 3\n")
    desk.session.reset()
    dialog = asked(desk, qtbot)
    assert any(label.text() == "gpt.py:build has changed. Run its code?" for label in dialog.findChildren(QLabel))
    assert opens(desk).count(target) == 2
    dialog.open_button.click()
    assert opens(desk).count(target) == 3


def test_the_first_target_waits_for_the_answer_and_a_no_opens_a_network(qapp, qtbot, tmp_path: Path, model) -> None:
    from gradviz.gui.session import Session
    from tests.helpers.fake_engine import ready

    session = Session()
    commands: list[object] = []
    session.command_issued.connect(commands.append)
    session.fallback = "nn"
    session.open(str(model))
    assert session.title == "gpt.py:build" and session.question is not None
    session.apply(ready())
    assert not commands
    session.answer(False)
    assert [command.target for command in commands if isinstance(command, Open)] == ["nn"]


def test_built_in_networks_are_never_asked_for(desk: Desk) -> None:
    desk.engine_ready()
    desk.session.open("nn")
    assert desk.session.question is None and opens(desk) == ["autograd", "nn"]
