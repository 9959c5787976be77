"""`--python` comes before the command or after it, is refused in one sentence, and runs the command in that Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gradviz.cli import debug as debugging
from gradviz.cli.main import main
from gradviz.cli.python_option import take_python
from tests.helpers.environments import make_environment

SCRIPT = """\
import sys, torch
print(sys.prefix, *sys.argv[1:], file=sys.stderr)
w = torch.ones(3, requires_grad=True)
for _ in range(3):
    w.grad = None
    (w * w).sum().backward()
    w.data -= 0.1 * w.grad
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(make_environment(tmp_path_factory.mktemp("project") / ".venv", packages=True))


def test_only_an_option_before_the_command_is_taken_from_the_words() -> None:
    assert take_python(["--python", "p", "run", "nn"]) == ("p", ["run", "nn"])
    assert take_python(["--python=p", "train.py", "--python", "x"]) == ("p", ["train.py", "--python", "x"])
    assert take_python(["train.py", "--python", "x"]) == ("", ["train.py", "--python", "x"])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--python"], "needs the path"),
        (["--python", "/nothing/there", "run", "nn"], "There is no Python at /nothing/there"),
        (["run", "nn", "--python", "/nothing/there"], "There is no Python at /nothing/there"),
        (["--python", sys.executable, "networks"], "an option of open, run and debug"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert sentence in capsys.readouterr().err


def test_our_own_python_needs_no_other_process(monkeypatch: pytest.MonkeyPatch) -> None:
    replaced: list[str] = []
    monkeypatch.setattr(os, "execv", lambda program, _words: replaced.append(program))
    assert main(["run", "nn", "--steps", "1", "--no-record", "--python", sys.executable]) == 0
    assert not replaced


def test_a_script_runs_in_the_named_environment_with_its_own_arguments(python: str, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SCRIPT, encoding="utf-8")
    words = ["--python", python, "run", "train.py", "--json", "--no-record", "--", "--epochs", "3"]
    done = subprocess.run(
        [sys.executable, "-m", "gradviz", *words], capture_output=True, text=True, check=False, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(debugging.__file__).parents[2])},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert f"{Path(python).parents[1]} --epochs 3" in done.stderr
    assert [json.loads(line)["step"] for line in done.stdout.splitlines()] == [0, 1, 2]


def test_the_window_and_the_debugger_get_the_python(python: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("gradviz.cli.doctor.why_no_screen", lambda *_: "")
    monkeypatch.setattr("gradviz.cli.qt_libraries.why_qt_cannot_start", lambda *_: "")
    monkeypatch.setattr("gradviz.gui.start.main", lambda *words: asked.append(words[3]) or 0)
    monkeypatch.setattr(debugging, "debug", lambda arguments: asked.append(arguments.python) or 0)
    assert main(["--python", python, "nn"]) == main(["debug", "nn", "--python", python]) == 0
    assert main(["--python", python]) == main(["nn"]) == 0
    assert asked == [python, python, python, ""]
