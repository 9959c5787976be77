"""Files, names and output that are not UTF-8, through the real processes: prompt, JSON lines, pictures, window."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from gradviz.cli import main as cli
from gradviz.gui.app import App
from gradviz.gui.session.settings import Settings
from gradviz.protocol.encodable import escape_text
from tests.helpers.json_debugger import JsonDebugger

pytestmark = pytest.mark.skipif(os.name != "posix", reason="file names are text there")

MODEL = r"""
import sys
import numpy as np, torch
from torch import nn

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.add_module("layer\udcff", nn.Linear(3, 2))
        self.calls = 0
    def forward(self, x):
        print("printed \udcfe", "told \ud800", file=sys.stderr)
        print("✓")
        self.calls += 1
        if self.calls == 3:
            raise ValueError("cannot open \udcff.bin")
        return {"out\udc80": self._modules["layer\udcff"](x)}

def build(n=2**70, rate=np.float32(0.5)):
    return Model(), torch.ones(4, 3)
"""
SCRIPT = r"""
import sys
import numpy as np, torch

print(ascii(sys.argv[1:]), "\udcff", ascii(__file__))
net = torch.nn.Linear(3, 1)
optimizer = torch.optim.Adam(net.parameters(), lr=np.logspace(-3, -1, 3)[1])
for _ in range(3):
    optimizer.zero_grad()
    net(torch.ones(4, 3)).square().mean().backward()
    optimizer.step()
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write(tmp_path, b"folder-\xfe/model-\xff.py", MODEL)


def write(folder: Path, name: bytes, text: str) -> Path:
    path = folder / os.fsdecode(name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def gradviz(*words: str | Path, stdin: str = "", **environment: str) -> tuple[int, bytes, str]:
    done = subprocess.run(
        [sys.executable, "-m", "gradviz", *map(str, words)],
        input=stdin.encode("utf-8", "surrogateescape"),
        capture_output=True,
        check=False,
        timeout=100,
        env={**os.environ, **environment},
    )
    return done.returncode, done.stdout, done.stderr.decode()


def test_a_model_can_be_stepped_by_json_lines_and_what_it_raises_is_shown(model: Path) -> None:
    with JsonDebugger(str(model)) as debugger:
        stop = debugger.until("stopped")
        assert stop["file"] == escape_text(str(model)) and stop["module"] == r"layer\udcff"
        (name, _) = [each["names"][0] for each in debugger.all("opened")[0]["parameters"]]
        assert debugger.ask("tensor", what="parameter", name=name)["shape"] == [2, 3]
        breakpoints = [{"kind": "line", "file": r"model-\udcff.py", "line": stop["line"], "phase": "backward"}]
        assert debugger.ask("set_breakpoints", breakpoints=breakpoints)["event"] == "breakpoints"
        assert debugger.ask("continue")["breakpoint"] == 1
        assert name in {node["name"] for node in debugger.ask("graph")["nodes"]}
        debugger.ask("set_breakpoints", breakpoints=[])
        assert debugger.ask("continue")["message"] == r"ValueError: cannot open \udcff.bin"
        _, _, status = debugger.close()
    assert status == 0
    printed = {stream: written(debugger.all("output"), stream) for stream in ("stdout", "stderr")}
    assert printed["stdout"].startswith("✓\n") and printed["stderr"].startswith("printed \\udcfe told \\ud800\n")


def written(outputs: list[dict[str, str]], stream: str) -> str:
    return "".join(event["text"] for event in outputs if event["stream"] == stream)


def test_a_script_gets_its_arguments_byte_for_byte_and_its_options_can_be_any_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = write(tmp_path, b"train-\xff.py", SCRIPT)
    words = ("--json", "--", os.fsdecode(b"data-\xfd"))
    status, out, _ = gradviz("debug", script, *words, stdin='{"command": "continue"}\n')
    events = [json.loads(line) for line in out.splitlines()]
    assert status == 0 and [event["step"] for event in events if event["event"] == "loss"] == [0, 1, 2]
    printed = "".join(event["text"] for event in events if event["event"] == "output")
    expected = f"{[words[-1]]!a} \\udcff {str(script)!a}\n"
    assert printed == expected
    assert cli.main(["run", str(script), *words]) == 0
    captured = capsys.readouterr()
    assert [json.loads(line)["step"] for line in captured.out.splitlines()] == [0, 1, 2] and captured.err == expected


def test_losses_and_pictures_need_no_utf_8_either(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", str(model), "--steps", "3", "--json"]) == 1
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 2 and r"ValueError: cannot open \udcff.bin" in captured.err
    for suffix in (b"json", b"svg", b"dot"):
        path = model.parent / os.fsdecode(b"graph-\xff." + suffix)
        assert cli.main(["render", str(model), "-o", str(path)]) == 0
        assert r"layer\udcff" in path.read_text("utf-8").replace("\\\\", "\\")


def test_json_lines_and_the_prompt_fit_the_encoding_of_the_output(model: Path) -> None:
    request = '{"command": "reach", "id": "é✓"}\n'
    status, out, _ = gradviz("debug", model, "--json", stdin=request, PYTHONIOENCODING="latin-1")
    events = [json.loads(line) for line in out.decode("ascii").splitlines()]
    assert status == 0 and [event["id"] for event in events if "id" in event] == ["é✓"]
    lines = "print layer\\udcff.weight\nprint layer\udcff.weight\nwhere\n"
    status, out, err = gradviz("debug", model, stdin=lines, PYTHONIOENCODING="ascii")
    assert status == 0 and "Traceback" not in err
    assert out.decode("ascii").count(r"layer\udcff.weight") == 2


def test_the_window_opens_a_file_with_a_name_of_any_bytes(
    qapp: QApplication, qtbot, tmp_path: Path, model: Path
) -> None:
    app = App(qapp, Settings(tmp_path / "settings.ini"), str(model))
    qtbot.addWidget(app.window)
    app.window.show()
    try:
        qtbot.waitUntil(lambda: app.session.engine.graph is not None, timeout=60_000)
        assert app.window.opening.consent is None  # its name was typed
        assert app.window.windowTitle() == r"model-\udcff.py:build · gradviz"
        assert app.window.source.file == escape_text(str(model))
        assert "class Model" in app.window.source._code.text
        assert [record.default for record in app.session.engine.opened.hyperparameters] == [2**70, 0.5]
        app.session.run_one()
        qtbot.waitUntil(lambda: len(app.session.state.scalars) == 1, timeout=60_000)
    finally:
        app.close()
        qapp.setStyleSheet("")
    assert json.loads(app.settings.get("open/recent")) == [escape_text(f"{model}:build")]
