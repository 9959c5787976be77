"""The option `--python`: the environment whose torch and packages are used."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from gradviz.client.interpreters import NEEDED_BY_RUN, arguments_for, check_python, find_python, is_own
from gradviz.errors import InvalidValueError
from gradviz.language import tr

_OPTION = "--python"


def add_python_option(command: argparse.ArgumentParser) -> None:
    """Add the option to a command."""
    command.add_argument(
        _OPTION,
        default="",
        metavar="PATH",
        help=tr("a Python, or the folder of an environment, whose torch and packages are used (gradviz's own)"),
    )


def take_python(words: list[str]) -> tuple[str, list[str]]:
    """Return the Python named by a `--python PATH` before the command or target, empty if there is none, and the words
    without it: what follows a script's name belongs to the script."""
    if not words or words[0].partition("=")[0] != _OPTION:
        return "", words
    _, equals, python = words[0].partition("=")
    taken = 1 if equals else 2
    if not equals:
        python = words[1] if len(words) > 1 else ""
    if not python:
        raise InvalidValueError(tr("--python needs the path of a Python, or of an environment's folder."))
    return python, words[taken:]


def choose_python(arguments: argparse.Namespace, taken: str) -> None:
    """Make `arguments.python` the Python that was asked for; empty for our own. `taken` came before the command, and
    `arguments.python` is None where the command has no such option.

    Raises:
        GradvizError: there is none, or the command takes none.
    """
    if taken and arguments.python is None:
        raise InvalidValueError(tr("--python is an option of open, run and debug alone."))
    text = taken or arguments.python
    python = find_python(text) if text else ""
    arguments.python = "" if is_own(python) else python


def run_in(python: str, words: list[str]) -> int:
    """Run a command line that works in one process in another Python, in place of this process. Return its exit status
    where a process cannot be replaced.

    Raises:
        GradvizError: that Python does not start, or lacks something.
    """
    check_python(python, NEEDED_BY_RUN)
    command = [python, *arguments_for("gradviz", NEEDED_BY_RUN), *_without_option(words)]
    sys.stdout.flush()
    if sys.platform != "win32":
        os.execv(python, command)
    return subprocess.call(command)


def _without_option(words: list[str]) -> list[str]:
    for place, word in enumerate(words):
        if word == _OPTION:
            return [*words[:place], *words[place + 2 :]]
        if word.startswith(f"{_OPTION}="):
            return [*words[:place], *words[place + 1 :]]
    return words
