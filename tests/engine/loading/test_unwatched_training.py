"""A target that trains in a library, unseen, is refused before it trains, and the remedy is named."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from gradviz.cli import main as cli
from gradviz.engine.loading import target as opening
from gradviz.engine.loading.module_loader import Loader
from gradviz.engine.loading.target import TargetSetup, find_target
from gradviz.errors import GradvizError
from gradviz.protocol.commands import Open
from gradviz.protocol.events import Failed
from gradviz.targets.target_spec import read_target
from tests.helpers.engine_thread import EngineThread

LIBRARY = """
import torch
steps = []
def go(times=3):
    net = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(times):
        loss = net(torch.ones(4, 2)).square().mean()
        optimizer.zero_grad()
        CALL
        optimizer.step()
        steps.append(1)
def go_on():
    while len(steps) < 3:
        try:
            go(1)
        except Exception:
            steps.append(0)
"""
TRAINS = "trains by itself, in its line {}; call gradviz.watch(model) before that line"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """A file, and somewhere else the library that it trains by."""
    monkeypatch.setattr(opening, "_LOADER", Loader())  # the engine's own goes back to the path of its first target
    monkeypatch.syspath_prepend(str(tmp_path / "elsewhere"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "a_library", raising=False)

    def made(text: str, call: str = "loss.backward()", name: str = "train.py") -> Path:
        library = tmp_path / "elsewhere" / "a_library.py"
        library.parent.mkdir(exist_ok=True)
        library.write_text(LIBRARY.replace("CALL", call))
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    return made


def steps() -> list[int]:
    found: list[int] = sys.modules["a_library"].steps
    return found


@pytest.mark.parametrize("call", ["loss.backward()", "torch.autograd.backward([loss])"])
@pytest.mark.parametrize("line", ["a_library.go()", "a_library.go_on()", "if True:\n    print(a_library.go())"])
def test_a_file_that_trains_in_a_library_is_refused_at_its_first_backward(write: Write, line: str, call: str) -> None:
    path = write(f"import a_library\n\n{line}\n", call)
    before = torch.Tensor.backward.__code__
    with pytest.raises(GradvizError, match=r"train\.py trains by itself") as raised:
        find_target(TargetSetup(read_target(str(path))))
    assert TRAINS.format(3 if "if" not in line else 4) in str(raised.value)
    assert not any(steps())
    assert torch.Tensor.backward.__code__ is before


def test_a_module_that_trains_in_a_library_is_refused_too(write: Write) -> None:
    write("import a_library\na_library.go()\n", name="apackage/net.py")
    with pytest.raises(GradvizError, match=r"apackage\.net trains by itself, in its line 2"):
        find_target(TargetSetup(read_target("apackage.net")))
    assert not steps()


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        (
            "import a_library, torch\na_library.go()\ndef build():\n    return torch.nn.Linear(2, 1), torch.ones(2)\n",
            "",
        ),
        ("import a_library, torch\na_library.go()\nnet = torch.nn.Linear(2, 1), torch.ones(1, 2)\n", ":net"),
    ],
)
def test_what_is_known_to_be_a_factory_may_train_first(write: Write, text: str, attribute: str) -> None:
    find_target(TargetSetup(read_target(f"{write(text)}{attribute}")))
    assert len(steps()) == 3


def test_the_engine_refuses_it_in_a_sentence(write: Write) -> None:
    path = write("import a_library\na_library.go()\n")
    with EngineThread() as engine:
        engine.tell(Open(1, str(path)))
        failed = engine.until(Failed)
        assert failed.command == "Open"
        assert TRAINS.format(2) in failed.message
        assert engine.open("nn", run=2).state == "ready"


@pytest.mark.parametrize(
    "words", [["run", "train.py"], ["run", "train.py", "--json"], ["render", "train.py", "-o", "g.svg"]]
)
def test_the_command_line_refuses_it_with_status_2(
    write: Write, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    write("import a_library\na_library.go()\n")
    assert cli.main(words) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert TRAINS.format(2) in err
    assert not Path("g.svg").exists()


@pytest.mark.parametrize("json", [True, False])
def test_the_debugger_refuses_it_with_status_2(write: Write, json: bool) -> None:
    path = write("import sys\nsys.path.insert(0, 'elsewhere')\nimport a_library\na_library.go()\n")
    command = [sys.executable, "-m", "gradviz", "debug", str(path), *(["--json"] if json else [])]
    done = subprocess.run(command, input="", capture_output=True, text=True, timeout=100)
    assert done.returncode == 2
    assert "call gradviz.watch(model)" in done.stdout.replace("\n", " ")
    assert "finished" not in done.stdout


@pytest.mark.parametrize(
    "said", ["gradviz.watch(torch.nn.Linear(1, 1))", "a_library.fit = a_library.go; a_library.fit()"]
)
def test_what_names_the_watch_or_a_function_that_trains_is_a_script(
    write: Write, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(f"import a_library, torch, gradviz\n{said}\na_library.go()\n")
    assert cli.main(["run", "train.py", "--json", "--steps", "2"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
