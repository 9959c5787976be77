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
from typing import Any, Protocol, TypeVar

from torch import nn
from torch._C._dynamo import eval_frame

from gradviz.engine.frames.stack_frames import variables_of

_DYNAMO = "torch._dynamo.eval_frame"
# Every call of compiled code begins and ends by setting what is to become of the frames that Python runs.
_SETS = "_maybe_set_eval_frame"
_Function = TypeVar("_Function", bound=Callable[..., Any])


class Watcher(Protocol):
    """Who is out of sight while compiled code is called."""

    def leave(self, frame: FrameType) -> None:
        """Compiled code is called from `frame`."""
        ...

    def come_back(self) -> None:
        """It has returned, or raised."""
        ...


@contextmanager
def out_of_sight(watcher: Watcher) -> Iterator[None]:
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


def is_compiling() -> bool:
    """Whether code is being compiled in this thread: what then calls torch's functions is the compiler."""
    guards: Any = sys.modules.get("torch._guards")
    return guards is not None and guards.TracingContext.try_get() is not None


def compiles_backward() -> bool:
    """Whether a backward that begins now is compiled as a whole: hooks on its nodes would be compiled with it."""
    return bool(getattr(sys.modules.get("torch._dynamo.compiled_autograd"), "compiled_autograd_enabled", False))


def never_compiled(function: _Function) -> _Function:
    """Mark a hook that autograd calls: within compiled code, neither it nor what it calls is to be compiled."""
    set_strategy = getattr(eval_frame, "set_code_exec_strategy", None)  # none in torch 2.6
    if set_strategy is not None:
        skip = eval_frame._FrameAction.SKIP
        set_strategy(function.__code__, eval_frame._FrameExecStrategy(skip, skip))
    return function


def called_module(frame: FrameType) -> nn.Module | None:
    """The module whose call is compiled in its place (by its own `compile()`), and is run by `frame`."""
    function = variables_of(frame).get("fn")
    if getattr(function, "__func__", None) is not nn.Module._call_impl:
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


def _heard(callback: Any) -> Any:
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
    if _DYNAMO not in sys.modules:
        if _FINDER not in sys.meta_path:
            sys.meta_path.insert(0, _FINDER)
        return
    dynamo: Any = importlib.import_module(_DYNAMO)  # another thread may be importing it
    _original = getattr(dynamo, _SETS, None)
    if _original is not None:
        setattr(dynamo, _SETS, _heard)


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
        setattr(sys.modules[_DYNAMO], _SETS, _original)
        _original = None


class _Finder(MetaPathFinder):
    """Installs what follows compiled code when the compiler is imported."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != _DYNAMO:
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


_FINDER = _Finder()
