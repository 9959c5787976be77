"""Patches that report a script's `backward()`, `optimizer.step()` and ops; after the script torch is as it was."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import wraps
from types import FrameType
from typing import Any, Protocol

import torch
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

from gradviz.engine.capture.op_recorder import Capture, op_name
from gradviz.engine.frames.code_replacement import CodeHook
from gradviz.engine.frames.compiled_code import leave_compiled_code
from gradviz.engine.frames.stack_frames import passes_on
from gradviz.engine.frames.tracebacks import leave_out_ours, relocate_warnings
from gradviz.engine.torch_compat import DisableTorchFunction, is_compiling, next_sequence_number, version_of

Call = Callable[[], Any]
Run = Callable[..., Any]
"""Does what a hooked function does, given its arguments."""


class HookListener(Protocol):
    """Follows the script. Each call is in the script's own stack, so the script waits until it returns."""

    def ignores(self) -> bool:
        """Return whether nothing is to be followed now."""

    def backward(self, run: Call, roots: Any, weights: Any, keeps_graph: bool, frame: FrameType) -> Any:
        """Follow a call of `backward()`, which `run` does."""

    def gradients(self, run: Call, roots: Any, weights: Any, inputs: Any, keeps_graph: bool, frame: FrameType) -> Any:
        """Follow a call of `torch.autograd.grad`, which `run` does."""

    def scaled(self, outputs: Any, result: Any) -> None:
        """Note that a gradient scaler made `result` of `outputs`."""

    def scaler_step(self, run: Call) -> Any:
        """Follow the step of a gradient scaler, which `run` does."""

    def evaluation_begins(self) -> None:
        """Note that an optimizer in its step evaluates the losses."""

    def evaluation_ended(self) -> None:
        """Note that it goes on with its step."""

    def step_begins(self, optimizer: torch.optim.Optimizer) -> None:
        """Note that an optimizer is about to step."""

    def step_ended(self, optimizer: torch.optim.Optimizer) -> None:
        """Note that an optimizer has stepped."""

    def forked(self) -> None:
        """Follow nothing: this is a process that the script forked off."""


class ScriptHooks:
    """Installed for a script's whole life are replacements of what is called once an iteration. The mode that sees
    every op, and the hooks that see every module, are there only while somebody looks."""

    def __init__(self, listener: HookListener, optimizers: Callable[[], Sequence[torch.optim.Optimizer]]) -> None:
        """`optimizers` returns those of the script that are known."""
        self._listener = listener
        self._optimizers = optimizers
        self._capture: Capture | None = None
        self._looking: ExitStack | None = None
        scaler = torch.amp.GradScaler
        self._scaler_hooks = CodeHook(scaler.scale, self._scale), CodeHook(scaler.step, self._scaler_step)
        self._hidden = ExitStack()
        """What is not there while compiled code runs."""
        self._compiled = False
        """Whether it runs."""
        self.steps_late = False
        """Whether a step is reported that was done in compiled code."""
        self._versions: list[tuple[torch.optim.Optimizer, list[int]]] = []
        """Of each optimizer, the versions of its parameters before compiled code may have stepped."""

    @contextmanager
    def installed(self) -> Iterator[None]:
        """While this lasts, the patches are installed."""
        op_name(torch.Tensor.backward)  # for the first of all names torch makes its table of them
        with ExitStack() as stack, self._hidden, relocate_warnings():
            # Both of backward, since the second is reached without the first, and the first must be hooked before the
            # mode is asked.
            stack.enter_context(CodeHook(torch.Tensor.backward, self._backward))
            stack.enter_context(CodeHook(torch.autograd.backward, self._backward))
            stack.enter_context(CodeHook(torch.autograd.grad, self._grad))
            self.come_back()
            stack.enter_context(leave_compiled_code(self))
            stack.callback(self.look_away)
            _installed.add(self)
            stack.callback(_installed.discard, self)
            yield

    def leave(self, frame: FrameType) -> None:
        """Remove what compiled code, which is called, must not see: it may contain the step of an optimizer, whose
        hooks would be compiled with it."""
        self._hidden.close()
        self._compiled = True
        self._note_versions()

    def come_back(self) -> None:
        """Put it back when compiled code has returned. An optimizer whose parameters were written since the last
        backward has stepped in it."""
        self._compiled = False
        for scaler_hook in self._scaler_hooks:
            self._hidden.enter_context(scaler_hook)
        self._hidden.callback(register_optimizer_step_pre_hook(self._before_step).remove)
        self._hidden.callback(register_optimizer_step_post_hook(self._after_step).remove)
        versions, self._versions = self._versions, []
        for optimizer, before in versions:
            if _versions(optimizer) != before:
                self.steps_late = True
                self._before_step(optimizer, (), {})
                self.steps_late = False
                self._after_step(optimizer, (), {})

    def _note_versions(self) -> None:
        self._versions = [(optimizer, _versions(optimizer)) for optimizer in self._optimizers()]

    def look(self, capture: Capture) -> None:
        """Notify `capture` of every op and module call from now on."""
        self.look_away()
        with ExitStack() as stack:
            stack.enter_context(capture.watching(capture.phase, low=True))
            self._capture = capture
            self._looking = stack.pop_all()

    def look_away(self) -> None:
        """Notify nothing of ops any more."""
        self._capture = None
        looking, self._looking = self._looking, None
        if looking is not None:
            looking.close()

    def end_following(self) -> None:
        """Follow nothing in a process that was forked off."""
        self._listener.forked()

    def _before_step(self, optimizer: torch.optim.Optimizer, args: Any, kwargs: Any) -> Any:
        """Report that an optimizer is about to step. If it evaluates its losses itself, that is followed too."""
        with DisableTorchFunction():
            self._listener.step_begins(optimizer)
        if len(args) > 1 and callable(args[1]):
            return (args[0], self._evaluating(args[1]), *args[2:]), kwargs
        if callable(kwargs.get("closure")):
            return args, {**kwargs, "closure": self._evaluating(kwargs["closure"])}
        return None

    def _after_step(self, optimizer: torch.optim.Optimizer, args: Any, kwargs: Any) -> None:
        with DisableTorchFunction():
            self._listener.step_ended(optimizer)

    def _evaluating(self, closure: Call) -> Call:
        @wraps(closure)
        @passes_on
        def evaluate(*args: Any, **kwargs: Any) -> Any:
            self._listener.evaluation_begins()
            try:
                return closure(*args, **kwargs)
            except BaseException as error:
                leave_out_ours(error)
                raise
            finally:
                self._listener.evaluation_ended()

        return evaluate

    def _backward(
        self, run: Run, frame: FrameType, tensors: Any, gradient: Any, retain: Any, create: Any, *rest: Any
    ) -> Any:
        """Of `torch.Tensor.backward` and `torch.autograd.backward`, whose parameters begin alike."""
        first = next_sequence_number()
        if self._listener.ignores() or is_compiling():
            return run(tensors, gradient, retain, create, *rest)
        roots = _listed(tensors)
        result = self._listener.backward(
            lambda: run(roots, gradient, retain, create, *rest), roots, gradient, bool(retain or create), frame
        )
        if self._compiled:
            self._note_versions()
        if create and self._capture is not None:
            self._capture.unrecorded.note_backward(frame, first, self._capture.phase)
        return result

    def _grad(
        self, run: Run, frame: FrameType, outputs: Any, inputs: Any, gradient: Any, retain: Any, create: Any, *rest: Any
    ) -> Any:
        if self._listener.ignores() or create or is_compiling():
            return run(outputs, inputs, gradient, retain, create, *rest)  # a part of the forward: a penalty, as a rule
        roots, leaves = _listed(outputs), _listed(inputs)
        return self._listener.gradients(
            lambda: run(roots, leaves, gradient, retain, create, *rest), roots, gradient, leaves, bool(retain), frame
        )

    def _scale(self, run: Run, frame: FrameType, scaler: Any, outputs: Any) -> Any:
        outputs = _listed(outputs)
        result = run(scaler, outputs)
        self._listener.scaled(outputs, result)
        return result

    def _scaler_step(self, run: Run, frame: FrameType, *args: Any, **kwargs: Any) -> Any:
        return self._listener.scaler_step(lambda: run(*args, **kwargs))


def _listed(values: Any) -> Any:
    """Return what torch would make a tuple of as a tuple: an iterator can be gone through only once."""
    if isinstance(values, torch.Tensor | tuple | list | dict) or not hasattr(type(values), "__iter__"):
        return values
    return tuple(values)


def _versions(optimizer: torch.optim.Optimizer) -> list[int]:
    return [version_of(parameter) for group in optimizer.param_groups for parameter in group["params"]]


_installed: weakref.WeakSet[ScriptHooks] = weakref.WeakSet()


def _silence() -> None:
    for hooks in _installed:
        hooks.end_following()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_silence)
