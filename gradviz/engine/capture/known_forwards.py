"""Recognize a forward that runs as one before it: its ops, their lines and its modules are compared, not recorded.

That costs a few microseconds an op, a fifth of what a recording takes. A breakpoint that stopped nowhere in a forward
stops nowhere in one that is known by it, so that only the others have to pass the gate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import get_ident
from types import FrameType
from typing import Any, Protocol

import torch
from torch import nn

from gradviz.engine.capture.call_observer import CallObserver
from gradviz.engine.capture.module_calls import ModuleCalls
from gradviz.engine.capture.tensor_flow import TensorFlow, sizes
from gradviz.engine.capture.unrecorded_nodes import UnrecordedNodes
from gradviz.engine.frames.stack_frames import passes_on, user_line
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
        self._first = next_sequence_number()

    def op(self, func: Any, frame: FrameType | None) -> None:
        """Note that an op is called from `frame`."""
        self.steps.append((func, *user_line(frame), next_sequence_number() - self._first))

    def module(self, module: nn.Module | None) -> None:
        """Note that a module is entered; None: that one is left."""
        self.steps.append((module,))

    def __enter__(self) -> None:
        """Begin the forward."""

    def __exit__(self, *exception: object) -> None:
        self.steps.append((next_sequence_number() - self._first,))


class KnownForwards:
    """The forwards of one run in which nothing could stop. Holds the modules that they called, so that none of them is
    taken for another."""

    def __init__(self) -> None:
        self._of: object = None
        """The breakpoints that they were run with."""
        self._start: _Branch = {}
        self._size = 0
        self._lead = 0
        """How many more forwards were known than new."""

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

    def compare(self, inputs: Any) -> Comparison:
        """Return a comparison with the forward that is about to run on `inputs`."""
        return Comparison(self._start.get(_shapes(inputs)))

    def count(self, known: bool) -> None:
        """Note whether a forward was known."""
        self._lead = min(self._lead + 1, _PATIENCE) if known else self._lead - 1


class Comparison:
    """Follows the forward that runs along those that are known. A `Recorder` that records nothing."""

    phase: Phase = "forward"
    stepping = False
    keeps_everything = False

    def __init__(self, branch: _Branch | None) -> None:
        self._branch = branch
        """What may come next; None once this is another forward."""
        self._first = 0
        self.modules: ModuleCalls = _Modules(self._follow)
        self.unrecorded = UnrecordedNodes(self.modules, TensorFlow())
        self.conditions: ResultConditions | None = None
        """What looks at the result of each op; a forward in which it finds something is not known."""
        self.result: Any = None
        """What the forward made, if it is known."""

    @contextmanager
    def following(self) -> Iterator[None]:
        """Context manager: the forward runs within."""
        with CallObserver(self, low=False).observe():
            self._first = next_sequence_number()
            yield
        if self._branch is not None:
            self.result = self._branch.get((next_sequence_number() - self._first,))

    def _follow(self, step: Step) -> None:
        if self._branch is not None:
            self._branch = self._branch.get(step)

    @passes_on
    def call(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], frame: FrameType | None) -> Any:
        """Run `func`, which is the next step."""
        if self._branch is not None:
            self._branch = self._branch.get((func, *user_line(frame), next_sequence_number() - self._first))
        result = func(*args, **kwargs)
        if self.conditions is not None and self._branch is not None:
            self.conditions.look(result, func)
            self._branch = None if self.conditions.met else self._branch
        return result

    @passes_on
    def descend(
        self, func: Any, inside: Any, args: tuple[Any, ...], kwargs: dict[str, Any], frame: FrameType | None
    ) -> Any:
        """Run `inside`, whose ops are the next steps."""
        return inside(*args, **kwargs)

    def compiled_returned(self, frame: FrameType) -> bool:
        """Give up: nothing shows what runs in compiled code."""
        self._branch = None
        return False


class _Modules(ModuleCalls):
    """Calls of modules that are followed, not recorded."""

    def __init__(self, follow: Callable[[Step], None]) -> None:
        super().__init__(None)
        self._follow = follow

    def _enter(self, module: nn.Module, args: Any) -> None:
        if get_ident() == self._thread:
            self._follow((module,))

    def _leave(self, module: nn.Module, args: Any, output: Any) -> None:
        if get_ident() == self._thread:
            self._follow((None,))


def _shapes(inputs: Any) -> Step:
    values = inputs if isinstance(inputs, tuple | list) else (inputs,)
    return tuple((sizes(value), value.device) if isinstance(value, torch.Tensor) else None for value in values)
