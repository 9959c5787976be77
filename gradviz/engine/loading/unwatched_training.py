"""Refuse a target that trains while it is executed for its factory, before it trains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import torch

from gradviz.engine.frames.code_hook import CodeHook
from gradviz.errors import GradvizError
from gradviz.targets.python_file import read_python
from gradviz.targets.target_spec import TargetSpec


class _TrainsError(BaseException):
    """Leaves the target's code. Not an `Exception`: no `except` of a library may swallow it."""


@contextmanager
def refuse_training(spec: TargetSpec) -> Iterator[None]:
    """Context manager around the execution of a target. If nothing in it is known to be a factory, a `backward()` that
    it calls, or that a library calls for it, ends it.

    Raises:
        GradvizError: there was such a call. The message gives the remedy.
    """
    if spec.attribute:
        yield  # what is named may have been trained in the file
        return
    guard = _Guard(spec)
    try:
        with guard.hook_backward():
            yield
    except BaseException as error:
        if guard.line:
            guard.refuse(error)
        raise
    if guard.line:
        guard.refuse(None)


class _Guard:
    def __init__(self, spec: TargetSpec) -> None:
        self._spec = spec
        self.line = 0
        """Line of the target at which it began to train; 0 while it does not."""

    @contextmanager
    def hook_backward(self) -> Iterator[None]:
        """Context manager: `backward` is hooked."""
        with ExitStack() as stack:
            for function in (torch.Tensor.backward, torch.autograd.backward):
                stack.enter_context(CodeHook(function, self._backward))
            yield

    def refuse(self, error: BaseException | None) -> NoReturn:
        """Leave the target's code."""
        raise GradvizError(
            f"{self._spec.title} trains by itself, in its line {self.line}; call gradviz.watch(model) before that line"
            " and open it again, which makes it a training script."
        ) from (None if isinstance(error, _TrainsError) else error)

    def _backward(self, run: Callable[..., Any], frame: FrameType, *args: Any) -> Any:
        target = self._frame_of_target(frame)
        python = read_python(Path(target.f_code.co_filename)) if target is not None else None
        if target is None or python is None or python.makes_factory:
            return run(*args)
        self.line = self.line or target.f_lineno
        raise _TrainsError

    def _frame_of_target(self, frame: FrameType | None) -> FrameType | None:
        """Return the innermost frame of the target itself, while it is executed."""
        spec = self._spec
        file = str(spec.path.absolute()) if spec.kind == "file" else ""
        while frame is not None:
            is_target = frame.f_code.co_filename == file or frame.f_globals.get("__name__") == spec.name
            if is_target and frame.f_code.co_name == "<module>":
                return frame
            frame = frame.f_back
        return None
