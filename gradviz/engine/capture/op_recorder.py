"""Record every op that a forward calls, and which autograd nodes each op made."""

from __future__ import annotations

import inspect
import os
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from types import FrameType
from typing import Any, Protocol

import torch
from torch import nn
from torch.autograd.graph import Node
from torch.overrides import resolve_name

from gradviz.engine.capture.autograd_nodes import NOT_RECORDED, NodeMakers
from gradviz.engine.capture.call_observer import CallObserver, observer_of
from gradviz.engine.capture.known_forwards import Trail
from gradviz.engine.capture.module_calls import ModuleCalls
from gradviz.engine.capture.ops import GradSwitch, Op, creates_graph, flat, flatten
from gradviz.engine.capture.overwritten_tensors import Write, versions_of, writes_by
from gradviz.engine.capture.repeatable_calls import invocation_of
from gradviz.engine.capture.tensor_flow import (
    TensorFlow,
    all_known,
    can_make_nodes,
    collect_inputs,
    unwrapped,
    writes_in_place,
)
from gradviz.engine.capture.unrecorded_nodes import UnrecordedNodes, function_call
from gradviz.engine.capture.variable_names import name_inputs
from gradviz.engine.frames.stack_frames import is_called_by, passes_on, user_frame, user_line
from gradviz.engine.torch_compat import (
    PRIVATE_FUNCTIONS,
    SET_GRAD_ENABLED,
    DisableTorchFunction,
    innermost_transform,
    isolated,
    next_sequence_number,
    sequence_number,
)
from gradviz.experiment import mean_of_squares
from gradviz.language import translatable
from gradviz.protocol.records import Phase

_DEFAULT_LOSS = translatable("gradviz's own loss, since none was given: the mean of the square of each output, summed")
_GRADIENT = "torch.Tensor.grad.__get__"


class Steps(Protocol):
    """Stops between the ops."""

    def passes(self, func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
        """Return whether a call of `func` cannot be a step."""

    def before(self, op: Op, inputs: list[Any], out: Any) -> Any:
        """Stop before `op`; the result is passed to `after`."""

    def after(self, op: Op, here: Any, result: Any, new: Sequence[Node]) -> None:
        """Receive what `op` returned and which nodes it made."""

    def raised(self, op: Op, here: Any, inputs: list[Any], error: Exception) -> None:
        """Receive that `op` raised."""

    def unseen(self, op: Op, nodes: Sequence[Node], outputs: Sequence[Any]) -> None:
        """Receive nodes that no recorded op made."""


class Measures(Protocol):
    """Measures the ops."""

    def begin(self, op: Op, function: Callable[..., Any] | None, args: Sequence[Any], kwargs: dict[str, Any]) -> None:
        """Begin to measure `op`."""

    def end(self) -> None:
        """End the measurement."""

    def note(self, op: Op, result: Any, new: Sequence[Node], inside: Op | None, *, recorded: bool) -> None:
        """Receive what `op` returned and which nodes it made."""

    def unseen(self, op: Op, nodes: Sequence[Node], outputs: Sequence[Any]) -> None:
        """Receive nodes that no recorded op made."""


class Capture:
    """Records one iteration. It receives every op; nothing it does changes what the op computes."""

    def __init__(
        self, model: nn.Module | None = None, *, keep_everything: bool = False, modules: ModuleCalls | None = None
    ) -> None:
        """Prepare to record `model`, if there is one; `modules` records the calls, if not all of the model's count.
        `keep_everything` keeps all inputs and outputs: without autograd, their identity alone links ops."""
        self.modules = modules or ModuleCalls(model)
        self.makers = NodeMakers()
        self.flow = TensorFlow()
        self.ops: list[Op] = []
        self.earlier: list[Op] = []
        """Ops that ran before this forward began, as far as something of this iteration may still depend on them."""
        self.writes: list[Write] = []
        """What the forward changed in place."""
        self.phase: Phase = "forward"
        self.keeps_everything = keep_everything
        self.steps: Steps | None = None
        """Called before and after each op; None while the user does not step."""
        self.meter: Measures | None = None
        """Measures each op; None while nothing is measured."""
        self.trail: Trail | None = None
        """Notes the steps of the forward, so that it is known when it runs again."""
        self.stepping = False
        """Whether `steps` or `meter` computes just now: that is not recorded."""
        self.watched = False  # a graph that others made has no ops that explain it
        self.observer: CallObserver | None = None  # of a capture that is used again and again
        self.first_number: int | None = None
        """The number that autograd gives the first node of this forward, once recording has begun."""
        self._switch = GradSwitch()
        self.unrecorded = UnrecordedNodes(self.modules, self.flow)
        self._reported: Exception | None = None
        self._in_functions = False
        """Whether the forward of a custom Function was seen."""
        self.failed: tuple[Op, str] | None = None
        """The op that raised last, and its error; None once another was called."""

    @contextmanager
    def watching(self, phase: Phase = "forward", *, low: bool = False) -> Iterator[None]:
        """Record the calls of torch's functions and of modules in this thread; `low` as for `CallObserver`."""
        self.phase = phase
        self.watched = True
        if self.first_number is None:
            self.first_number = next_sequence_number()
        _watching.add(self)
        self.modules.passed = self._record_passing
        with (self.observer or observer_of(self, self.modules, low=low)).observe(), self.trail or nullcontext():
            yield

    def compiled_returned(self, frame: FrameType) -> bool:
        """Record that compiled code has returned, or raised; return whether it made a node."""
        return self.unrecorded.compiled_returned(frame)

    def _record_passing(self, values: Any, module: nn.Module | None) -> None:
        """Record nodes behind `values`, which go into a module or come out of it, in the current module call."""
        if not self.keeps_everything and not self.stepping and self.phase != "update":
            scripted = "TorchScript" if isinstance(module, torch.jit.ScriptModule) else ""
            self._note_unseen(flat(values, {}) if type(values) is tuple else list(flatten(values)), scripted)

    @passes_on
    def call(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], frame: FrameType | None) -> Any:
        """Run `func` and record it. `frame` is the caller's."""
        steps = self.steps
        if self.phase == "update" and not (self.stepping or steps is None or steps.passes(func, args, kwargs)):
            _stop_at_update(self, func, args, kwargs, frame)
        if self.stepping or self.phase == "update":
            return func(*args, **kwargs)
        self.failed = None
        if self.trail is not None:
            self.trail.op(func, frame)
        inputs = flat(args, kwargs)
        if self.keeps_everything:
            return self._call_kept(func, args, kwargs, frame, inputs)
        # An op in place gives its input a new grad_fn, so the inputs are read before it runs.
        recorded = torch.is_grad_enabled() and can_make_nodes(op_name(func))
        values, tensors, known = collect_inputs(inputs, self.makers.made_by, self.flow, recorded=recorded)
        if not known:
            self._note_unseen(inputs, recorded=recorded)
        op = self._begin_op(func, frame, values)
        op.creates_graph = op.name == "torch.autograd.grad" and creates_graph(args, kwargs)
        op.invocation = None if self.steps is None else invocation_of(func, args, kwargs)
        here = None if self.steps is None else self.before(op, inputs, kwargs.get("out"))
        first, versions = next_sequence_number(), versions_of(tensors)
        if self.meter is not None:
            self.meter.begin(op, func, args, kwargs)
        try:
            result = func(*args, **kwargs)
        except Exception as error:
            self.raised(op, here, inputs, error)
            raise
        if self.meter is not None:
            self.meter.end()
        self.unrecorded.note_run(op, first, next_sequence_number())
        self.writes += (writes := writes_by(op, tensors, versions))
        if op.name == _GRADIENT:
            self._note_unseen([result])  # made by a backward
        # What was not written has the node that it had.
        changed = tensors if writes or -1 in versions or writes_in_place(op.name) else []
        new = self._note_outputs(op, changed, result, frame, recorded=recorded)
        self.ops.append(op)
        if self.meter is not None:
            self.measured(op, result, new, op.within)
        if here is not None:
            self.after(op, here, result, new)
        return result

    @passes_on
    def _call_kept(
        self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], frame: FrameType | None, inputs: list[Any]
    ) -> Any:
        """Do what `call` does, where there is no autograd: all inputs and outputs are kept."""
        op = self._begin_op(func, frame, inputs)
        here = self.before(op, inputs, kwargs.get("out"))
        if self.meter is not None:
            self.meter.begin(op, func, args, kwargs)
        try:
            result = func(*args, **kwargs)
        except Exception as error:
            self.raised(op, here, inputs, error)
            raise
        if self.meter is not None:
            self.meter.end()
        op.outputs = list(flatten(result))
        self.ops.append(op)
        self.measured(op, result, ())
        self.after(op, here, result, ())
        return result

    def _note_outputs(
        self, op: Op, inputs: list[torch.Tensor], result: Any, frame: FrameType | None, *, recorded: bool
    ) -> list[Node]:
        """Return the nodes that `op` made, and that it gave `inputs`. `recorded`: whether autograd recorded it."""
        if op.name == SET_GRAD_ENABLED:
            self._switch.note(op, frame)
        made_by, node_of = self.makers.made_by, self.flow.node_of
        new: list[Node] = []
        with DisableTorchFunction():
            if type(result) is torch.Tensor:
                results = [unwrapped(result)]
            else:
                results = [unwrapped(value) for value in flatten(result) if isinstance(value, torch.Tensor)]
            # A Function's forward begins where autograd does not record; it may continue where it does.
            hidden = self._in_functions or not op.grad_mode or innermost_transform() is not None
            if hidden and (call := function_call(frame)) is not None:
                self._in_functions = True
                op.function = call.function.__name__
                op.within = self.unrecorded.note_apply(call, op.phase, keep=self.steps is not None)
            changed = inputs[:1] if writes_in_place(op.name) else []
            nodes = [node_of(tensor, recorded=recorded) for tensor in results]
            given = [node_of(tensor, recorded=recorded) for tensor in changed]
            given += [node_of(tensor, recorded=False) for tensor in inputs[len(changed) :]]
            for node in (*nodes, *given):
                if node is not None and node not in made_by:
                    new += self.makers.note((node,), op)
            written = zip(results, nodes, strict=True) if results else zip(changed, given, strict=False)
            op.outputs = [self.flow.add_output(tensor, node, op, i) for i, (tensor, node) in enumerate(written)]
            self.unrecorded.note_views(results, op)
        return new

    @passes_on
    def descend(
        self, func: Any, inside: Any, args: tuple[Any, ...], kwargs: dict[str, Any], frame: FrameType | None
    ) -> Any:
        """Run `inside`, which does what `func` does by ops that are recorded one by one."""
        op = self._begin_op(func, frame, [])
        if (call := function_call(frame)) is not None:
            self.unrecorded.note_apply(call, op.phase)
        try:
            return inside(*args, **kwargs)
        except Exception as error:
            if error is not self._reported:
                # None of the ops inside raised: `func` itself did.
                inputs = list(flatten((args, kwargs)))
                self.raised(op, self.before(op, inputs), inputs, error)
            raise

    def _begin_op(self, func: Any, frame: FrameType | None, inputs: list[Any]) -> Op:
        user = user_frame(frame)
        file, line = ("", 0) if user is None else (user.f_code.co_filename, user.f_lineno)
        op = Op(op_name(func), file, line, self.modules.call_at(frame), self.phase, inputs, note=_note(file, frame))
        op.variables = name_inputs(user, inputs)
        if not torch.is_grad_enabled():
            op.grad_mode, op.inference, op.off = False, torch.is_inference_mode_enabled(), self._switch.off
        return op

    def before(self, op: Op, inputs: list[Any], out: Any = None) -> Any:
        """Report that `op` is about to run; the result is passed to `after`."""
        if self.steps is None:
            return None
        with _paused(self):
            return self.steps.before(op, inputs, out)

    def after(self, op: Op, here: Any, result: Any, new: Sequence[Node]) -> None:
        """Report that `op` has run and made the nodes `new`."""
        if here is not None and self.steps is not None:
            with _paused(self):
                self.steps.after(op, here, result, new)

    def raised(self, op: Op, here: Any, inputs: list[Any], error: Exception) -> None:
        """Report that `op` raised."""
        if error is not self._reported:
            self.failed = op, f"{type(error).__name__}: {error}".partition("\n")[0]
        self._reported = error
        if here is not None and self.steps is not None:
            with _paused(self):
                self.steps.raised(op, here, inputs, error)

    def measured(self, op: Op, result: Any, new: Sequence[Node], inside: Op | None = None) -> None:
        """Report that `op` has run inside the custom Function `inside`, and made the nodes `new`."""
        if self.meter is not None:
            with _paused(self):
                self.meter.note(op, result, new, inside, recorded=self.keeps_everything)

    def next_forward_of(self, model: nn.Module | None) -> None:
        """Prepare for another forward, of a model that may have changed."""
        self.modules.read(model)
        self.steps = self.meter = self.failed = self.first_number = self.trail = None

    def finish(self, outputs: Any) -> None:
        """Bind what leads to `outputs` and was not seen yet."""
        self._note_unseen(list(flatten(outputs)), recorded=True)

    def _note_unseen(self, tensors: list[Any], name: str = "", *, recorded: bool = False) -> None:
        """Record the nodes behind `tensors` that no recorded op made: made by `Function.apply`, or by code called
        `name`.

        `recorded`: whether autograd records the op that `tensors` go into.
        """
        with DisableTorchFunction():
            tensors = [value for value in tensors if isinstance(value, torch.Tensor)]
            if all_known(tensors, self.makers.made_by, self.flow, recorded=recorded):
                return
            tensors = [unwrapped(value) for value in tensors]
            nodes = [self.flow.node_of(tensor, recorded=recorded) for tensor in tensors]
            unseen = self.makers.note(nodes, None)
        if not unseen:
            return
        for node in sorted(unseen, key=sequence_number):
            if sequence_number(node) < (self.first_number or 0):
                self.makers.made_by[node] = Op("", note=NOT_RECORDED)
                self.makers.earlier.add(node)
                continue
            op = self.unrecorded.of(node, tensors) or Op(name, call=self.modules.current)
            self.makers.made_by[node] = op
            for watcher in (self.meter, self.steps):
                if watcher is not None:
                    made = [tensor for tensor, of in zip(tensors, nodes, strict=True) if of is node]
                    with _paused(self):
                        watcher.unseen(op, [node], made[:1])


def _stop_at_update(
    capture: Capture, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], frame: FrameType | None
) -> None:
    """Report an op of the update: it makes no graph, and nothing of it is kept."""
    op = Op(op_name(func), *user_line(frame), phase="update")
    capture.before(op, flat(args, kwargs), kwargs.get("out"))


# torch's wrapper resets the warning filters for a moment, after which Python shows warnings again that it has shown.
_resolve_name: Callable[[Any], str | None] = inspect.unwrap(resolve_name)


@lru_cache(maxsize=4096)  # torch looks a name up in tables that it builds anew: 35 µs a call
def op_name(func: Any) -> str:
    """Return `torch.Tensor.mm` and the like."""
    found = _resolve_name(func)
    if found:
        return found
    name = str(getattr(func, "__qualname__", "") or getattr(func, "__name__", ""))
    if name.startswith(PRIVATE_FUNCTIONS):
        return f"torch.{name.partition('.')[2]}"
    module = getattr(func, "__module__", None) or ""
    return f"{module}.{name}" if module.partition(".")[0] == "torch" else name


class _paused(isolated):  # noqa: N801
    """Context manager: what is computed is the engine's, and not recorded."""

    __slots__ = ("_capture",)

    def __init__(self, capture: Capture) -> None:
        self._capture = capture

    def __enter__(self) -> None:
        self._capture.stepping = True
        super().__enter__()

    def __exit__(self, *exception: Any) -> None:
        super().__exit__(*exception)
        self._capture.stepping = False


def _note(file: str, frame: FrameType | None) -> str:
    """Return what an op is part of that no `file` of the user's calls."""
    return _DEFAULT_LOSS if not file and is_called_by(frame, mean_of_squares.__code__) else ""


_watching: weakref.WeakSet[Capture] = weakref.WeakSet()


def _ignore_child() -> None:
    """Stop recording in a process that the network's code forked: it has no client."""
    for capture in _watching:
        capture.stepping = True


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_ignore_child)
