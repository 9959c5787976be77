"""Read autograd nodes, without unpacking anything: their names, the metadata of their outputs, what they saved,
and which op made each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import torch
from msgspec import Struct
from torch.autograd.graph import Node

from gradviz.engine.torch_compat import (
    OUTPUT_METADATA,
    VMAPPED_MODULE,
    VMAPPED_PREFIX,
    base_of,
    function_class,
    is_view,
    sequence_number,
)
from gradviz.language import tr, translatable
from gradviz.protocol.records import NodeKind, Shape

_BACKWARD = re.compile(r"Backward\d*$")
# `MaxPool2DWithIndices` is Max, Pool2D, With, Indices; `Log1P` stays one word.
_WORD = re.compile(r"[A-Z]?[a-z]+(?:\d+[A-Z](?![a-z]))?\d*|[A-Z]+(?![a-z])\d*|\d+")
_CHECKPOINT = "torch.utils.checkpoint"
_COMPILED = ("CompiledFunction", "DifferentiableGraph")


# The class of every `AccumulateGrad`: comparing classes is quicker than comparing names.
_ACCUMULATE = type(torch.ones((), requires_grad=True).expand(1).grad_fn.next_functions[0][0])  # type: ignore[union-attr]


# The one class that many kinds of nodes share: those of libraries that extend torch in C++.
_MANY = "CppFunction"


class NodeOutput(Struct, frozen=True, gc=False):
    """Metadata of one output of a node: of the tensor that forward made and whose gradient comes back."""

    shape: Shape | None
    dtype: str
    device: str


def is_leaf_node(node: Node) -> bool:
    """Return whether this is the `AccumulateGrad` of a leaf."""
    return type(node) is _ACCUMULATE


def node_of(tensor: torch.Tensor) -> Node | None:
    """Return its `grad_fn`; None for a view that autograd refuses to create a node for, since its memory was
    written."""
    try:
        return tensor.grad_fn
    except RuntimeError:
        return None


def is_leaf(tensor: torch.Tensor) -> bool:
    """Return whether `tensor` is a leaf. Autograd is not asked where it may create a node to answer, or raise."""
    return not may_get_another_node(tensor) and tensor.is_leaf


def may_get_another_node(tensor: torch.Tensor) -> bool:
    """Return whether autograd may create another node for `tensor` when its `grad_fn` is read: it is a view of a tensor
    that requires grad, and its memory may have been written."""
    return is_view(tensor) and (base := base_of(tensor)) is not None and base.requires_grad


def leaf_of(node: Node) -> torch.Tensor:
    """Return the leaf tensor of an `AccumulateGrad`."""
    leaf: torch.Tensor = node.variable  # type: ignore[attr-defined]
    return leaf


def reachable(roots: list[Node]) -> list[Node]:
    """Return all nodes behind `roots` in the order of their creation, leaves last. Without recursion."""
    seen = set(roots)
    stack = list(seen)
    while stack:
        for following, _ in stack.pop().next_functions:
            if following is not None and following not in seen:
                seen.add(following)
                stack.append(following)
    return sorted(seen, key=sequence_number)


def type_name(node: Node) -> str:
    """Return `MmBackward0`, without the C++ namespace."""
    known = _TYPE_NAMES.get(type(node))
    if known is None:
        known = node.name().rpartition("::")[2]
        if not has_various_names(type(node)):
            _TYPE_NAMES[type(node)] = known
    return known


_TYPE_NAMES: WeakKeyDictionary[type, str] = WeakKeyDictionary()
"""Of the classes of nodes that were met, which custom Functions define anew with each of theirs."""


def has_various_names(node_type: type) -> bool:
    """Return whether nodes of this class may have different names."""
    return node_type.__name__ == _MANY


def node_name(node: Node) -> tuple[NodeKind, str, str]:
    """Return kind, name, and a note where one is needed."""
    kind, name, note = _name_of(type(node), node.name())
    return kind, name, note and tr(note)


@lru_cache(maxsize=1024)  # graphs of thousands of nodes have a few dozen names
def _name_of(node_type: type, full_name: str) -> tuple[NodeKind, str, str]:
    function = function_class(node_type)
    plain = full_name.rpartition("::")[2]
    if function is None:
        if plain.startswith(_COMPILED):
            note = translatable("scripted code: autograd shows it as one node")
            return "opaque", snake(_BACKWARD.sub("", plain)), note
        return "function", snake(_BACKWARD.sub("", plain)), ""
    name = function.__name__
    if name.startswith(_COMPILED):
        return "opaque", "compiled", translatable("compiled by torch.compile: autograd shows it as one node")
    if function.__module__ == _CHECKPOINT:
        note = translatable(
            "a reentrant checkpoint: what is inside is computed again, and gets its nodes, during backward"
        )
        return "opaque", "checkpoint", note
    if is_mapped(function):
        return "custom", name.removeprefix(VMAPPED_PREFIX), translatable("mapped by vmap")
    if function.__module__.partition(".")[0] == "torch":
        return "function", snake(name), ""
    return "custom", name, ""


def is_mapped(function: Any, original: type | None = None) -> bool:
    """Return whether vmap made this Function, of `original` if that is given."""
    name = getattr(function, "__name__", "")
    made = getattr(function, "__module__", "") == VMAPPED_MODULE and name.startswith(VMAPPED_PREFIX)
    return made and (original is None or name == f"{VMAPPED_PREFIX}{original.__name__}")


def snake(name: str) -> str:
    """Return `nll_loss` for `NllLoss`, `max_pool2d_with_indices` for `MaxPool2DWithIndices`."""
    return "_".join(_WORD.findall(name)).lower() or name.lower()


def outputs_of(node: Node) -> tuple[NodeOutput, ...]:
    """Return one entry for each output_nr; an output that autograd never gave a tensor has no shape."""
    return tuple([_output(metadata) for metadata in getattr(node, OUTPUT_METADATA, ())])


class OutputReader:
    """Read the outputs of many nodes; equal ones share one object."""

    def __init__(self) -> None:
        self._known: dict[Any, tuple[NodeOutput, ...]] = {}
        self._device: torch.device | None = None

    def of_all(self, nodes: Iterable[Node]) -> list[tuple[NodeOutput, ...]]:
        """Return `outputs_of` each."""
        return [self._of(node) for node in nodes]

    def _of(self, node: Node) -> tuple[NodeOutput, ...]:
        outputs: Sequence[Any] = getattr(node, OUTPUT_METADATA, ())
        if len(outputs) != 1:
            return outputs_of(node)
        try:
            metadata = outputs[0]
            if metadata.device != self._device:
                self._device = metadata.device
                self._known = {}
            key = tuple(metadata.shape), metadata.dtype
            known = self._known.get(key)
        except (RuntimeError, TypeError, AttributeError):
            return outputs_of(node)  # an output without a size
        if known is None:
            known = self._known[key] = outputs_of(node)
        return known


def _output(metadata: Any) -> NodeOutput:
    try:
        shape: Shape = tuple(map(int, metadata.shape))
    except (RuntimeError, TypeError, AttributeError):
        # An undefined output, or a nested tensor: neither has a size.
        return NodeOutput(None, dtype_name(getattr(metadata, "dtype", None)), "")
    return NodeOutput(shape, dtype_name(metadata.dtype), _device_name(metadata.device))


@lru_cache(maxsize=64)
def _device_name(device: torch.device) -> str:
    return str(device)


@lru_cache(maxsize=128)
def dtype_name(dtype: object) -> str:
    """Return `float32`, for torch's and NumPy's types alike."""
    return "" if dtype is None else str(dtype).removeprefix("torch.")


def shape_of(value: Any) -> Shape | None:
    """Return the shape of a tensor, array or NumPy scalar; () for a Python number; None for what has none."""
    if isinstance(value, bool | int | float | complex):
        return ()
    if getattr(value, "is_nested", False):
        return None  # asked for its shape, a nested tensor would change its own state
    try:
        return tuple(map(int, value.shape))
    except (AttributeError, RuntimeError, TypeError):
        return None


def place_of(value: Any) -> tuple[str, str]:
    """Return dtype and device of a tensor or array."""
    dtype = dtype_name(getattr(value, "dtype", None))
    device = getattr(value, "device", None)
    if isinstance(device, torch.device):
        return dtype, _device_name(device)
    return dtype, "cpu" if dtype else ""


NOT_RECORDED = translatable("made before this forward, or in another thread, where nothing was recorded")


class NodeMakers:
    """Maps each autograd node to the op that made it. Holds every node's Python wrapper, since an `id` is reused."""

    def __init__(self) -> None:
        self.made_by: dict[Node, Any] = {}
        """Node → its `Op`; None until one is found."""
        self.earlier: set[Node] = set()
        """Nodes that were made before the present forward began. They are numbered after its own."""

    def note(self, roots: Iterable[Node | None], op: Any) -> list[Node]:
        """Bind `roots` and all nodes behind them that are not known yet to `op`; return these, in arbitrary order.

        Without recursion: a chain of thousands of ops is common.
        """
        made_by = self.made_by
        new: list[Node] = []
        stack = list(roots)
        while stack:
            node = stack.pop()
            if node is None or node in made_by:
                continue
            made_by[node] = op
            new.append(node)
            stack.extend(following for following, _ in node.next_functions)
        return new

    def hold(self, made_by: dict[Node, Any]) -> None:
        """Keep these nodes alone; the present forward is over, so they are earlier ones."""
        self.made_by = made_by
        self.earlier = set(made_by)

    @property
    def has_own(self) -> bool:
        """Return whether the present forward has made a node."""
        return len(self.made_by) > len(self.earlier)
