"""Remember the tensors that flow between ops, without holding them: which op made each, and its state at that time;
and collect the inputs of each op."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from weakref import ReferenceType, ref

import torch
from msgspec import Struct
from torch import nn
from torch.autograd.graph import Node

from gradviz.engine.capture.autograd_nodes import may_get_another_node, node_of
from gradviz.engine.capture.ops import PLAIN_TENSORS, QUESTIONS
from gradviz.engine.torch_compat import DisableTorchFunction, base_of, is_view, is_wrapped, unwrap, version_of

_ALIASING = frozenset({"torch.Tensor.detach", "torch.Tensor.data.__get__"})
_SETS_DATA = "torch.Tensor.data.__set__"
# Whatever these are given, they make no node: they ask, compare, or make something that has no history.
_WITHOUT_NODES = frozenset(
    "detach detach_ __deepcopy__ __reduce_ex__ __setstate__ __array__ numpy requires_grad_ retain_grad share_memory_ "
    "register_hook register_post_accumulate_grad_hook storage equal allclose isclose isnan isinf isfinite isneginf "
    "isposinf isreal isin signbit eq ne lt le gt ge not_equal greater greater_equal less less_equal __eq__ __ne__ "
    "__lt__ __le__ __gt__ __ge__ __contains__ any all argmax argmin argsort nonzero count_nonzero logical_and "
    "logical_or logical_not logical_xor histc bincount bucketize searchsorted multinomial result_type can_cast "
    "promote_types _has_compatible_shallow_copy_type".split()
)
# Attributes that are computed, or that autograd itself answers by the node.
_READING_NODES = frozenset(
    f"torch.Tensor.{name}.__get__" for name in ("T", "H", "mT", "mH", "real", "imag", "grad_fn", "is_leaf", "grad")
)
_WITHOUT_NODES_PREFIXES = ("is_", "has_", "new_", "_is_", "_has_")


class Value(Struct, eq=False):
    """One state of one tensor. Changing the tensor in place makes another value of it."""

    tensor: ReferenceType[torch.Tensor]
    op: Any = None
    """The op that made it; None for what was there before. Of a value with a node, the node's op counts."""
    output_nr: int = 0
    """Which output of its node, or of `op`."""
    requires_grad: bool = False
    node: Node | None = None
    """Its `grad_fn`."""
    shape: tuple[int, ...] | None = None
    dtype: torch.dtype = torch.float32
    device: torch.device | None = None
    version: int = 0
    """How often it had been changed in place."""
    memory: int = 0
    """Address of its numbers; 0 where that is not known. Views of one tensor have one memory."""

    def cut(self, nodes: Container[Node], ops: Container[Any]) -> None:
        """Keep no other node than one of `nodes`, and no other maker than one of `ops`."""
        if self.node is not None and self.node not in nodes:
            self.node = None
        if self.op is not None and self.op not in ops:
            self.op = None

    @property
    def can_want_gradient(self) -> bool:
        """Return whether its type can have a gradient."""
        return self.dtype.is_floating_point or self.dtype.is_complex


class TensorFlow:
    """The values of one iteration.

    When a tensor is freed, its `id` may be reused: so an `id` counts only while its tensor is alive. A tensor with a
    `grad_fn` is known by that and its output_nr, which the capture keeps alive.
    """

    def __init__(self) -> None:
        self._by_id: dict[int, Value] = {}
        self.first: dict[Node, Value] = {}
        """The first output of each node, usually its only one."""
        self._others: dict[tuple[Node, int], Value] = {}
        self._views: dict[int, tuple[ReferenceType[torch.Tensor], int]] = {}
        """`id` of a view → it, and the version of its memory at which its node was read."""
        self._aliases: dict[int, tuple[ReferenceType[torch.Tensor], ReferenceType[torch.Tensor]]] = {}
        """`id` of what `.data` or `detach` returned → it, and the tensor that it was made from: both have one
        memory."""

    def node_of(self, tensor: torch.Tensor, *, recorded: bool) -> Node | None:
        """Return the node of `tensor`, read without changing anything; None if it has none, or that cannot be read so.

        After the memory of a view was written, reading `grad_fn` makes autograd create another node for the view, or
        raise if it was written where that is not allowed. A node that is created earlier runs later in backward, and
        the last bits of a sum of gradients change. So that is left to an op that autograd records: `recorded` means
        that such an op has been given `tensor`, or is about to be, or has returned it.
        """
        if not may_get_another_node(tensor):
            return tensor.grad_fn
        version = version_of(tensor)
        if not recorded:
            view, known = self._views.get(id(tensor), (None, -1))
            if view is None or view() is not tensor or known != version:
                return None
        node = node_of(tensor)
        self._views[id(tensor)] = ref(tensor), version
        return node

    def of(self, tensor: torch.Tensor, *, recorded: bool = False) -> Value:
        """Return what `tensor` is now. `recorded` as for `node_of`."""
        return self.value(tensor, self.node_of(tensor, recorded=recorded))

    def value(self, tensor: torch.Tensor, node: Node | None) -> Value:
        """Return what `tensor`, whose node is `node`, is now."""
        if node is not None:
            return self._of_node(tensor, node, None)
        known = self._by_id.get(id(tensor))
        if known is not None and known.tensor() is tensor and known.requires_grad == tensor.requires_grad:
            return known
        return self._new(tensor, None, None, 0)

    def add_output(self, tensor: torch.Tensor, node: Node | None, op: Any, output_nr: int = 0) -> Value:
        """Return what `tensor`, whose node is `node`, is now that `op` returned it, or wrote into it."""
        if node is not None:
            if self._aliases and writes_in_place(op.name):
                self._write(self._alias_source(tensor), op, output_nr)
            return self._of_node(tensor, node, op)
        writes = writes_in_place(op.name)
        if tensor.requires_grad and not (writes and _passes_by(op)):
            known = self._by_id.get(id(tensor))
            if known is not None and known.requires_grad and known.tensor() is tensor:
                return known  # a leaf that an op returned
        value = self._new(tensor, None, op, output_nr)
        if op.name in _ALIASING and isinstance(op.inputs[0], Value):
            self._aliases[id(tensor)] = value.tensor, op.inputs[0].tensor
        if writes:
            self._write(base_of(tensor), op, output_nr)
            self._write(self._alias_source(tensor), op, output_nr)
        return value

    def values(self) -> list[Value]:
        """Return all that is remembered."""
        return [*self.first.values(), *self._others.values(), *self._by_id.values()]

    def forget_nodes(self) -> None:
        """Forget the values of all tensors that have a node."""
        self.first, self._others = {}, {}

    def restore(self, values: Iterable[Value]) -> None:
        """Remember those of `values` again that have a node, and whose tensor is alive."""
        for value in values:
            if value.node is not None and value.tensor() is not None:
                self._remember(value, value.node)

    def living_makers(self) -> set[Any]:
        """Return the ops that made, or wrote into, a tensor without a node that still exists."""
        return {value.op for value in self._by_id.values() if value.op is not None and value.tensor() is not None}

    def keep(self, nodes: Container[Node], ops: Container[Any]) -> None:
        """Forget the values of all other nodes, those of freed tensors, and all makers but `ops`."""
        self.first = {node: value for node, value in self.first.items() if node in nodes}
        self._others = {key: value for key, value in self._others.items() if key[0] in nodes}
        self._by_id = {key: value for key, value in self._by_id.items() if value.tensor() is not None}
        self._views = {key: pair for key, pair in self._views.items() if pair[0]() is not None}
        self._aliases = {key: pair for key, pair in self._aliases.items() if pair[0]() is not None}
        for value in (*self.first.values(), *self._others.values(), *self._by_id.values()):
            value.cut(nodes, ops)

    def _write(self, tensor: torch.Tensor | None, op: Any, output_nr: int) -> None:
        """Record that `op` wrote into memory of `tensor`, which no node shows."""
        if tensor is not None and self.node_of(tensor, recorded=False) is None:
            self._new(tensor, None, op, output_nr)

    def _alias_source(self, tensor: torch.Tensor) -> torch.Tensor | None:
        """Return the tensor that `tensor`, or its base, was made from by `.data` or `detach`."""
        base = base_of(tensor)
        tensor = tensor if base is None else base
        alias, source = self._aliases.get(id(tensor), (None, None))
        return source() if alias is not None and source is not None and alias() is tensor else None

    def _of_node(self, tensor: torch.Tensor, node: Node, op: Any) -> Value:
        output_nr = tensor.output_nr
        known = self._others.get((node, output_nr)) if output_nr else self.first.get(node)
        return known or self._new(tensor, node, op, output_nr)

    def _new(self, tensor: torch.Tensor, node: Node | None, op: Any, output_nr: int) -> Value:
        wants = node is not None or tensor.requires_grad
        try:
            version, memory = version_of(tensor), tensor.untyped_storage().data_ptr()
        except (RuntimeError, NotImplementedError):
            version, memory = 0, memory_of(tensor)
        value = Value(
            ref(tensor), op, output_nr, wants, node, sizes(tensor), tensor.dtype, tensor.device, version, memory
        )
        if node is None:
            self._by_id[id(tensor)] = value
        else:
            self._remember(value, node)
        return value

    def _remember(self, value: Value, node: Node) -> None:
        if value.output_nr:
            self._others[node, value.output_nr] = value
        else:
            self.first[node] = value


def _passes_by(op: Any) -> bool:
    """Return whether autograd lets `op` write into a leaf that requires grad."""
    return not op.grad_mode or op.name == _SETS_DATA


def makers_of(op: Any, made_by: Mapping[Node, Any]) -> Iterator[Any]:
    """Yield the ops that made the inputs of `op`."""
    for value in op.inputs:
        if isinstance(value, Value):
            maker = value.op if value.node is None else made_by.get(value.node)
            if maker is not None:
                yield maker


def memory_of(tensor: torch.Tensor) -> int:
    """Return the address of a tensor's memory; 0 for one that has none of its own."""
    try:
        return tensor.untyped_storage().data_ptr()
    except (RuntimeError, NotImplementedError):
        return 0  # sparse tensors, and those of some classes


def unwrapped(tensor: torch.Tensor) -> torch.Tensor:
    """Return the tensor that autograd sees, from which vmap, grad and the like made `tensor`."""
    while is_wrapped(tensor):
        tensor = unwrap(tensor)
    return tensor


def writes_in_place(name: str) -> bool:
    """Return whether an op called `name` changes its first argument: `torch.Tensor.add_`,
    `torch.Tensor.__setitem__`."""
    short = name.rpartition(".")[2]
    if short.startswith("__"):
        return (
            short == "__setitem__"
            or name == _SETS_DATA
            or (short.startswith("__i") and short not in ("__index__", "__int__", "__invert__"))
        )
    return short.endswith("_")


@lru_cache(maxsize=4096)
def can_make_nodes(name: str) -> bool:
    """Return whether an op called `name` makes a node when an input requires grad."""
    if name.endswith(("__get__", "__set__")):
        return name in _READING_NODES
    short = name.rpartition(".")[2]
    if short in QUESTIONS or short in _WITHOUT_NODES:
        return False
    return not (short.startswith(_WITHOUT_NODES_PREFIXES) or short.endswith("_like"))


def is_unwritten(name: str) -> bool:
    """Return whether an op called `name` returns uninitialized memory."""
    short = name.rpartition(".")[2]
    return short == "new" or short.startswith(("empty", "new_empty", "resize_"))


def sizes(tensor: torch.Tensor) -> tuple[int, ...] | None:
    """Return the shape; None where a tensor has none (nested, not yet materialized)."""
    if tensor.is_nested:
        return None  # asked for its shape, it would change its own state
    if type(tensor) in PLAIN_TENSORS:
        return tuple(tensor.shape)
    try:
        return tuple(int(size) for size in tensor.shape)
    except (RuntimeError, TypeError, ValueError, AttributeError):
        return None


_NUMBERS = frozenset({bool, int, float, complex, type(None)})


def collect_inputs(
    inputs: Iterable[Any], known: Container[Node], flow: TensorFlow, *, recorded: bool
) -> tuple[list[Any], list[torch.Tensor], bool]:
    """Return what `inputs` are now: tensors as `Value`s, numbers and Nones; then the tensors alone, as autograd sees
    them; and whether the nodes of all are `known`. `recorded`: whether autograd is about to record the op that is given
    them."""
    values: list[Any] = []
    tensors: list[torch.Tensor] = []
    first, node_of = flow.first, flow.node_of
    seen = True
    with DisableTorchFunction():  # subclasses of Tensor must not see this
        for item in inputs:
            if type(item) in PLAIN_TENSORS or isinstance(item, torch.Tensor):
                node = node_of(item, recorded=recorded) if is_view(item) else item.grad_fn
                # A tensor known by its node was unwrapped when it became known.
                value = first.get(node) if node is not None and not item.output_nr else None
                tensor = item
                if value is None:
                    tensor = unwrapped(item)
                    if tensor is not item:
                        node = node_of(tensor, recorded=recorded)
                    value = flow.value(tensor, node)
                if node is not None and node not in known:
                    seen = False
                values.append(value)
                tensors.append(tensor)
            elif type(item) in _NUMBERS or isinstance(item, bool | int | float | complex):
                values.append(item)  # the user's own objects are not kept
    return values, tensors, seen


def all_known(tensors: Iterable[torch.Tensor], known: Container[Node], flow: TensorFlow, *, recorded: bool) -> bool:
    """Return whether the nodes of all are `known`, checked quickly for most. A tensor without a node may wrap one with
    a node."""
    node_of = flow.node_of
    return all(
        type(t) is nn.Parameter or ((node := node_of(t, recorded=recorded)) is not None and node in known)
        for t in tensors
    )
