"""The command line: what it prints, where, and how it ends."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from gradviz import __version__
from gradviz.cli import main as cli
from gradviz.cli.doctor import why_no_screen
from gradviz.cli.run import _line_of_json
from gradviz.networks import nn as lesson
from gradviz.networks.catalogue import NETWORKS
from gradviz.targets.target_spec import read_target
from tests.helpers.special_files import SPECIAL, opened_files, special_file

SMALL = ["--set", "n=4", "--set", "d_in=3", "--set", "h=2", "--set", "d_out=1"]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    """Call the command line; returns status, stdout, stderr."""

    def call(*words: str) -> tuple[int, str, str]:
        try:
            status = cli.main(words)
        except SystemExit as end:  # argparse ends by itself
            status = int(end.code or 0)
        out, err = capsys.readouterr()
        return status, out, err

    return call


def started(words: Sequence[str], **options: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "gradviz", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,  # type: ignore[call-overload]
    )


def test_losses_are_printed_each_every(run) -> None:
    status, out, err = run("run", "nn", *SMALL, "--steps", "25", "--every", "10")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == ["9", "19"]
    assert err == ""


def test_json_is_one_object_a_line_for_every_iteration(run) -> None:
    status, out, _ = run("run", "nn", *SMALL, "--steps", "5", "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [line["step"] for line in lines] == [0, 1, 2, 3, 4]
    again = [json.loads(line)["loss"] for line in run("run", "nn", *SMALL, "--steps", "5", "--json")[1].splitlines()]
    assert [line["loss"] for line in lines] == again


@pytest.mark.parametrize(
    ("loss", "text"), [(math.nan, '"NaN"'), (math.inf, '"Infinity"'), (-math.inf, '"-Infinity"'), (0.1, "0.1")]
)
def test_losses_that_json_does_not_know_are_strings(loss: float, text: str) -> None:
    line = _line_of_json(7, loss)
    assert line == f'{{"step": 7, "loss": {text}}}'
    assert json.loads(line, parse_constant=lambda _: pytest.fail("not JSON"))


def test_what_a_network_prints_stays_off_standard_output(run, monkeypatch: pytest.MonkeyPatch) -> None:
    build = lesson.build

    def talkative(**sizes: int):
        print("hello from the network")
        return build(**sizes)

    monkeypatch.setattr(lesson, "build", talkative)
    status, out, err = run("run", "nn", *SMALL, "--steps", "1", "--json")
    assert status == 0
    assert len(out.splitlines()) == 1
    assert "hello from the network" in err


def test_what_a_network_raises_is_shown_and_ends_with_1(run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: int):
        raise RuntimeError("no network today")

    monkeypatch.setattr(lesson, "build", broken)
    status, out, err = run("run", "nn")
    assert (status, out) == (1, "")
    assert "no network today" in err and "Traceback" in err


@pytest.mark.parametrize("raised", ["BaseException('oh')", "GeneratorExit"])
def test_what_is_no_exception_ends_with_1_too(run, tmp_path: Path, raised: str) -> None:
    path = tmp_path / "model.py"
    path.write_text(f"def build():\n    raise {raised}\n")
    for words in (["run", str(path)], ["render", str(path), "-o", str(tmp_path / "graph.svg")]):
        status, out, err = run(*words)
        assert (status, out) == (1, "")
        assert "the network was not built" in err and "gradviz/" not in err.replace(str(tmp_path), "")


def test_set_takes_hyperparameters_and_options(run) -> None:
    words = ["run", "optim", *SMALL, "--steps", "3", "--json", "--optimizer", "sgd", "--lr", "1e-3"]
    plain = run(*words)[1]
    momentum = run(*words, "--set", "momentum=0.9")[1]
    assert plain.splitlines()[:2] == momentum.splitlines()[:2]
    assert plain != momentum


def test_hyperparameters_may_be_written_as_the_window_writes_them(run) -> None:
    assert run("run", "nn", "--set", "N=4", "--set", "D_in=3", "--steps", "0")[0] == 0


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["run", "nope"], "autograd"),
        (["open", "nope"], "autograd"),
        (["render", "nope", "-o", "x.svg"], "autograd"),
        (["run", "model.py"], "check its path"),
        (["open", "model.py:build"], "check its path"),
        (["model.py"], "check its path"),
        (["no/such/folder/model.py"], "no/such/folder"),
        (["run", "no_such_package.models:build"], "no_such_package"),
        (["run", "notes.ipynb"], "notebook"),
        (["run", "model.py:3d"], "model.py:build"),
        (["run", "README.md"], "package.module:factory"),
        (["open", "nn", "--epochs", "3"], "no training script"),
        (["run", "nn", "--", "--epochs", "3"], "no training script"),
        (["run", "nn", "--device", "toaster"], "cpu"),
        (["run", "nn", "--optimizer", "Foo"], "SGD"),
        (["run", "nn", "--set", "q=1"], "d_in"),
        (["run", "nn", "--set", "n=-1"], "between 1 and"),
        (["run", "nn", "--set", "n"], "KEY=VALUE"),
        (["run", "nn", "--steps", "-1"], "--steps"),
        (["run", "nn", "--every", "0"], "--every"),
        (["run", "nn", "--seed", "-1"], "seed"),
        (["run", "nn", "--lr", "0"], "positive"),
        (["run", "nn", "--lr", "-0.1"], "positive"),
        (["run", "nn", "--lr", "nan"], "positive"),
        (["run", "nn", "--lr", "fast"], "number"),
        (["run", "nn", "--optimizer", "SGD", "--set", "momentum=-1"], "momentum"),
        (["run", "nn", "--optimizer", "SparseAdam"], "sparse"),
        (["run", "numpy", "--device", "cuda"], "CPU"),
        (["run", "numpy", "--optimizer", "Adam"], "Manual"),
        (["run", "nn", "--steps", "many"], "--steps"),
        (["render", "nn", "-o", "picture.gif"], ".svg"),
        (["render", "nn", "-o", "/no/such/folder/picture.svg"], "cannot be written"),
        (["render", "nn"], "-o"),
        (["frobnicate"], "doctor"),
        (["frobnicate"], "dynamic"),
    ],
)
def test_what_cannot_be_is_one_sentence_with_the_known_names_and_status_2(run, words: list[str], names: str) -> None:
    status, out, err = run(*words)
    assert (status, out) == (2, "")
    assert names in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("kind", SPECIAL)
@pytest.mark.parametrize("words", [["run"], ["debug"], ["debug", "--json"], ["render", "-o", "graph.svg"]])
def test_a_special_file_is_refused_in_one_sentence_and_not_opened(
    run, words: list[str], kind: str, tmp_path: Path
) -> None:
    with special_file(kind, tmp_path / "model.py") as path, opened_files() as opened:
        status, out, err = run(words[0], str(path), *words[1:])
    assert (status, out) == (2, "") and err.count("\n") == 1
    assert f"{path} is {SPECIAL[kind]}" in err and "open a regular file" in err
    assert str(path) not in opened


@pytest.mark.parametrize("kind", SPECIAL)
def test_no_picture_is_written_into_a_special_file(run, kind: str, tmp_path: Path) -> None:
    with special_file(kind, tmp_path / "graph.svg") as path, opened_files() as opened:
        status, out, err = run("render", "nn", *SMALL, "-o", str(path))
    assert (status, out) == (2, "") and f"it is {SPECIAL[kind]}" in err
    assert str(path) not in opened


def test_a_file_that_cannot_be_written_is_said_before_anything_is_computed(
    run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(lesson, "build", lambda **_: pytest.fail("it was built"))
    assert run("render", "nn", "-o", str(tmp_path))[0] == 2
    (tmp_path / "picture.svg").mkdir()
    assert run("render", "nn", "-o", str(tmp_path / "picture.svg"))[0] == 2


def test_checking_leaves_no_file_behind(run, tmp_path: Path) -> None:
    path = tmp_path / "picture.svg"
    assert run("render", "nn", "--set", "n=-1", "-o", str(path))[0] == 2
    assert not path.exists()


@pytest.mark.parametrize(("suffix", "start"), [("svg", b"<?xml"), ("pdf", b"%PDF"), ("png", b"\x89PNG"), ("dot", b"")])
def test_pictures_are_drawn(run, tmp_path: Path, suffix: str, start: bytes) -> None:
    path = tmp_path / f"picture.{suffix}"
    status, out, _ = run("render", "nn", *SMALL, "-o", str(path))
    assert (status, out) == (0, "")
    assert path.read_bytes().startswith(start) and path.stat().st_size > 100


def test_json_is_the_full_graph(run, tmp_path: Path) -> None:
    path = tmp_path / "graph.json"
    assert run("render", "nn", "--depth", "0", "-o", str(path))[0] == 0
    graph = json.loads(path.read_text())
    assert {"id", "name", "kind", "module", "shape"} <= graph["nodes"][0].keys()
    assert {"source", "target", "output_nr"} <= graph["edges"][0].keys()
    assert {"t", "addmm", "relu", "mse_loss", "loss"} <= {node["name"] for node in graph["nodes"]}


FILE = """
import ctypes, os, subprocess, sys
import torch
from torch import nn
print("hello from the file")
def build(n=4, width=3):
    os.write(1, b"below Python")
    ctypes.CDLL(None).puts(b"from C")
    subprocess.run([sys.executable, "-c", "print('from a child')"])
    return nn.Linear(width, 1), torch.ones(n, width)
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "user_model.py"
    path.write_text(FILE)
    return str(path)


@pytest.mark.skipif(os.name != "posix", reason="its C library has another name")
def test_json_stays_pure_whatever_writes_to_standard_output(file: str) -> None:
    process = started(["run", file, "--steps", "2", "--json"])
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert [json.loads(line)["step"] for line in out.splitlines()] == [0, 1]
    for words in ("hello from the file", "below Python", "from C", "from a child", "No loss was given"):
        assert words in err


def test_a_file_takes_hyperparameters_and_options_of_its_optimizer(run, file: str) -> None:
    words = ["run", f"{file}:build", "--set", "width=2", "--steps", "1", "--every", "1"]
    assert run(*words)[0] == 0
    assert run(*words, "--optimizer", "adam", "--lr", "0.1", "--set", "betas=0.8,0.9")[0] == 0
    status, _, err = run(*words, "--set", "depth=2")
    assert status == 2 and "n, width, lr" in err
    status, _, err = run(*words, "--optimizer", "foo")
    assert status == 2 and "SGD" in err


def test_a_file_is_rendered(run, file: str, tmp_path: Path) -> None:
    status, out, _ = run("render", file, "-o", str(tmp_path / "graph.dot"))
    assert (status, out) == (0, "")
    assert "addmm" in (tmp_path / "graph.dot").read_text()


def test_weights_are_listed_with_what_to_do(run, tmp_path: Path) -> None:
    import torch

    torch.save({"layer.weight": torch.ones(2, 3)}, tmp_path / "w.pt")
    status, out, err = run("run", str(tmp_path / "w.pt"))
    assert (status, out) == (2, "")
    assert err.splitlines()[0].split() == ["layer.weight", "float32", "2", "×", "3"]
    assert "weights and no graph" in err.splitlines()[-1]


@pytest.mark.skipif(os.name != "posix", reason="Ctrl+C is a signal there")
def test_ctrl_c_ends_an_endless_loop_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "endless.py"
    path.write_text("print('begun', flush=True)\nwhile True:\n try:\n  while True: pass\n except BaseException: pass\n")
    process = started(["run", str(path)])
    assert process.stderr is not None
    assert process.stderr.readline() == "begun\n"
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130


@pytest.mark.skipif(os.name != "posix", reason="Ctrl+C is a signal there")
def test_ctrl_c_pressed_twice_ends_a_forward_that_catches_it(tmp_path: Path) -> None:
    path = tmp_path / "stubborn.py"
    path.write_text(
        "import torch\ndef forward(x):\n while True:\n  try:\n   print('begun', flush=True)\n"
        "   while True: pass\n  except BaseException: print('caught', flush=True)\n"
        "def build(): return forward, torch.ones(1)\n"
    )
    process = started(["run", str(path)])
    assert process.stderr is not None
    for words in ("begun", "caught"):
        assert any(words in line for line in iter(process.stderr.readline, ""))
        process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130


@pytest.mark.parametrize(
    ("words", "target", "rest"),
    [
        (["dynamic"], "dynamic", ()),
        (["model.py"], "model.py", ()),
        (["model.py:build"], "model.py:build", ()),
        (["train.py", "--epochs", "3", "-h"], "train.py", ("--epochs", "3", "-h")),
        (["open", "train.py", "--epochs", "3"], "train.py", ("--epochs", "3")),
        (["open", "train.py", "--", "--help"], "train.py", ("--help",)),
        (["run", "train.py", "--steps", "5", "--", "--epochs", "3"], "train.py", ("--epochs", "3")),
        (["package.models:small"], "package.models:small", ()),
        (["run", "nn"], "nn", ()),
        ([], None, ()),
    ],
)
def test_what_follows_a_scripts_name_is_the_scripts(
    words: list[str], target: str | None, rest: tuple[str, ...]
) -> None:
    arguments = cli._parse(words)
    expected = None if target is None else read_target(target)
    assert (arguments.target, arguments.arguments) == (expected, rest)


def test_the_lists(run) -> None:
    _, networks, _ = run("networks")
    assert [line.split()[0] for line in networks.splitlines()] == [network.id for network in NETWORKS]
    assert run("devices")[1].startswith("cpu")
    optimizers = run("optimizers")[1]
    assert "SGD" in optimizers and "betas=0.9,0.999" in optimizers


def test_version_and_help(run) -> None:
    assert run("--version")[:2] == (0, f"gradviz {__version__}\n")
    status, out, _ = run("--help")
    assert status == 0 and "render" in out
    status, out, _ = run("run", "--help")
    assert status == 0 and '"NaN"' in out and "option of its optimizer" in " ".join(out.split())


def test_a_closed_pipe_ends_quietly() -> None:
    process = started(["run", "nn", *SMALL, "--steps", "1000000", "--json"])
    assert process.stdout is not None and process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(60) == 0
    assert process.stderr.read() == ""
    process.stderr.close()


@pytest.mark.skipif(os.name != "posix", reason="Ctrl+C is a signal there")
def test_ctrl_c_ends_with_130_and_without_a_traceback() -> None:
    process = started(["run", "nn", *SMALL, "--steps", "100000000", "--every", "1"])
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == ""


@pytest.mark.skipif(os.name != "posix", reason="Ctrl+C is a signal there")
def test_ctrl_c_while_torch_is_imported_ends_with_130_too() -> None:
    # torch swallows a KeyboardInterrupt that is raised in its import, or aborts.
    words = "import os, signal; from gradviz.cli.streams_and_interrupts import exit_on_interrupt\n"
    words += "with exit_on_interrupt():\n try: os.kill(os.getpid(), signal.SIGINT)\n except BaseException: pass\n"
    process = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=False, timeout=60)
    assert (process.returncode, process.stderr) == (130, "")


def test_a_crash_in_c_code_names_the_line_of_python_that_led_to_it(tmp_path: Path) -> None:
    file = tmp_path / "crashing.py"
    file.write_text("import ctypes\ndef build():\n    ctypes.string_at(0)\n")
    process = started(["run", str(file), "--json"])
    out, err = process.communicate(timeout=60)
    assert process.returncode not in (0, 1, 2)
    assert out == ""
    assert f'File "{file}", line 3 in build' in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("words", [["networks"], ["run", "nn", *SMALL, "--steps", "3", "--json"]])
def test_a_full_disk_is_one_sentence(words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "gradviz", *words]
        process = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    assert process.returncode == 2
    assert len(process.stderr.splitlines()) == 1 and "No space left" in process.stderr


@pytest.mark.skipif(os.name != "posix", reason="needs a shell that closes streams")
def test_closed_streams_are_written_nowhere() -> None:
    command = f"{sys.executable} -m gradviz run nn {' '.join(SMALL)} --steps 3 --json"
    closed = subprocess.run(f"{command} >&-", shell=True, capture_output=True, text=True, check=False, timeout=60)
    assert (closed.returncode, closed.stderr) == (0, "")
    closed = subprocess.run(f"{command} 2>&-", shell=True, capture_output=True, text=True, check=False, timeout=60)
    assert closed.returncode == 0 and len(closed.stdout.splitlines()) == 3


@pytest.mark.parametrize(
    "error",
    [MemoryError(), RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory")],
)
@pytest.mark.parametrize("words", [["run", "nn"], ["render", "nn", "-o", "a.svg"]])
def test_too_little_memory_is_one_sentence(
    run, error: Exception, words: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def huge(**_: int):
        raise error

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(lesson, "build", huge)
    status, out, err = run(*words)
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1 and "not enough memory for nn;" in err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only there a screen may be absent")
def test_without_a_screen_one_sentence_names_the_remedy() -> None:
    keep = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    process = started([], env=keep)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert "xvfb-run" in err


@pytest.mark.parametrize(
    ("environment", "shown"),
    [
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"QT_QPA_PLATFORM": "offscreen"}, True),
        ({"DISPLAY": "elsewhere:0"}, True),
        ({"DISPLAY": ":54321"}, False),
        ({"QT_QPA_PLATFORM": "xcb"}, False),
        ({}, False),
    ],
)
def test_a_screen_is_looked_for(environment: dict[str, str], shown: bool) -> None:
    assert (why_no_screen(environment, "linux") == "") == shown
    assert why_no_screen(environment, "darwin") == ""


def test_the_doctor_examines_everything(run) -> None:
    status, out, _ = run("doctor")
    assert status == 0
    for what in ("Python", "torch", "cpu", "Qt", "Graphviz", "resources"):
        assert what in out


def test_the_doctor_names_the_remedy_for_what_is_broken(run, monkeypatch: pytest.MonkeyPatch) -> None:
    from gradviz.cli import doctor

    complaint = "ImportError: libEGL.so.1: cannot open shared object file"
    monkeypatch.setattr(
        doctor, "_ask", lambda code, environment=None: subprocess.CompletedProcess([], 1, "", complaint)
    )
    status, out, _ = run("doctor")
    assert status == 1
    assert "apt-get install libegl1" in out


def test_the_doctor_finds_another_projects_distribution_of_the_same_name(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "gradviz-0.1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: gradviz\nVersion: 0.1\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    status, out, _ = run("doctor")
    assert status == 1
    assert "gradviz 0.1" in out
    assert "pip uninstall gradviz" in out


@pytest.mark.skipif(os.name != "posix", reason="a terminal is a pty there")
def test_on_a_terminal_a_bar_shows_progress_and_makes_room_for_losses() -> None:
    import pty

    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "gradviz", "run", "nn", *SMALL, "--steps", "200"]
    environment = {**os.environ, "COLUMNS": "80", "LINES": "24"}
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=theirs, env=environment, text=True)
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 4096):
            shown += part
    except OSError:
        pass  # Linux reports it when the other end is closed
    out, _ = process.communicate(timeout=60)
    os.close(ours)
    assert process.returncode == 0
    assert [line.split()[0] for line in out.splitlines()] == ["99", "199"]
    assert b"0/200" in shown
