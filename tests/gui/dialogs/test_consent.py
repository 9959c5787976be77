"""Nothing of the user's runs unasked: whose consent is needed, for what, and how it is asked."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from gradviz.client.code_consent import Consents, code_of
from gradviz.gui.dialogs.consent_dialog import ConsentDialog
from gradviz.gui.processes.code_files import FileWatcher
from gradviz.gui.widgets.mnemonics import plain
from gradviz.protocol.commands import Open
from gradviz.protocol.events import ConsentNeeded
from gradviz.targets.target_spec import read_target
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
    model.write_text("#" * before + "é" * 200_000)
    assert code_of(read_target(str(model))).first_lines(3) == ["#" * before + "é" * (131_072 - before)]


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
    assert opens(desk) == ["autograd"] and desk.session.state.setup.target == "autograd"
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
    assert opens(desk) == ["autograd"] and desk.session.opening.consent.question is None
    assert "was not opened" in desk.window._status.message


def test_enter_presses_open_where_open_has_the_focus(desk: Desk, qtbot, model: Path) -> None:
    desk.engine_ready()
    desk.window.show()
    desk.window.opening.open(str(model))
    dialog = asked(desk, qtbot)
    dialog.open_button.setFocus()
    qtbot.keyClick(dialog.open_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.window.opening.consent is None)
    assert opens(desk) == ["autograd", f"{model}:build"]


def test_a_name_typed_as_a_command_is_consent_to_the_file_as_it_is_then(desk: Desk, model: Path) -> None:
    desk.engine_ready()
    desk.session.opening.open(str(model), allowed=True)
    assert opens(desk)[-1] == f"{model}:build" and desk.session.opening.consent.question is None
    model.write_text("def build():\n    return 2, 3\n")
    desk.session.opening.reset()
    question = desk.session.opening.consent.question
    assert question is not None
    assert question.difference[2:] == (
        "@@ -1,2 +1,2 @@",
        "-def build(width=4):",
        "-    return 1, 2",
        "+def build():",
        "+    return 2, 3",
    )


def test_a_trusted_folder_covers_edits_and_new_files_until_it_is_trusted_no_longer(
    desk: Desk, qtbot, with_helpers: Path
) -> None:
    desk.engine_ready()
    desk.window.show()
    target = f"{with_helpers}:build"
    desk.window.opening.open(target)
    dialog = asked(desk, qtbot)
    dialog.trust.setChecked(True)
    dialog.open_button.click()
    assert desk.commands[-1].allowed is None
    (with_helpers.parent / "util.py").write_text("import unused # edited")
    desk.session.opening.reset()
    assert desk.session.opening.consent.question is None and opens(desk) == ["autograd", target, target]
    folder = str(with_helpers.parent)
    assert Consents().folders == (folder,)
    desk.window.opening.menu.aboutToShow.emit()
    (action,) = [one for one in desk.window.opening.menu.actions() if plain(one.text()) == f"No longer trust {folder}"]
    action.trigger()
    desk.session.opening.reset()
    assert desk.session.opening.consent.question is not None


def test_a_later_window_shows_the_difference_and_old_texts_are_forgotten(tmp_path: Path, with_helpers: Path) -> None:
    path, util = tmp_path / "kept" / "allowed.json", with_helpers.parent / "util.py"
    for text in ("import json", "import os", "import re"):
        util.write_text(text)
        Consents(path).give(code_of(read_target(str(with_helpers))))
    util.write_text("import sys")
    difference = Consents(path).difference(code_of(read_target(str(with_helpers))))
    assert difference == ["--- util.py", "+++ util.py", "@@ -1 +1 @@", "-import re", "+import sys"]
    assert len(list((tmp_path / "kept" / "allowed.texts").iterdir())) == 3


def test_it_is_asked_once_and_again_after_a_change(desk: Desk, qtbot, model: Path) -> None:
    desk.engine_ready()
    desk.window.show()
    target = f"{model}:build"
    desk.window.opening.open(target)
    asked(desk, qtbot).open_button.click()
    desk.window.opening.open("nn")
    desk.window.opening.open(target)
    assert opens(desk)[-1] == target and desk.session.opening.consent.question is None
    model.write_text("def build():\n    return 2, 3\n")
    desk.session.opening.reset()
    dialog = asked(desk, qtbot)
    assert any(label.text() == "gpt.py:build has changed. Run its code?" for label in dialog.findChildren(QLabel))
    assert opens(desk).count(target) == 2
    dialog.open_button.click()
    assert opens(desk).count(target) == 3


def test_the_first_target_waits_for_the_answer_and_a_no_opens_a_network(qapp, qtbot, tmp_path: Path, model) -> None:
    from gradviz.gui.session.session import Session
    from tests.helpers.fake_engine import ready

    session = Session()
    commands: list[object] = []
    session.state.command_issued.connect(commands.append)
    session.opening.fallback = "nn"
    session.opening.open(str(model))
    assert session.state.title == "gpt.py:build" and session.opening.consent.question is not None
    session.apply(ready())
    assert not commands
    declined: list[str] = []
    session.opening.declined.connect(declined.append)
    session.opening.answer(False)
    assert declined == [f"{model}:build"]
    assert [command.target for command in commands if isinstance(command, Open)] == ["nn"]


def test_built_in_networks_are_never_asked_for(desk: Desk) -> None:
    desk.engine_ready()
    desk.session.opening.open("nn")
    assert desk.session.opening.consent.question is None and opens(desk) == ["autograd", "nn"]


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def with_helpers(model: Path) -> Path:
    model.write_text("import util\nimport torch\nfrom nets import block\ndef build():\n    return 1, 2\n")
    (model.parent / "util.py").write_text("import json")
    (model.parent / "unused.py").write_text("x = 1")
    (model.parent / "nets").mkdir()
    (model.parent / "nets" / "block.py").write_text("x = 2")
    return model


def test_consent_is_for_what_is_imported_from_the_folder_too(tmp_path: Path, with_helpers: Path) -> None:
    consents = Consents(tmp_path / "allowed.json")
    code = code_of(read_target(str(with_helpers)))
    helper, util = tmp_path / "nets" / "block.py", tmp_path / "util.py"
    assert code.helpers == ((str(helper), digest("x = 2")), (str(util), digest("import json")))
    consents.give(code)
    assert Consents(tmp_path / "allowed.json").has(code)
    helper.write_text("x = 3")
    changed = code_of(read_target(str(with_helpers)))
    assert not consents.has(changed) and consents.changed(changed) == (str(helper),)
    helper.write_text("x = 2")
    util.write_text("import json, unused")
    assert not consents.has(code_of(read_target(str(with_helpers))))


def test_the_text_that_is_shown_is_the_one_that_is_allowed(model: Path) -> None:
    code = code_of(read_target(str(model)))
    model.write_text("harmless")
    assert code.first_lines(1) == ["def build(width=4):"]
    assert code.digest == digest("def build(width=4):\n    return 1, 2\n")


def test_the_question_names_the_helpers_and_the_engine_gets_what_may_run(desk: Desk, qtbot, with_helpers) -> None:
    desk.engine_ready()
    desk.window.show()
    desk.window.opening.open(f"{with_helpers}:build")
    dialog = asked(desk, qtbot)
    assert dialog.helpers.text() == "It imports from its folder: nets/block.py, util.py"
    dialog.open_button.click()
    (command,) = [command for command in desk.commands if isinstance(command, Open) and command.allowed is not None]
    assert set(command.allowed) == {digest(path.read_text()) for path in (
        with_helpers, with_helpers.parent / "util.py", with_helpers.parent / "nets" / "block.py")}  # fmt: skip
    (with_helpers.parent / "util.py").write_text("import json # more")
    desk.session.opening.reset()
    dialog = asked(desk, qtbot)
    assert dialog.helpers.text() == "It imports from its folder: nets/block.py, util.py (changed)"
    assert any(label.text() == "What gpt.py:build imports has changed. Run its code?" for label in labels(dialog))


def labels(dialog: ConsentDialog) -> list[QLabel]:
    return dialog.findChildren(QLabel)


def test_what_the_engine_met_is_asked_for_with_the_files_beside_it(desk: Desk, qtbot, with_helpers: Path) -> None:
    folder = with_helpers.parent
    desk.session.opening.consent.given.give(code_of(read_target(str(with_helpers))))
    desk.engine_ready()
    desk.window.show()
    target = f"{with_helpers}:build"
    desk.window.opening.open(target)
    assert opens(desk) == ["autograd", target]
    plugins = folder / "plugins"
    plugins.mkdir()
    for name in ("one", "two"):
        (plugins / f"{name}.py").write_text(f"import unused  # {name}")
    desk.session.apply(ConsentNeeded(desk.session.state.runs.number, str(plugins / "one.py")))
    assert "imports one.py, which you have not allowed" in desk.session.opening.refusal
    dialog = asked(desk, qtbot)
    assert dialog.helpers.text().endswith("nets/block.py, plugins/one.py, plugins/two.py, unused.py, util.py")
    dialog.open_button.click()
    last = desk.commands[-1]
    assert isinstance(last, Open) and last.allowed is not None and desk.session.opening.refusal == ""
    assert {digest("import unused  # one"), digest("import unused  # two")} <= set(last.allowed)
    # Later on they are known to belong to it.
    desk.window.opening.open("nn")
    desk.window.opening.open(target)
    assert desk.session.opening.consent.question is None and set(desk.commands[-1].allowed) == set(last.allowed)


def test_a_file_that_is_never_as_it_was_allowed_ends_in_a_sentence(desk: Desk, qtbot, with_helpers: Path) -> None:
    desk.session.opening.consent.given.give(code_of(read_target(str(with_helpers))))
    desk.engine_ready()
    desk.window.show()
    desk.window.opening.open(f"{with_helpers}:build")
    runs = set()
    while desk.session.state.runs.number not in runs:
        runs.add(desk.session.state.runs.number)
        desk.session.apply(ConsentNeeded(desk.session.state.runs.number, str(with_helpers.parent / "util.py")))
        if (shown := desk.window.opening.consent) is not None:
            shown.open_button.click()
    assert len(runs) < 10 and "which you have not allowed as it is" in desk.session.opening.refusal


def test_changes_of_helpers_are_notified(qtbot, with_helpers: Path) -> None:
    code = code_of(read_target(str(with_helpers)))
    watch = FileWatcher()
    with qtbot.assertNotEmitted(watch.changed, wait=1):
        watch.follow({Path(path): found for path, found in code.files.items()})
    util = with_helpers.parent / "util.py"
    for text, signal in (("import json #", watch.changed), ("import json", watch.restored)):
        with qtbot.waitSignal(signal):
            util.write_text(text)
    watch.leave()
