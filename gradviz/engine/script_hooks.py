"""Hears a script's `backward()`, `optimizer.step()` and ops while it runs; afterwards torch is as it was."""

from __future__ import annotations

import os
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from types import FrameType
from typing import Any, Protocol

import torch
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook
from torch.overrides import TorchFunctionMode, _len_torch_function_stack, _pop_mode, _push_mode, resolve_name
from torch.utils._device import DeviceContext

from gradviz.engine.capture import Capture

Call = Callable[[], Any]


class Phases(Protocol):
    """Who is told. Each call stands in the script's own stack, so the script waits until it returns."""

    def deaf(self) -> bool: ...
    def backward(self, run: Call, roots: Any, weights: Any, keeps_graph: bool, frame: FrameType) -> Any: ...
    def gradients(
        self, run: Call, roots: Any, weights: Any, inputs: Any, keeps_graph: bool, frame: FrameType
    ) -> Any: ...
    def scaled(self, outputs: Any, result: Any) -> None: ...
    def scaler_step(self, run: Call) -> Any: ...
    def evaluation_begins(self) -> None: ...
    def evaluation_ended(self) -> None: ...
    def step_begins(self, optimizer: torch.optim.Optimizer) -> None: ...
    def step_ended(self, optimizer: torch.optim.Optimizer) -> None: ...
    def forked(self) -> None: ...


class ScriptHooks:
    """Installed for a script's whole life are replacements of what is called once an iteration. The mode that sees
    every op, and the hooks that see every module, are there only while somebody looks."""

    def __init__(self, phases: Phases) -> None:
        self._phases = phases
        self._looking: ExitStack | None = None

    @contextmanager
    def installed(self) -> Iterator[None]:
        # torch lists its functions by name once, when first asked: that is not to find the replacements.
        resolve_name(torch.Tensor.backward)
        with ExitStack() as stack:
            for owner, name, replacement in self._replacements():
                original = getattr(owner, name)
                setattr(owner, name, wraps(original)(replacement(original)))
                stack.callback(setattr, owner, name, original)
            stack.callback(register_optimizer_step_pre_hook(self._before_step).remove)
            stack.callback(register_optimizer_step_post_hook(self._after_step).remove)
            stack.callback(self.look_away)
            _installed.add(self)
            stack.callback(_installed.discard, self)
            yield

    def look(self, capture: Capture) -> None:
        """From now on `capture` is told every op and module call."""
        self.look_away()
        with ExitStack() as stack:
            stack.enter_context(capture.watching(capture.phase, _low))
            self._looking = stack.pop_all()

    def look_away(self) -> None:
        """Nobody is told of ops any more."""
        looking, self._looking = self._looking, None
        if looking is not None:
            looking.close()

    def go_deaf(self) -> None:
        """In a process that was forked off, nobody is there to be told."""
        self._phases.forked()

    def _before_step(self, optimizer: torch.optim.Optimizer, args: Any, kwargs: Any) -> Any:
        """An optimizer is about to step. What it evaluates its losses by, if it does so itself, is followed too."""
        self._phases.step_begins(optimizer)
        if len(args) > 1 and callable(args[1]):
            return (args[0], self._evaluating(args[1]), *args[2:]), kwargs
        if callable(kwargs.get("closure")):
            return args, {**kwargs, "closure": self._evaluating(kwargs["closure"])}
        return None

    def _after_step(self, optimizer: torch.optim.Optimizer, args: Any, kwargs: Any) -> None:
        self._phases.step_ended(optimizer)

    def _evaluating(self, closure: Call) -> Call:
        @wraps(closure)
        def evaluate(*args: Any, **kwargs: Any) -> Any:
            self._phases.evaluation_begins()
            try:
                return closure(*args, **kwargs)
            finally:
                self._phases.evaluation_ended()

        return evaluate

    def _replacements(self) -> Iterator[tuple[Any, str, Callable[[Any], Any]]]:
        phases = self._phases

        def backward(original: Any) -> Any:
            def heard(tensors: Any, *args: Any, **kwargs: Any) -> Any:
                if phases.deaf():
                    return original(tensors, *args, **kwargs)
                # In the order of `Tensor.backward` and of `torch.autograd.backward` alike.
                keeps = _argument(args, kwargs, 1, "retain_graph") or _argument(args, kwargs, 2, "create_graph")
                weights = args[0] if args else kwargs.get("gradient", kwargs.get("grad_tensors"))
                return phases.backward(
                    lambda: original(tensors, *args, **kwargs), tensors, weights, bool(keeps), sys._getframe(1)
                )

            return heard

        def grad(original: Any) -> Any:
            def heard(outputs: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
                if phases.deaf() or _argument(args, kwargs, 2, "create_graph"):
                    return original(outputs, inputs, *args, **kwargs)  # a part of the forward: a penalty, as a rule
                keeps = bool(_argument(args, kwargs, 1, "retain_graph"))
                weights = _argument(args, kwargs, 0, "grad_outputs")
                return phases.gradients(
                    lambda: original(outputs, inputs, *args, **kwargs), outputs, weights, inputs, keeps,
                    sys._getframe(1),
                )  # fmt: skip

            return heard

        def scale(original: Any) -> Any:
            def heard(scaler: Any, outputs: Any) -> Any:
                result = original(scaler, outputs)
                phases.scaled(outputs, result)
                return result

            return heard

        def step(original: Any) -> Any:
            def heard(scaler: Any, *args: Any, **kwargs: Any) -> Any:
                return phases.scaler_step(lambda: original(scaler, *args, **kwargs))

            return heard

        # Both, since the second is reached without the first, and the first must be heard before the mode is asked.
        yield torch.Tensor, "backward", backward
        yield torch.autograd, "backward", backward
        yield torch.autograd, "grad", grad
        yield torch.amp.GradScaler, "scale", scale
        yield torch.amp.GradScaler, "step", step


@contextmanager
def _low(mode: TorchFunctionMode) -> Iterator[None]:
    """Enter a mode below all modes of the script's own: it enters and leaves them in order, and must find its own on
    top, whichever came first. A default device is a mode too, which insists on being the lowest.
    """
    _put_in(mode)
    try:
        yield
    finally:
        _take_out(mode)


def _put_in(mode: TorchFunctionMode) -> None:
    stack = _all_off()
    if stack and isinstance(stack[-1], DeviceContext):
        _push_mode(stack.pop())
    for each in (mode, *reversed(stack)):
        _push_mode(each)


def _take_out(mode: TorchFunctionMode) -> None:
    for each in reversed(_all_off()):
        if each is not mode:
            _push_mode(each)


def _all_off() -> list[TorchFunctionMode]:
    return [_pop_mode() for _ in range(_len_torch_function_stack())]


def _argument(args: tuple[Any, ...], kwargs: dict[str, Any], position: int, name: str) -> Any:
    return args[position] if len(args) > position else kwargs.get(name)


_installed: weakref.WeakSet[ScriptHooks] = weakref.WeakSet()


def _silence() -> None:
    for hooks in _installed:
        hooks.go_deaf()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_silence)
