"""Other Python environments for the engine: how it is started there, what it needs, and where environments are found.

Only the package `gradviz` is added to what such a Python imports; torch and everything else are the environment's own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gradviz.errors import GradvizError
from gradviz.language import listed, tr

NEEDED = ("torch", "numpy", "msgspec")
"""What the engine imports beside the standard library."""
NEEDED_BY_RUN = (*NEEDED, "platformdirs", "tqdm")
"""What `gradviz run`, which trains in its own process, imports."""
OLDEST = (3, 11)
"""The oldest Python that gradviz runs on."""
_TOO_OLD = 95
"""The exit status of an engine whose Python is too old."""
_LACKING = 96
"""That of one that lacks modules is this, plus a bit for each."""
_PACKAGE = Path(__file__).resolve().parents[1]
_PARENTS = 4
"""So many folders above a file are looked into for an environment."""
_PATIENCE = 60.0

# For any Python, also one that is too old.
_CHECK = """\
import sys
if sys.path[:1] == [""]:
    del sys.path[0]  # a module in the current folder is not what torch means by its name
if sys.version_info < {oldest!r}:
    sys.exit({too_old})
from importlib.util import find_spec
lacking = sum(1 << place for place, name in enumerate({needed!r}) if find_spec(name) is None)
if lacking:
    sys.exit({base} + lacking)
"""
_LOAD = """\
from importlib import util
spec = util.spec_from_file_location("gradviz", {file!r}, submodule_search_locations=[{folder!r}])
sys.modules["gradviz"] = package = util.module_from_spec(spec)
spec.loader.exec_module(package)
import runpy
runpy.run_module({module!r}, run_name="__main__", alter_sys=True)
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that was found: its program, and what to call it."""

    path: str
    title: str


def find_python(text: str) -> str:
    """Return the absolute path of the program that the user means: a Python, or an environment's folder.

    Links are kept as they are: a virtual environment's Python is one.

    Raises:
        GradvizError: there is no Python there.
    """
    path = Path(text).expanduser().absolute()
    for program in (_program_in(path), path) if path.is_dir() else (path,):
        if program.is_file() and os.access(program, os.X_OK):
            return str(program)
    raise GradvizError(
        tr("There is no Python at {path}; name the python of an environment, or the environment's folder.").format(
            path=text
        )
    )


def is_own(python: str) -> bool:
    """Return whether this is the Python that gradviz itself runs in; an empty path means it."""
    if not python:
        return True
    named, own = Path(python).absolute(), Path(sys.executable).absolute()
    # `python` and `python3` of one environment are links to one program, as are those of others.
    return named == own or (named.parent == own.parent and named.resolve() == own.resolve())


def arguments_for(module: str, needed: Sequence[str] = NEEDED) -> list[str]:
    """Return the arguments with which another Python runs a module of ours as a program. It exits with a status that
    `why_not` explains where something is missing."""
    return ["-c", _check(needed) + _load(module)]


def why_not(python: str, status: int, needed: Sequence[str] = NEEDED) -> str:
    """Return why a Python could not run our module by its exit status, with the remedy; empty if that is not known."""
    if status == _TOO_OLD:
        oldest = ".".join(map(str, OLDEST))
        return tr("{python} is older than Python {oldest}; choose an environment with a newer one.").format(
            python=python, oldest=oldest
        )
    bits = status - _LACKING
    if not 0 < bits < 1 << len(needed):
        return ""
    missing = [name for place, name in enumerate(needed) if bits >> place & 1]
    return tr("{python} lacks {modules}, which gradviz needs there; install: {command}.").format(
        python=python, modules=listed(missing), command=f"{python} -m pip install {' '.join(missing)}"
    )


def check_python(python: str, needed: Sequence[str] = NEEDED) -> None:
    """Start a Python and see whether it has what is needed.

    Raises:
        GradvizError: it does not start, or lacks something.
    """
    try:
        done = subprocess.run([python, "-c", _check(needed)], capture_output=True, text=True, check=False,
                              timeout=_PATIENCE)  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GradvizError(tr("{python} does not start: {error}.").format(python=python, error=error)) from None
    if sentence := why_not(python, done.returncode, needed):
        raise GradvizError(sentence)
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2] or tr("exit status {status}").format(status=done.returncode)
        raise GradvizError(tr("{python} does not start: {error}.").format(python=python, error=last))


def find_interpreters(folder: Path | None, environment: Mapping[str, str] = os.environ) -> list[Interpreter]:
    """Return the environments for files of a folder: those in it and above it, the activated ones, conda's. Executes
    nothing, and leaves out our own."""
    found: dict[str, Interpreter] = {}
    for place, title in _places(folder, environment):
        program = _program_in(place)
        if program.is_file() and not is_own(str(program)):
            version = _version_of(place)
            found.setdefault(str(program), Interpreter(str(program), f"{version}  {title}".lstrip()))
    return list(found.values())


def _places(folder: Path | None, environment: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    if folder is not None:
        for parent in [folder, *folder.parents][:_PARENTS]:
            for name in (".venv", "venv"):
                yield parent / name, name if parent == folder else f"{parent.name}/{name}"
    if activated := environment.get("VIRTUAL_ENV"):
        yield Path(activated), Path(activated).name
    if conda := environment.get("CONDA_PREFIX"):
        yield Path(conda), f"conda {Path(conda).name}"
    for line in _lines(Path.home() / ".conda" / "environments.txt"):
        yield Path(line), f"conda {Path(line).name}"


def _lines(file: Path) -> list[str]:
    try:
        return [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError):
        return []


def _program_in(environment: Path) -> Path:
    return environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _version_of(environment: Path) -> str:
    """Return the version that a virtual environment's own file names; empty for others."""
    for line in _lines(environment / "pyvenv.cfg"):
        key, _, value = line.partition("=")
        if key.strip() in ("version", "version_info"):
            return ".".join(value.strip().split(".")[:2])
    return ""


def _check(needed: Sequence[str]) -> str:
    return _CHECK.format(oldest=OLDEST, too_old=_TOO_OLD, needed=tuple(needed), base=_LACKING)


def _load(module: str) -> str:
    return _LOAD.format(file=str(_PACKAGE / "__init__.py"), folder=str(_PACKAGE), module=module)
