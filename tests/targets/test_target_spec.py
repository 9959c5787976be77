"""What a target's text means, and what is said of one that is not there. Nothing is executed for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradviz.errors import GradvizError
from gradviz.targets.target_spec import TargetSpec, check_presence, read_target


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("autograd", TargetSpec("network", "autograd")),
        ("gpt.py", TargetSpec("file", "gpt.py")),
        ("gpt.py:build", TargetSpec("file", "gpt.py", "build")),
        ("models/gpt.py:GPT.small", TargetSpec("file", "models/gpt.py", "GPT.small")),
        ("C:\\models\\gpt.py", TargetSpec("file", "C:\\models\\gpt.py")),
        ("C:\\models\\gpt.py:make", TargetSpec("file", "C:\\models\\gpt.py", "make")),
        ("package.module", TargetSpec("module", "package.module")),
        ("package.module:make", TargetSpec("module", "package.module", "make")),
        ("model:build", TargetSpec("module", "model", "build")),
        ("net.pt2", TargetSpec("program", "net.pt2")),
        ("net.pt", TargetSpec("weights", "net.pt")),
        ("folder/net.safetensors", TargetSpec("weights", "folder/net.safetensors")),
    ],
)
def test_a_text_means_one_target(text: str, spec: TargetSpec) -> None:
    assert read_target(text) == spec
    assert spec.text == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("net.pt:build", "no Python"),
        ("gpt.py:3d", "gpt.py:build"),
        ("notes.ipynb", "notebook"),
        ("folder/file.txt", "package.module:factory"),
        ("", "cannot be opened"),
    ],
)
def test_a_text_that_means_nothing_is_a_sentence(text: str, words: str) -> None:
    with pytest.raises(GradvizError, match=words):
        read_target(text)


def test_titles_are_short() -> None:
    assert read_target("/a/b/gpt.py:build").title == "gpt.py:build"
    assert read_target("package.module:make").title == "package.module:make"
    assert read_target("/a/net.pt2").title == "net.pt2"


def test_what_is_not_there_is_said_with_what_is(tmp_path: Path) -> None:
    (tmp_path / "gpt.py").touch()
    check_presence(read_target(f"{tmp_path}/gpt.py"))
    for text, words in [
        (f"{tmp_path}/gtp.py", "there is gpt.py"),
        (f"{tmp_path}/net.pt2", "check its path"),
        (f"{tmp_path}/nowhere/gpt.py", "no folder"),
        ("no_such_package.models:build", "no module 'no_such_package'"),
    ]:
        with pytest.raises(GradvizError, match=words):
            check_presence(read_target(text))


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("loss.backward()", True),
        ("def main():\n    loss.backward()\nmain()", True),
        ("import gradviz\ngradviz.watch(model)", True),
        ("def build():\n    return 1", False),
        ("from other import build\nloss.backward()", False),
        ("if True:\n    build = 1\nloss.backward()", False),
        ("class Net: pass", False),
        ("def build(:", False),
        ("from loops import fit\nif __name__ == '__main__':\n    fit()", True),
        ("import parts.steps as steps\nsteps.step()", True),
        ("from loops import fit\nclass Net: pass", False),
        ("import torch\nfor _ in range(3):\n    torch.autograd.grad(loss, weights)", True),
        ("import torch\nclass Net:\n    def forward(self, x):\n        return torch.autograd.grad(x, x)", False),
        ("from library import Trainer\ndef main():\n    Trainer().train()\nmain()", True),
        ("class Net: pass\nif __name__ == '__main__':\n    print(Net())", False),
        ("from library import fit\nfit(3)", True),
        ("from library import go\ngo(3)", False),
        ("import library\nclass Net: pass\nlibrary.fit(Net())", False),
    ],
)
def test_a_script_is_known_by_its_text(tmp_path: Path, text: str, script: bool) -> None:
    (tmp_path / "loops.py").write_text("def fit():\n    loss.backward()")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "steps.py").write_text("from .inner import step")
    (tmp_path / "parts" / "inner.py").write_text("from loops import fit as step")
    path = tmp_path / "file.py"
    path.write_text(text)
    assert read_target(str(path)).runs_as_script(has_arguments=False) is script
