"""Restore what user code changes for the whole process, or detect it: folder, settings of torch, torch itself;
and seed the random generators."""

from __future__ import annotations

import functools
import inspect
import os
import random
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import torch

from gradviz.engine.torch_compat import GLOBAL_HOOKS_PREFIX, DefaultDeviceMode, dispatch_mode_count, function_modes
from gradviz.errors import InvalidValueError
from gradviz.language import tr

_TORCH = str(Path(torch.__file__).parent)
_PYTHON = sysconfig.get_paths()["stdlib"]
_PACKAGES = ("site-packages", "dist-packages")
_ABSENT = object()


class ProcessState:
    """The process before the first user code ran in it."""

    def __init__(self) -> None:
        self._folder = ""
        with suppress(OSError):  # it was removed; then there is none to go back to
            self._folder = os.getcwd()  # noqa: PTH109 - as a text, for `chdir`
        self._names: list[tuple[Any, dict[str, Any]]] | None = None
        """Modules and classes of torch, and the values of their names."""
        self._objects: set[int] = set()
        """Identities of all these values."""
        self._leftovers: list[Any] = []

    def enter(self) -> None:
        """Go back to the folder that the process was started in."""
        if self._folder:
            with suppress(OSError):  # it is gone; a target is mostly named by its whole path
                os.chdir(self._folder)

    def remember(self) -> None:
        """Remember torch's state, if that was not done yet: user code is about to run."""
        if self._names is not None:
            return
        self._names = [(owner, dict(vars(owner))) for owner in _owners()]
        self._objects = {id(value) for _, names in self._names for value in names.values()}
        self._leftovers = _leftovers()

    def why_unfit(self) -> str:
        """Return what user code changed in torch itself; empty if nothing.

        torch changes some of its own functions while it works (its compiler wraps them), which does not count. What a
        user's file or a library put into torch cannot be removed reliably: others may hold it already.
        """
        if self._names is None:
            return ""
        for owner, before in self._names:
            for name, value in self._changed(owner, before):
                if value is _ABSENT or self._is_foreign(value, before.get(name, _ABSENT)):
                    text = tr("Code that ran in this engine changed {owner}.{name}")
                    return text.format(owner=_title(owner), name=name)
        if _leftovers() != self._leftovers:
            return tr("Code that ran in this engine left hooks or modes in torch, which every network would pass")
        return ""

    @staticmethod
    def _changed(owner: Any, before: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        now = dict(vars(owner))
        for name, value in now.items():
            if before.get(name, _ABSENT) is not value:
                yield name, value
        yield from ((name, _ABSENT) for name in before if name not in now)

    def _is_foreign(self, value: Any, original: Any) -> bool:
        """Return whether `value`, which replaces `original`, was not put there by torch."""
        if isinstance(value, ModuleType):
            return False  # imported meanwhile
        if any(_is_others(file) for file in _files_of(value)):
            return True
        if original is _ABSENT or original is None:
            return False  # added by torch, or filled in by it when it was first needed
        # Another function of torch's own, or an object where there was a function or a module.
        is_simple = value is None or isinstance(value, bool | int | float | str | tuple)
        moved = id(value) in self._objects and not is_simple
        return moved or (not _is_code(value) and (callable(original) or isinstance(original, ModuleType)))


@contextmanager
def existing_folder() -> Iterator[None]:
    """Context manager: the working folder exists, also where user code went to one and removed it: torch needs one when
    it imports its compiler, as it does when the first optimizer is made."""
    try:
        os.getcwd()  # noqa: PTH109
    except OSError:
        gone = os.open(".", os.O_RDONLY)
        os.chdir(os.path.sep)
        try:
            yield
        finally:
            os.fchdir(gone)
            os.close(gone)
    else:
        yield


def _owners() -> Iterator[Any]:
    """Yield torch's imported modules, and the classes in them; each once."""
    found: dict[int, Any] = {}
    for name, module in list(sys.modules.items()):
        if (name == "torch" or name.startswith("torch.")) and isinstance(module, ModuleType):
            found[id(module)] = module
            for value in list(vars(module).values()):
                # Not `isinstance`: deprecated objects that warn pretend to be others.
                if issubclass(type(value), type) and str(value.__module__).startswith("torch"):
                    found[id(value)] = value
    yield from found.values()


def _leftovers() -> list[Any]:
    """Return hooks that every module or optimizer calls, and active modes. A default device is restored elsewhere."""
    hooks = [
        (name, tuple(value))
        for module in ("torch.nn.modules.module", "torch.optim.optimizer")
        for name, value in vars(sys.modules[module]).items()
        if name.startswith(GLOBAL_HOOKS_PREFIX) and isinstance(value, dict)
    ]
    modes = [id(mode) for mode in function_modes() if not isinstance(mode, DefaultDeviceMode)]
    return [hooks, modes, dispatch_mode_count()]


def _files_of(value: Any) -> Iterator[str]:
    """Yield the files of the functions and classes that make up `value`: also of what decorators wrap."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if value is None or id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, property):
            waiting += [value.fget, value.fset]
        elif isinstance(value, functools.partial):
            waiting.append(value.func)
        elif isinstance(value, FunctionType):
            yield value.__code__.co_filename
            waiting.append(getattr(value, "__wrapped__", None))
        elif isinstance(value, type):
            yield getattr(sys.modules.get(value.__module__), "__file__", None) or value.__module__
        elif hasattr(value, "__func__"):  # a method, or a static one in its class
            waiting.append(value.__func__)


def _is_others(file: str) -> bool:
    """Return whether a file is neither torch's nor Python's own."""
    path = Path(file)
    if file.startswith("<") or path.is_relative_to(_TORCH) or file.partition(".")[0] in ("torch", "builtins"):
        return False
    return not path.is_relative_to(_PYTHON) or any(name in path.parts for name in _PACKAGES)


def _is_code(value: Any) -> bool:
    return inspect.isroutine(value) or isinstance(value, type | property | classmethod | staticmethod)


def _title(owner: Any) -> str:
    return owner.__name__ if isinstance(owner, ModuleType) else f"{owner.__module__}.{owner.__qualname__}"


@dataclass(frozen=True, slots=True)
class TorchSettings:
    """The settings of the whole process at one moment."""

    dtype: torch.dtype
    device: torch.device
    gradients: bool
    deterministic: bool
    anomalies: bool
    precision: str

    @classmethod
    def remember(cls) -> TorchSettings:
        """Return the present settings."""
        return cls(
            torch.get_default_dtype(),
            torch.get_default_device(),
            torch.is_grad_enabled(),
            torch.are_deterministic_algorithms_enabled(),
            torch.is_anomaly_enabled(),
            torch.get_float32_matmul_precision(),
        )

    def restore(self) -> None:
        """Restore what differs."""
        now = TorchSettings.remember()
        if now.dtype != self.dtype:
            torch.set_default_dtype(self.dtype)
        if now.device != self.device:
            torch.set_default_device(None if self.device.type == "cpu" else self.device)
        if now.gradients != self.gradients:
            torch.set_grad_enabled(self.gradients)
        if now.deterministic != self.deterministic:
            torch.use_deterministic_algorithms(self.deterministic)
        if now.anomalies != self.anomalies:
            torch.autograd.set_detect_anomaly(self.anomalies)
        if now.precision != self.precision:
            torch.set_float32_matmul_precision(self.precision)


# The largest that all three take: numpy's legacy generator has 32 bits.
LARGEST_SEED = 2**32 - 1


def check_seed(seed: int) -> int:
    """Return `seed` itself.

    Raises:
        InvalidValueError: it is negative, or more than 32 bits long.
    """
    if not 0 <= seed <= LARGEST_SEED:
        raise InvalidValueError(
            tr("The seed must be between 0 and {largest_seed}, not {seed}.").format(
                largest_seed=LARGEST_SEED, seed=seed
            )
        )
    return seed


def seed_everything(seed: int) -> None:
    """Seed `random`, `numpy.random` and torch (all devices), in that order."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


@dataclass(frozen=True, slots=True)
class Generators:
    """The states of all global generators at one moment."""

    of_python: Any
    of_numpy: Any
    of_torch: torch.Tensor
    of_cuda: tuple[torch.Tensor, ...]

    @classmethod
    def remember(cls) -> Generators:
        """Return the present states."""
        # Reading the state of an untouched CUDA would initialize it, which takes seconds and memory.
        is_initialized: Callable[[], bool] = torch.cuda.is_initialized
        cuda = tuple(torch.cuda.get_rng_state_all()) if is_initialized() else ()
        return cls(random.getstate(), np.random.get_state(), torch.get_rng_state(), cuda)

    def restore(self) -> None:
        """Restore these states."""
        random.setstate(self.of_python)
        np.random.set_state(self.of_numpy)
        torch.set_rng_state(self.of_torch)
        if self.of_cuda:
            torch.cuda.set_rng_state_all(list(self.of_cuda))
