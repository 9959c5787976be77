"""Explain nodes that no recorded op made: made by a custom Function, by compiled code, or by a view made anew;
and find the call of a custom Function that an op runs in."""

from __future__ import annotations

import inspect
import sys
from bisect import bisect_right
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType, FrameType
from typing import Any
from weakref import ref

import torch
from torch.autograd.function import Function, FunctionCtx
from torch.autograd.graph import Node

from gradviz.engine.capture.autograd_nodes import is_mapped
from gradviz.engine.capture.module_calls import ModuleCalls
from gradviz.engine.capture.ops import Op, flatten
from gradviz.engine.capture.repeatable_calls import invocation_of
from gradviz.engine.capture.tensor_flow import TensorFlow, unwrapped
from gradviz.engine.frames.compiled_code import called_module
from gradviz.engine.frames.stack_frames import outer, user_line
from gradviz.engine.torch_compat import APPLY_FRAMES, function_class, is_view, next_sequence_number, sequence_number
from gradviz.protocol.records import Phase

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


# How many calls of compiled code are remembered from one forward to the next.
_KEPT_CALLS = 32


@dataclass(slots=True)
class _Apply:
    """One call of `Function.apply`, seen from the ops inside its forward."""

    function: type[Function]
    op: Op
    identified_by: list[Any]


class UnrecordedNodes:
    """Records calls that make nodes without a recorded op."""

    def __init__(self, modules: ModuleCalls, flow: TensorFlow) -> None:
        self._modules = modules
        self._flow = flow
        self._applies: list[_Apply] = []
        self._views: dict[int, tuple[ref[torch.Tensor], Op]] = {}
        self._ends: list[int] = []
        self._runs: list[tuple[int, Op]] = []
        """Of each op that made nodes: autograd's number at its end, and at its begin with the op; in order."""
        self._compiled: list[tuple[int, int, Op]] = []
        """Calls of compiled code: autograd's number at the begin, at the end, and the op."""
        self._earlier_applies = 0
        """How many of `_applies` were recorded before the present forward began."""

    def of(self, node: Node, tensors: list[Any]) -> Op | None:
        """Return the op that made `node`, which leads to one of `tensors`."""
        return (
            self._apply_of(node)
            or self._view_of(node, tensors)
            or self._ran_during(sequence_number(node))
            or self._compiled_of(node)
        )

    def keep(self, ops: Container[Op]) -> list[Op]:
        """Forget what other ops than `ops` made; return the ops that are still remembered.

        A call of a Function, or of compiled code, whose node was not found yet is remembered for one forward more.
        """
        self._applies = self._applies[self._earlier_applies :]
        self._earlier_applies = len(self._applies)
        runs = [(end, run) for end, run in zip(self._ends, self._runs, strict=True) if run[1] in ops]
        self._ends, self._runs = [end for end, _ in runs], [run for _, run in runs]
        self._views = {key: (view, op) for key, (view, op) in self._views.items() if view() is not None}
        self._compiled = self._compiled[-_KEPT_CALLS:]
        return [
            *(apply.op for apply in self._applies),
            *(op for _, op in self._views.values()),
            *(op for _, _, op in self._compiled),
        ]

    def note_backward(self, frame: FrameType, first: int, phase: Phase) -> None:
        """Record that a backward called from `frame` has made the nodes from number `first` on."""
        file, line = user_line(frame)
        op = Op("torch.Tensor.backward", file, line, self._modules.current, phase)
        self.note_run(op, first, next_sequence_number())

    def note_run(self, op: Op, first: int, end: int) -> None:
        """Record that the nodes from number `first` up to `end` were made while `op` ran."""
        if end > first:
            self._ends.append(end)
            self._runs.append((first, op))

    def _ran_during(self, number: int) -> Op | None:
        """Return the innermost op that ran when the node with this number was made, though it did not return it."""
        position = bisect_right(self._ends, number)
        if position == len(self._ends):
            return None
        first, op = self._runs[position]
        return op if first <= number else None

    def compiled_called(self, frame: FrameType, phase: Phase) -> None:
        """Record that compiled code is called from `frame`."""
        module = called_module(frame)
        if module is not None:
            self._modules.compiled_called(module)
        file, line = user_line(frame)
        op = Op("torch.compile", file, line, self._modules.current, phase)
        self._compiled.append((next_sequence_number(), sys.maxsize, op))

    def compiled_returned(self, frame: FrameType) -> bool:
        """Record that it has returned; return whether it made a node."""
        module = called_module(frame)
        if module is not None:
            self._modules.compiled_returned(module)
        if not self._compiled or self._compiled[-1][1] != sys.maxsize:
            return False
        first, _, op = self._compiled[-1]
        end = next_sequence_number()
        self._compiled[-1] = first, end, op
        return end > first

    def _compiled_of(self, node: Node) -> Op | None:
        """Return the call of compiled code during which this node was made."""
        number = sequence_number(node)
        return next((op for first, end, op in self._compiled if first <= number < end), None)

    def note_views(self, results: list[torch.Tensor], op: Op) -> None:
        """Remember the op of each view: once its base has changed in place, autograd makes a new node for it."""
        for tensor in results:
            if is_view(tensor) and tensor.requires_grad:
                self._views[id(tensor)] = ref(tensor), op

    def _view_of(self, node: Node, tensors: list[Any]) -> Op | None:
        """Return the op that made the view whose new node this is."""
        for tensor in tensors:
            known, op = self._views.get(id(tensor), (None, None))
            view = known() if known is not None else None
            if view is not None and view is tensor and self._flow.node_of(view, recorded=False) is node:
                return op
        return None

    def note_apply(self, seen: FunctionCall, phase: Phase, *, keep: bool = False) -> Op | None:
        """Return the op of this call of a Function; None where it makes no node. `keep`: so that it can be called
        again."""
        function = seen.function
        file, line = user_line(seen.caller)
        args = [a for a in flatten(seen.args) if isinstance(a, torch.Tensor)]
        identified_by = args if seen.ctx is None else [seen.ctx]
        call = self._modules.current
        if self._applies:
            last = self._applies[-1]
            alike = (last.function, last.op.file, last.op.line) == (function, file, line)
            if alike and _same(last.identified_by, identified_by) and self._modules.is_within(call, last.op.call):
                return last.op  # another op inside the same forward
        if not any(a.requires_grad for a in args):
            return None  # it makes no node
        inputs = [self._flow.of(unwrapped(a), recorded=True) for a in args]
        op = Op(_apply_name(function), file, line, call, phase, inputs=inputs)
        op.invocation = invocation_of(function.apply, seen.args, {}, keep=True) if keep else None
        self._applies.append(_Apply(function, op, identified_by))
        return op

    def _apply_of(self, node: Node) -> Op | None:
        """Return the oldest recorded call of the node's Function; calls are recorded and nodes are made in one
        order."""
        function: Any = function_class(type(node))
        for i, apply in enumerate(self._applies):
            if is_mapped(function, apply.function):
                return self._applies.pop(i).op
            if getattr(function, "forward", None) == apply.function.forward:
                apply.op.name = _apply_name(function)  # only the node distinguishes classes with one forward
                return self._applies.pop(i).op
        return None


def _apply_name(function: type) -> str:
    return f"{function.__qualname__}.apply"


def _same(a: list[Any], b: list[Any]) -> bool:
    return len(a) == len(b) and all(x is y for x, y in zip(a, b, strict=True))
