"""Recognize a forward that runs as one before it: its ops, their lines and its modules are compared, not recorded.

That costs a few microseconds an op, a fifth of what a recording takes. A breakpoint that stopped nowhere in a forward
stops nowhere in one that is known by it, so that only the others have to pass the gate.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from threading import get_ident
from types import FrameType, FunctionType
from typing import Any, Protocol
from weakref import ref

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from gradviz.engine.capture.call_observer import CallObserver, decompose
from gradviz.engine.capture.module_calls import ModuleCalls
from gradviz.engine.capture.tensor_flow import TensorFlow, sizes
from gradviz.engine.capture.unrecorded_nodes import UnrecordedNodes
from gradviz.engine.frames.stack_frames import passes_on, user_line
from gradviz.engine.frames.tracebacks import leave_out_ours
from gradviz.engine.torch_compat import next_sequence_number
from gradviz.protocol.records import Phase

_MOST = 200_000
"""Steps that are remembered of all forwards together."""
_PATIENCE = 8
"""How many more forwards may be new than known before comparing is given up: each of them is run twice."""

Step = tuple[Any, ...]
"""An op: the function, file and line of the user's that called it, and how many nodes were made before it. A module
that is entered, or None for one that is left. At the end, the number of nodes."""
_Branch = dict[Step, Any]
"""What has followed one step: step → what followed that; at the end, what the forward made."""


class ResultConditions(Protocol):
    """Conditions on values, as `gate.quick_conditions` has them."""

    met: bool

    def look(self, result: Any, func: Any) -> None:
        """Look at a result of the op `func`."""


class Trail:
    """The steps of the forward that runs, beginning with the shapes of its `inputs`."""

    def __init__(self, inputs: Any) -> None:
        self.steps: list[Step] = [_shapes(inputs)]
        self.first = next_sequence_number()
        """The number that autograd gives the first node."""

    def op(self, func: Any, frame: FrameType | None) -> None:
        """Note that an op is called from `frame`."""
        self.steps.append((func, *user_line(frame), next_sequence_number() - self.first))

    def module(self, module: nn.Module | None) -> None:
        """Note that a module is entered; None: that one is left."""
        self.steps.append((module if module is None else ref(module),))

    def end(self) -> None:
        """Note that the forward is over."""
        self.steps.append((next_sequence_number() - self.first,))

    def __enter__(self) -> None:
        """Begin the forward."""

    def __exit__(self, *exception: object) -> None:
        self.end()


class KnownForwards:
    """The forwards of one run in which nothing could stop. Modules are referred to weakly: one that is gone is not
    kept, and no other is taken for it."""

    def __init__(self) -> None:
        self._of: object = None
        """The breakpoints that they were run with."""
        self._start: _Branch = {}
        self._size = 0
        self._lead = 0
        """How many more forwards were known than new."""
        self._comparison = Comparison()

    def are_of(self, breakpoints: object) -> bool:
        """Return whether a forward can be known, and comparing is worth its time. With other breakpoints than before,
        all is forgotten."""
        if self._of is not breakpoints:
            self._of, self._start, self._size, self._lead = breakpoints, {}, 0, 0
        return bool(self._start) and self._lead > -_PATIENCE

    def learn(self, trail: Trail, result: Any, breakpoints: object) -> None:
        """Remember a forward, which made `result`, unless the breakpoints have changed since it began."""
        if self._of is not breakpoints:
            return
        if self._size > _MOST:
            self._start, self._size = {}, 0
        branch = self._start
        *steps, last = trail.steps
        for step in steps:
            branch = branch.setdefault(step, {})
        if last in branch:
            self._lead += 1
        else:
            branch[last] = result
            self._size += len(steps)

    def start_of(self, inputs: Any) -> dict[Step, Any] | None:
        """Return what may come first in a forward on `inputs`; None if none is known."""
        return self._start.get(_shapes(inputs))

    def compare(self, inputs: Any, *, modules: bool = True) -> Comparison:
        """Return a comparison with the forward that is about to run on `inputs`; `modules`: the network has some."""
        return self._comparison.again(self.start_of(inputs), modules=modules)

    def count(self, known: bool) -> None:
        """Note whether a forward was known."""
        self._lead = min(self._lead + 1, _PATIENCE) if known else self._lead - 1


class Comparison:
    """Follows the forward that runs within it along those that are known, and records nothing.

    One object serves all forwards of a run: it and what it installs refer to one another, so that one for each forward
    would be garbage that Python has to search for.
    """

    phase: Phase = "forward"

    def __init__(self) -> None:
        self.branch: _Branch | None = None
        """What may come next; None once this is another forward."""
        self.first = 0
        """The number that autograd gives the first node."""
        self._modules = _Modules(self._follow)
        self.unrecorded = UnrecordedNodes(self._modules, TensorFlow())
        self.conditions: ResultConditions | None = None
        """What looks at the result of each op; a forward in which it finds something is not known."""
        self.result: Any = None
        """What the forward made, if it is known."""
        self._observer = CallObserver(self, _Mode(self), self._calls, low=False)
        self._calls_modules = True
        self._observing: AbstractContextManager[None] | None = None

    def again(self, branch: _Branch | None, *, modules: bool = True) -> Comparison:
        """Follow another forward, which may begin with any step of `branch`; `modules`: the network has some."""
        self.branch, self.conditions, self.result, self._calls_modules = branch, None, None, modules
        return self

    def _calls(self) -> Sequence[AbstractContextManager[Any]]:
        return (self._modules.record_calls(),) if self._calls_modules else ()

    def __enter__(self) -> None:
        """Begin the forward."""
        self._observing = self._observer.observe()
        self._observing.__enter__()
        self.first = next_sequence_number()

    def __exit__(self, *exception: Any) -> None:
        assert self._observing is not None  # it was entered
        self._observing.__exit__(*exception)
        if self.branch is not None and exception[0] is None:
            self.result = self.branch.get((next_sequence_number() - self.first,))

    def _follow(self, step: Step) -> None:
        if self.branch is not None:
            self.branch = self.branch.get(step)

    def compiled_returned(self, frame: FrameType) -> bool:
        """Give up: nothing shows what runs in compiled code."""
        self.branch = None
        return False


class _Mode(TorchFunctionMode):
    """Follows each op. All is done in one function, since it runs at each op of most iterations."""

    def __init__(self, comparison: Comparison) -> None:
        super().__init__()
        self._comparison = comparison

    @passes_on
    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        try:
            if type(func) is FunctionType and (inside := decompose(func, types)) is not None:
                with self:
                    return inside(*args, **(kwargs or {}))
            ours = self._comparison
            branch = ours.branch
            if branch is not None:
                place = user_line(sys._getframe(1))
                ours.branch = branch = branch.get((func, *place, next_sequence_number() - ours.first))
            result = func(*args, **kwargs) if kwargs else func(*args)
            if branch is not None and ours.conditions is not None:
                ours.conditions.look(result, func)
                ours.branch = None if ours.conditions.met else ours.branch
            return result
        except BaseException as error:
            leave_out_ours(error)
            raise


class _Modules(ModuleCalls):
    """Calls of modules that are followed, not recorded."""

    def __init__(self, follow: Callable[[Step], None]) -> None:
        super().__init__(None)
        self._follow = follow

    def _enter(self, module: nn.Module, args: Any) -> None:
        if get_ident() == self._thread:
            self._follow((ref(module),))

    def _leave(self, module: nn.Module, args: Any, output: Any) -> None:
        if get_ident() == self._thread:
            self._follow((None,))


def _shapes(inputs: Any) -> Step:
    values = inputs if isinstance(inputs, tuple | list) else (inputs,)
    return tuple((sizes(value), value.device) if isinstance(value, torch.Tensor) else None for value in values)
