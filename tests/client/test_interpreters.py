"""Other Python environments: found without executing anything, started with our package alone, or refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gradviz.client import interpreters
from gradviz.client.engine_process import EngineDeath, EngineProcess
from gradviz.client.interpreters import (
    NEEDED,
    Interpreter,
    arguments_for,
    check_python,
    find_interpreters,
    find_python,
    is_own,
    why_not,
)
from gradviz.errors import GradvizError
from gradviz.protocol.events import Hello
from tests.helpers.environments import make_environment

_PROGRAM = "Scripts/python.exe" if sys.platform == "win32" else "bin/python"


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment without any package."""
    return make_environment(tmp_path_factory.mktemp("project") / ".venv", packages=False).parents[1]


def test_the_environments_of_a_file_are_found_from_its_folder_upwards(bare: Path, tmp_path: Path) -> None:
    below = bare.parent / "models" / "large"
    below.mkdir(parents=True)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    program = str(bare / _PROGRAM)
    assert find_interpreters(bare.parent, {}) == [Interpreter(program, f"{version}  .venv")]
    assert find_interpreters(below, {}) == [Interpreter(program, f"{version}  {bare.parent.name}/.venv")]
    assert find_interpreters(tmp_path, {}) == []


def test_activated_environments_and_those_of_conda_are_found(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    (tmp_path / ".conda").mkdir()
    (tmp_path / ".conda" / "environments.txt").write_text(f"{bare}\n/not/there\n", encoding="utf-8")
    assert [found.path for found in find_interpreters(None, {})] == [str(bare / _PROGRAM)]
    activated = find_interpreters(None, {"VIRTUAL_ENV": str(bare), "CONDA_PREFIX": str(bare)})
    assert [found.path for found in activated] == [str(bare / _PROGRAM)]


def test_our_own_environment_is_not_offered_as_another() -> None:
    own = Path(sys.executable).absolute()
    assert is_own("") and is_own(str(own))
    assert find_interpreters(None, {"VIRTUAL_ENV": str(own.parents[1])}) == []


def test_a_python_is_named_by_its_program_or_by_its_environment(bare: Path, tmp_path: Path) -> None:
    assert find_python(str(bare)) == find_python(str(bare / _PROGRAM)) == str(bare / _PROGRAM)
    for nothing in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(GradvizError, match="There is no Python at"):
            find_python(str(nothing))


def test_what_an_environment_lacks_is_said_with_the_command_that_installs_it(bare: Path) -> None:
    program = str(bare / _PROGRAM)
    with pytest.raises(GradvizError, match=r"lacks torch, numpy and msgspec.* -m pip install torch numpy msgspec\.$"):
        check_python(program)
    engine = EngineProcess(python=program)
    try:
        death = engine.next(30)
    finally:
        engine.close()
    assert isinstance(death, EngineDeath)
    assert "-m pip install torch numpy msgspec" in death.text


def test_a_python_that_is_too_old_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreters, "OLDEST", (99, 0))
    with pytest.raises(GradvizError, match="is older than Python"):
        check_python(sys.executable)


def test_other_exit_statuses_mean_nothing() -> None:
    assert [why_not("python", status) for status in (0, 1, 70, -9, 94, 96, 104)] == [""] * 7


def test_what_is_no_python_is_refused(tmp_path: Path) -> None:
    program = tmp_path / "python"
    program.write_text("no program\n")
    program.chmod(0o755)
    with pytest.raises(GradvizError, match="does not start"):
        check_python(str(program))


def test_the_engine_runs_in_another_environment_with_our_package_alone(tmp_path: Path) -> None:
    program = str(make_environment(tmp_path / ".venv", packages=True))
    engine = EngineProcess(python=program)
    try:
        assert isinstance(engine.next(60), Hello)
    finally:
        engine.close()
    probe = tmp_path / "probe.py"
    probe.write_text("import sys, gradviz\nprint(gradviz.__file__)\nprint(*sys.path, sep='\\n')\n", encoding="utf-8")
    code = arguments_for("gradviz", NEEDED)[1].replace("runpy.run_module('gradviz'", f"runpy.run_path({str(probe)!r}")
    code = code.replace(", alter_sys=True", "")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [program, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=environment,
    )
    ours, *paths = done.stdout.splitlines()
    root = Path(interpreters.__file__).parents[2]
    assert Path(ours) == root / "gradviz" / "__init__.py"
    assert str(root) not in paths
