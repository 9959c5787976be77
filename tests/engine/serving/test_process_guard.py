"""A child that user code forks never comes back into gradviz, and `os._exit` is reported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.scripts.main_module import Script, follow_losses
from gradviz.engine.serving.process_guard import guarded, report_leaving
from gradviz.engine.training.runner import Runner
from gradviz.targets.target_spec import read_target
from tests.helpers.json_debugger import JsonDebugger

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")

PATIENCE = 60
MODEL = """
import os, sys, threading, torch
from torch import nn
children = []

def fork():
    if os.getpid() != {parent}:
        return False  # of a child that came back: what it does is seen by its status
    child = os.fork()
    children.append(child)
    return child == 0

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 1)
    def forward(self, x):
        {forward}
        return self.layer(x)

def loss(output):
    {loss}
    return output.square().mean()

def batches():
    while True:
        {batches}
        yield torch.ones(2, 4), None

def build():
    {build}
    import gradviz
    return gradviz.Experiment(Model(), batches=batches, loss=loss)
"""
PLACES = ("forward", "loss", "batches", "build")


def model(folder: Path, place: str, does: str, parent: int | None = None) -> Path:
    path = folder / "forks.py"
    fields = {**dict.fromkeys(PLACES, "pass"), place: does}
    path.write_text(MODEL.format(parent=os.getpid() if parent is None else parent, **fields))
    return path


def train_in_this_process(path: Path) -> list[float]:
    """The losses of two iterations, the first of them captured. A child that comes back ends with status 99."""
    parent = os.getpid()
    try:
        with guarded(report_leaving):
            runner = Runner(TargetSetup(read_target(str(path))))
            runner.hold()
            return list(runner.losses(2))
    finally:
        if os.getpid() != parent:
            os._exit(99)


def statuses() -> list[int]:
    """Of the children that the model forked, which must all have ended."""
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in sys.modules["forks"].children]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("does", "status"),
    [
        ("fork()", 0),
        ("if fork(): raise ValueError('in the child')", 1),
        ("if fork(): sys.exit(3)", 3),
        ("if fork(): sys.exit('no more')", 1),
        ("if fork(): os._exit(7)", 7),
    ],
)
def test_a_forked_child_ends_where_it_would_come_back(
    tmp_path: Path, place: str, does: str, status: int, capfd: pytest.CaptureFixture[str]
) -> None:
    plain = train_in_this_process(model(tmp_path, place, "pass"))
    assert train_in_this_process(model(tmp_path, place, does)) == plain
    found = statuses()
    assert found and set(found) == {status}
    said = capfd.readouterr()
    assert said.out == "" and ("ValueError: in the child" in said.err) == ("raise" in does)
    assert "gradviz" not in said.err and ("no more" in said.err) == ("no more" in does)


def test_a_child_of_a_thread_is_left_alone(tmp_path: Path) -> None:
    does = "t = threading.Thread(target=lambda: os._exit(5) if fork() else None); t.start(); t.join()"
    train_in_this_process(model(tmp_path, "build", does))
    assert statuses() == [5]


def test_a_child_does_not_stop_at_the_gate(tmp_path: Path) -> None:
    does = (
        "child = os.fork()\n        if child == 0: os._exit(int(torch.ones(3).add(1).sum().item()))\n"
        "        print('status', os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )
    with JsonDebugger(str(model(tmp_path, "forward", does))) as debugger:
        assert debugger.until("stopped")["op"] == "torch.nn.functional.linear"
        debugger.close()
    assert "".join(event["text"] for event in debugger.all("output")) == "status 6\n"


def test_what_a_script_forks_runs_to_the_scripts_end_unheard(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(f"""
import os, sys, types, torch
layer = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(layer.parameters(), 0.1)
for i in range(3):
    if i == 1 and os.getpid() == {os.getpid()}:
        sys.modules["forks"] = types.SimpleNamespace(children=[os.fork()])
    optimizer.zero_grad()
    layer(torch.ones(1, 2)).sum().backward()
    optimizer.step()
""")
    reported: list[int] = []
    parent = os.getpid()
    try:
        with guarded(report_leaving):
            follow_losses(Script(read_target(str(path))), lambda step, *_: reported.append(step) is None)
    finally:
        if os.getpid() != parent:
            os._exit(99)
    assert reported == [0, 1, 2] and statuses() == [0]


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """`gradviz …`; a child that stayed would hold the pipes open, and so run into the time limit."""
    command = [sys.executable, "-m", "gradviz", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)


def losses(lines: str) -> list[int]:
    return [json.loads(line)["step"] for line in lines.splitlines()]


def test_run_and_render_have_one_process_that_prints(tmp_path: Path) -> None:
    path = model(tmp_path, "forward", "os.fork()", parent=0)
    done = run("run", path, "--steps", "3", "--json")
    assert (losses(done.stdout), done.stderr, done.returncode) == ([0, 1, 2], "", 0)
    path = model(tmp_path, "build", "os.fork()", parent=0)
    done = run("render", path, "-o", tmp_path / "graph.svg")
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
    assert (tmp_path / "graph.svg").read_text().endswith("</svg>\n")


def test_the_engine_has_no_second_one_beside_it(tmp_path: Path) -> None:
    """Everyone forked holds the pipe open that the model opened."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    path = model(tmp_path, "build", f"globals()['held'] = open({str(pipe)!r}, 'w'); os.fork()", parent=0)
    with JsonDebugger(str(path), "--steps=2") as debugger:
        assert debugger.until("stopped", "failed")["event"] == "stopped"
        assert debugger.ask("continue")["reason"] == "finished"
        debugger.close()
        assert [event["step"] for event in debugger.all("loss")] == [0, 1]
    os.set_blocking(reading, True)
    assert os.read(reading, 1) == b""  # at once, or the test's own time limit


@pytest.mark.parametrize("words", [("run", "--steps", "2", "--json"), ("render", "-o", "graph.svg")])
def test_os_exit_is_reported_and_is_no_success(tmp_path: Path, words: Sequence[str]) -> None:
    path = model(tmp_path, "build", "os._exit(0)")
    done = run(words[0], path, *words[1:])
    assert done.stderr == (
        "gradviz: forks.py:31 called os._exit(0), which ends Python at once; take it out, and open it again.\n"
    )
    assert (done.stdout, done.returncode) == ("", 1)


def test_os_exit_in_the_engine_is_reported(tmp_path: Path) -> None:
    with JsonDebugger(str(model(tmp_path, "forward", "os._exit(0)"))) as debugger:
        died = debugger.until("failed")
        _, _, status = debugger.close()
    assert "The network's code may have left Python" in died["message"] and status == 1
    said = "".join(event["text"] for event in debugger.all("output"))
    assert "forks.py:18 called os._exit(0)" in said


def test_a_script_may_end_itself_once_it_has_trained(tmp_path: Path) -> None:
    training = "import os, torch\nw = torch.ones(2, requires_grad=True)\n(w * w).sum().backward()\n"
    path = tmp_path / "train.py"
    path.write_text(f"{training}os._exit(4)\n")
    done = run("run", path, "--json")
    assert (losses(done.stdout), done.stderr, done.returncode) == ([0], "", 4)
    path.write_text(f"import os\nos._exit(0)\n{training}")
    done = run("run", path, "--json")
    assert (done.stdout, done.returncode) == ("", 1) and "train.py:2 called os._exit(0)" in done.stderr
    done = run("render", path, "-o", tmp_path / "graph.svg")
    assert done.returncode == 1 and "train.py:2 called os._exit(0)" in done.stderr
