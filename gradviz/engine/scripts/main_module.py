"""Runs a file as Python runs a script, and puts everything back that a script finds or changes in the process."""

from __future__ import annotations

import logging
import os
import random
import sys
import types
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gradviz.engine.loading.allowed_code import ALLOWED
from gradviz.engine.loading.process_state import TorchSettings
from gradviz.errors import GradvizError
from gradviz.targets.python_file import compile_text


def read_script(path: Path) -> types.CodeType:
    """The compiled file.

    Raises:
        GradvizError: it cannot be read, or is no Python.
    """
    try:
        return compile_text(ALLOWED.read(path), path)
    except OSError as error:
        raise GradvizError(f"{path} cannot be read: {error.strerror}.") from error
    except SyntaxError as error:
        raise GradvizError(f"{path.name} is no valid Python: line {error.lineno or 1}: {error.msg}.") from error
    except ValueError as error:
        raise GradvizError(f"{path.name} is no valid Python: {error}.") from error


def play(
    code: types.CodeType, path: Path, argv: list[str], followed: AbstractContextManager[None], *, mute: bool
) -> None:
    """Run `code` as `python ARGV…` would, within `followed`. `mute`: standard input has ended already."""
    module = types.ModuleType("__main__")
    module.__dict__.update(__file__=str(path), __cached__=None, __spec__=None)
    settings = TorchSettings.remember()
    try:
        with _as_main(module, argv, str(path.parent), mute=mute), _own_modules(path):
            _start_generators()
            with followed:
                exec(code, module.__dict__)
    finally:
        settings.restore()


def _start_generators() -> None:
    """As in a fresh process, where each is seeded at random."""
    random.seed()
    np.random.seed()
    torch.seed()


@contextmanager
def _as_main(module: types.ModuleType, argv: list[str], folder: str, *, mute: bool) -> Iterator[None]:
    kept: tuple[Any, ...] = sys.modules["__main__"], sys.argv, sys.path[:], sys.stdin
    logger = logging.getLogger()
    level, handlers = logger.level, logger.handlers[:]
    sys.modules["__main__"], sys.argv = module, argv
    sys.path.insert(0, folder)
    with warnings.catch_warnings(), open(os.devnull) as nothing:  # noqa: PTH123 - a stream, no path of anybody's
        if mute:
            sys.stdin = nothing
        try:
            yield
        finally:
            sys.modules["__main__"], sys.argv, sys.path[:], sys.stdin = kept
            logger.handlers[:] = handlers
            logger.setLevel(level)


@contextmanager
def _own_modules(path: Path) -> Iterator[None]:
    """Modules beside the script are read anew when it runs again: a person edits them meanwhile."""
    before = set(sys.modules)
    try:
        yield
    finally:
        for name in set(sys.modules) - before:
            file = getattr(sys.modules[name], "__file__", None)
            if file is not None and Path(file).is_relative_to(path.parent) and "site-packages" not in file:
                del sys.modules[name]
