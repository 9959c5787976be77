"""Every refusal about a file is one sentence that says which file, whatever is asked to be done with it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from gradviz.cli.main import main

FILES: dict[str, bytes | None] = {
    "missing.py": None, "missing.pt2": None, "missing.pt": None,
    "syntax.py": b"x = (", "bytes.py": b"\xff\xfe", "null.py": b"a\0b", "empty.py": b"", "text.txt": b"hello",
    "notebook.ipynb": b"{}", "nonsense.pt2": b"x", "nonsense.pt": b"x", "nonsense.safetensors": b"x",
    "one.py": b"def build(): return 1", "imports.py": b"import nowhere_at_all\ndef build(): pass",
    "leaves.py": b"import sys; sys.exit(3)", "memory.py": b"def build(): raise MemoryError",
    "never.py": b"import torch\nif __name__ == '__main__':\n    if False:\n        torch.ones(1).backward()\n",
    "needs.py": b"def build(width): pass", "class.py": b"def build(): return object, 1",
    "nothing.py": b"def build(): return {}", "raises.py": b"def build(): open('/nowhere/at/all')",
}  # fmt: skip
ASKED: dict[str, Callable[[str], list[str]]] = {
    "run": lambda file: ["run", file, "--steps", "1"],
    "render": lambda file: ["render", file, "-o", "graph.svg"],
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("name", FILES)
def test_what_cannot_be_opened_is_named(
    name: str, asked: Callable[[str], list[str]], tmp_path: Path, monkeypatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    content = FILES[name]
    if content is not None:
        Path(name).write_bytes(content)
    assert main(asked(name)) in (1, 2)
    said = capsys.readouterr()
    assert said.out == "" and name in said.err.splitlines()[-1]
    assert not Path("graph.svg").exists()


@pytest.mark.parametrize("name", ["nowhere/graph.svg", "graph.xyz", "folder.svg"])
def test_what_cannot_be_written_is_named(
    name: str, tmp_path: Path, monkeypatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder.svg").mkdir()
    assert main(["render", "nn", "-o", name]) == 2
    assert name in capsys.readouterr().err


def test_weights_that_a_model_refuses_are_named(tmp_path: Path) -> None:
    from gradviz.engine.loading.weight_files import WeightFile, put_weights
    from gradviz.errors import GradvizError
    from gradviz.experiment import Experiment

    class Refuses(torch.nn.Linear):
        def _load_from_state_dict(self, *arguments: object) -> None:
            raise ValueError("not these")

    with pytest.raises(GradvizError, match=r"The model refuses the weights in w\.pt: not these"):
        file = WeightFile(tmp_path / "w.pt", {"weight": torch.ones(1, 2)}, "")
        put_weights(Experiment(Refuses(2, 1), torch.ones(2)), file)


def test_a_command_that_fails_in_the_system_names_the_file(monkeypatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(arguments: argparse.Namespace) -> int:
        raise OSError(28, "No space left on device", "some/file")

    monkeypatch.setattr("gradviz.cli.main._networks", fail)
    assert main(["networks"]) == 2
    assert capsys.readouterr().err == "gradviz: some/file cannot be used: No space left on device.\n"
