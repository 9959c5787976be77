"""How nodes came about that no op was seen to make: by a custom Function, by compiled code, by a view made anew."""

from __future__ import annotations

import sys
from bisect import bisect_right
from dataclasses import dataclass
from types import FrameType
from typing import Any
from weakref import ref

import torch
from torch.autograd.graph import Node

from gradviz.engine.autograd import is_mapped
from gradviz.engine.births import sequence_number
from gradviz.engine.flow import Flow, beneath
from gradviz.engine.frames import owner_of, user_line
from gradviz.engine.module_calls import ModuleCalls
from gradviz.engine.ops import Op, flatten
from gradviz.protocol.records import Phase


@dataclass(slots=True)
class _Apply:
    """One call of `Function.apply`, seen from the ops inside its forward."""

    function: type
    op: Op
    args: list[torch.Tensor]


class Origins:
    """What was noted of calls that make nodes out of sight."""

    def __init__(self, modules: ModuleCalls, flow: Flow) -> None:
        self._modules = modules
        self._flow = flow
        self._applies: list[_Apply] = []
        self._views: dict[int, tuple[ref[torch.Tensor], Op]] = {}
        self._ends: list[int] = []
        self._runs: list[tuple[int, Op]] = []
        """Of each op that made nodes: autograd's number at its end, and at its begin with the op; in order."""
        self._compiled: list[tuple[int, int, Op]] = []
        """Calls of compiled code: autograd's number at the begin, at the end, and the op that it is."""

    def of(self, node: Node, tensors: list[Any]) -> Op | None:
        """What made `node`, which leads to one of `tensors`."""
        return (
            self._apply_of(node)
            or self._view_of(node, tensors)
            or self._ran_during(sequence_number(node))
            or self._compiled_of(node)
        )

    def note_run(self, op: Op, first: int, end: int) -> None:
        """While `op` ran, the nodes from number `first` up to `end` were made."""
        if end > first:
            self._ends.append(end)
            self._runs.append((first, op))

    def _ran_during(self, number: int) -> Op | None:
        """The innermost op that ran when the node with this number was made, though it did not put it out."""
        position = bisect_right(self._ends, number)
        if position == len(self._ends):
            return None
        first, op = self._runs[position]
        return op if first <= number else None

    def compiled_called(self, first: int, frame: FrameType | None, phase: Phase) -> None:
        """Compiled code is called from `frame`; the next node is numbered `first`."""
        file, line = user_line(frame)
        self._compiled.append((first, sys.maxsize, Op("torch.compile", file, line, self._modules.current, phase)))

    def compiled_returned(self, end: int) -> None:
        """It has returned; the next node is numbered `end`."""
        if self._compiled:
            first, _, op = self._compiled[-1]
            self._compiled[-1] = first, end, op

    def _compiled_of(self, node: Node) -> Op | None:
        """The call of compiled code during which this node was made."""
        number = sequence_number(node)
        return next((op for first, end, op in self._compiled if first <= number < end), None)

    def note_views(self, results: list[torch.Tensor], op: Op) -> None:
        """Remember who made each view: once its base has changed in place, autograd makes a new node for it."""
        for tensor in results:
            if tensor._is_view() and tensor.requires_grad:
                self._views[id(tensor)] = ref(tensor), op

    def _view_of(self, node: Node, tensors: list[Any]) -> Op | None:
        """The op that made the view whose new node this is."""
        for tensor in tensors:
            known, op = self._views.get(id(tensor), (None, None))
            if known is not None and (view := known()) is tensor and view is not None and view.grad_fn is node:
                return op
        return None

    def note_apply(self, frame: FrameType, phase: Phase) -> Op | None:
        """The call of the Function whose forward this is; None where it makes no node."""
        function = frame.f_locals.get("cls")
        if not isinstance(function, type):
            return None
        file, line = user_line(frame.f_back)
        args = [a for a in flatten(frame.f_locals.get("args", ())) if isinstance(a, torch.Tensor)]
        if not any(a.requires_grad for a in args):
            return None  # it makes no node
        call = self._modules.current
        last = self._applies[-1] if self._applies else None
        same = last is not None and last.function is function and (last.op.file, last.op.line) == (file, line)
        if last is not None and same and self._modules.is_within(call, last.op.call) and _same(last.args, args):
            return last.op  # another op inside the same forward
        op = Op(
            f"{function.__qualname__}.apply", file, line, call, phase, inputs=[self._flow.of(beneath(a)) for a in args]
        )
        self._applies.append(_Apply(function, op, args))
        return op

    def _apply_of(self, node: Node) -> Op | None:
        """The oldest noted call of the node's Function; calls are noted and nodes are made in one order."""
        function = getattr(type(node), "_forward_cls", None)
        for i, apply in enumerate(self._applies):
            if apply.function is function or is_mapped(function, apply.function):
                del self._applies[i]
                return apply.op
        return None


def next_number() -> int:
    """What autograd numbers the next node of this thread."""
    return torch._C._autograd._get_sequence_nr()


def function_apply(frame: FrameType | None) -> FrameType | None:
    """The outermost frame of `Function.apply` in the stack, up to the engine's own frames."""
    found = None
    while frame is not None:
        code = frame.f_code
        file = code.co_filename
        if file == _FUNCTION_FILE:
            if code.co_name == "apply":
                found = frame
        elif owner_of(file) == "engine":
            break
        frame = frame.f_back
    return found


_FUNCTION_FILE = torch.autograd.Function.apply.__func__.__code__.co_filename  # type: ignore[attr-defined]


def _same(a: list[Any], b: list[Any]) -> bool:
    return len(a) == len(b) and all(x is y for x, y in zip(a, b, strict=True))
