"""`gradviz compare` prints a table, or JSON lines; what cannot be compared gets one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gradviz.cli.main import main

SMALL = ["--set", "n=4", "--set", "d_in=6", "--set", "h=5", "--set", "d_out=2", "--steps", "3"]


@pytest.mark.slow
def test_json_has_a_line_for_each_run_and_each_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["compare", "optim", "--optimizer", "SGD", "Nobody", "--lr", "1e-3", *SMALL, "--json", "--no-record"]
    assert main(words) == 1
    captured = capsys.readouterr()
    lines = [json.loads(line) for line in captured.out.splitlines()]
    runs = {line["optimizer"]: line for line in lines if line["event"] == "run"}
    assert runs["SGD"]["state"] == "finished" and runs["SGD"]["iterations"] == 3 and runs["SGD"]["id"] == ""
    assert runs["Nobody"]["state"] == "failed" and "Nobody" in captured.err
    first, last = (line for line in lines if line["event"] == "configuration")
    assert first["configuration"] == "SGD lr=1e-3" and first["seeds"] == [0]
    assert first["final"] == {"mean": runs["SGD"]["final"], "deviation": None} and last["best"] is None


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["optim", "--steps", "0"], "--steps must be 1 or more"),
        (["optim", "--seed", "-1"], "--seed must be from 0"),
        (["optim", "--at-once", "-1"], "--at-once must be 1 or more"),
        (["optim", "--optimizer", "SGD:x"], "is no optimizer; write NAME"),
        (["nobody"], "nobody"),
        (["optim", "nobody"], "nobody"),
        (["optim", "--lr", "-1"], "must be a positive number, not -1"),
        (["optim", "--threshold", "nan"], "--threshold must be a finite number"),
    ],
)
def test_what_cannot_be_compared_gets_one_sentence(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *words]) == 2
    assert sentence in capsys.readouterr().err


def test_a_script_is_not_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "train.py"
    path.write_text("import torch\nfor _ in range(3):\n    torch.ones(1, requires_grad=True).sum().backward()\n")
    assert main(["compare", str(path)]) == 2
    assert "is a training script" in capsys.readouterr().err
