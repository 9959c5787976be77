"""A function whose code calls a hook is the same function to all who look at it, and in every traceback."""

from __future__ import annotations

import inspect
import pickle
import sys
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from types import FrameType
from typing import Any

import pytest
import torch

from gradviz.engine.frames.code_replacement import CodeHook
from gradviz.engine.frames.stack_frames import user_line

FUNCTIONS = (
    torch.Tensor.backward,
    torch.autograd.backward,
    torch.autograd.grad,
    torch.amp.GradScaler.scale,
    torch.amp.GradScaler.step,
)


def through(run: Callable[..., Any], frame: FrameType, *args: Any, **kwargs: Any) -> Any:
    return run(*args, **kwargs)


def facts(function: Any) -> list[Any]:
    code = function.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    own = [function.__name__, function.__qualname__, function.__module__, function.__doc__, function.__annotations__]
    places = [code.co_name, code.co_qualname, code.co_filename, code.co_firstlineno, names]
    found = [inspect.signature(function), inspect.getfullargspec(function), inspect.getsource(function)]
    return [*own, *places, *found, vars(function), pickle.dumps(function), hash(function)]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__qualname__)
def test_a_hooked_function_looks_like_itself(function: Any) -> None:
    plain, code = facts(function), function.__code__
    with CodeHook(function, through):
        assert function.__code__ is not code
        assert facts(function) == plain
    assert function.__code__ is code


def sample(a: int, /, b: int = 2, *more: int, c: int, d: int = 4, **rest: int) -> tuple[Any, ...]:
    return a, b, more, c, d, rest


def test_a_hook_gets_the_arguments_by_their_places_with_defaults() -> None:
    calls: list[Any] = []

    def hook(run: Callable[..., Any], frame: FrameType, *args: Any, **kwargs: Any) -> Any:
        calls.append((args, kwargs))
        return run(*args, **kwargs)

    hooked = CodeHook(sample, hook)
    for _ in range(2):  # it can be entered again
        with hooked:
            assert sample(1, c=3) == (1, 2, (), 3, 4, {})
            assert sample(1, 5, 6, c=3, e=7) == (1, 5, (6,), 3, 4, {"e": 7})
        assert sample(1, c=3) == (1, 2, (), 3, 4, {})
    assert calls[:2] == [((1, 2), {"c": 3, "d": 4}), ((1, 5, 6), {"c": 3, "d": 4, "e": 7})]
    assert len(calls) == 4


def test_the_line_of_a_call_is_that_of_its_caller() -> None:
    lines: list[tuple[str, int]] = []

    def hook(run: Callable[..., Any], frame: FrameType, *args: Any, **kwargs: Any) -> Any:
        lines.append(user_line(frame))
        return run(*args, **kwargs)

    x = torch.ones(2, requires_grad=True)
    with CodeHook(torch.autograd.grad, hook):
        line = sys._getframe().f_lineno + 1
        torch.autograd.grad(x.sum(), x)
    assert lines == [(__file__, line)]


def failing(call: Callable[[], object]) -> list[tuple[str, int, str]]:
    """File, line and function of each frame, but for those of the hook, which is a part of this test."""
    try:
        call()
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        return [(f.filename, f.lineno or 0, f.name) for f in frames if f.name != "through"]
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize(
    "call",
    [
        lambda: torch.ones(2).sum().backward(),
        lambda: torch.autograd.backward([torch.ones(2, requires_grad=True)]),
        lambda: torch.autograd.grad(torch.ones(2).sum(), [torch.ones(2)]),
        lambda: torch.Tensor.backward(torch.ones(2), 1, 2, 3, 4, 5),  # type: ignore[call-arg]
    ],
)
def test_an_error_leaves_no_frame_of_ours_in_its_traceback(call: Callable[[], object]) -> None:
    plain = failing(call)
    with ExitStack() as stack:
        for function in FUNCTIONS:
            stack.enter_context(CodeHook(function, through))
        assert failing(call) == plain


def test_an_error_of_the_hook_itself_keeps_its_frames() -> None:
    def broken(run: Callable[..., Any], frame: FrameType, *args: Any) -> Any:
        raise AssertionError("our own")

    with CodeHook(torch.autograd.grad, broken):
        frames = failing(lambda: torch.autograd.grad(torch.ones(1), torch.ones(1)))
    assert frames[-1][2] == "broken"


def test_nothing_of_a_hook_is_seen_by_a_mode_of_the_users() -> None:
    seen: list[str] = []

    class Count(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            seen.append(func.__name__)
            return func(*args, **(kwargs or {}))

    def isolated_no_grad(run: Callable[..., Any], frame: FrameType, *args: Any) -> Any:
        args[0].sum() + args[0].mean()
        return run(*args)

    def names(hook: Any) -> list[str]:
        seen.clear()
        x = torch.ones(2, requires_grad=True)
        with CodeHook(torch.Tensor.backward, hook), Count():
            x.sum().backward()
        return list(seen)

    assert names(isolated_no_grad) == names(through)
