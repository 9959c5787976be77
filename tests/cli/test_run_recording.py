"""What a script logs is recorded by `gradviz run` and by `gradviz debug --json`, which reports it too."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from gradviz.cli.main import main
from gradviz.runs.library import RunLibrary, runs_folder

SCRIPT = """
import gradviz, torch
w = torch.ones(2, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
for step in range(4):
    loss = (w * w).sum()
    optimizer.zero_grad()
    loss.backward()
    gradviz.log({"norm/w": w.grad.norm(), "text": "x"})
    optimizer.step()
gradviz.log({"end": 1}, step=9)
"""


@pytest.fixture
def script(tmp_path: Path) -> str:
    path = tmp_path / "train.py"
    path.write_text(SCRIPT)
    return str(path)


def logged() -> dict[str, tuple[list[int], list[float]]]:
    library = RunLibrary(runs_folder())
    (run,) = library.runs()
    with library.open(run) as reader:
        points = {name: reader.points(name) for name in reader.metrics if name != "loss"}
    return {name: (each.steps.tolist(), [round(value, 3) for value in each.values]) for name, each in points.items()}


EXPECTED = {"norm/w": ([0, 1, 2, 3], [2.828, 2.263, 1.81, 1.448]), "end": ([9], [1.0])}


@pytest.mark.slow
def test_run_records_what_a_script_logs(script: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", script]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 0
    assert logged() == EXPECTED


@pytest.mark.slow
def test_debug_records_and_reports_what_a_script_logs(
    script: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.setattr("gradviz.cli.debug._lines", lambda: iter(['{"command": "continue"}']))
    main(["debug", script, "--json"])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found: dict[str, tuple[list[int], list[float]]] = {}
    for line in lines:
        if line["event"] == "metrics":
            steps, values = found.setdefault(line["name"], ([], []))
            steps += line["steps"]
            values += [round(value, 3) for value in line["values"]]
    assert found == EXPECTED and logged() == EXPECTED
