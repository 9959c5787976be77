"""Find in the stack the call of a custom Function that an op runs in, whether torch applies it in Python or in C++."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType, FrameType
from typing import Any

from torch.autograd.function import Function, FunctionCtx

from gradviz.engine.frames.stack_frames import outer
from gradviz.engine.torch_compat import APPLY_FRAMES, function_class

_FILE = Function.__call__.__code__.co_filename
_IN_PYTHON = isinstance(Function.__dict__["apply"], classmethod)


@dataclass(slots=True)
class FunctionCall:
    """One call of `Function.apply`, seen from an op inside its forward."""

    function: type[Function]
    args: Sequence[Any]
    caller: FrameType | None
    """The frame of the call."""
    ctx: Any = None
    """What only this call has, where it can be seen; otherwise `args` distinguish calls."""


def function_call(frame: FrameType | None) -> FunctionCall | None:
    """Return the outermost call of a Function in the stack, up to the frame that called the engine."""
    found = None
    while frame is not None:
        code = frame.f_code
        file = code.co_filename
        if file == _FILE:
            if code.co_name in APPLY_FRAMES:
                function = frame.f_locals.get("cls")  # none where a backward is applied
                found = function and FunctionCall(function, frame.f_locals["args"], frame.f_back)
        elif not _IN_PYTHON and _is_forward(code):
            found = _call_of(frame) or found
        frame = outer(frame)
    return found


def _call_of(forward: FrameType) -> FunctionCall | None:
    """Return the call that runs `forward`; None where the user calls it as any other function."""
    names, more, _, values = inspect.getargvalues(forward)
    args = [*(values[name] for name in names if name in values), *(values.get(more, ()) if more else ())]
    if args and isinstance(args[0], type):
        args = args[1:]  # it is a class method
    if args and isinstance(ctx := args[0], FunctionCtx):
        function: Any = type(ctx)
        return FunctionCall(function_class(function), args[1:], forward.f_back, ctx)
    # In the style with `setup_context` the frame does not show whose forward it is: of classes made by one piece of
    # code, it is the newest.
    classes = [each for each in _with_forward(forward.f_code) if each.setup_context is not Function.setup_context]
    return FunctionCall(classes[-1], args, forward.f_back) if classes else None


@lru_cache(maxsize=4096)  # checked for each frame at each op that autograd does not record
def _is_forward(code: CodeType) -> bool:
    return next(_with_forward(code), None) is not None


def _with_forward(code: CodeType) -> Iterator[type[Function]]:
    """Yield the Functions whose forward is this code: each before its subclasses, and of siblings the newest last."""
    classes = Function.__subclasses__()
    for each in classes:  # grows meanwhile
        classes += each.__subclasses__()
        if getattr(each.forward, "__code__", None) is code:
            yield each
