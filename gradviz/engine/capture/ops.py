"""One recorded op, the flattening of its arguments, and which line turned autograd's recording off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from types import FrameType
from typing import Any

import torch
from msgspec import Struct

from gradviz.protocol.records import Phase


class Op(Struct, eq=False):
    """One forward call, with what is needed to explain the nodes that it made."""

    name: str
    """`torch.Tensor.mm`; empty for a call that was not recorded (a custom Function, compiled code)."""
    file: str = ""
    line: int = 0
    call: int = -1
    """Position in `ModuleCalls.calls`; -1 for none."""
    phase: Phase = "forward"
    inputs: list[Any] = []
    """Tensors, arrays, numbers and Nones among the arguments, in order, nested ones flattened. Tensors as `Value`s, as
    they were when the op was called; where there is no autograd, as they are."""
    outputs: list[Any] = []
    """The tensors that were returned, as `Value`s; where there is no autograd, all that was returned."""
    within: Op | None = None
    """The call of a custom Function in whose forward this op ran, if it made a node."""
    function: str = ""
    """The class of that Function, or of one that made no node."""
    grad_mode: bool = True
    """Whether autograd was recording."""
    inference: bool = False
    """Whether it was off by inference_mode."""
    off: tuple[str, int] = ("", 0)
    """File and line that turned recording off, where that is known."""
    creates_graph: bool = False
    """Of `torch.autograd.grad`: whether it makes a graph of what it computes."""
    note: str = ""
    """What it is part of, where that is known though no line of the user's called it."""
    invocation: Any = None
    """The `Invocation` by which it can be called again, while the user steps."""
    variables: Mapping[int, str] = {}
    """Position in `inputs` → what the user's code calls that input, where it has a name for it."""


# Asking a tensor about itself is not an operation on it.
QUESTIONS = frozenset(
    "size dim numel nelement stride is_floating_point is_complex is_contiguous __len__ __repr__ __hash__ __format__ "
    "data_ptr element_size type ndimension storage_offset get_device item tolist __bool__ __float__ __int__ __index__ "
    "requires_grad_ is_signed is_inference untyped_storage _version has_names _set_grad_enabled".split()
)

# The classes of most arguments; comparing classes alone is quick.
PLAIN_TENSORS = frozenset({torch.Tensor, torch.nn.Parameter})
LEAVES = PLAIN_TENSORS | {int, float, bool, str, type(None)}
_CREATE_GRAPH = 4
"""Position of the argument in a call of `torch.autograd.grad`."""
_END = object()
"""Marks the end of a container's children on the stack."""


def flatten(value: Any) -> Iterator[Any]:
    """Yield the leaves of tuples, lists, dicts, slices and dataclasses in order; everything else is a leaf. Iterative.

    A container that lies within itself is left out there: it would never end.
    """
    stack = [value]
    around: dict[int, Any] = {}
    while stack:
        item = stack.pop()
        if type(item) in LEAVES:
            yield item
            continue
        if item is _END:
            around.popitem()
            continue
        if id(item) in around:
            continue
        inside = _inside(item)
        if inside is None:
            yield item
            continue
        around[id(item)] = item
        stack.append(_END)
        stack.extend(reversed(inside))


def _inside(item: Any) -> Sequence[Any] | None:
    """Return what a container holds; None for a leaf."""
    if isinstance(item, tuple | list):
        return item
    if isinstance(item, dict):
        return list(item.values())
    if isinstance(item, slice):
        return (item.start, item.stop, item.step)
    if is_dataclass(item) and not isinstance(item, type):
        return [getattr(item, f.name, None) for f in fields(item)]
    return None


def creates_graph(args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
    """Return whether a call of `torch.autograd.grad` asks for a graph of the gradients."""
    return bool(kwargs.get("create_graph", args[_CREATE_GRAPH] if len(args) > _CREATE_GRAPH else False))


def flat(args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[Any]:
    """Return `flatten` of a call's arguments. Usually nothing is nested in them, which is checked first."""
    values = [*args, *kwargs.values()]
    return values if LEAVES.issuperset(map(type, values)) else list(flatten(values))


Place = tuple[str, int]
_NOWHERE: Place = ("", 0)
_DECORATED = "decorate_context"
_MANAGERS = torch.no_grad.__enter__.__code__.co_filename


class GradSwitch:
    """Follows the calls that set the grad mode."""

    def __init__(self) -> None:
        self.off: Place = _NOWHERE
        """File and line of what turned recording off, while it is off."""
        self._outer: list[Place] = []
        """What had turned it off where it was turned on again for a while."""

    def note(self, op: Op, frame: FrameType | None) -> None:
        """Record that `op`, a call of `SET_GRAD_ENABLED` from `frame`, has run."""
        on = torch.is_grad_enabled()
        if on == op.grad_mode:
            return
        frame = _outermost(frame)
        leaves = frame is not None and frame.f_code.co_name == "__exit__"
        if on:
            if not leaves:
                self._outer.append(self.off)
            self.off = _NOWHERE
        elif leaves:
            self.off = self._outer.pop() if self._outer else _NOWHERE
        else:
            self.off = _decorated(frame) or (op.file, op.line)


def _outermost(frame: FrameType | None) -> FrameType | None:
    """Return the frame of the context manager's method that was called: they call one another."""
    while frame is not None and (around := frame.f_back) is not None and around.f_code.co_filename == _MANAGERS:
        frame = around
    return frame


def _decorated(frame: FrameType | None) -> Place | None:
    """Return where a decorated function begins; the line of its caller would not show what turned recording off."""
    caller = frame.f_back if frame is not None else None
    if caller is None or caller.f_code.co_name != _DECORATED:
        return None
    code = getattr(caller.f_locals.get("func"), "__code__", None)
    return None if code is None else (code.co_filename, code.co_firstlineno)
