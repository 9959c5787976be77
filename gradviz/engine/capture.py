"""Notes every op that a forward calls, and which autograd nodes each op made."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, fields, is_dataclass
from functools import lru_cache
from types import FrameType
from typing import Any, Protocol
from weakref import ref

import torch
from torch import nn
from torch.autograd.graph import Node
from torch.overrides import TorchFunctionMode, resolve_name

from gradviz.engine.births import Births, sequence_number
from gradviz.engine.composites import opened
from gradviz.engine.fast_paths import fast_paths_kept
from gradviz.engine.flow import Flow, writes_in_place
from gradviz.engine.frames import owner_of, user_line
from gradviz.engine.module_calls import ModuleCalls
from gradviz.protocol.records import Phase

Entered = Callable[[TorchFunctionMode], AbstractContextManager[Any]]


@dataclass(slots=True, eq=False)
class Op:
    """One forward call, with what is needed to explain the nodes that it made."""

    name: str
    """`torch.Tensor.mm`; empty for a call that nobody saw (a custom Function, compiled code)."""
    file: str = ""
    line: int = 0
    call: int = -1
    """Position in `ModuleCalls.calls`; -1 for none."""
    phase: Phase = "forward"
    inputs: list[Any] = field(default_factory=list)
    """Tensors, arrays, numbers and Nones among the arguments, in order, nested ones flattened. Tensors as `Value`s, as
    they were when the op took them; where there is no autograd, as they are."""
    outputs: list[Any] = field(default_factory=list)
    """The tensors that came out, as `Value`s; where there is no autograd, all that came out."""
    within: Op | None = None
    """The call of a custom Function in whose forward this op ran, if it made a node."""
    function: str = ""
    """The class of that Function, or of one that made no node."""
    grad_mode: bool = True
    """Whether autograd was recording."""
    inference: bool = False
    """Whether it was off for good, by inference_mode."""
    off: tuple[str, int] = ("", 0)
    """File and line that turned recording off, where that is known."""


class Steps(Protocol):
    """Who stands between the ops."""

    def before(self, op: Op, inputs: list[Any], out: Any) -> Any: ...
    def after(self, op: Op, here: Any, result: Any, new: Sequence[Node]) -> None: ...
    def raised(self, op: Op, here: Any, inputs: list[Any], error: Exception) -> None: ...
    def unseen(self, op: Op, nodes: Sequence[Node], outputs: Sequence[Any]) -> None: ...


class Measures(Protocol):
    """Who measures the ops."""

    def begin(
        self, op: Op, function: Callable[..., Any] | None, args: Sequence[Any], kwargs: dict[str, Any]
    ) -> None: ...
    def end(self) -> None: ...
    def note(self, op: Op, result: Any, new: Sequence[Node], inside: Op | None, *, recorded: bool) -> None: ...
    def unseen(self, op: Op, nodes: Sequence[Node], outputs: Sequence[Any]) -> None: ...


@dataclass(slots=True)
class _Apply:
    """One call of `Function.apply`, seen from the ops inside its forward."""

    function: type
    op: Op
    args: list[torch.Tensor]


class Capture:
    """What one iteration shows of itself. It is told every op; nothing it does changes what the op computes."""

    def __init__(self, model: nn.Module | None = None, *, keep_everything: bool = False) -> None:
        """Make ready to watch `model`, if there is one.

        `keep_everything` holds every input and output, for networks without autograd: there, identity of tensors is
        the only link between ops.
        """
        self.modules = ModuleCalls(model)
        self.births = Births()
        self.flow = Flow()
        self.ops: list[Op] = []
        self.phase: Phase = "forward"
        self.keeps_everything = keep_everything
        self.steps: Steps | None = None
        """Who is told of each op before and after it runs; None while nobody steps."""
        self.meter: Measures | None = None
        """Who measures each op; None while nobody does."""
        self.stepping = False
        """Whether whoever is told is at work just now: what it computes is not the network's."""
        self.watched = False
        """Whether anything was looked at: a graph that others made has no ops to be explained by."""
        self._off: tuple[str, int] = ("", 0)
        self._applies: list[_Apply] = []
        self._views: dict[int, tuple[ref[torch.Tensor], Op]] = {}
        self._around: list[tuple[str, int]] = []
        self._told: Exception | None = None

    @contextmanager
    def watching(self, phase: Phase = "forward", entered: Entered | None = None) -> Iterator[None]:
        """While this lasts, torch's functions and modules called in this thread are noted. `entered` puts the mode
        that sees functions elsewhere than on top of the others."""
        self.phase = phase
        self.watched = True
        mode = _Mode(self)
        with self.modules.followed(), fast_paths_kept(mode), mode if entered is None else entered(mode):
            yield

    def call(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], frame: FrameType | None) -> Any:
        """Run `func` and note it. `frame` is the caller's."""
        if self.stepping:
            return func(*args, **kwargs)
        inputs = list(flatten((args, kwargs)))
        if not self.keeps_everything:
            self._note_unseen(inputs)
        op = self._begun(func, frame)
        # An op in place gives its input a new grad_fn: what the op took is what stood there before.
        op.inputs = inputs if self.keeps_everything else self._values(inputs)
        here = self.before(op, inputs, kwargs.get("out"))
        self.begin(op, func, args, kwargs)
        try:
            result = func(*args, **kwargs)
        except Exception as error:
            self.raised(op, here, inputs, error)
            raise
        self.end()
        if self.phase == "update":
            return result  # it makes no graph, and nothing of it is to be held
        if self.keeps_everything:
            op.outputs = list(flatten(result))
            self.ops.append(op)
            self.measured(op, result, ())
            self.after(op, here, result, ())
            return result
        new = self._note_outputs(op, inputs, result, frame)
        self.measured(op, result, new, op.within)
        self.after(op, here, result, new)
        return result

    def _values(self, inputs: Sequence[Any]) -> list[Any]:
        of = self.flow.of
        with torch._C.DisableTorchFunction():  # a subclass of Tensor must not hear that it is looked at
            return [of(value) if isinstance(value, torch.Tensor) else value for value in inputs if _counts(value)]

    def _note_outputs(self, op: Op, inputs: list[Any], result: Any, frame: FrameType | None) -> list[Node]:
        """The nodes that `op` made."""
        if op.name == "_set_grad_enabled" and op.grad_mode != torch.is_grad_enabled():
            self._off = (op.file, op.line) if op.grad_mode else ("", 0)
        results = [value for value in flatten(result) if isinstance(value, torch.Tensor)]
        with torch._C.DisableTorchFunction():
            apply_frame = _function_apply(frame)
            if apply_frame is not None:
                op.function = getattr(apply_frame.f_locals.get("cls"), "__name__", "")
                op.within = self._note_apply(apply_frame)
            new = self.births.note(results, op)
            new += self.births.note(inputs, op)  # an op in place gives its input a new grad_fn
            written = results or (inputs[:1] if writes_in_place(op.name) else [])
            op.outputs = [self.flow.made(t, op, i) for i, t in enumerate(written) if isinstance(t, torch.Tensor)]
            self._note_views(results, op)
        self.ops.append(op)
        return new

    def descend(
        self, func: Any, inside: Any, args: tuple[Any, ...], kwargs: dict[str, Any], frame: FrameType | None
    ) -> Any:
        """Run `inside`, which does what `func` does by ops that are noted one by one."""
        op = self._begun(func, frame)
        apply_frame = _function_apply(frame)
        if apply_frame is not None:
            self._note_apply(apply_frame)
        self._around.append((op.file, op.line))
        try:
            return inside(*args, **kwargs)
        except Exception as error:
            if error is not self._told:
                # None of the ops inside raised, but what `func` itself found wrong.
                inputs = list(flatten((args, kwargs)))
                self.raised(op, self.before(op, inputs), inputs, error)
            raise
        finally:
            self._around.pop()

    def _begun(self, func: Any, frame: FrameType | None) -> Op:
        file, line = user_line(frame)
        if not file and self._around:
            file, line = self._around[-1]
        op = Op(op_name(func), file, line, self.modules.current, self.phase)
        if not torch.is_grad_enabled():
            op.grad_mode, op.inference, op.off = False, torch.is_inference_mode_enabled(), self._off
        return op

    def before(self, op: Op, inputs: list[Any], out: Any = None) -> Any:
        """`op` is about to run. The answer is handed back to `after`."""
        if self.steps is None:
            return None
        with self._at_the_gate():
            return self.steps.before(op, inputs, out)

    def after(self, op: Op, here: Any, result: Any, new: Sequence[Node]) -> None:
        """`op` has run and made the nodes `new`."""
        if here is not None and self.steps is not None:
            with self._at_the_gate():
                self.steps.after(op, here, result, new)

    def raised(self, op: Op, here: Any, inputs: list[Any], error: Exception) -> None:
        """`op` raised."""
        self._told = error
        if here is not None and self.steps is not None:
            with self._at_the_gate():
                self.steps.raised(op, here, inputs, error)

    def begin(self, op: Op, function: Callable[..., Any] | None, args: Sequence[Any], kwargs: dict[str, Any]) -> None:
        """`op` runs next: nothing stands between this and the call."""
        if self.meter is not None:
            self.meter.begin(op, function, args, kwargs)

    def end(self) -> None:
        """It has run, just now."""
        if self.meter is not None:
            self.meter.end()

    def measured(self, op: Op, result: Any, new: Sequence[Node], inside: Op | None = None) -> None:
        """It has run inside the custom Function `inside`, and made the nodes `new`."""
        if self.meter is not None:
            with self._at_the_gate():
                self.meter.note(op, result, new, inside, recorded=self.keeps_everything)

    @contextmanager
    def _at_the_gate(self) -> Iterator[None]:
        self.stepping = True
        try:
            yield
        finally:
            self.stepping = False

    def finish(self, outputs: Any) -> None:
        """Bind what leads to `outputs` and was not seen yet."""
        self._note_unseen(list(flatten(outputs)))

    def _note_unseen(self, tensors: list[Any]) -> None:
        """Nodes behind `tensors` that no op was seen to make: made by `Function.apply`, or by compiled code."""
        with torch._C.DisableTorchFunction():
            unseen = self.births.note(tensors, None)
        if not unseen:
            return
        for node in sorted(unseen, key=sequence_number):
            op = self._apply_of(node) or self._view_of(node, tensors) or Op("", call=self.modules.current)
            self.births.made_by[node] = op
            for watcher in (self.meter, self.steps):
                if watcher is not None:
                    made = [t for t in tensors if isinstance(t, torch.Tensor) and t.grad_fn is node]
                    with self._at_the_gate():
                        watcher.unseen(op, [node], made[:1])

    def _note_views(self, results: list[torch.Tensor], op: Op) -> None:
        """Remember who made each view: once its base has changed in place, autograd makes a new node for it."""
        for tensor in results:
            if tensor.requires_grad and tensor._is_view():
                self._views[id(tensor)] = ref(tensor), op

    def _view_of(self, node: Node, tensors: list[Any]) -> Op | None:
        """The op that made the view whose new node this is."""
        for tensor in tensors:
            known, op = self._views.get(id(tensor), (None, None))
            if known is not None and (view := known()) is tensor and view is not None and view.grad_fn is node:
                return op
        return None

    def _note_apply(self, frame: FrameType) -> Op | None:
        """The call of the Function whose forward this is; None where it makes no node."""
        function = frame.f_locals.get("cls")
        if not isinstance(function, type):
            return None
        file, line = user_line(frame.f_back)
        args = [a for a in flatten(frame.f_locals.get("args", ())) if isinstance(a, torch.Tensor)]
        if not any(a.requires_grad for a in args):
            return None  # it makes no node
        call = self.modules.current
        last = self._applies[-1] if self._applies else None
        same = last is not None and last.function is function and (last.op.file, last.op.line) == (file, line)
        if last is not None and same and self.modules.is_within(call, last.op.call) and _same(last.args, args):
            return last.op  # another op inside the same forward
        op = Op(f"{function.__qualname__}.apply", file, line, call, self.phase, inputs=self._values(args))
        self._applies.append(_Apply(function, op, args))
        return op

    def _apply_of(self, node: Node) -> Op | None:
        """The oldest noted call of the node's Function; calls are noted and nodes are made in one order."""
        function = getattr(type(node), "_forward_cls", None)
        for i, apply in enumerate(self._applies):
            if apply.function is function:
                del self._applies[i]
                return apply.op
        return None


class _Mode(TorchFunctionMode):
    """Hands every torch function called in this thread to the capture."""

    def __init__(self, capture: Capture) -> None:
        super().__init__()
        self._capture = capture

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        frame = sys._getframe(1)
        inside = None if self._capture.stepping or self._capture.keeps_everything else opened(func, types)
        if inside is None:
            return self._capture.call(func, args, kwargs or {}, frame)
        with self:
            return self._capture.descend(func, inside, args, kwargs or {}, frame)


@lru_cache(maxsize=4096)  # torch looks a name up in tables that it builds anew: 35 µs a call
def op_name(func: Any) -> str:
    """`torch.Tensor.mm` and the like."""
    return resolve_name(func) or str(getattr(func, "__qualname__", "") or getattr(func, "__name__", ""))


def flatten(value: Any) -> Iterator[Any]:
    """The leaves of tuples, lists, dicts, slices and dataclasses in order; everything else is a leaf. Iterative."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, tuple | list):
            stack.extend(reversed(item))
        elif isinstance(item, dict):
            stack.extend(reversed(list(item.values())))
        elif isinstance(item, slice):
            stack.extend((item.step, item.stop, item.start))
        elif is_dataclass(item) and not isinstance(item, type):
            stack.extend(getattr(item, f.name) for f in reversed(fields(item)))
        else:
            yield item


def _function_apply(frame: FrameType | None) -> FrameType | None:
    """The outermost frame of `Function.apply` in the stack, up to the engine's own frames."""
    found = None
    while frame is not None and owner_of(frame.f_code.co_filename) != "engine":
        if frame.f_code.co_name == "apply" and frame.f_code.co_filename == _FUNCTION_FILE:
            found = frame
        frame = frame.f_back
    return found


_FUNCTION_FILE = torch.autograd.Function.apply.__func__.__code__.co_filename  # type: ignore[attr-defined]


def _counts(value: Any) -> bool:
    """Whether an input may stand in the graph; a person's own objects are not to be held."""
    return value is None or isinstance(value, torch.Tensor | bool | int | float | complex)


def _same(a: list[Any], b: list[Any]) -> bool:
    return len(a) == len(b) and all(x is y for x, y in zip(a, b, strict=True))
