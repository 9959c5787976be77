"""Run a hook in place of a Python function by replacing its code: the function stays the same object.

Modules that imported the function by name call the hook too, comparisons by identity hold, and signature, annotations,
source and pickles are those of the original.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

from gradviz.engine.frames.stack_frames import mark_replacement, passes_on
from gradviz.engine.frames.tracebacks import leave_out_ours
from gradviz.engine.torch_compat import (
    DisableTorchFunction,
    EnableTorchFunction,
    is_torch_function_enabled,
    set_frame_callback,
)

_PLACEHOLDER = "gradviz"
# Its frame is left out of every traceback. While the hook runs, nothing of it is compiled.
_SOURCE = f"""
def function({{parameters}}):
    _compiling = "{_PLACEHOLDER}".set_frame_callback(None)
    try:
        return "{_PLACEHOLDER}".call(_compiling, {{arguments}})
    except BaseException as _error:
        "{_PLACEHOLDER}".leave_out_ours(_error)
        raise
    finally:
        "{_PLACEHOLDER}".set_frame_callback(_compiling)
"""

Hook = Callable[..., Any]
"""Called with a callable that does what the function does, the frame of the function, and its arguments: by position,
with defaults filled in."""


class CodeHook:
    """Context manager: every call of a function calls a hook. It can be entered again."""

    def __init__(self, function: Any, hook: Hook) -> None:
        """Prepare a hook of `function`, which must be written in Python."""
        self._function = function
        self._code = function.__code__
        self._hooked = _make_code(_HookEntry(function, hook), function)

    def __enter__(self) -> None:
        self._function.__code__ = self._hooked

    def __exit__(self, *exception: object) -> None:
        self._function.__code__ = self._code


class _HookEntry:
    """The entry point of the code of a hooked function. Its methods are called by the names in `_SOURCE`."""

    set_frame_callback = staticmethod(set_frame_callback)
    leave_out_ours = staticmethod(leave_out_ours)

    def __init__(self, function: FunctionType, hook: Hook) -> None:
        copy = FunctionType(
            function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
        )
        copy.__kwdefaults__ = function.__kwdefaults__
        self._original = copy
        self._hook = hook

    @passes_on
    def call(self, compiling: Any, *args: Any, **kwargs: Any) -> Any:
        """Run the hook. No mode of the user's and no subclass of Tensor sees what the engine does in it."""
        caller = sys._getframe(1)  # not this frame: a frame that holds itself holds its arguments, until collected
        if not is_torch_function_enabled():
            return self._hook(lambda *a, **k: self._run(compiling, a, k), caller, *args, **kwargs)
        with DisableTorchFunction():
            return self._hook(lambda *a, **k: self._run_seen(compiling, a, k), caller, *args, **kwargs)

    @passes_on
    def _run_seen(self, compiling: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        with EnableTorchFunction():
            return self._run(compiling, args, kwargs)

    @passes_on
    def _run(self, compiling: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if compiling is None:
            return self._original(*args, **kwargs)
        set_frame_callback(compiling)
        try:
            return self._original(*args, **kwargs)
        finally:
            set_frame_callback(None)


def _make_code(entry: _HookEntry, function: FunctionType) -> CodeType:
    """Return code for `function` that calls `entry`, with the name, file and line of the function's own."""
    code = function.__code__
    parameters, arguments = _signature(code)
    names: dict[str, Any] = {}
    exec(_SOURCE.format(parameters=parameters, arguments=arguments), names)
    plain: CodeType = names["function"].__code__
    hooked_code = plain.replace(
        co_consts=tuple(entry if const == _PLACEHOLDER else const for const in plain.co_consts),
        co_filename=code.co_filename,
        co_name=code.co_name,
        co_qualname=code.co_qualname,
        co_firstlineno=code.co_firstlineno,
    )
    mark_replacement(hooked_code)
    return hooked_code


def _signature(code: CodeType) -> tuple[str, str]:
    """Return the parameters of `code`, and the arguments that pass them on."""
    names = code.co_varnames
    positional = names[: code.co_argcount]
    keyword = names[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    rest = list(names[code.co_argcount + code.co_kwonlyargcount :])
    parameters, arguments = list(positional), list(positional)
    if code.co_posonlyargcount:
        parameters.insert(code.co_posonlyargcount, "/")
    if code.co_flags & inspect.CO_VARARGS:
        name = rest.pop(0)
        parameters.append(f"*{name}")
        arguments.append(f"*{name}")
    elif keyword:
        parameters.append("*")
    parameters += keyword
    arguments += [f"{name}={name}" for name in keyword]
    if code.co_flags & inspect.CO_VARKEYWORDS:
        name = rest.pop(0)
        parameters.append(f"**{name}")
        arguments.append(f"**{name}")
    return ", ".join(parameters), ", ".join(arguments)
