"""The Python of a model is chosen in the form: those found beside its file, any other, or gradviz's own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QFileDialog

from gradviz.client.runs import default_setup
from gradviz.gui.panels.networks import python_row
from gradviz.gui.panels.networks.python_row import PythonRow
from gradviz.gui.session.kept_setups import KeptSetups
from gradviz.gui.session.settings import Settings


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model beside an environment."""
    program = tmp_path / ".venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    (tmp_path / ".venv" / "pyvenv.cfg").write_text("version = 3.12.1\n")
    file = tmp_path / "model.py"
    file.write_text("def build(): ...\n")
    return file


def texts(row: PythonRow) -> list[str]:
    return [row.choice.itemText(index) for index in range(row.choice.count())]


def choose(row: PythonRow, text: str) -> None:
    row.choice.activated.emit(texts(row).index(text))


def test_the_environment_beside_a_file_is_offered(qtbot, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(python_row, "find_interpreters", lambda folder: _found(folder))
    row = PythonRow()
    qtbot.addWidget(row)
    row.show_setup(default_setup(str(model)))
    assert not row.isHidden()
    assert texts(row)[1:] == ["3.12  .venv", "Other…"]
    with qtbot.waitSignal(row.python_requested) as asked:
        choose(row, "3.12  .venv")
    assert asked.args == [_found(model.parent)[0].path]


def _found(folder: Path) -> list:
    from gradviz.client.interpreters import find_interpreters

    return find_interpreters(folder, {})[:1]


def test_a_built_in_network_needs_none(qtbot) -> None:
    row = PythonRow()
    qtbot.addWidget(row)
    row.show_setup(default_setup("nn"))
    assert row.isHidden()
    row.show_setup(replace(default_setup("nn"), python="/elsewhere/python"))
    assert not row.isHidden()
    assert row.choice.currentText() == "/elsewhere/python"


def test_any_other_python_can_be_named(qtbot, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = PythonRow()
    qtbot.addWidget(row)
    row.show_setup(default_setup(str(model)))
    answers = iter([str(model), "", str(model.parent / ".venv")])
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (next(answers), ""))
    asked: list[str] = []
    row.python_requested.connect(asked.append)
    choose(row, "Other…")
    assert not asked and "There is no Python at" in row.sentence
    choose(row, "Other…")  # cancelled
    assert not asked
    choose(row, "Other…")
    assert asked == [_found(model.parent)[0].path]
    assert row.choice.currentIndex() == 0  # until the setup has it


def test_the_python_of_a_folder_is_proposed_for_its_other_files(tmp_path: Path) -> None:
    kept = KeptSetups(Settings(tmp_path / "settings.ini"))
    first, second = str(tmp_path / "a.py"), str(tmp_path / "b.py")
    kept.remember(replace(default_setup(first), python="/elsewhere/python"))
    assert kept.setup(first).python == kept.setup(second).python == "/elsewhere/python"
    assert kept.setup(str(tmp_path / "deeper" / "a.py")).python == ""
    assert kept.setup("nn").python == ""
