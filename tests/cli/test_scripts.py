"""`gradviz run` and `gradviz render` of a training script."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from gradviz.cli import main as cli
from tests.helpers.scripts import plain_result, write_script


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    def call(*words: str) -> tuple[int, str, str]:
        status = cli.main(words)
        out, err = capsys.readouterr()
        return status, out, err

    return call


def losses(out: str) -> list[float]:
    objects = [json.loads(line) for line in out.splitlines()]
    assert [each["step"] for each in objects] == list(range(len(objects)))
    return [each["loss"] for each in objects]


@pytest.mark.parametrize("name", ["epochs", "accumulating", "by hand"])
def test_run_prints_the_losses_of_the_whole_script(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = write_script(tmp_path, name)
    plain, _ = plain_result(path, monkeypatch)
    status, out, _ = run("run", str(path), "--json", "--", str(tmp_path / "left"))
    assert (status, losses(out)) == (0, plain)


def test_run_ends_a_script_after_so_many_iterations(run, tmp_path: Path) -> None:
    path = write_script(tmp_path, "plain")
    status, out, _ = run("run", str(path), "--json", "--steps", "2", "--", str(tmp_path / "left"))
    assert (status, len(losses(out))) == (0, 2)
    assert not (tmp_path / "left").exists()


def test_what_a_script_prints_stays_off_standard_output(run, tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text("import torch\nprint('hello')\ntorch.ones(2, requires_grad=True).sum().backward()\n")
    status, out, err = run("run", str(path), "--json")
    assert (status, losses(out), err) == (0, [2.0], "hello\n")


@pytest.mark.parametrize(
    ("end", "status", "said"),
    [
        ("sys.exit(3)", 3, ""),
        ("sys.exit('no data')", 1, "no data"),
        ("raise ValueError('no more')", 1, "ValueError: no more"),
        ("", 0, ""),
    ],
)
def test_the_status_is_the_scripts_own(run, tmp_path: Path, end: str, status: int, said: str) -> None:
    path = tmp_path / "train.py"
    path.write_text(f"import sys, torch\ntorch.ones(2, requires_grad=True).sum().backward()\n{end}\n")
    got, _, err = run("run", str(path))
    assert got == status
    assert said in err
    assert "engine" not in err


def test_a_script_that_never_trains_is_one_sentence(run, tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text("def train(loss):\n    loss.backward()\n")
    for words in (["run", str(path)], ["render", str(path), "-o", str(tmp_path / "graph.svg")]):
        status, _, err = run(*words)
        assert status == 2
        assert "never called backward()" in err
        assert len(err.splitlines()) == 1


def test_options_that_are_the_scripts_own_affair_are_refused(run, tmp_path: Path) -> None:
    path = write_script(tmp_path, "plain")
    status, _, err = run("run", str(path), "--lr", "0.1")
    assert status == 2
    assert "leave out --lr" in err


def test_render_draws_the_first_iteration_and_ends_the_script(run, tmp_path: Path) -> None:
    path = write_script(tmp_path, "plain")
    drawing = tmp_path / "graph.json"
    status, _, _ = run("render", str(path), "-o", str(drawing), "--", str(tmp_path / "left"))
    assert status == 0
    names = {node["name"] for node in json.loads(drawing.read_text())["nodes"]}
    assert {"0.weight", "x", "y", "loss"} <= names
    assert not (tmp_path / "left").exists()
