"""Keeps the engine out of compiled code's sight: what it puts into torch would be compiled with it, or recompile it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from threading import get_ident
from types import FrameType
from typing import Any, Protocol

from torch import nn

from gradviz.engine.frames.stack_frames import variables_of
from gradviz.engine.torch_compat import COMPILER, MODULE_CALL, SET_FRAME_CALLBACK


class Watcher(Protocol):
    """Who is out of sight while compiled code is called."""

    def leave(self, frame: FrameType) -> None:
        """Compiled code is called from `frame`."""
        ...

    def come_back(self) -> None:
        """It has returned, or raised."""
        ...


@contextmanager
def leave_compiled_code(watcher: Watcher) -> Iterator[None]:
    """While this lasts, `watcher` leaves for each call of compiled code in this thread, the outermost ones."""
    calls = _calls.setdefault(get_ident(), _Calls())
    calls.watchers.append(watcher)
    _install()
    try:
        if calls.frame is not None:
            watcher.leave(calls.frame)
        yield
    finally:
        calls.watchers.remove(watcher)
        _tidy_up()


def called_module(frame: FrameType) -> nn.Module | None:
    """The module whose call is compiled in its place (by its own `compile()`), and is run by `frame`."""
    function = variables_of(frame).get("fn")
    if getattr(function, "__func__", None) is not MODULE_CALL:
        return None
    module = getattr(function, "__self__", None)
    return module if isinstance(module, nn.Module) else None


class _Calls:
    """The calls of compiled code in one thread."""

    def __init__(self) -> None:
        self.watchers: list[Watcher] = []
        self.frame: FrameType | None = None
        """What runs the outermost call that has not returned."""

    def begins(self, frame: FrameType) -> None:
        self.frame = frame
        for watcher in reversed(self.watchers):
            watcher.leave(frame)

    def ends(self) -> None:
        """Nothing is looked at before the outermost call is over: compiling, too, calls what is not compiled."""
        self.frame = None
        for watcher in list(self.watchers):
            if watcher in self.watchers:
                watcher.come_back()


_calls: dict[int, _Calls] = {}
"""Of each thread that somebody watches."""
_original: Callable[[Any], Any] | None = None


def _set_callback(callback: Any) -> Any:
    """In place of torch's own function."""
    assert _original is not None
    calls, frame = _calls.get(get_ident()), sys._getframe(1)
    if calls is None:
        return _original(callback)
    if callback is not None and calls.frame is None:
        calls.begins(frame)
    prior = _original(callback)
    if callback is None and calls.frame is frame:
        calls.ends()
    return prior


def _install() -> None:
    """Follow the calls of compiled code; if the compiler was not imported yet, once it is."""
    global _original
    if _original is not None:
        return
    if COMPILER not in sys.modules:
        if _FINDER not in sys.meta_path:
            sys.meta_path.insert(0, _FINDER)
        return
    dynamo: Any = importlib.import_module(COMPILER)  # another thread may be importing it
    _original = getattr(dynamo, SET_FRAME_CALLBACK, None)
    if _original is not None:
        setattr(dynamo, SET_FRAME_CALLBACK, _set_callback)


def _tidy_up() -> None:
    """Leave torch as it was, once nobody watches."""
    global _original
    for thread in [thread for thread, calls in _calls.items() if not calls.watchers]:
        del _calls[thread]
    if _calls:
        return
    if _FINDER in sys.meta_path:
        sys.meta_path.remove(_FINDER)
    if _original is not None:
        setattr(sys.modules[COMPILER], SET_FRAME_CALLBACK, _original)
        _original = None


class _CompilerFinder(MetaPathFinder):
    """Installs what follows compiled code when the compiler is imported."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != COMPILER:
            return None
        sys.meta_path.remove(self)
        spec = find_spec(name)
        loader: Any = spec.loader if spec is not None else None
        if loader is not None:
            execute = loader.exec_module

            def execute_and_install(module: Any) -> None:
                execute(module)
                if _calls:
                    _install()

            loader.exec_module = execute_and_install
        return spec


_FINDER = _CompilerFinder()
