"""What runs in the terminal is recorded, and `gradviz runs` lists, shows, deletes and lets go of it."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from gradviz.cli import main as cli
from gradviz.cli.runs import SUBCOMMANDS
from gradviz.runs.library import RunLibrary, runs_folder
from gradviz.runs.run_records import RunSummary

SMALL = ["--set", "n=4", "--set", "d_in=3", "--set", "h=2", "--set", "d_out=1"]
SCRIPT = """
import torch
from torch import nn
model = nn.Linear(8, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for step in range(3):
    loss = model(torch.ones(4, 8)).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    """Call the command line; returns status, stdout, stderr."""

    def call(*words: str) -> tuple[int, str, str]:
        try:
            status = cli.main(words)
        except SystemExit as end:
            status = int(end.code or 0)
        out, err = capsys.readouterr()
        return status, out, err

    return call


def recorded() -> list[RunSummary]:
    return RunLibrary(runs_folder()).runs()


def losses(summary: RunSummary) -> list[float]:
    with RunLibrary(runs_folder()).open(summary) as reader:
        return reader.points().values.tolist()


def test_a_run_records_every_loss_that_it_computes(run) -> None:
    words = ["--steps", "7", "--seed", "3", "--optimizer", "Adam", "--lr", "0.01", "--name", "wide", "--json"]
    _, out, _ = run("run", "nn", *SMALL, *words)
    (summary,) = recorded()
    assert losses(summary) == [json.loads(line)["loss"] for line in out.splitlines()]
    setup = summary.setup
    assert setup is not None and setup.optimizer is not None
    assert (setup.target, setup.seed, setup.iterations, setup.hyperparameters["d_in"]) == ("nn", 3, 7, 3)
    assert (setup.optimizer.name, setup.learning_rate) == ("Adam", 0.01)
    assert (summary.name, summary.state, summary.origin, summary.device) == ("wide", "finished", "run", "cpu")
    assert summary.digest and summary.torch and summary.python
    with RunLibrary(runs_folder()).open(summary) as reader:
        graph = reader.graph()
    assert graph is not None and "MseLossBackward0" in {node.type_name for node in graph.nodes}


@pytest.mark.parametrize("network", ["numpy", "tensors", "function"])
def test_recording_changes_no_loss(run, network: str) -> None:
    plain = run("run", network, "--steps", "3", "--json", "--no-record")
    assert not recorded()
    assert run("run", network, "--steps", "3", "--json") == plain
    assert len(recorded()) == 1


def test_a_script_is_recorded_with_its_optimizer(run, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SCRIPT)
    assert run("run", str(tmp_path / "train.py"))[0] == 0
    (summary,) = recorded()
    assert (summary.title, summary.iterations, summary.state) == ("train.py", 3, "finished")
    assert summary.optimizer == "Adam" and summary.source == str(tmp_path / "train.py")


@pytest.mark.parametrize(("end", "state"), [("raise ValueError('no')", "failed"), ("import os; os._exit(3)", "ended")])
def test_how_a_script_ended_is_recorded(tmp_path: Path, end: str, state: str) -> None:
    from tests.cli.test_cli import started

    (tmp_path / "train.py").write_text(SCRIPT + end)
    process = started(["run", str(tmp_path / "train.py")])
    process.communicate()
    assert process.returncode
    (summary,) = recorded()
    assert (summary.iterations, summary.state, summary.live) == (3, state, False)


def test_what_ends_before_its_first_iteration_leaves_no_file(run) -> None:
    assert run("run", "nn", "--steps", "0")[0] == 0
    assert run("run", "nn", "--optimizer", "Nadam!")[0] == 2
    assert not list(runs_folder().glob("*.gradviz"))


def test_a_folder_that_cannot_be_written_is_said_and_training_goes_on(
    run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GRADVIZ_RUNS", str(tmp_path / "file"))
    status, out, err = run("run", "nn", *SMALL, "--steps", "2", "--every", "1")
    assert status == 0 and len(out.splitlines()) == 2
    assert err.count("cannot be recorded") == 1


def test_runs_are_listed_and_shown(run) -> None:
    assert "No runs" in run("runs", "list")[1]
    run("run", "nn", *SMALL, "--steps", "2", "--name", "a")
    run("run", "nn", *SMALL, "--steps", "1", "--name", "b", "--lr", "1e300")
    (b, a) = recorded()
    head, first, second = run("runs", "list")[1].splitlines()
    assert head.split()[0] == "id" and first.split()[0] == b.id and second.split()[0] == a.id
    lines = [json.loads(line) for line in run("runs", "list", "--json")[1].splitlines()]
    assert [line["id"] for line in lines] == [b.id, a.id]
    shown = json.loads(run("runs", "show", a.id, "--json")[1])
    assert (shown["id"], shown["iterations"], shown["points"]) == (a.id, 2, {"loss": 2})
    assert shown["setup"]["target"] == "nn" and shown["events"][-1]["kind"] == "end"
    assert "2 points" in run("runs", "show", "a")[1]


def test_json_of_a_loss_that_is_not_finite_is_text(run) -> None:
    run("run", "nn", *SMALL, "--steps", "4", "--lr", "1e300")
    (line,) = run("runs", "list", "--json")[1].splitlines()
    assert json.loads(line)["last"] in ("NaN", "Infinity") and math.isfinite(json.loads(line)["best"])


def test_what_is_noted_of_a_run_is_changed_and_shown(run) -> None:
    run("run", "nn", *SMALL, "--steps", "2", "--name", "a")
    words = ["--name", "b", "--tag", "good", "--tag", "wide", "--note", "the first", "--color", "Blue"]
    status, out, _ = run("runs", "edit", "a", *words)
    assert status == 0 and "good, wide" in out
    shown = json.loads(run("runs", "show", "b", "--json")[1])
    noted = [shown[name] for name in ("name", "tags", "note", "color")]
    assert noted == ["b", ["good", "wide"], "the first", "#4a8ee0"]
    assert run("runs", "edit", "b", "--untag", "good", "--color", "#00ff7f", "--note", "")[0] == 0
    (summary,) = recorded()
    assert (summary.name, summary.tags, summary.note, summary.color) == ("b", ("wide",), "", "#00ff7f")


@pytest.mark.parametrize("words", [[], ["--color", "mauve"], ["--color", "#12345"]])
def test_an_edit_that_cannot_be_gets_one_sentence(run, words: list[str]) -> None:
    run("run", "nn", *SMALL, "--steps", "2", "--name", "a")
    status, out, err = run("runs", "edit", "a", *words)
    assert status == 2 and not out and len(err.splitlines()) == 1


def test_a_run_is_deleted_and_restored(run) -> None:
    run("run", "nn", *SMALL, "--steps", "2")
    (summary,) = recorded()
    assert summary.id in run("runs", "delete", summary.id)[1] and not recorded()
    assert run("runs", "restore", summary.id)[0] == 0 and len(recorded()) == 1


@pytest.mark.parametrize("command", ["show", "delete", "restore"])
def test_an_id_that_is_not_known_gets_one_sentence(run, command: str) -> None:
    status, out, err = run("runs", command, "no-such")
    assert status == 2 and not out and "no-such" in err and len(err.splitlines()) == 1


def test_old_runs_are_let_go_and_that_is_said(run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("run", "nn", *SMALL, "--steps", "2", "--name", "old")
    assert "nothing" in run("runs", "prune")[1]
    monkeypatch.setenv("GRADVIZ_RUNS_MEGABYTES", "0.00001")
    err = run("run", "nn", *SMALL, "--steps", "2")[2]
    assert "Old runs" in err and not recorded()
    monkeypatch.setenv("GRADVIZ_RUNS_MEGABYTES", "many")
    assert run("run", "nn", *SMALL, "--steps", "2")[0] == 2


def test_every_subcommand_has_help(run) -> None:
    for row in SUBCOMMANDS:
        status, out, _ = run("runs", row.name, "--help")
        assert status == 0 and f"gradviz runs {row.name}" in out
