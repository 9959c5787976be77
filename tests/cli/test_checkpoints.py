"""`gradviz run` keeps checkpoints in the run's file, and goes on from the last one as if it had never ended."""

from __future__ import annotations

import json
import subprocess

import pytest

from gradviz.cli import main as cli
from gradviz.runs.library import RunLibrary, runs_folder
from tests.cli.test_cli import started

SMALL = ["--set", "n=4", "--set", "d_in=3", "--set", "h=2", "--set", "d_out=1"]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    """Call the command line; returns status, losses, stderr."""

    def call(*words: str) -> tuple[int, list[tuple[int, float]], str]:
        status = cli.main(["run", *words, "--json"])
        out, err = capsys.readouterr()
        return status, [(line["step"], line["loss"]) for line in map(json.loads, out.splitlines())], err

    return call


@pytest.mark.parametrize("network", ["digits", "attention"])
def test_a_resumed_run_is_the_uninterrupted_one_bit_for_bit(run, network: str) -> None:
    _, whole, _ = run(network, "--steps", "45", "--seed", "3", "--no-record")
    run(network, "--steps", "35", "--seed", "3", "--checkpoint-every", "10")
    library = RunLibrary(runs_folder())
    (first,) = library.runs()
    assert first.checkpoints == 3
    status, rest, _ = run("--resume", first.id, "--steps", "45")
    assert (status, rest) == (0, whole[30:])
    newest = library.runs()[0]
    assert (newest.parent, newest.parent_step) == (first.id, 30)
    with library.open(newest) as reader:
        assert reader.points().values.tolist() == [loss for _, loss in whole]


def test_options_that_contradict_each_other_are_refused_with_what_to_do(run) -> None:
    assert run()[::2] == (2, "gradviz: Name a TARGET to train, or a run to go on with: --resume ID.\n")
    assert "without --no-record" in run("nn", "--checkpoint-every", "2", "--no-record")[2]
    run("nn", *SMALL, "--steps", "3")
    (plain,) = RunLibrary(runs_folder()).runs()
    assert "has no checkpoint to go on from; --checkpoint-every N keeps them." in run("--resume", plain.id)[2]
    run("nn", *SMALL, "--steps", "4", "--checkpoint-every", "2")
    kept = RunLibrary(runs_folder()).runs()[0]
    assert "leave out --optimizer" in run("--resume", kept.id, "--lr", "1")[2]
    assert "leave out the target" in run("optim", "--resume", kept.id)[2]
    assert "iteration 4 already; ask for more with --steps" in run("--resume", kept.id)[2]


def test_a_checkpoint_of_the_debugger_is_in_the_recorded_run_and_resumed_from(run) -> None:
    _, whole, _ = run("nn", *SMALL, "--steps", "9", "--no-record")
    debugger = started(["debug", "nn", *SMALL, "--steps", "5", "--json"], stdin=subprocess.PIPE)
    words = ("continue", "step_in", "checkpoint")
    out, _ = debugger.communicate("".join(json.dumps({"command": word}) + "\n" for word in words))
    (made,) = [line for line in map(json.loads, out.splitlines()) if line["event"] == "checkpoint"]
    (first,) = RunLibrary(runs_folder()).runs()
    assert (made["step"], made["run"], first.checkpoints) == (5, first.id, 1) and made["size"] > 100
    assert run("--resume", first.id, "--steps", "9")[:2] == (0, whole[5:])


def test_the_prompt_says_how_large_a_checkpoint_is_and_where() -> None:
    for more, said in (([], "Checkpoint of iteration 2 kept:"), (["--no-record"], "This run is not recorded")):
        debugger = started(["debug", "nn", *SMALL, *more], stdin=subprocess.PIPE)
        out, _ = debugger.communicate("continue 2\ncheckpoint\nquit\n")
        assert said in " ".join(out.split())
