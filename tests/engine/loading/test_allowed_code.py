"""What is executed is what was allowed: a file or a helper that changed meanwhile is not run, and asked for."""

from __future__ import annotations

import hashlib
import os
import py_compile
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from gradviz.engine.loading.allowed_code import ALLOWED, UnallowedError
from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.training.runner import Runner
from gradviz.protocol.commands import Open, Run
from gradviz.protocol.events import ConsentNeeded, Event, StateChanged
from gradviz.targets.target_spec import read_target
from tests.engine.serving.test_server import kinds, served

BUILD = "\ndef build():\n    return torch.nn.Linear(2, 1), torch.ones(1, 2)\n"
LAZY = """
def build():
    def loss(output):
        import helper
        return output.sum()
    return torch.nn.Linear(2, 1), torch.ones(1, 2), loss
"""


@pytest.fixture(autouse=True)
def all_allowed_afterwards() -> Iterator[None]:
    yield
    ALLOWED.allow(read_target("nn"), None)


def write(path: Path, text: str) -> str:
    """Write a file; the digest of its contents."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return hashlib.sha256(text.encode()).hexdigest()


def touches(path: Path) -> str:
    return f"import pathlib; pathlib.Path({str(path)!r}).touch()\n"


def opened(path: Path | str, *digests: str) -> list[Event]:
    return served(Open(1, str(path), allowed=digests), Run(2))


def refused(events: list[Event]) -> list[str]:
    """The names of the files that were not executed."""
    return [Path(event.path).name for event in events if isinstance(event, ConsentNeeded)]


@pytest.mark.parametrize("body", [BUILD, "\nlayer = torch.nn.Linear(2, 1)\nlayer(torch.ones(1, 2)).sum().backward()\n"])
def test_a_file_that_changed_since_it_was_allowed_is_not_executed(tmp_path: Path, body: str) -> None:
    path = tmp_path / "model.py"
    allowed = write(path, f"import torch{body}")
    assert refused(opened(path, allowed)) == []
    write(path, f"import torch\n{touches(tmp_path / 'ran')}{body}")
    events = opened(path, allowed)
    assert refused(events) == ["model.py"] and "Opened" not in kinds(events) and "Raised" not in kinds(events)
    assert [event.state for event in events if isinstance(event, StateChanged)][-1] == "failed"
    assert not (tmp_path / "ran").exists()


IMPORTS = {
    "plain": "import helper",
    "in a package": "import torch, pkg.helper",
    "by a name that is put together": "import importlib; importlib.import_module('hel' + 'per')",
    "where it may be missing": "try:\n    import helper\nexcept Exception:\n    pass",
    "late": LAZY,
}


@pytest.mark.parametrize("kind", IMPORTS)
def test_a_helper_that_is_not_allowed_or_changed_is_not_executed(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "model.py"
    ran = tmp_path / "ran"
    main = write(path, f"import torch\n{IMPORTS[kind]}" + (BUILD if kind != "late" else ""))
    helper = tmp_path / ("pkg/helper.py" if "package" in kind else "helper.py")
    before = write(helper, "x = 1\n")
    after = write(helper, touches(ran))
    for allowed in ((main,), (main, before)):
        events = opened(path, *allowed)
        assert refused(events) == ["helper.py"] and not ran.exists()
    assert refused(opened(path, main, after)) == [] and ran.exists()


def test_a_module_of_the_current_folder_is_checked_with_its_packages(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    package = write(tmp_path / "nets" / "__init__.py", "")
    module = write(tmp_path / "nets" / "gpt.py", f"import torch{BUILD}")
    assert refused(opened("nets.gpt:build", module)) == ["__init__.py"]
    assert refused(opened("nets.gpt:build", package)) == ["gpt.py"]
    assert refused(opened("nets.gpt:build", package, module)) == []


def test_bytecode_of_another_text_is_not_run(tmp_path: Path) -> None:
    """Python itself would take it: source and bytecode agree in time and size."""
    path, helper = tmp_path / "model.py", tmp_path / "helper.py"
    main = write(path, f"import torch\nimport helper\nassert helper.x == 1{BUILD}")
    write(helper, "x = 2\n")
    os.utime(helper, (1e9, 1e9))
    py_compile.compile(str(helper))
    allowed = write(helper, "x = 1\n")
    os.utime(helper, (1e9, 1e9))
    assert "Raised" in kinds(served(Open(1, str(path)), Run(2)))
    events = opened(path, main, allowed)
    assert refused(events) == [] and "Raised" not in kinds(events)


def test_bytecode_without_a_source_is_checked(tmp_path: Path) -> None:
    path, source = tmp_path / "model.py", tmp_path / "helper.py"
    main = write(path, f"import torch\nimport helper{BUILD}")
    write(source, "x = 1\n")
    py_compile.compile(str(source), cfile=str(tmp_path / "helper.pyc"))
    source.unlink()
    assert refused(opened(path, main)) == ["helper.pyc"]
    digest = hashlib.sha256((tmp_path / "helper.pyc").read_bytes()).hexdigest()
    events = opened(path, main, digest)
    assert refused(events) == [] and "Opened" in kinds(events)


def test_a_program_that_changed_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "net.pt2"
    torch.export.save(torch.export.export(torch.nn.Linear(2, 1), (torch.ones(1, 2),)), path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert "Opened" in kinds(opened(path, digest))
    path.write_bytes(path.read_bytes() + b"\0")
    events = opened(path, digest)
    assert refused(events) == ["net.pt2"] and "Opened" not in kinds(events)


def test_the_program_that_is_read_is_a_copy_that_was_checked(tmp_path: Path) -> None:
    path = tmp_path / "net.pt2"
    ALLOWED.allow(read_target(str(path)), (write(path, "checked"),))
    with ALLOWED.open_copy(path) as file:
        path.write_text("another")
        assert not isinstance(file, Path) and file.read() == b"checked"


def test_what_is_named_on_the_command_line_and_what_is_installed_runs(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    main = write(path, f"import torch\nimport wave\nimport helper{BUILD}")
    write(tmp_path / "helper.py", "")
    Runner(TargetSetup(read_target(str(path))))
    sys.modules.pop("wave", None)
    assert refused(opened(path, main)) == ["helper.py"]


def test_a_network_of_gradviz_needs_none(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    opened(path, write(path, f"import torch{BUILD}"))
    before = list(sys.meta_path)
    ALLOWED.allow(read_target("nn"), None)
    assert len(sys.meta_path) == len(before) - 1
    assert "Opened" in kinds(served(Open(1, "nn")))


def test_code_cannot_catch_it_as_an_exception() -> None:
    assert not issubclass(UnallowedError, Exception)
