"""Uninstall what the engine puts into torch while compiled code is called: it would be compiled with it, or recompile
it."""

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
    """Uninstalls itself while compiled code is called."""

    def leave(self, frame: FrameType) -> None:
        """Uninstall: compiled code is called from `frame`."""
        ...

    def come_back(self) -> None:
        """Install again: it has returned, or raised."""
        ...


@contextmanager
def leave_compiled_code(watcher: Watcher) -> Iterator[None]:
    """Context manager: `watcher` leaves for each outermost call of compiled code in this thread."""
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
    """Return the module whose call is compiled in its place (by its own `compile()`), and is run by `frame`."""
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
        """The frame that runs the outermost call that has not returned."""

    def begins(self, frame: FrameType) -> None:
        """Record the outermost call."""
        self.frame = frame
        for watcher in reversed(self.watchers):
            watcher.leave(frame)

    def ends(self) -> None:
        """Record its end. Watchers come back only then: compiling, too, calls what is not compiled."""
        self.frame = None
        for watcher in list(self.watchers):
            if watcher in self.watchers:
                watcher.come_back()


_calls: dict[int, _Calls] = {}
"""By thread; of each thread with a watcher."""
_original: Callable[[Any], Any] | None = None


def _set_callback(callback: Any) -> Any:
    """Set what happens to frames, in place of torch's own function."""
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
    """Restore torch once there is no watcher."""
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
    """Follows compiled code from the moment the compiler is imported."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Find the compiler by the other finders, and wrap its loader."""
        if name != COMPILER:
            return None
        sys.meta_path.remove(self)
        spec = find_spec(name)
        loader: Any = spec.loader if spec is not None else None
        if loader is not None:
            execute = loader.exec_module

            def execute_and_install(module: Any) -> None:
                """Execute the module, then follow its calls."""
                execute(module)
                if _calls:
                    _install()

            loader.exec_module = execute_and_install
        return spec


_FINDER = _CompilerFinder()
